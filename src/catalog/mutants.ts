import type { Catalog, CatalogObject } from "../model/ports.ts";
import { nameIn } from "./identity.ts";
import { grantMutants } from "./mutants/grants.ts";
import { routineMutants } from "./mutants/routines.ts";
import { notNullOfKey, tableMutants } from "./mutants/tables.ts";

/** A small sabotage of the schema that a test of it must notice. */
export interface SchemaMutant {
  /** What is done to the object: "dropped", "not null dropped", … */
  readonly operator: string;
  /** Identity of the object in the catalog. */
  readonly object: string;
  /** The table or view that it hangs on, or the object itself is. */
  readonly on?: string;
  /** Tells it from others of its operator on the same object: which comparison, which value. */
  readonly detail?: string;
  /** Of a rule that is only taken away: the condition of the rows that are accepted now, as SQL over the table. */
  readonly lost?: string;
  /** Statements, each for itself. PostgreSQL may refuse them: then the mutant is stillborn. */
  readonly sql: readonly string[];
}

/** One thing that an operator does to an object. */
export type Variant = Pick<SchemaMutant, "sql" | "detail" | "lost">;

/** What an operator makes of one object; none where it does not apply. */
export type Operator = (object: CatalogObject, catalog: Catalog) => readonly Variant[];

/** Operators of a kind of object, in the order in which they are tried. */
export type Operators = { readonly [kind: string]: { readonly [operator: string]: Operator } };

export interface MutantOptions {
  /** Only what hangs on these tables and views, and the functions that their triggers call. */
  readonly tables?: readonly string[];
  /** Roles that could be granted too much; those that hold any privilege are always among them. */
  readonly roles?: readonly string[];
  /** Also the NOT NULL of columns of a primary key, which PostgreSQL does not let go: for whoever counts everything. */
  readonly ofKeys?: boolean;
}

const operators: Operators = { ...tableMutants, ...routineMutants };

/**
 * Every sabotage of a catalog that DESIGN 5.2 names, in the order of the catalog and of the operators. Pure: whether
 * PostgreSQL accepts one, and whether it changes anything, is only known when it is tried.
 */
export function schemaMutants(
  catalog: Catalog,
  { tables, roles = [], ofKeys = false }: MutantOptions = {},
): SchemaMutant[] {
  const called = new Set<string>();
  for (const { kind, on, properties } of catalog.values())
    if (kind === "trigger" && on !== undefined && tables?.includes(on)) called.add(`function ${properties.function}`);
  const wanted = ({ object, on }: SchemaMutant) =>
    tables === undefined || (on !== undefined && tables.includes(on)) || called.has(object);

  const mutants: SchemaMutant[] = [];
  for (const object of catalog.values()) {
    const { kind, identity, on = isRelation(kind) ? nameIn(object) : undefined } = object;
    for (const [operator, sabotage] of Object.entries(operators[kind] ?? {}))
      for (const variant of sabotage(object, catalog))
        mutants.push({ operator, object: identity, ...(on === undefined ? {} : { on }), ...variant });
    if (ofKeys) mutants.push(...notNullOfKey(object, catalog));
  }
  mutants.push(...grantMutants(catalog, roles));
  return numbered(mutants.filter(wanted));
}

/** How people name it: unique among the mutants of a catalog. */
export const mutantName = ({ object, operator, detail }: SchemaMutant): string =>
  `${object}: ${operator}${detail === undefined ? "" : ` (${detail})`}`;

/** The same comparison may stand in an expression twice. */
function numbered(mutants: readonly SchemaMutant[]): SchemaMutant[] {
  const times = new Map<string, number>();
  return mutants.map((mutant) => {
    const name = mutantName(mutant);
    const before = times.get(name) ?? 0;
    times.set(name, before + 1);
    return before === 0 ? mutant : { ...mutant, detail: `${mutant.detail ?? "again"}, ${before + 1}` };
  });
}

const isRelation = (kind: string) => ["table", "foreign table", "view", "materialized view"].includes(kind);
