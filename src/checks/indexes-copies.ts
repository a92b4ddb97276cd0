import type { Database } from "../model/ports.ts";
import { literal, quoted, quotedName } from "../sql/identifier.ts";
import { type FoundIndex, usesOf } from "./indexes-catalog.ts";
import type { PlannedIndex, PlannedQuery } from "./indexes-plan.ts";
import { relationsInOrder, withWhatTheyRead } from "./view-order.ts";

/**
 * Temporary copies of tables and views, without rows, statistics and indexes, in which one index at a time is tried. So
 * the planner's answer depends on the index and the query alone, is the same on every major version, and nobody waits
 * for a lock: nothing is done to the tables themselves.
 */
export interface Copies {
  /** What an index that the plan describes is, as PostgreSQL writes it from USING on; or why there is none. */
  described(index: PlannedIndex): Promise<{ readonly uses: string } | { readonly refusal: string }>;
  /** How a query is planned where there is this index and no other. */
  planned(index: FoundIndex, query: Pick<PlannedQuery, "sql" | "parameters">): Promise<Planned>;
}

export type Planned = { readonly refusal: string } | { readonly plan: PlanNode };

/** A node of EXPLAIN (FORMAT JSON). */
export interface PlanNode {
  readonly "Node Type": string;
  readonly "Index Name"?: string;
  readonly "Index Cond"?: string;
  readonly "Conflict Arbiter Indexes"?: readonly string[];
  readonly Plans?: readonly PlanNode[];
}

/** The name that an index has while it is tried. */
export const triedIndex = "phasegate_index";
/** The condition that an answer is raised with: a refused statement leaves nothing behind. */
const saidSo = "PGSAY";

/** What could hide that an index can be used, or pretend it. */
const settings = (method: string): string =>
  Object.entries({
    enable_seqscan: "off",
    // A bitmap serves any condition, but no order; it is all that these two methods have.
    enable_bitmapscan: method === "gin" || method === "brin" ? "on" : "off",
    enable_indexscan: "on",
    enable_indexonlyscan: "on",
    enable_nestloop: "on",
    enable_hashjoin: "off",
    enable_mergejoin: "off",
    enable_sort: "off",
    enable_incremental_sort: "off",
    max_parallel_workers_per_gather: "0",
    plan_cache_mode: "force_generic_plan",
  })
    .map(([name, value]) => `PERFORM pg_catalog.set_config('${name}', '${value}', true);`)
    .join("\n");

/** Makes the copies of what is named, and of what views among it read. The search_path stays on them. */
export async function makeCopies(
  database: Database,
  schema: string,
  named: readonly string[],
  indexes: readonly FoundIndex[],
): Promise<Copies> {
  const all = await relationsInOrder(database);
  const wanted = withWhatTheyRead(
    all,
    named.map((name) => quotedName({ schema, name })),
  ).filter((relation) => relation.schema === schema);
  const path = (text: string) => database.query("SELECT pg_catalog.set_config('search_path', $1, true)", [text]);
  // What is on the path is printed without its schema, and so means the copies below.
  await path(quoted(schema));
  const views = await database.query<{ name: string; query: string; options: string | null }>(
    `SELECT c.relname AS name, pg_catalog.pg_get_viewdef(c.oid) AS query, pg_catalog.array_to_string(c.reloptions, ', ') AS options
       FROM pg_catalog.pg_class c WHERE c.relkind = 'v' AND c.oid = ANY ($1::pg_catalog.regclass[])`,
    [wanted.filter(({ kind }) => kind === "v").map(({ sql }) => sql)],
  );
  await path(`pg_temp, ${quoted(schema)}`);
  const keyed = new Map<string, string>();
  for (const { name, kind, sql } of wanted) {
    const copy = quoted(name);
    const view = views.find((one) => one.name === name);
    if (kind === "v" && view) {
      const options = view.options ? `WITH (${view.options})` : "";
      await database.query(`CREATE TEMPORARY VIEW ${copy} ${options} AS ${view.query}`);
      continue;
    }
    await database.query(`CREATE TEMPORARY TABLE ${copy} (LIKE ${sql} INCLUDING GENERATED)`);
    const primary = indexes.find((index) => index.table === name && index.isPrimary);
    if (!primary) continue;
    // GROUP BY may rely on the primary key, and the query would not be accepted without it.
    const columns = primary.keys.map(quoted).join(", ");
    const key = `phasegate_key_${keyed.size + 1}`;
    await database.query(`ALTER TABLE pg_temp.${copy} ADD CONSTRAINT ${key} PRIMARY KEY (${columns})`);
    keyed.set(name, key);
  }
  return {
    described: (index) => described(database, index),
    planned: (index, query) => planned(database, index, query, keyed.get(index.table)),
  };
}

