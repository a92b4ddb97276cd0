import { isDeepStrictEqual } from "node:util";
import type { Json } from "../model/json.ts";
import type { Catalog, CatalogObject } from "../model/ports.ts";

/**
 * Whether a difference matters. `moved`: a column stands elsewhere in its table, and nothing else is different.
 * `whitespace`: lines without text in the body of a function. `extension`: an extension is there that was not.
 * `substance`: everything else.
 */
export type Nature = "substance" | "moved" | "whitespace" | "extension";

export interface Difference {
  readonly kind: string;
  readonly identity: string;
  /** Absent where the whole object is new or gone. */
  readonly property?: string;
  /** The property's value, or all properties of an object; `null` where there is none. */
  readonly before: Json;
  readonly after: Json;
  readonly nature: Nature;
}

/** Properties that restate a part of the definition, for readers; a difference is told once. */
const restated: { readonly [kind: string]: readonly string[] } = {
  constraint: ["type", "columns", "references", "referencedColumns"],
  index: ["unique", "primary", "nullsNotDistinct", "predicate", "columns", "method", "options"],
  trigger: ["function", "constraint", "deferrable", "deferred", "row", "timing"],
};

const routines: readonly string[] = ["function", "procedure"];

const withoutBlankLines = (body: Json) =>
  String(body)
    .split("\n")
    .filter((line) => line.trim() !== "")
    .join("\n");

function natureOf(kind: string, property: string, before: Json, after: Json): Nature {
  const body = property === "body" && routines.includes(kind);
  return body && withoutBlankLines(before) === withoutBlankLines(after) ? "whitespace" : "substance";
}

function changed(before: CatalogObject, after: CatalogObject): Difference[] {
  const { kind, identity } = after;
  const names = [...new Set([...Object.keys(before.properties), ...Object.keys(after.properties)])].sort();
  const definition = before.properties.definition !== after.properties.definition;
  return names.flatMap((property): Difference[] => {
    // Positions are compared over the whole table.
    if (kind === "column" && property === "position") return [];
    if (definition && restated[kind]?.includes(property)) return [];
    const [was, is] = [before.properties[property] ?? null, after.properties[property] ?? null];
    if (isDeepStrictEqual(was, is)) return [];
    return [{ kind, identity, property, before: was, after: is, nature: natureOf(kind, property, was, is) }];
  });
}

const positionOf = (column: CatalogObject | undefined) => Number(column?.properties.position);

/** Columns of each table that both have, in the order of the first. */
function commonColumns(before: Catalog, after: Catalog): string[][] {
  const tables = new Map<string, string[]>();
  for (const { kind, identity, on } of before.values()) {
    if (kind !== "column" || on === undefined || !after.has(identity)) continue;
    const columns = tables.get(on);
    if (columns) columns.push(identity);
    else tables.set(on, [identity]);
  }
  const byPosition = (a: string, b: string) => positionOf(before.get(a)) - positionOf(before.get(b));
  return [...tables.values()].map((columns) => columns.sort(byPosition));
}

/** The fewest columns that have to be moved to make one order from the other: what is outside the longest rising run. */
function movedOf(columns: readonly string[], after: Catalog): string[] {
  const place = columns.map((column) => positionOf(after.get(column)));
  if (place.every((at, index) => index === 0 || at > (place[index - 1] ?? 0))) return [];
  const longest: { readonly length: number; readonly previous: number }[] = [];
  for (const [index, at] of place.entries()) {
    let best = { length: 1, previous: -1 };
    for (const [earlier, { length }] of longest.entries())
      if ((place[earlier] ?? 0) < at && length >= best.length) best = { length: length + 1, previous: earlier };
    longest[index] = best;
  }
  const most = Math.max(...longest.map(({ length }) => length));
  const ends = longest.flatMap(({ length }, index) => (length === most ? [index] : []));
  // Of equally long runs the one that ends first: so a column that went to the end is what moved.
  ends.sort((a, b) => (place[a] ?? 0) - (place[b] ?? 0));
  const staying = new Set<number>();
  for (let at = ends[0] ?? -1; at !== -1; at = longest[at]?.previous ?? -1) staying.add(at);
  return columns.filter((_, index) => !staying.has(index));
}

/** Everything that is different between two readings of a catalog, sorted by identity and property. */
export function compareCatalogs(before: Catalog, after: Catalog): Difference[] {
  const differences: Difference[] = [];
  for (const object of before.values()) {
    const { kind, identity, properties } = object;
    const other = after.get(identity);
    if (other) differences.push(...changed(object, other));
    else differences.push({ kind, identity, before: properties, after: null, nature: "substance" });
  }
  for (const { kind, identity, properties } of after.values()) {
    if (before.has(identity)) continue;
    const nature = kind === "extension" ? "extension" : "substance";
    differences.push({ kind, identity, before: null, after: properties, nature });
  }
  for (const columns of commonColumns(before, after))
    for (const identity of movedOf(columns, after)) {
      const [was, is] = [positionOf(before.get(identity)), positionOf(after.get(identity))];
      differences.push({ kind: "column", identity, property: "position", before: was, after: is, nature: "moved" });
    }
  const key = ({ identity, property = "" }: Difference) => `${identity}\0${property}`;
  return differences.sort((a, b) => (key(a) < key(b) ? -1 : 1));
}

/** Identities of what `after` has and `before` has not, sorted. */
export const created = (before: Catalog, after: Catalog): string[] =>
  [...after.keys()].filter((identity) => !before.has(identity)).sort();
