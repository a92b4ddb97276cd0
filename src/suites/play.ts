import { ConnectionLost, type Session } from "../model/ports.ts";
import { type CaseResult, judgeAnswer, refusal, resultOf, type Say } from "./result.ts";
import type { SingleCase, Suite, SuiteStatement } from "./suite.ts";

/** Why the statements before the first case could not be carried out. */
export interface FixtureRefusal {
  readonly line: number;
  readonly found: string;
}

/** Sends the fixture, as whoever the session is. */
export async function playFixture(session: Session, { fixture }: Suite): Promise<FixtureRefusal | undefined> {
  for (const { sql, line } of fixture) {
    const answer = await session.attempt(sql);
    if (!answer.accepted) return { line, found: inFull(answer.error, line) };
  }
  return undefined;
}

const inFull = (error: Parameters<typeof refusal>[1], line: number) => {
  const reason = refusal(line, error);
  return reason.kind === "refused" ? reason.found : "";
};

/**
 * Fires what the fixture left deferred, and defers again what is initially deferred: so a violation is the fixture's, and
 * tables without pending events can be altered.
 *
 * @param deferred names of constraints and constraint triggers that are initially deferred, as SQL text
 */
export async function settle(session: Session, deferred: readonly string[]): Promise<string | undefined> {
  if (deferred.length === 0) return undefined;
  const answer = await session.attempt(`SET CONSTRAINTS ${deferred.join(", ")} IMMEDIATE`);
  if (!answer.accepted) return inFull(answer.error, 0);
  await session.attempt(`SET CONSTRAINTS ${deferred.join(", ")} DEFERRED`);
  return undefined;
}

/** A statement that must be refused is taken back in any case; what is deferred counts as its own refusal. */
const expectRefusal = (session: Session, statement: SuiteStatement & { expects: object }): Promise<Say> =>
  session.tentatively(async () => {
    const answer = await session.attempt(statement.sql);
    if (!answer.accepted) return judgeAnswer(statement, answer);
    return judgeAnswer(statement, await session.attempt(allImmediate));
  });

const allImmediate = "SET CONSTRAINTS ALL IMMEDIATE";

/** Plays a case without a savepoint of its own: whoever calls takes everything back. */
export async function playSingle(session: Session, one: SingleCase, testRole: string): Promise<CaseResult> {
  const { acting, statements, line } = one;
  const acts = await actAs(session, { ...acting, as: acting.as ?? testRole }, line);
  if (acts) return acts;
  const says: Say[] = [];
  for (const statement of statements) {
    const { expects } = statement;
    const say = expects
      ? await expectRefusal(session, { ...statement, expects })
      : judgeAnswer(statement, await session.attempt(statement.sql));
    says.push(say);
    if (typeof say === "object") return resultOf(says, line);
  }
  if (statements.some(({ expects }) => !expects)) {
    const forced = await session.attempt(allImmediate);
    if (!forced.accepted) says.push(refusal(statements.at(-1)?.line ?? line, forced.error));
  }
  return resultOf(says, line);
}

/** A role or a setting that PostgreSQL does not take fails the case at its first line. */
export async function actAs(
  session: Session,
  acting: Parameters<Session["act"]>[0],
  line: number,
): Promise<CaseResult | undefined> {
  try {
    await session.act(acting);
    return undefined;
  } catch (error) {
    if (error instanceof ConnectionLost || !(error instanceof Error)) throw error;
    return {
      status: "failed",
      reason: refusal(line, { condition: "invalid_role_specification", message: error.message }),
    };
  }
}
