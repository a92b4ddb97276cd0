import type { Answer, PostgresError } from "../model/ports.ts";
import type { Expectation, SuiteStatement } from "./suite.ts";

/** Why a case does not hold. */
export type Reason =
  /** A boolean that is not true, or not exactly one. */
  | { readonly kind: "not-true"; readonly line: number; readonly found: string }
  /** An error was expected and did not come. */
  | { readonly kind: "accepted"; readonly line: number; readonly asked: string }
  /** Another error than the expected one. */
  | {
      readonly kind: "other-error";
      readonly line: number;
      readonly asked: string;
      readonly condition: string;
      readonly found: string;
    }
  /** A statement that should be accepted was refused. */
  | { readonly kind: "refused"; readonly line: number; readonly condition: string; readonly found: string }
  | { readonly kind: "asserts-nothing"; readonly line: number }
  /** A session waits for a lock that nobody releases any more. */
  | { readonly kind: "stuck"; readonly line: number; readonly session: string };

export type CaseResult = { readonly status: "passed" } | { readonly status: "failed"; readonly reason: Reason };

/** What one statement says about its case: that it holds, nothing, or why not. */
export type Say = "holds" | "nothing" | Reason;

export const askedFor = ({ condition, on, matching }: Expectation): string =>
  [condition, on && `on ${on}`, matching && `matching ${matching}`].filter(Boolean).join(" ");

/** PostgreSQL's words. Details of deadlocks name processes, which are others in every run. */
export function words({ condition, constraint, message, detail }: PostgresError): string {
  const more = detail === undefined || condition === "deadlock_detected" ? "" : ` (${detail})`;
  return `${condition}${constraint === undefined ? "" : ` on ${constraint}`}: ${message}${more}`;
}

const names = (error: PostgresError): readonly (string | undefined)[] =>
  error.constraint === undefined ? [error.column, `${error.table}.${error.column}`] : [error.constraint];

function isExpected({ condition, on, matching }: Expectation, error: PostgresError): boolean {
  return (
    error.condition === condition &&
    (on === undefined || names(error).includes(on)) &&
    (matching === undefined || new RegExp(matching, "u").test(error.message))
  );
}

/** Judges an answer against what was expected at this place. */
export function judgeExpectation(
  expects: Expectation,
  answer: Pick<Answer, "accepted"> & { readonly error?: PostgresError },
): Say {
  const { line } = expects;
  const asked = askedFor(expects);
  if (answer.error === undefined) return { kind: "accepted", line, asked };
  if (isExpected(expects, answer.error)) return "holds";
  return { kind: "other-error", line, asked, condition: answer.error.condition, found: words(answer.error) };
}

export const refusal = (line: number, error: PostgresError): Reason => ({
  kind: "refused",
  line,
  condition: error.condition,
  found: words(error),
});

/**
 * Judges the answer to a statement. A SELECT whose one column is a boolean must give one row that is true: NULL is not
 * true, and neither is the absence of rows. Every other accepted statement says nothing.
 */
export function judgeAnswer({ expects, isSelect, line }: SuiteStatement, answer: Answer): Say {
  if (expects) return judgeExpectation(expects, answer);
  if (!answer.accepted) return refusal(line, answer.error);
  if (!isSelect || !answer.isBoolean) return "nothing";
  const [row, ...more] = answer.rows;
  if (row === undefined) return { kind: "not-true", line, found: "no row" };
  if (more.length > 0) return { kind: "not-true", line, found: `${answer.rows.length} rows` };
  const [value] = Object.values(row);
  return value === true ? "holds" : { kind: "not-true", line, found: value === null ? "null" : String(value) };
}

/** Sums up what the statements of a case said. */
export function resultOf(says: readonly Say[], line: number): CaseResult {
  const reason = says.find((say): say is Reason => typeof say === "object");
  if (reason) return { status: "failed", reason };
  return says.includes("holds")
    ? { status: "passed" }
    : { status: "failed", reason: { kind: "asserts-nothing", line } };
}

/** What a rule of the schema says when it refuses; everything else may come from the sabotage having broken the statement. */
const refusalsByRule: readonly string[] = [
  "integrity_constraint_violation",
  "restrict_violation",
  "not_null_violation",
  "foreign_key_violation",
  "unique_violation",
  "check_violation",
  "exclusion_violation",
  "with_check_option_violation",
  "insufficient_privilege",
  "raise_exception",
  "assert_failure",
];

/** A condition that PostgreSQL has no name for is one that a function of the schema raises. */
const byRule = (condition: string) => refusalsByRule.includes(condition) || /^(?=.*\d)[0-9A-Z]{5}$/.test(condition);

/**
 * Whether a case that holds was failed by a sabotage: `assertion`, a boolean or an expected error turned; `refusal`, a
 * rule of the schema refuses a statement that the case only needs. That a name is unknown now, or a type another, only
 * shows that the statement cannot be carried out any more, and kills nothing.
 */
export function killOf(result: CaseResult): "assertion" | "refusal" | undefined {
  if (result.status === "passed") return undefined;
  const { reason } = result;
  if (reason.kind === "not-true" || reason.kind === "accepted") return "assertion";
  if ((reason.kind !== "other-error" && reason.kind !== "refused") || !byRule(reason.condition)) return undefined;
  return reason.kind === "other-error" ? "assertion" : "refusal";
}

/** For people: what was found and what was asked, then what to do. */
export function inWords(reason: Reason): { readonly message: string; readonly help: string } {
  switch (reason.kind) {
    case "not-true":
      return {
        message: `the SELECT gives ${reason.found}; it must give one row that is true`,
        help: "Repair what it shows, or correct the case.",
      };
    case "accepted":
      return {
        message: `the statement is accepted; ${reason.asked} is expected`,
        help: "Add to the schema what refuses it, or correct the case.",
      };
    case "other-error":
      return {
        message: `the error is ${reason.found}; ${reason.asked} is expected`,
        help: "Repair what refuses it, or correct the case.",
      };
    case "refused":
      return {
        message: `a statement is refused: ${reason.found}`,
        help: "Repair the schema or the statement; write `-- expect error:` above it if it is to be refused.",
      };
    case "asserts-nothing":
      return {
        message: "the case asserts nothing",
        help: "Write a SELECT that gives one boolean, or `-- expect error:` above a statement.",
      };
    case "stuck":
      return {
        message: `session ${reason.session} waits for a lock that nobody releases`,
        help: "Write `-- commit` for the session that holds it, further up.",
      };
  }
}
