/** Which rows a round trip lost, changed or made. */

import type { Json } from "../model/json.ts";
import type { Catalog, Rows } from "../model/ports.ts";

type Row = Rows[string][number];

export type RowDifference = {
  readonly table: string;
  readonly change: "lost" | "changed" | "new";
  /** What tells the row from others: its primary key, or all of it. */
  readonly row: { readonly [column: string]: Json };
  /** Columns that differ, of a changed row. */
  readonly columns: readonly string[];
};

/** A row as text that does not depend on the order of its columns. */
const textOf = (row: Row, columns: readonly string[]): string =>
  JSON.stringify(columns.map((column) => row[column] ?? null));

/**
 * Compares the rows of the tables that `before` names, on the columns that they had then: what a migration added to a row
 * is no loss. Rows that have the same primary key are one row that was changed.
 * @param catalog of `before`
 */
export function rowDifferences(before: Rows, after: Rows, catalog: Catalog): readonly RowDifference[] {
  const keys = primaryKeys(catalog);
  return Object.entries(before).flatMap(([table, rows]) =>
    compareTable(table, rows, after[table] ?? [], keys.get(table)),
  );
}

function compareTable(
  table: string,
  before: readonly Row[],
  after: readonly Row[],
  key: readonly string[] | undefined,
): RowDifference[] {
  const columns = Object.keys(before[0] ?? after[0] ?? {}).sort();
  const [gone, come] = unmatched(before, after, columns);
  const identifying = key?.every((column) => columns.includes(column)) ? key : undefined;
  const arrivals = new Map(identifying ? come.map((row) => [textOf(row, identifying), row] as const) : []);
  const differences = gone.map((row): RowDifference => {
    const now = identifying && arrivals.get(textOf(row, identifying));
    if (!identifying || !now) return { table, change: "lost", row: shown(row, identifying ?? columns), columns: [] };
    arrivals.delete(textOf(row, identifying));
    const differing = columns.filter((column) => (row[column] ?? null) !== (now[column] ?? null));
    return { table, change: "changed", row: shown(row, identifying), columns: differing };
  });
  const fresh = identifying ? [...arrivals.values()] : come;
  return [
    ...differences,
    ...fresh.map(
      (row): RowDifference => ({ table, change: "new", row: shown(row, identifying ?? columns), columns: [] }),
    ),
  ];
}

/** What either side has more often than the other. */
function unmatched(before: readonly Row[], after: readonly Row[], columns: readonly string[]): readonly [Row[], Row[]] {
  const there = Map.groupBy(after, (row) => textOf(row, columns));
  const gone = before.filter((row) => there.get(textOf(row, columns))?.pop() === undefined);
  return [gone, [...there.values()].flat()];
}

const shown = (row: Row, columns: readonly string[]): RowDifference["row"] =>
  Object.fromEntries(columns.map((column) => [column, row[column] ?? null]));

function primaryKeys(catalog: Catalog): ReadonlyMap<string, readonly string[]> {
  const keys = new Map<string, readonly string[]>();
  for (const { kind, on, properties } of catalog.values()) {
    if (kind !== "constraint" || on === undefined || properties.type !== "primary key") continue;
    if (Array.isArray(properties.columns)) keys.set(on, properties.columns.map(String));
  }
  return keys;
}
