/** How a new version of a SQL test file compares with base's: by its cases, white space and comments aside. */

import { isDeepStrictEqual } from "node:util";
import type { Acting, Laboratory } from "../model/ports.ts";
import { parser } from "../sql/parser.ts";
import { readSuite } from "../suites/read.ts";
import { type Replaced, type Replacement, replacements } from "../suites/replace.ts";
import type { Case, Expectation, SingleCase, Suite, SuiteStatement } from "../suites/suite.ts";
import type { OracleChange } from "./kind.ts";

/** What a case asks, part by part, as far as it may not change. */
interface Asked {
  readonly statements: unknown;
  readonly role: unknown;
  readonly settings: unknown;
  readonly expectations: unknown;
  readonly sabotage: unknown;
}

const words: { readonly [Part in keyof Asked]: string } = {
  statements: "its statements",
  role: "its role",
  settings: "its settings",
  expectations: "what must be refused",
  sabotage: "its sabotage",
};

type AskedCase = { readonly one: Case; readonly asked: Asked };

/**
 * Every case of base must still be there, and ask the same, or be failed by whatever failed base's version of it; under
 * another name it is the same case. The fixture is free: every run proves each case anew on what it loads.
 */
export async function suiteChanges(
  _: string,
  base: string,
  head: string,
  laboratory: Laboratory | undefined,
): Promise<readonly OracleChange[]> {
  const [was, is] = [await readSuite(base), await readSuite(head)];
  if (is.status === "unreadable") {
    const [{ line, message }] = is.mistakes;
    return [{ strength: "weaker", why: `it cannot be read any more: ${message}`, line }];
  }
  if (was.status === "unreadable") return [{ strength: "weaker", why: "base's version cannot be compared with" }];
  const answers = (replaced: readonly Replaced[]) =>
    laboratory ? replacements(was.suite, is.suite, replaced, laboratory) : Promise.resolve([]);
  return [
    ...(await caseChanges(await casesOf(was.suite), await casesOf(is.suite), answers)),
    ...(isDeepStrictEqual(await fixtureOf(was.suite), await fixtureOf(is.suite))
      ? []
      : [{ strength: "same" as const, why: "its fixture is another" }]),
  ];
}

async function caseChanges(
  before: readonly AskedCase[],
  now: readonly AskedCase[],
  replacementsOf: (replaced: readonly Replaced[]) => Promise<readonly Replacement[]>,
): Promise<readonly OracleChange[]> {
  const known = (list: readonly AskedCase[], name: string) => list.find(({ one }) => one.name === name);
  const altered = before.flatMap(({ one: was, asked }) => {
    const other = known(now, was.name);
    return other && !isDeepStrictEqual(other.asked, asked) ? [{ was, is: other.one }] : [];
  });
  const comparable = altered.flatMap(({ was, is }) =>
    was.kind === "single" && is.kind === "single" && expectsNoLess(was, is) ? [{ was, is }] : [],
  );
  const answers = await replacementsOf(comparable);
  const added = now.filter(({ one }) => !known(before, one.name));
  const changes = before.flatMap(({ one: { name }, asked }): readonly OracleChange[] => {
    const other = known(now, name);
    if (other) {
      const parts = (Object.keys(words) as (keyof Asked)[]).filter(
        (part) => !isDeepStrictEqual(asked[part], other.asked[part]),
      );
      if (parts.length === 0) return [];
      const what = `the case “${name}” is changed (${parts.map((part) => words[part]).join(", ")})`;
      const answer = answers[comparable.findIndex(({ was }) => was.name === name)];
      return [{ ...judged(what, answer), line: other.one.line }];
    }
    const renamed = added.findIndex((one) => isDeepStrictEqual(one.asked, asked));
    const [found] = renamed < 0 ? [] : added.splice(renamed, 1);
    return found
      ? [{ strength: "same", why: `the case “${name}” is called “${found.one.name}”`, line: found.one.line }]
      : [{ strength: "weaker", why: `the case “${name}” is gone` }];
  });
  return [
    ...changes,
    ...added.map(
      ({ one }): OracleChange => ({ strength: "stronger", why: `the case “${one.name}” is new`, line: one.line }),
    ),
  ];
}

function judged(what: string, answer: Replacement | undefined): Pick<OracleChange, "strength" | "why"> {
  switch (answer?.status) {
    case "as-strong": {
      const all = answer.failedBy === 1 ? "the mutant" : `the ${answer.failedBy} mutants`;
      return {
        strength: "same",
        why: `${what}, and ${all} that failed it on base still ${answer.failedBy === 1 ? "does" : "do"}`,
      };
    }
    case "weaker":
      return { strength: "weaker", why: `${what}: it holds now with “${answer.by}”, which failed it on base` };
    case "unknown":
      return { strength: "weaker", why: `${what}, and cannot be compared: ${answer.why}` };
    case undefined:
      return { strength: "weaker", why: what };
  }
}

/** Every refusal that was expected still is, no less exactly: a mutant does not tell which of two rules refuses. */
const expectsNoLess = (was: SingleCase, is: SingleCase): boolean => {
  const kept = (part: string | undefined, now: string | undefined) => part === undefined || part === now;
  const expected = ({ statements }: SingleCase) => statements.flatMap(({ expects }) => expects ?? []);
  return expected(was).every(({ condition, on, matching }) =>
    expected(is).some((one) => one.condition === condition && kept(on, one.on) && kept(matching, one.matching)),
  );
};

const casesOf = (suite: Suite): Promise<readonly AskedCase[]> =>
  Promise.all(suite.cases.map(async (one) => ({ one, asked: await askedOf(one) })));

async function askedOf(one: Case): Promise<Asked> {
  const steps =
    one.kind === "single"
      ? one.statements.map((statement) => ({ ...statement, kind: "statement" as const, session: "" }))
      : one.steps;
  const acting: { readonly [session: string]: Acting } = one.kind === "single" ? { "": one.acting } : one.sessions;
  const of = <Key extends "as" | "set">(key: Key) =>
    Object.entries(acting).map(([session, wishes]) => [session, wishes[key]] as const);
  return {
    statements: await Promise.all(
      steps.map(async (step) => [step.session, step.kind, step.kind === "statement" ? await tokensOf(step.sql) : ""]),
    ),
    role: of("as"),
    settings: of("set"),
    expectations: steps.map((step) => ("expects" in step ? expectationOf(step.expects) : undefined)),
    sabotage: await Promise.all(one.sabotage.map((statements) => Promise.all(statements.map(tokensOf)))),
  };
}

const expectationOf = (expects: Expectation | undefined) =>
  expects && { condition: expects.condition, on: expects.on, matching: expects.matching };

const fixtureOf = async ({ set, fixture }: Suite): Promise<unknown> => [
  set,
  await Promise.all(
    fixture.map(async ({ sql, expects }: SuiteStatement) => [await tokensOf(sql), expectationOf(expects)]),
  ),
];

/** SQL as PostgreSQL's scanner reads it, without its comments. */
export async function tokensOf(sql: string): Promise<readonly string[]> {
  const { scanSync } = await parser();
  return scanSync(sql)
    .tokens.filter(({ tokenName }) => tokenName !== "SQL_COMMENT" && tokenName !== "C_COMMENT")
    .map(({ text }) => text);
}
