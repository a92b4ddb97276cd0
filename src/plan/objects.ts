import type { CatalogObject } from "../model/ports.ts";
import { quoted, readName } from "../sql/identifier.ts";

/** Kinds whose names are unique in a schema; all others are named together with the table that they hang on. */
const inSchema = new Set([
  "table",
  "partitioned table",
  "foreign table",
  "view",
  "materialized view",
  "index",
  "sequence",
  "function",
  "procedure",
  "aggregate",
  "type",
  "domain",
  "enum",
]);

const plain = /^[a-z_][a-z0-9_$]*$/;
const sqlName = (name: string): string => (plain.test(name) ? name : quoted(name));

/**
 * Whether an object of the catalog is what the plan declares: `orders`, `sales.orders`, an index, or `orders.total`: a
 * column, constraint, trigger or policy of that name on the table. `public` is assumed.
 */
export function isDeclared(
  { kind, identity, on, name }: Pick<CatalogObject, "kind" | "identity" | "on" | "name">,
  declared: string,
): boolean {
  const read = readName(declared);
  if (!read || name !== read.name) return false;
  if (inSchema.has(kind) && identity.startsWith(`${kind} ${sqlName(read.schema)}.`)) return true;
  return on === `public.${sqlName(read.schema)}` && declared.includes(".");
}

/** Whether an object hangs on the table, view or sequence that the plan declares: its columns, constraints, indexes, triggers, policies. */
export function hangsOn({ on }: Pick<CatalogObject, "on">, declared: string): boolean {
  const read = readName(declared);
  return read !== undefined && on === `${sqlName(read.schema)}.${sqlName(read.name)}`;
}
