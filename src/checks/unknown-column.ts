import type { Database } from "../model/ports.ts";
import { type QualifiedName, quotedName } from "../sql/identifier.ts";

/**
 * Whether an expression names a column that the table does not have. Before its phase the table may be there and the
 * column not: what the plan asks for is missing then, and nothing is wrong with the plan.
 */
export async function namesUnknownColumn(
  database: Database,
  table: QualifiedName,
  expressions: readonly string[],
): Promise<boolean> {
  const tried = await database.attempt(
    `SELECT ${expressions.map((one) => `(${one})`).join(", ")} FROM ${quotedName(table)} LIMIT 0`,
  );
  return !tried.accepted && tried.error.condition === "undefined_column";
}
