import type { Catalog, CatalogObject } from "../model/ports.ts";
import { conjuncts } from "./mutants/expression.ts";
import { isInPrimaryKey } from "./mutants/tables.ts";
import type { SchemaMutant } from "./mutants.ts";

/**
 * Why no test has to notice a mutant. `equivalent`: it changes nothing that could be noticed. `redundant`: what it takes
 * away is enforced by another rule of the schema, so that the same rows are accepted; which rule refuses may be noticed.
 */
export type Unneeded =
  /** `rule`: the reason, as a sentence without its full stop. */
  { readonly status: "equivalent"; readonly rule: string } | { readonly status: "redundant"; readonly rule: string };

type Rule = (mutant: SchemaMutant, it: CatalogObject, catalog: Catalog) => Unneeded | undefined;

const equivalent = (rule: string): Unneeded => ({ status: "equivalent", rule });
const redundant = (rule: string): Unneeded => ({ status: "redundant", rule });
const list = (value: unknown): readonly string[] => (Array.isArray(value) ? value.map(String) : []);

/**
 * What a catalog alone tells about a mutant of it: each rule here follows from how PostgreSQL works, whatever tests there
 * are. That nobody noticed a mutant is never a reason.
 */
export function unneeded(mutant: SchemaMutant, catalog: Catalog): Unneeded | undefined {
  const it = catalog.get(mutant.object);
  if (!it) return undefined;
  for (const rule of rules) {
    const found = rule(mutant, it, catalog);
    if (found) return found;
  }
  return undefined;
}

const underPrimaryKey: Rule = ({ operator }, it, catalog) =>
  operator === "not null dropped" && isInPrimaryKey(it, catalog)
    ? equivalent("the primary key forbids NULL there, and PostgreSQL keeps both or none")
    : undefined;

/** Policies and FORCE are looked at only where row level security is enabled. */
const withoutRowSecurity: Rule = ({ operator, on }, { kind }, catalog) => {
  const concerned = kind === "policy" || operator === "row level security not forced";
  return concerned && catalog.get(`table ${on}`)?.properties.rowSecurity === false
    ? equivalent(`row level security is not enabled on ${on}, so its policies are not applied`)
    : undefined;
};

const trueAlready: Rule = ({ operator }, { properties: { using, check } }) => {
  if (operator === "using true" && using === "true") return equivalent("the policy's condition is true already");
  if (operator === "with check true" && (check ?? using) === "true")
    return equivalent("what the policy checks is true already");
  return undefined;
};

const isIndex = ({ kind, properties }: CatalogObject) =>
  kind === "index" && properties.unique === true && properties.valid !== false;

/** The unique index that a mutant concerns: itself, or the one behind a constraint. */
const indexOf = (it: CatalogObject, catalog: Catalog): CatalogObject | undefined =>
  it.kind === "index"
    ? it
    : [...catalog.values()].find(
        ({ kind, on, properties }) => kind === "index" && on === it.on && properties.constraint === it.name,
      );

/** Of an index whose operator classes and collations are the columns' own; only such are compared. */
function plainColumns({ properties: { columns, definition, method } }: CatalogObject): readonly string[] | undefined {
  const names = list(columns);
  const inOrder = String(definition)
    .replace(/^.*? USING \w+ \(/, "")
    .replace(/( DESC| ASC| NULLS FIRST| NULLS LAST)+(?=[,)])/g, "");
  return method === "btree" && inOrder.startsWith(`${names.join(", ")})`) ? names : undefined;
}

/**
 * Of two that are the same the first is needed, so that what both enforce is asked for once.
 *
 * Unique over some of the columns is unique over all of them: two rows that are equal in all are equal in some. A NULL
 * keeps a row out of both, as long as NULLs are distinct in both or in neither.
 */
const uniqueAnyway: Rule = ({ operator, sql }, it, catalog) => {
  const weakened =
    (it.kind === "index" && ["dropped", "no longer unique", "over no rows"].includes(operator)) ||
    (it.kind === "constraint" &&
      operator === "dropped" &&
      ["unique", "primary key"].includes(String(it.properties.type)));
  const index = indexOf(it, catalog);
  // With the key, the foreign keys go that need it.
  if (!weakened || !index || sql.some((statement) => statement.endsWith(" CASCADE"))) return undefined;
  const columns = plainColumns(index);
  if (!columns) return undefined;
  for (const other of catalog.values()) {
    if (!isIndex(other) || other.on !== it.on || other.identity === index.identity) continue;
    const fewer = plainColumns(other);
    const { predicate, nullsNotDistinct = false } = other.properties;
    if (!fewer?.every((column) => columns.includes(column))) continue;
    if (predicate !== undefined && predicate !== index.properties.predicate) continue;
    if (nullsNotDistinct !== (index.properties.nullsNotDistinct ?? false)) continue;
    const same = fewer.length === columns.length && predicate === index.properties.predicate;
    if (same && index.identity < other.identity) continue;
    const rule = `${other.name} is unique over ${fewer.join(", ")}${predicate === undefined ? "" : " for the same rows"}`;
    return same ? equivalent(rule) : redundant(rule);
  }
  return undefined;
};

