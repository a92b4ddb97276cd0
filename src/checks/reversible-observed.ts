/** What `reversible` sees of one round trip, small enough to be kept as evidence. */

import { compareCatalogs, type Difference } from "../catalog/compare.ts";
import type { Catalog, Execution, RoundTrip, Rows } from "../model/ports.ts";
import { type Refusal, refusals } from "./refusal.ts";
import { type RowDifference, rowDifferences } from "./row-differences.ts";

/** How many there are, and the first of them. */
export type Some<Item> = { readonly count: number; readonly first: readonly Item[] };

/** A difference of two catalogs without the values of what is wholly new or gone. */
export type SchemaDifference = Pick<Difference, "identity" | "nature" | "before" | "after"> & {
  readonly property: string | null;
};

export type Loaded = {
  readonly part: "data" | "data-after";
  readonly files: readonly string[];
  /** How many rows more there were after it; `null` where it was not loaded. */
  readonly added: number | null;
};

export type Trip = {
  readonly path: string;
  readonly loaded: readonly Loaded[];
  readonly refused: readonly (Refusal & { readonly file: string })[];
  /** Tables that were there before the up, which changes their shape or drops them, with their rows at that moment. */
  readonly altered: readonly { readonly table: string; readonly rows: number }[];
  /** Tables with rows at the moment of the up. */
  readonly filled: readonly string[];
  /** How many facts of the catalog the up changed; `null` where it was refused. */
  readonly changes: number | null;
  /** Whether it changed a row. */
  readonly changesRows: boolean;
  /** Before the up, and after the down; `null` where it did not come so far. */
  readonly undone: Some<SchemaDifference> | null;
  /** After the up, and after the second up. */
  readonly redone: Some<SchemaDifference> | null;
  readonly rowsUndone: Some<RowDifference> | null;
  readonly rowsRedone: Some<RowDifference> | null;
};

export type Observed = {
  readonly trips: readonly Trip[];
  /** Globs of `for` that no migration of the phase has, and files that do not exist. */
  readonly unmatched: readonly string[];
  readonly missing: readonly string[];
};

/** Of many differences this many are kept; the verdict depends on whether there are any. */
const kept = 20;

export const some = <Item>(items: readonly Item[]): Some<Item> => ({
  count: items.length,
  first: items.slice(0, kept),
});

/** The files that a part is loaded from, with the text of each. */
export type Sources = {
  readonly [Part in "data" | "data-after"]: readonly { readonly path: string; readonly text: string }[];
};

export function tripSeen(path: string, { executions, catalogs, rows }: RoundTrip, sources: Sources): Trip {
  const { before, up, down, again } = catalogs;
  const loads = (["data", "data-after"] as const).filter((part) => sources[part].length > 0);
  return {
    path,
    loaded: loads.map((part) => ({
      part,
      files: sources[part].map((source) => source.path),
      added: executions.find((execution) => execution.part === part)?.added ?? null,
    })),
    refused: refusals(executions).map((refusal) => placed(refusal, path, sources)),
    altered: up ? altered(before, up, rows.before) : [],
    filled: Object.keys(rows.before).filter((table) => (rows.before[table] ?? []).length > 0),
    changes: up ? compareCatalogs(before, up).length : null,
    changesRows: rows.up ? rowDifferences(rows.before, rows.up, before).length > addedAfter(executions) : false,
    undone: down ? schemaDifferences(before, down) : null,
    redone: up && again ? schemaDifferences(up, again) : null,
    rowsUndone: rows.down ? some(undoneRows(rows.before, rows.down, before, executions)) : null,
    rowsRedone: up && rows.up && rows.again ? some(redoneRows(rows, rows.up, rows.again, up, executions)) : null,
  };
}

/** Rows that are new because `data-after` loaded them. */
const addedAfter = (executions: readonly Execution[]): number =>
  executions.find(({ part }) => part === "data-after")?.added ?? 0;

/** `data-after` may leave rows behind, in whatever shape the down gave them: the rows from before have to be as they were. */
function undoneRows(
  before: Rows,
  down: Rows,
  catalog: Catalog,
  executions: readonly Execution[],
): readonly RowDifference[] {
  const mayLeave = executions.some(({ part }) => part === "data-after");
  return rowDifferences(before, down, catalog).filter(({ change }) => change !== "new" || !mayLeave);
}

/** What `data-after` put into a table that the up makes goes with the table. */
function redoneRows(
  rows: RoundTrip["rows"],
  up: Rows,
  again: Rows,
  catalog: Catalog,
  executions: readonly Execution[],
): readonly RowDifference[] {
  const loaded = executions.some(({ part }) => part === "data-after");
  const compared = Object.entries(up).filter(([table]) => !loaded || Object.hasOwn(rows.before, table));
  return rowDifferences(Object.fromEntries(compared), again, catalog);
}

function schemaDifferences(before: Catalog, after: Catalog): Some<SchemaDifference> {
  const differences = compareCatalogs(before, after).map(
    ({ identity, property, nature, before: was, after: is }): SchemaDifference => ({
      identity,
      property: property ?? null,
      nature,
      before: property === undefined && was !== null ? "there" : was,
      after: property === undefined && is !== null ? "there" : is,
    }),
  );
  // Differences of substance first: of the others there may be many.
  return some([
    ...differences.filter(({ nature }) => nature === "substance"),
    ...differences.filter(({ nature }) => nature !== "substance"),
  ]);
}

const shaping: readonly string[] = ["table", "column", "constraint", "index", "trigger", "policy", "rule"];
/** Properties that no row depends on. */
const idle: readonly string[] = ["comment", "owner"];

function altered(before: Catalog, up: Catalog, rows: Rows): Trip["altered"] {
  const tables = compareCatalogs(before, up).flatMap(({ kind, identity, property }) => {
    if (!shaping.includes(kind) || (property !== undefined && idle.includes(property))) return [];
    const table = kind === "table" ? identity.slice("table ".length) : (up.get(identity) ?? before.get(identity))?.on;
    return table !== undefined && Object.hasOwn(rows, table) ? [table] : [];
  });
  return [...new Set(tables)].sort().map((table) => ({ table, rows: rows[table]?.length ?? 0 }));
}

/** Several files are loaded as one text: tells which of them a line belongs to. */
function placed(refusal: Refusal, path: string, sources: Sources): Trip["refused"][number] {
  if (refusal.part !== "data" && refusal.part !== "data-after") return { ...refusal, file: path };
  const files = sources[refusal.part];
  let line = refusal.line ?? 1;
  for (const { path: file, text } of files) {
    const lines = text.split("\n").length;
    if (line <= lines) return { ...refusal, line, file };
    line -= lines;
  }
  return { ...refusal, file: files.at(-1)?.path ?? path };
}
