import type { Acting } from "../model/ports.ts";
import type { Directive } from "./directives.ts";
import type { Case, Expectation, SessionStep, Suite, SuiteStatement } from "./suite.ts";

/** A suite while its file is read from top to bottom. */
export interface Draft {
  readonly tell: (line: number, message: string, help: string) => void;
  /** No statement could be read, so that none is missing. */
  readonly broken: boolean;
  readonly file: Wishes;
  readonly fixture: SuiteStatement[];
  readonly cases: DraftCase[];
  /** An expectation that waits for its statement. */
  expects?: Expectation;
}

interface Wishes {
  as?: string;
  readonly set: { [name: string]: string };
}

interface DraftCase extends Wishes {
  readonly name: string;
  readonly line: number;
  readonly sabotage: (readonly string[])[];
  readonly statements: SuiteStatement[];
  readonly sessions: Map<string, Wishes>;
  readonly steps: SessionStep[];
  session?: string;
}

type Taken =
  | Exclude<Directive, { kind: "sabotage" }>
  | { readonly kind: "sabotage"; readonly statements: readonly string[] };

export const begin = (tell: Draft["tell"], broken: boolean): Draft => ({
  tell,
  broken,
  file: { set: {} },
  fixture: [],
  cases: [],
});

export function addStatement(draft: Draft, statement: SuiteStatement): void {
  const current = draft.cases.at(-1);
  const { expects } = draft;
  delete draft.expects;
  const whole = expects ? { ...statement, expects } : statement;
  if (!current) draft.fixture.push(whole);
  else if (current.session === undefined) current.statements.push(whole);
  else current.steps.push({ kind: "statement", session: current.session, ...whole });
}

export function addDirective(draft: Draft, directive: Taken, line: number): void {
  const current = draft.cases.at(-1);
  if (directive.kind === "test") openCase(draft, directive.name, line);
  else if (directive.kind === "as" || directive.kind === "set") addWish(draft, directive, line);
  else if (!current)
    draft.tell(line, `\`${directive.kind}\` stands before the first case`, "Write `-- test: …` above it.");
  else if (directive.kind === "expect") {
    noneWaits(draft);
    draft.expects = { ...directive.expects, line };
  } else if (directive.kind === "sabotage") current.sabotage.push(directive.statements);
  else if (directive.kind === "session") openSession(draft, current, directive.name, line);
  else if (current.session === undefined)
    draft.tell(
      line,
      `\`-- ${directive.kind}\` stands outside of a session`,
      "A case without sessions is rolled back for it: take the line out.",
    );
  else endTransaction(draft, current, current.session, { kind: directive.kind, line });
}

function openSession(draft: Draft, current: DraftCase, name: string, line: number): void {
  noneWaits(draft);
  if (current.statements.length > 0)
    draft.tell(
      line,
      "the case has statements outside of its sessions",
      "Write them into a session, or into the fixture.",
    );
  current.session = name;
  if (!current.sessions.has(name)) current.sessions.set(name, { set: {} });
}

type End = { readonly kind: "commit" | "rollback"; readonly line: number };

function endTransaction(draft: Draft, current: DraftCase, session: string, { kind, line }: End): void {
  const { expects } = draft;
  if (kind === "rollback") noneWaits(draft);
  delete draft.expects;
  current.steps.push(kind === "commit" && expects ? { kind, line, session, expects } : { kind, line, session });
}

function openCase(draft: Draft, name: string, line: number): void {
  noneWaits(draft);
  if (draft.cases.some((other) => other.name === name))
    draft.tell(line, `there is another case "${name}"`, "Give each case a name of its own.");
  draft.cases.push({ name, line, set: {}, sabotage: [], statements: [], sessions: new Map(), steps: [] });
}

/** Role and settings hold for a whole file, case or session, so they stand before its first statement. */
function addWish(draft: Draft, directive: Extract<Directive, { kind: "as" | "set" }>, line: number): void {
  const current = draft.cases.at(-1);
  const session = current?.session === undefined ? undefined : current.sessions.get(current.session);
  const begun = session
    ? current?.steps.some((step) => step.session === current.session)
    : current
      ? current.statements.length > 0
      : false;
  if (begun)
    draft.tell(
      line,
      `\`-- ${directive.kind}:\` stands below a statement that it would not hold for`,
      "Move it above the first statement.",
    );
  const wishes: Wishes = session ?? current ?? draft.file;
  if (directive.kind === "as") wishes.as = directive.role;
  else wishes.set[directive.name] = directive.value;
}

function noneWaits(draft: Draft): void {
  if (draft.expects && !draft.broken)
    draft.tell(
      draft.expects.line,
      "`-- expect error:` has no statement below it",
      "Write it directly above the statement that must be refused.",
    );
  delete draft.expects;
}

export function finish(draft: Draft): Suite | undefined {
  noneWaits(draft);
  const [first, ...more] = draft.cases.map((one) => finishCase(draft, one));
  if (!first && draft.broken) return undefined;
  if (!first) {
    draft.tell(
      1,
      "the file has no case",
      "Write `-- test: what is true, as a sentence` above the statements that show it.",
    );
    return undefined;
  }
  return { set: draft.file.set, fixture: draft.fixture, cases: [first, ...more] };
}

function finishCase({ file, tell, broken }: Draft, draft: DraftCase): Case {
  const { name, line, sabotage, statements, steps, sessions } = draft;
  const asserts = [...statements, ...steps].some(
    (step) => ("expects" in step && step.expects) || ("isSelect" in step && step.isSelect),
  );
  if (!asserts && !broken)
    tell(
      line,
      `the case "${name}" asserts nothing`,
      "Write a SELECT that gives one boolean, or `-- expect error:` above a statement.",
    );
  const acting = merged(file, draft);
  const common = { name, line, acting, sabotage };
  if (sessions.size === 0) return { kind: "single", ...common, statements };
  const acts = [...sessions].map(([session, wishes]) => [session, { ...merged(acting, wishes) }] as const);
  return { kind: "sessions", ...common, sessions: Object.fromEntries(acts), steps };
}

function merged(outer: Acting, inner: Wishes): Acting {
  const as = inner.as ?? outer.as;
  return { ...(as === undefined ? {} : { as }), set: { ...outer.set, ...inner.set } };
}
