import type { SchemaMutant } from "../catalog/mutants.ts";
import type { Catalog } from "../model/ports.ts";
import type { Case, SuiteStatement } from "./suite.ts";

/** What a condition points to: the kinds of objects that give it. Functions may raise any. */
const givenBy: { readonly [condition: string]: readonly string[] } = {
  check_violation: ["constraint", "trigger", "function"],
  unique_violation: ["constraint", "index"],
  exclusion_violation: ["constraint"],
  not_null_violation: ["column"],
  foreign_key_violation: ["constraint", "trigger", "function"],
  insufficient_privilege: ["policy", "table", "view", "function"],
};
const raised: readonly string[] = ["trigger", "function", "procedure"];

/** What decides which rows a SELECT gives, for cases that expect no error. */
const shownByRows: readonly string[] = [
  "policy",
  "view",
  "materialized view",
  "trigger",
  "function",
  "table",
  "index",
  "constraint",
];

const bare = (qualified: string) => qualified.replace(/^.*\./, "").replaceAll('"', "");

/** Order of mutants for a case: those that it most likely looks at come first. All of them are there; the order is the same in every run. */
export function byRelevance(mutants: readonly SchemaMutant[], one: Case, catalog: Catalog): SchemaMutant[] {
  const distance = distanceTo(one, catalog);
  const scored = mutants.map((mutant, index) => ({ mutant, index, score: distance(mutant) }));
  return scored.sort((a, b) => a.score - b.score || a.index - b.index).map(({ mutant }) => mutant);
}

/**
 * How far a case is from a mutant, for whoever looks for a case that notices it: the nearest is 0, and from `far` on nothing
 * says that they have to do with each other. What a privilege is good for shows in cases that act as its role, or name it.
 */
export function distanceTo(one: Case, catalog: Catalog): (mutant: SchemaMutant) => number {
  const look = lookOf(one, catalog);
  return (mutant) => {
    const distance = score(mutant, look, catalog);
    const role = grantee(mutant, catalog);
    if (role === undefined) return distance;
    if (distance < far && look.as === role) return distance / far;
    // A case that names the role may look through all tables, without naming one.
    return look.named.has(role) ? 1 : Math.max(distance, 2);
  };
}

/** The role that a mutant gives a privilege to, or takes it from. */
function grantee({ object, operator }: SchemaMutant, catalog: Catalog): string | undefined {
  const { kind, properties } = catalog.get(object) ?? {};
  return / granted to (.*)$/.exec(operator)?.[1] ?? (kind === "grant" ? String(properties?.grantee) : undefined);
}

export const far = 12;

interface Look {
  readonly as: string | undefined;
  /** Bare names in `expect error … on <name>`. */
  readonly expected: ReadonlySet<string>;
  readonly kinds: ReadonlySet<string> | undefined;
  /** Bare names of what the case names, and of what these read or call. */
  readonly named: ReadonlySet<string>;
  readonly near: ReadonlySet<string>;
}

function lookOf(one: Case, catalog: Catalog): Look {
  const statements: readonly SuiteStatement[] =
    one.kind === "single" ? one.statements : one.steps.filter((step) => step.kind === "statement");
  const steps = one.kind === "single" ? [] : one.steps.filter((step) => step.kind === "commit");
  const expectations = [...statements, ...steps].flatMap(({ expects }) => (expects ? [expects] : []));
  const named = new Set(statements.flatMap(({ mentions }) => mentions));
  const conditions = expectations.map(({ condition }) => condition);
  return {
    as: one.acting.as,
    expected: new Set(expectations.flatMap(({ on }) => (on === undefined ? [] : [on]))),
    kinds:
      conditions.length === 0 ? undefined : new Set(conditions.flatMap((condition) => givenBy[condition] ?? raised)),
    named,
    near: neighbours(named, catalog),
  };
}

/** Tables that named views read, tables that refer to named ones, functions that triggers of either call. */
function neighbours(named: ReadonlySet<string>, catalog: Catalog): ReadonlySet<string> {
  const near = new Set<string>();
  const read = namesRead(catalog);
  for (const { kind, identity, name, on = "", properties } of catalog.values()) {
    if (kind === "trigger" && named.has(bare(on))) near.add(bare(String(properties.function).replace(/\(.*/, "")));
    if (kind === "constraint" && named.has(bare(String(properties.references ?? "")))) near.add(bare(on));
    if (named.has(name)) for (const other of read.get(identity) ?? []) near.add(other);
  }
  return near;
}

const readOnce = new WeakMap<Catalog, ReadonlyMap<string, readonly string[]>>();

/** Bare names of the tables, views and functions that each view and function names; found once for a catalog. */
export function namesRead(catalog: Catalog): ReadonlyMap<string, readonly string[]> {
  const known = readOnce.get(catalog);
  if (known) return known;
  const names = new Set(
    [...catalog.values()].flatMap(({ kind, name }) =>
      ["table", "view", "materialized view", "function"].includes(kind) ? [name] : [],
    ),
  );
  const read = new Map(
    [...catalog.values()].flatMap(({ kind, identity, properties: { definition, body } }) =>
      ["view", "materialized view", "function"].includes(kind)
        ? [[identity, [...names].filter((name) => mentions(String(definition ?? body ?? ""), name))] as const]
        : [],
    ),
  );
  readOnce.set(catalog, read);
  return read;
}

const mentions = (text: string, name: string) =>
  new RegExp(`(?<![\\w$])${name.replace(/[^\w]/g, "\\$&")}(?![\\w$])`).test(text);

function score(mutant: SchemaMutant, look: Look, catalog: Catalog): number {
  const object = catalog.get(mutant.object);
  if (!object) return 99;
  if (look.expected.has(object.name)) return 0;
  const places = [object.name, mutant.on === undefined ? "" : bare(mutant.on)];
  const place = places.some((name) => look.named.has(name)) ? 2 : places.some((name) => look.near.has(name)) ? 4 : far;
  const granted = / granted to (.*)$/.exec(mutant.operator)?.[1];
  // Most roles are never looked at: what they could be granted comes last.
  if (granted !== undefined) return place + (look.kinds?.has("policy") && granted === look.as ? 0 : 7);
  // They fail every case that inserts, whatever it says afterwards.
  if (mutant.operator === "default dropped" || mutant.operator === "revoked") return place + 1.9;
  if (look.kinds) return place + (look.kinds.has(object.kind) ? 0 : 1);
  const rank = shownByRows.indexOf(object.kind);
  return place + (rank === -1 ? 1 : rank / 10);
}
