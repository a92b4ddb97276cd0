import { queryCatalog } from "../catalog/query.ts";
import type { Database } from "../model/ports.ts";
import { type QualifiedName, quotedName } from "../sql/identifier.ts";
import { descendantsOf } from "./descendants.ts";

/** What the catalog says of triggers, and the plan's condition in its words: what `trigger` observes. */

export const timings = ["before", "after", "instead of"] as const;
export const events = ["insert", "update", "delete", "truncate"] as const;
export const levels = ["row", "statement"] as const;
export type TriggerEvent = (typeof events)[number];

export type FoundTrigger = {
  readonly name: string;
  readonly timing: (typeof timings)[number];
  readonly level: (typeof levels)[number];
  /** In the order of `events`. */
  readonly events: readonly TriggerEvent[];
  /** Of UPDATE OF; none where it fires on an update of any column. */
  readonly columns: readonly string[];
  readonly when: string | null;
  readonly function: { readonly schema: string; readonly name: string };
  /** What the function is given. */
  readonly arguments: readonly string[];
  /** Made by CREATE CONSTRAINT TRIGGER. */
  readonly constraint: boolean;
  readonly deferrable: false | "immediate" | "deferred";
  /** `replica`: it fires only where changes are replayed, and not where they are made. */
  readonly enabled: "origin" | "always" | "replica" | "disabled";
  /** Partitions on which it is disabled. */
  readonly disabledOn: readonly string[];
  /** Of one for each row: tables with rows of the table that inherit from it, and have no such trigger. */
  readonly missingOn: readonly string[];
};

const enabled = (t: string): string =>
  `CASE ${t}.tgenabled WHEN 'O' THEN 'origin' WHEN 'A' THEN 'always' WHEN 'R' THEN 'replica' ELSE 'disabled' END`;

const triggers = `SELECT t.tgname AS name,
       CASE WHEN t.tgtype::int & 64 <> 0 THEN 'instead of' WHEN t.tgtype::int & 2 <> 0 THEN 'before' ELSE 'after' END AS timing,
       CASE WHEN t.tgtype::int & 1 <> 0 THEN 'row' ELSE 'statement' END AS level,
       array_remove(ARRAY[CASE WHEN t.tgtype::int & 4 <> 0 THEN 'insert' END, CASE WHEN t.tgtype::int & 16 <> 0 THEN 'update' END,
                          CASE WHEN t.tgtype::int & 8 <> 0 THEN 'delete' END, CASE WHEN t.tgtype::int & 32 <> 0 THEN 'truncate' END], NULL) AS events,
       ARRAY(SELECT a.attname::text FROM pg_attribute a WHERE a.attrelid = t.tgrelid AND a.attnum = ANY (t.tgattr::int2[]) ORDER BY a.attnum) AS columns,
       CASE WHEN t.tgqual IS NOT NULL THEN pg_get_triggerdef(t.oid) END AS "when",
       json_build_object('schema', n.nspname, 'name', p.proname) AS "function", encode(t.tgargs, 'hex') AS arguments, t.tgconstraint <> 0 AS constraint,
       CASE WHEN NOT t.tgdeferrable THEN 'false' WHEN t.tginitdeferred THEN '"deferred"' ELSE '"immediate"' END::json AS deferrable,
       ${enabled("t")} AS enabled,
       ARRAY(WITH RECURSIVE clone AS (SELECT c.* FROM pg_trigger c WHERE c.tgparentid = t.oid
                                      UNION ALL SELECT c.* FROM pg_trigger c JOIN clone ON c.tgparentid = clone.oid)
             SELECT clone.tgrelid::regclass::text FROM clone WHERE clone.tgenabled NOT IN ('O', 'A') ORDER BY 1) AS "disabledOn",
       ARRAY(SELECT d.name FROM ${descendantsOf("t.tgrelid")} d
              WHERE t.tgtype::int & 1 <> 0 AND NOT d.relispartition
                AND NOT EXISTS (SELECT FROM pg_trigger c WHERE c.tgrelid = d.oid AND c.tgfoid = t.tgfoid AND c.tgtype = t.tgtype AND c.tgargs = t.tgargs
                                   AND c.tgattr::text = t.tgattr::text AND (t.tgqual IS NOT NULL OR c.tgqual IS NULL) AND c.tgenabled IN ('O', 'A'))
              ORDER BY 1) AS "missingOn"
  FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid JOIN pg_namespace n ON n.oid = p.pronamespace
 WHERE t.tgrelid = to_regclass($1) AND NOT t.tgisinternal
 ORDER BY t.tgname COLLATE "C"`;

/** The condition in a whole definition: PostgreSQL prints that of a trigger nowhere else. */
const conditionIn = (definition: string | null): string | null =>
  definition === null ? null : (/ WHEN \((.*)\) EXECUTE (?:FUNCTION|PROCEDURE) /s.exec(definition)?.[1] ?? definition);

/** All triggers of a table or view, by name, except those that PostgreSQL makes for its constraints. */
export async function foundTriggers(database: Database, table: QualifiedName): Promise<readonly FoundTrigger[]> {
  const rows = await queryCatalog<Omit<FoundTrigger, "arguments"> & { readonly arguments: string }>(
    database,
    triggers,
    [quotedName(table)],
  );
  return rows.map((row) => ({ ...row, when: conditionIn(row.when), arguments: argumentsIn(row.arguments) }));
}

/** PostgreSQL ends each with a zero byte. */
const argumentsIn = (hex: string): readonly string[] =>
  Buffer.from(hex, "hex").toString("utf8").split("\0").slice(0, -1);

/** `INSERT OR UPDATE OF a`, as it stands in CREATE TRIGGER; the columns are SQL text. */
export const eventText = (events: readonly TriggerEvent[], columns: readonly string[] = []): string =>
  events
    .map((event) =>
      event === "update" && columns.length > 0 ? `UPDATE OF ${columns.join(", ")}` : event.toUpperCase(),
    )
    .join(" OR ");

/**
 * A condition as PostgreSQL writes it, of a trigger of this sort on this table; `null` where it names a column that the
 * table does not have. Throws what PostgreSQL refuses otherwise.
 */
export async function askedCondition(
  database: Database,
  table: QualifiedName,
  condition: string,
  { timing, level, events }: Pick<FoundTrigger, "timing" | "level" | "events">,
): Promise<string | null> {
  await database.query(`CREATE TEMPORARY TABLE asked_trigger (LIKE ${quotedName(table)} INCLUDING GENERATED)`);
  await database.query(
    "CREATE FUNCTION pg_temp.asked_trigger_function() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
  );
  const made = await database.attempt(
    `CREATE TRIGGER asked ${timing} ${eventText(events)} ON asked_trigger FOR EACH ${level} WHEN (${condition})
       EXECUTE FUNCTION pg_temp.asked_trigger_function()`,
  );
  if (!made.accepted) {
    if (made.error.condition === "undefined_column") return null;
    throw new Error(made.error.message);
  }
  const [row] = await queryCatalog<{ definition: string }>(
    database,
    "SELECT pg_get_triggerdef(oid) AS definition FROM pg_trigger WHERE tgrelid = 'pg_temp.asked_trigger'::regclass",
  );
  if (!row) throw new Error(`PostgreSQL made no trigger with the condition ${condition}`);
  return conditionIn(row.definition);
}
