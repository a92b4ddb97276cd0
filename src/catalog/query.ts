import type { Database } from "../model/ports.ts";

/**
 * A query of ours over the catalog. Schemas of the change are off the search_path meanwhile: otherwise a function or an
 * operator that a migration makes there could answer in PostgreSQL's place, where it fits the arguments better.
 * Definitions in the answer name what is outside of pg_catalog with its schema.
 */
export async function queryCatalog<Row extends object>(
  database: Pick<Database, "query">,
  sql: string,
  values: readonly unknown[] = [],
): Promise<readonly Row[]> {
  const [before] = await database.query<{ path: string }>(
    "SELECT pg_catalog.current_setting('search_path') AS path, pg_catalog.set_config('search_path', '', true)",
  );
  const rows = await database.query<Row>(sql, values);
  await database.query("SELECT pg_catalog.set_config('search_path', $1, true)", [before?.path ?? ""]);
  return rows;
}
