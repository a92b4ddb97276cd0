import { queryCatalog } from "../catalog/query.ts";
import type { Database } from "../model/ports.ts";
import { type QualifiedName, quotedName } from "../sql/identifier.ts";
import { foundIndexes } from "./index-catalog.ts";

/** What the catalog says of a view, and the plan's types in its words: what `view` observes. */

export type ViewColumn = { readonly name: string; readonly type: string };

export type FoundView = {
  /** What there is under the name: `view`, `materialized view`, or what else it is. */
  readonly kind: string;
  readonly columns: readonly ViewColumn[];
  readonly populated: boolean;
  readonly securityBarrier: boolean;
  readonly securityInvoker: boolean;
  /** All unique indexes. */
  readonly unique: readonly UniqueIndex[];
};

export type UniqueIndex = {
  readonly name: string;
  readonly columns: readonly string[];
  readonly predicate: string | null;
  readonly valid: boolean;
};

// PostgreSQL keeps options as they were written: `on`, `1` and `true` are the same.
const option = (name: string): string =>
  `coalesce((SELECT o.option_value::boolean FROM pg_options_to_table(c.reloptions) o WHERE o.option_name = '${name}'), false)`;

const view = `SELECT CASE c.relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' WHEN 'r' THEN 'table' WHEN 'p' THEN 'partitioned table'
              WHEN 'f' THEN 'foreign table' WHEN 'S' THEN 'sequence' WHEN 'i' THEN 'index' WHEN 'I' THEN 'partitioned index' ELSE 'type' END AS kind,
       coalesce((SELECT json_agg(json_build_object('name', a.attname, 'type', format_type(a.atttypid, a.atttypmod)) ORDER BY a.attnum)
          FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped), '[]') AS columns,
       c.relispopulated AS populated,
       CASE WHEN c.relkind = 'v' THEN ${option("security_barrier")} ELSE false END AS "securityBarrier",
       CASE WHEN c.relkind = 'v' THEN ${option("security_invoker")} ELSE false END AS "securityInvoker"
  FROM pg_class c WHERE c.oid = to_regclass($1)`;

/** What there is under this name; `null` where there is nothing. */
export async function foundView(database: Database, name: QualifiedName): Promise<FoundView | null> {
  const [row] = await queryCatalog<Omit<FoundView, "unique">>(database, view, [quotedName(name)]);
  if (!row) return null;
  const unique = (await foundIndexes(database, name))
    .filter((one) => one.unique)
    .map(({ name, columns, predicate, valid }) => ({ name, columns, predicate, valid }));
  return { ...row, unique };
}

/**
 * Types as PostgreSQL writes them; `null` where it does not know one of them, as before the migration that makes it.
 * Throws what PostgreSQL refuses otherwise.
 */
export async function askedTypes(database: Database, types: readonly string[]): Promise<readonly string[] | null> {
  const columns = types.map((type, at) => `asked_${at} ${type}`).join(", ");
  const made = await database.attempt(`CREATE TEMPORARY TABLE asked_types (${columns})`);
  if (!made.accepted) {
    if (made.error.condition === "undefined_object") return null;
    throw new Error(made.error.message);
  }
  const rows = await queryCatalog<{ type: string }>(
    database,
    "SELECT format_type(atttypid, atttypmod) AS type FROM pg_attribute WHERE attrelid = 'pg_temp.asked_types'::regclass AND attnum > 0 ORDER BY attnum",
  );
  return rows.map(({ type }) => type);
}
