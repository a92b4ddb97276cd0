import { queryCatalog } from "../catalog/query.ts";
import type { Database, PostgresError } from "../model/ports.ts";
import { quoted, quotedName } from "../sql/identifier.ts";

/** The object that made PostgreSQL refuse a statement, as far as its error tells: what `statement` takes away to prove itself. */
export type Refuser =
  | { readonly kind: "constraint"; readonly schema: string; readonly table: string; readonly name: string }
  | { readonly kind: "index"; readonly schema: string; readonly table: string; readonly name: string }
  | { readonly kind: "not-null"; readonly schema: string; readonly table: string; readonly name: string }
  | { readonly kind: "row-level-security"; readonly schema: string; readonly table: string }
  | { readonly kind: "privilege"; readonly schema: string; readonly name: string; readonly on: "TABLE" | "SEQUENCE" }
  | {
      readonly kind: "triggers";
      readonly triggers: readonly { readonly schema: string; readonly table: string; readonly name: string }[];
    };

/** Finds it; `null` where the error does not say, or names nothing that is there. */
export async function refuserOf(database: Database, error: PostgresError): Promise<Refuser | null> {
  const { schema, table, column, constraint } = error;
  if (constraint !== undefined && schema !== undefined && table !== undefined) {
    const [found] = await queryCatalog<{ kind: "constraint" | "index" }>(
      database,
      `SELECT CASE WHEN EXISTS (SELECT FROM pg_constraint o WHERE o.conrelid = t.oid AND o.conname = $3) THEN 'constraint' ELSE 'index' END AS kind
         FROM pg_class t JOIN pg_namespace n ON n.oid = t.relnamespace
        WHERE n.nspname = $1 AND t.relname = $2
          AND (EXISTS (SELECT FROM pg_constraint o WHERE o.conrelid = t.oid AND o.conname = $3)
            OR EXISTS (SELECT FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE i.indrelid = t.oid AND c.relname = $3))`,
      [schema, table, constraint],
    );
    if (found) return { kind: found.kind, schema, table, name: constraint };
  }
  if (error.condition === "not_null_violation" && schema !== undefined && table !== undefined && column !== undefined) {
    return { kind: "not-null", schema, table, name: column };
  }
  if (error.condition === "insufficient_privilege") {
    const secured = /row-level security policy .*for table "(.*)"$/.exec(error.message)?.[1];
    if (secured !== undefined)
      return only(await relations(database, secured), ({ schema, name }) => ({
        kind: "row-level-security",
        schema,
        table: name,
      }));
    const denied = /^permission denied for (?:table|view|materialized view|sequence|relation) (.*)$/.exec(
      error.message,
    )?.[1];
    if (denied !== undefined) {
      const found = await relations(database, denied);
      return only(found, ({ schema, name, sequence }) => ({
        kind: "privilege",
        schema,
        name,
        on: sequence ? "SEQUENCE" : "TABLE",
      }));
    }
  }
  return error.where === undefined ? null : triggersIn(database, error.where);
}

type Relation = { readonly schema: string; readonly name: string; readonly sequence: boolean };

/** Errors name a table without its schema. */
const relations = (database: Database, name: string): Promise<readonly Relation[]> =>
  queryCatalog<Relation>(
    database,
    `SELECT n.nspname AS schema, c.relname AS name, c.relkind::text = 'S' AS sequence
       FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relname = $1 AND c.relkind::text IN ('r', 'p', 'v', 'm', 'S', 'f') AND n.nspname NOT LIKE 'pg\\_%'`,
    [name],
  );

const only = (found: readonly Relation[], refuser: (relation: Relation) => Refuser): Refuser | null => {
  const [first, second] = found;
  return first && !second ? refuser(first) : null;
};

/** The triggers whose functions stand in a call stack, which names those of `public` without their schema. */
async function triggersIn(database: Database, where: string): Promise<Refuser | null> {
  const triggers = await queryCatalog<{ schema: string; table: string; name: string }>(
    database,
    `SELECT n.nspname AS schema, c.relname AS table, t.tgname AS name
       FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE NOT t.tgisinternal AND t.tgparentid = 0
        AND strpos($1, 'function ' || regexp_replace(t.tgfoid::regprocedure::text, '^public\\.', '') || ' line ') > 0
      ORDER BY n.nspname COLLATE "C", c.relname COLLATE "C", t.tgname COLLATE "C"`,
    [where],
  );
  return triggers.length === 0 ? null : { kind: "triggers", triggers };
}

/** Statements that take it away. A privilege is granted to the role that was refused it. */
export function takingAway(refuser: Refuser, as: string | undefined): readonly string[] {
  if (refuser.kind === "triggers") {
    return refuser.triggers.map(
      ({ schema, table, name }) => `ALTER TABLE ${quotedName({ schema, name: table })} DISABLE TRIGGER ${quoted(name)}`,
    );
  }
  if (refuser.kind === "privilege") {
    return [`GRANT ALL ON ${refuser.on} ${quotedName(refuser)} TO ${as === undefined ? "CURRENT_USER" : quoted(as)}`];
  }
  const { schema, table } = refuser;
  const alter = `ALTER TABLE ${quotedName({ schema, name: table })}`;
  switch (refuser.kind) {
    case "constraint":
      return [`${alter} DROP CONSTRAINT ${quoted(refuser.name)} CASCADE`];
    case "index":
      return [`DROP INDEX ${quotedName({ schema, name: refuser.name })} CASCADE`];
    case "not-null":
      return [`${alter} ALTER COLUMN ${quoted(refuser.name)} DROP NOT NULL`];
    case "row-level-security":
      return [`${alter} DISABLE ROW LEVEL SECURITY`, `${alter} NO FORCE ROW LEVEL SECURITY`];
  }
}

/** The statement that gives a constraint or index another name; `undefined` for what has none. */
export function renaming(refuser: Refuser): string | undefined {
  if (refuser.kind === "constraint") {
    const { schema, table, name } = refuser;
    return `ALTER TABLE ${quotedName({ schema, name: table })} RENAME CONSTRAINT ${quoted(name)} TO mutant`;
  }
  if (refuser.kind === "index") {
    return `ALTER INDEX ${quotedName({ schema: refuser.schema, name: refuser.name })} RENAME TO mutant`;
  }
  return undefined;
}

/** Names it, for "… is gone". */
export function named(refuser: Refuser): string {
  switch (refuser.kind) {
    case "triggers":
      return refuser.triggers.map(({ name }) => `trigger ${name}`).join(" and ");
    case "privilege":
      return `the lack of privileges on ${refuser.name}`;
    case "row-level-security":
      return `row-level security of ${refuser.table}`;
    case "not-null":
      return `NOT NULL of ${refuser.name}`;
    default:
      return `${refuser.kind} ${refuser.name}`;
  }
}
