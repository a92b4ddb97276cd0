/** All rows of a database, in a form that can be compared exactly. */

import type { Database, Rows } from "../model/ports.ts";

/** More rows than this in one table are refused: a fixture is small, and what is not compared proves nothing. */
export const mostRows = 10_000;

const tables = `
  SELECT pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname) AS id
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
   WHERE c.relkind = 'r' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
     AND NOT (n.nspname = 'public' AND c.relname = 'pgmigrations')
     AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')`;

/** Every value as PostgreSQL prints it: a number of JavaScript would hide differences. */
const rowsOf = (table: string): string => `
  SELECT '${table.replaceAll("'", "''")}' AS id, pg_catalog.count(*)::integer AS count,
         coalesce(pg_catalog.jsonb_agg(r.row ORDER BY r.row::text COLLATE "C"), '[]') AS rows
    FROM (SELECT (SELECT pg_catalog.jsonb_object_agg(e.key, e.value) FROM pg_catalog.jsonb_each_text(pg_catalog.to_jsonb(t)) e) AS row
            FROM ONLY ${table} t LIMIT ${mostRows + 1}) r`;

/**
 * Rows of all tables: partitions, not the tables over them; no views of any kind, because they follow from the tables, or
 * are refreshed at a time of their own; no counters of sequences, which do not go back when a transaction does. Tables
 * are named as the catalog names them, and those without a row are there too. Sorted, so that equal contents are equal.
 * @throws where a table holds more than `mostRows` rows, or all of them more than the connection's limit on bytes
 */
export async function readRows(database: Pick<Database, "query">): Promise<Rows> {
  const names = (await database.query<{ id: string }>(tables)).map(({ id }) => id).sort();
  if (names.length === 0) return {};
  const read = await database.query<{ id: string; count: number; rows: Rows[string] }>(
    names.map(rowsOf).join("\nUNION ALL"),
  );
  const full = read.find(({ count }) => count > mostRows);
  if (full)
    throw new Error(
      `${full.id} holds more than ${mostRows} rows, too many to compare. Load fewer, or let the migrations insert fewer.`,
    );
  const byName = new Map(read.map(({ id, rows }) => [id, rows]));
  return Object.fromEntries(names.map((id) => [id, byName.get(id) ?? []]));
}

/** How many rows there are in all tables. */
export const countRows = (rows: Rows): number => Object.values(rows).reduce((sum, { length }) => sum + length, 0);
