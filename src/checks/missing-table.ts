import { queryCatalog } from "../catalog/query.ts";
import type { Database } from "../model/ports.ts";
import { type QualifiedName, quotedName } from "../sql/identifier.ts";

/** Observed beside what was found of a table, where that is nothing because there is no table or view of this name. */
export type OfMissingTable = { readonly table?: "missing" };

export async function ofMissingTable(database: Database, table: QualifiedName): Promise<OfMissingTable> {
  const [row] = await queryCatalog<{ is: boolean }>(database, "SELECT to_regclass($1) IS NOT NULL AS is", [
    quotedName(table),
  ]);
  return row?.is ? {} : { table: "missing" };
}

/** @param asked completes "the plan asks for …" */
export const missingTable = (table: string, asked: string): { readonly message: string; readonly help: string } => ({
  message: `The table ${table} does not exist; the plan asks for ${asked}.`,
  help: "Create the table in a migration of the phase, or correct its name in the plan.",
});
