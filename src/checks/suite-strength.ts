/** How a new version of a SQL test file compares with base's: by its cases, white space and comments aside. */

import { isDeepStrictEqual } from "node:util";
import type { Acting } from "../model/ports.ts";
import { parser } from "../sql/parser.ts";
import { readSuite } from "../suites/read.ts";
import type { Case, Expectation, Suite, SuiteStatement } from "../suites/suite.ts";
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

type AskedCase = { readonly name: string; readonly line: number; readonly asked: Asked };

/**
 * Every case of base must still be there, and ask the same; under another name it is the same case. The fixture is free:
 * every run proves each case anew on what it loads.
 */
export async function suiteChanges(_: string, base: string, head: string): Promise<readonly OracleChange[]> {
  const [was, is] = [await readSuite(base), await readSuite(head)];
  if (is.status === "unreadable") {
    const [{ line, message }] = is.mistakes;
    return [{ strength: "weaker", why: `it cannot be read any more: ${message}`, line }];
  }
  if (was.status === "unreadable") return [{ strength: "weaker", why: "base's version cannot be compared with" }];
  return [
    ...caseChanges(await casesOf(was.suite), await casesOf(is.suite)),
    ...(isDeepStrictEqual(await fixtureOf(was.suite), await fixtureOf(is.suite))
      ? []
      : [{ strength: "same" as const, why: "its fixture is another" }]),
  ];
}

function caseChanges(before: readonly AskedCase[], now: readonly AskedCase[]): readonly OracleChange[] {
  const known = (list: readonly AskedCase[], name: string) => list.find((one) => one.name === name);
  const added = now.filter(({ name }) => !known(before, name));
  const changes = before.flatMap(({ name, asked }): readonly OracleChange[] => {
    const other = known(now, name);
    if (other) {
      const parts = (Object.keys(words) as (keyof Asked)[]).filter(
        (part) => !isDeepStrictEqual(asked[part], other.asked[part]),
      );
      const why = `the case “${name}” is changed (${parts.map((part) => words[part]).join(", ")})`;
      return parts.length === 0 ? [] : [{ strength: "weaker", why, line: other.line }];
    }
    const renamed = added.findIndex((one) => isDeepStrictEqual(one.asked, asked));
    const [one] = renamed < 0 ? [] : added.splice(renamed, 1);
    return one
      ? [{ strength: "same", why: `the case “${name}” is called “${one.name}”`, line: one.line }]
      : [{ strength: "weaker", why: `the case “${name}” is gone` }];
  });
  return [
    ...changes,
    ...added.map(({ name, line }): OracleChange => ({ strength: "stronger", why: `the case “${name}” is new`, line })),
  ];
}

const casesOf = (suite: Suite): Promise<readonly AskedCase[]> =>
  Promise.all(suite.cases.map(async (one) => ({ name: one.name, line: one.line, asked: await askedOf(one) })));

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
