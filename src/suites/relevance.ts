import type { SchemaMutant } from "../catalog/mutants.ts";
import type { Catalog, CatalogObject } from "../model/ports.ts";
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
  const look = lookOf(one, catalog);
  const scored = mutants.map((mutant, index) => ({ mutant, index, score: score(mutant, look, catalog) }));
  return scored.sort((a, b) => a.score - b.score || a.index - b.index).map(({ mutant }) => mutant);
}

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
  const readBy = ({ properties: { definition, body } }: CatalogObject) => String(definition ?? body ?? "");
  for (const object of catalog.values()) {
    const { kind, name, on = "", properties } = object;
    if (kind === "trigger" && named.has(bare(on))) near.add(bare(String(properties.function).replace(/\(.*/, "")));
    if (kind === "constraint" && named.has(bare(String(properties.references ?? "")))) near.add(bare(on));
    if (["view", "materialized view", "function"].includes(kind) && named.has(name))
      for (const other of catalog.values())
        if (
          ["table", "view", "materialized view", "function"].includes(other.kind) &&
          mentions(readBy(object), other.name)
        )
          near.add(other.name);
  }
  return near;
}

const mentions = (text: string, name: string) =>
  new RegExp(`(?<![\\w$])${name.replace(/[^\w]/g, "\\$&")}(?![\\w$])`).test(text);

function score(mutant: SchemaMutant, look: Look, catalog: Catalog): number {
  const object = catalog.get(mutant.object);
  if (!object) return 99;
  if (look.expected.has(object.name)) return 0;
  const places = [object.name, mutant.on === undefined ? "" : bare(mutant.on)];
  const place = places.some((name) => look.named.has(name)) ? 2 : places.some((name) => look.near.has(name)) ? 4 : 12;
  const granted = / granted to (.*)$/.exec(mutant.operator)?.[1];
  // Most roles are never looked at: what they could be granted comes last.
  if (granted !== undefined) return place + (look.kinds?.has("policy") && granted === look.as ? 0 : 7);
  // They fail every case that inserts, whatever it says afterwards.
  if (mutant.operator === "default dropped" || mutant.operator === "revoked") return place + 1.9;
  if (look.kinds) return place + (look.kinds.has(object.kind) ? 0 : 1);
  const rank = shownByRows.indexOf(object.kind);
  return place + (rank === -1 ? 1 : rank / 10);
}
