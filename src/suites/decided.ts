import type { SchemaMutant } from "../catalog/mutants.ts";
import type { Catalog } from "../model/ports.ts";
import { asksTheSchema } from "./asks.ts";
import { namesRead } from "./relevance.ts";
import type { CaseResult } from "./result.ts";
import type { Case, Suite, SuiteStatement } from "./suite.ts";

/** What a sabotage changes: who may do what, or how rows come and go. */
export type Aim = "privileges" | "rules";

export const aimOf = ({ operator }: SchemaMutant): Aim =>
  operator === "revoked" || / granted to /.test(operator) ? "privileges" : "rules";

/**
 * Whether the statement that turned shows what a rule does. A fingerprint of the catalogs turns with every mutant and shows
 * nothing of the kind; only who has a privilege may be asked there, because the server itself answers.
 */
export type Decides = (one: Case, result: CaseResult, aim: Aim) => boolean;

export function decides({ fixture }: Suite, catalog: Catalog): Decides {
  const readers = new Set([...readersIn(catalog), ...definedIn(fixture)]);
  return (one, result, aim) => {
    if (result.status === "passed") return true;
    const { line } = result.reason;
    const statements = statementsOf(one);
    const at = statements.findIndex((statement) => statement.line === line || statement.expects?.line === line);
    const deciding = statements[at];
    if (!deciding) return true;
    const known = new Set([...readers, ...definedIn(statements.slice(0, at))]);
    if (statements.slice(0, at).some((statement) => keeps(statement, known))) return false;
    if (deciding.asks === "privileges") return aim === "privileges";
    return !asksAbout(deciding, known);
  };
}

const statementsOf = (one: Case): readonly SuiteStatement[] =>
  one.kind === "single" ? one.statements : one.steps.filter((step) => step.kind === "statement");

const asksAbout = ({ asks, mentions }: SuiteStatement, readers: ReadonlySet<string>) =>
  asks === "schema" || mentions.some((name) => readers.has(name));

/** Puts what the catalogs say where a later statement finds it: in a row, a variable, a setting. */
const keeps = (statement: SuiteStatement, readers: ReadonlySet<string>) =>
  statement.defines === undefined &&
  asksAbout(statement, readers) &&
  !(statement.isSelect && !statement.mentions.includes("set_config"));

const definedIn = (statements: readonly SuiteStatement[]): readonly string[] =>
  statements.flatMap(({ asks, defines }) => (asks !== "rows" && defines !== undefined ? [defines] : []));

const once = new WeakMap<Catalog, ReadonlySet<string>>();

/** Bare names of the views and functions of a schema that ask the catalogs, themselves or through others. */
function readersIn(catalog: Catalog): ReadonlySet<string> {
  const known = once.get(catalog);
  if (known) return known;
  const readers = new Set<string>();
  for (const { name, properties } of catalog.values())
    if (asksTheSchema(String(properties.definition ?? properties.body ?? ""))) readers.add(name);
  const read = namesRead(catalog);
  for (let before = -1; before < readers.size; ) {
    before = readers.size;
    for (const { identity, name } of catalog.values())
      if (read.get(identity)?.some((other) => readers.has(other))) readers.add(name);
  }
  once.set(catalog, readers);
  return readers;
}