async function described(
  database: Database,
  { on }: PlannedIndex,
): Promise<{ readonly uses: string } | { readonly refusal: string }> {
  const raised = await raising(
    database,
    `EXECUTE ${literal(`CREATE INDEX ${triedIndex} ON ${on}`)};
     PERFORM pg_catalog.set_config('search_path', '', true);
     SELECT ${usesOf("i.indexrelid")} INTO said FROM pg_index i WHERE i.indexrelid = 'pg_temp.${triedIndex}'::regclass;`,
  );
  return "said" in raised ? { uses: raised.said } : raised;
}

/** Does what is described by PL/pgSQL statements that put a text into `said`, gives it, and takes everything back. */
async function raising(
  database: Database,
  statements: string,
): Promise<{ readonly said: string } | { readonly refusal: string }> {
  const body = `DECLARE said pg_catalog.text;
    BEGIN ${statements} RAISE EXCEPTION USING ERRCODE = '${saidSo}', MESSAGE = said; END`;
  const attempt = await database.attempt(`DO ${literal(body)}`);
  if (attempt.accepted) throw new Error("nothing was raised");
  const { condition, message } = attempt.error;
  return condition === saidSo ? { said: message } : { refusal: message };
}

async function planned(
  database: Database,
  { table, unique, uses, method }: FoundIndex,
  { sql, parameters }: Pick<PlannedQuery, "sql" | "parameters">,
  key: string | undefined,
): Promise<Planned> {
  const copy = `pg_temp.${quoted(table)}`;
  const unkeyed = `BEGIN ALTER TABLE ${copy} DROP CONSTRAINT ${key};
    EXCEPTION WHEN dependent_objects_still_exist THEN NULL; END;`;
  const nulls = Array.from({ length: parameters }, () => "NULL").join(", ");
  // A prepared statement outlives what is rolled back.
  const explained =
    parameters === 0
      ? `EXECUTE ${literal(`EXPLAIN (FORMAT JSON) ${sql}`)} INTO said;`
      : `EXECUTE ${literal(`PREPARE phasegate_query AS ${sql}`)};
         BEGIN
           EXECUTE 'EXPLAIN (FORMAT JSON) EXECUTE phasegate_query (${nulls})' INTO said;
         EXCEPTION WHEN OTHERS THEN DEALLOCATE phasegate_query; RAISE;
         END;
         DEALLOCATE phasegate_query;`;
  const raised = await raising(
    database,
    `${key === undefined ? "" : unkeyed}
     CREATE ${unique ? "UNIQUE " : ""}INDEX ${triedIndex} ON ${copy} ${uses};
     ${settings(method)}
     ${explained}`,
  );
  if ("refusal" in raised) return raised;
  // PostgreSQL's documented form of EXPLAIN (FORMAT JSON): one statement gives one element.
  const [first] = JSON.parse(raised.said) as readonly { readonly Plan: PlanNode }[];
  if (!first) throw new Error("PostgreSQL explained nothing");
  return { plan: first.Plan };
}
