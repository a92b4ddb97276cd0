/** How a new version of a SQL test file compares with base's: by its cases, white space and comments aside. */

import { isDeepStrictEqual } from "node:util";
import type { Acting, Laboratory } from "../model/ports.ts";
import { parser } from "../sql/parser.ts";
import { readSuite } from "../suites/read.ts";
import { type Replacement, replacements } from "../suites/replace.ts";
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
 * Every case of base must still be there, and ask the same of the same fixture, or be failed by whatever failed base's
 * version of it; under another name it is the same case.
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
  const isSameFixture = isDeepStrictEqual(await fixtureOf(was.suite), await fixtureOf(is.suite));
  const { kept, renamed, gone, added } = pairs(await casesOf(was.suite), await casesOf(is.suite));
  const changed = [...kept, ...renamed].flatMap(({ was, is }): readonly Changed[] => {
    const parts = (Object.keys(words) as (keyof Asked)[]).filter(
      (part) => !isDeepStrictEqual(was.asked[part], is.asked[part]),
    );
    const told = [...parts.map((part) => words[part]), ...(isSameFixture ? [] : ["the fixture that it is played on"])];
    return told.length === 0 ? [] : [{ was: was.one, is: is.one, told }];
  });
  const comparable = changed.flatMap(({ was, is }) =>
    was.kind === "single" && is.kind === "single" && asksNoLess(was, is) ? [{ was, is }] : [],
  );
  const answers = laboratory ? await replacements(was.suite, is.suite, comparable, laboratory) : [];
  return [
    ...changed.map((change): OracleChange => {
      const answer = answers[comparable.findIndex(({ was }) => was === change.was)];
      const what = `the case “${change.was.name}” is changed (${change.told.join(", ")})`;
      return { ...judged(what, answer), line: change.is.line };
    }),
    ...renamed.map(
      ({ was, is }): OracleChange => ({
        strength: "same",
        why: `the case “${was.one.name}” is called “${is.one.name}”`,
        line: is.one.line,
      }),
    ),
    ...gone.map(({ one }): OracleChange => ({ strength: "weaker", why: `the case “${one.name}” is gone` })),
    ...added.map(
      ({ one }): OracleChange => ({ strength: "stronger", why: `the case “${one.name}” is new`, line: one.line }),
    ),
  ];
}

interface Changed {
  readonly was: Case;
  readonly is: Case;
  /** What of it is another. */
  readonly told: readonly string[];
}

type Pair = { readonly was: AskedCase; readonly is: AskedCase };

/** Which case stands for which: one that asks the same under its name, or under another; or else the one of its name. */
function pairs(before: readonly AskedCase[], now: readonly AskedCase[]) {
  const left = new Set(now);
  const take = (fits: (one: AskedCase) => boolean): AskedCase | undefined => {
    const found = [...left].find(fits);
    if (found) left.delete(found);
    return found;
  };
  const named = (was: AskedCase) => (is: AskedCase) => is.one.name === was.one.name;
  const same = (was: AskedCase) => (is: AskedCase) => isDeepStrictEqual(is.asked, was.asked);
  const ways: readonly ((was: AskedCase) => (is: AskedCase) => boolean)[] = [
    (was) => (is) => named(was)(is) && same(was)(is),
    same,
    named,
  ];
  const found = new Map<AskedCase, AskedCase>();
  for (const way of ways)
    for (const was of before) {
      const is = found.has(was) ? undefined : take(way(was));
      if (is) found.set(was, is);
    }
  const all: readonly Pair[] = before.flatMap((was) => {
    const is = found.get(was);
    return is ? [{ was, is }] : [];
  });
  return {
    kept: all.filter(({ was, is }) => named(was)(is)),
    renamed: all.filter(({ was, is }) => !named(was)(is)),
    gone: before.filter((was) => !found.has(was)),
    added: [...left],
  };
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

/**
 * It has as many assertions, and every refusal that was expected is expected still, no less exactly: a mutant tells
 * neither which of two rules refuses, nor which of two assertions turned.
 */
function asksNoLess(was: SingleCase, is: SingleCase): boolean {
  const kept = (part: string | undefined, now: string | undefined) => part === undefined || part === now;
  const expected = ({ statements }: SingleCase) => statements.flatMap(({ expects }) => expects ?? []);
  const asserting = ({ statements }: SingleCase) =>
    statements.filter(({ expects, isSelect }) => expects !== undefined || isSelect).length;
  const left = [...expected(is)];
  const isKept = expected(was).every(({ condition, on, matching }) => {
    const at = left.findIndex((one) => one.condition === condition && kept(on, one.on) && kept(matching, one.matching));
    if (at >= 0) left.splice(at, 1);
    return at >= 0;
  });
  return isKept && asserting(is) >= asserting(was);
}

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
