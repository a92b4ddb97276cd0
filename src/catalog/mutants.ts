import type { Catalog, CatalogObject } from "../model/ports.ts";
import { nameIn } from "./identity.ts";
import { grantMutants } from "./mutants/grants.ts";
import { routineMutants } from "./mutants/routines.ts";
import { tableMutants } from "./mutants/tables.ts";

/** A small sabotage of the schema that a test of it must notice. */
export interface SchemaMutant {
  /** What is done to the object: "dropped", "not null dropped", … */
  readonly operator: string;
  /** Identity of the object in the catalog. */
  readonly object: string;
  /** The table or view that it hangs on, or the object itself is. */
  readonly on?: string;
  /** Statements, each for itself. PostgreSQL may refuse them: then the mutant is stillborn. */
  readonly sql: readonly string[];
}

/** What an operator makes of one object; none where it does not apply. */
export type Operator = (object: CatalogObject, catalog: Catalog) => readonly (readonly string[])[];

/** Operators of a kind of object, in the order in which they are tried. */
export type Operators = { readonly [kind: string]: { readonly [operator: string]: Operator } };

export interface MutantOptions {
  /** Only what hangs on these tables and views, and the functions that their triggers call. */
  readonly tables?: readonly string[];
  /** Roles that could be granted too much; those that hold any privilege are always among them. */
  readonly roles?: readonly string[];
}

const operators: Operators = { ...tableMutants, ...routineMutants };

/**
 * Every sabotage of a catalog that DESIGN 5.2 names, in the order of the catalog and of the operators. Pure: whether
 * PostgreSQL accepts one, and whether it changes anything, is only known when it is tried.
 */
export function schemaMutants(catalog: Catalog, { tables, roles = [] }: MutantOptions = {}): SchemaMutant[] {
  const called = new Set<string>();
  for (const { kind, on, properties } of catalog.values())
    if (kind === "trigger" && on !== undefined && tables?.includes(on)) called.add(`function ${properties.function}`);
  const wanted = ({ object, on }: SchemaMutant) =>
    tables === undefined || (on !== undefined && tables.includes(on)) || called.has(object);

  const mutants: SchemaMutant[] = [];
  for (const object of catalog.values()) {
    const { kind, identity, on = isRelation(kind) ? nameIn(object) : undefined } = object;
    for (const [operator, sabotage] of Object.entries(operators[kind] ?? {}))
      for (const sql of sabotage(object, catalog))
        mutants.push({ operator, object: identity, ...(on === undefined ? {} : { on }), sql });
  }
  mutants.push(...grantMutants(catalog, roles));
  return mutants.filter(wanted);
}

const isRelation = (kind: string) => ["table", "foreign table", "view", "materialized view"].includes(kind);