/** A key with a NULL in it meets no other, so it makes no difference that the index leaves such rows out. */
const nullsAreDistinct: Rule = ({ operator }, { kind, properties }) => {
  if (kind !== "index" || operator !== "over all rows" || properties.nullsNotDistinct === true) return undefined;
  const columns = list(properties.columns);
  const onlyNulls = conjuncts(String(properties.predicate)).every((condition) => {
    const column = /^\(?(\w+|"(?:[^"]|"")*") IS NOT NULL\)?$/.exec(condition)?.[1];
    return column !== undefined && columns.includes(column);
  });
  return onlyNulls
    ? equivalent("rows with NULL in the key are never equal, whether the index has them or not")
    : undefined;
};

interface Reference {
  readonly name: string;
  readonly from: string;
  readonly to: string;
  /** Column → referenced column. */
  readonly pairs: ReadonlyMap<string, string>;
  readonly actions: string;
}

function references(catalog: Catalog): readonly Reference[] {
  return [...catalog.values()].flatMap(({ kind, name, on = "", properties }) => {
    const { type, references: to, columns, referencedColumns, onDelete, onUpdate, deferred, validated } = properties;
    if (kind !== "constraint" || type !== "foreign key" || validated === false) return [];
    const others = list(referencedColumns);
    const pairs = new Map(list(columns).map((column, at) => [column, others[at] ?? ""] as const));
    return [{ name, from: on, to: String(to), pairs, actions: `${onDelete} ${onUpdate} ${deferred}` }];
  });
}

const within = (few: ReadonlyMap<string, string>, many: ReadonlyMap<string, string>) =>
  [...few].every(([column, referenced]) => many.get(column) === referenced);

/**
 * A row that is referred to by more columns is referred to by fewer of them, too. And where a row refers to one that
 * refers to a third by the same values, the third is there as well. Both need columns that are never NULL, and the same
 * actions all the way, so that a deletion comes to the same end.
 */
const referredAnyway: Rule = ({ operator }, it, catalog) => {
  if (it.properties.type !== "foreign key" || !["dropped", "with another action on delete"].includes(operator))
    return undefined;
  const all = references(catalog);
  const mine = all.find(({ name, from }) => name === it.name && from === it.on);
  if (!mine) return undefined;
  const neverNull = (table: string, columns: Iterable<string>) =>
    [...columns].every((name) => {
      const column = [...catalog.values()].find(
        (one) => one.kind === "column" && one.on === table && one.name === name,
      );
      return column?.properties.nullable === false;
    });
  const others = all.filter(
    (one) =>
      one !== mine && one.from === mine.from && one.actions === mine.actions && neverNull(one.from, one.pairs.keys()),
  );
  for (const other of others) {
    const same = other.to === mine.to && within(mine.pairs, other.pairs);
    // Of two that are the same the first is needed.
    if (same && (other.pairs.size > mine.pairs.size || other.name < mine.name))
      return redundant(`${other.name} refers to the same row`);
    if (operator !== "dropped") continue;
    for (const next of all) {
      if (next.from !== other.to || next.to !== mine.to || next.actions !== mine.actions) continue;
      const through = new Map(
        [...other.pairs].flatMap(([column, middle]) => {
          const last = next.pairs.get(middle);
          return last === undefined ? [] : [[column, last] as const];
        }),
      );
      if (next.pairs.size === mine.pairs.size && within(mine.pairs, through) && neverNull(next.from, next.pairs.keys()))
        return redundant(`${other.name} refers to a row of ${other.to}, which refers to the same row by ${next.name}`);
    }
  }
  return undefined;
};

const rules: readonly Rule[] = [
  underPrimaryKey,
  withoutRowSecurity,
  trueAlready,
  uniqueAnyway,
  nullsAreDistinct,
  referredAnyway,
];
