import { setTimeout as pause } from "node:timers/promises";
import type { Acting, Answer, Clone, Session } from "../model/ports.ts";
import { actAs } from "./play.ts";
import { type CaseResult, judgeAnswer, judgeExpectation, refusal, resultOf, type Say } from "./result.ts";
import type { Expectation, SessionStep, SessionsCase } from "./suite.ts";

type StatementStep = Extract<SessionStep, { kind: "statement" }>;

/** One connection of a case, and where it is. */
interface Player {
  readonly name: string;
  readonly session: Session;
  readonly acting: Acting;
  open: boolean;
  /** A statement of the open transaction was refused: what is left is to end it. */
  aborted: boolean;
  /** The statement that waits for a lock. */
  pending?: { readonly step: StatementStep; readonly answer: Promise<Answer>; settled: boolean };
  /** What the last statement expects, and got no error for yet: its transaction's end may bring it. */
  owed?: Expectation;
}

/** Plays a case of several sessions in a clone that nobody uses afterwards. */
export async function playSessions(clone: Clone, one: SessionsCase): Promise<CaseResult> {
  const players = new Map<string, Player>();
  const says: Say[] = [];
  try {
    for (const [name, acting] of Object.entries(one.sessions)) {
      const as = acting.as ?? clone.testRole;
      players.set(name, {
        name,
        session: await clone.session(),
        acting: { ...acting, as },
        open: false,
        aborted: false,
      });
    }
    for (const step of one.steps) {
      const player = players.get(step.session);
      if (!player) throw new Error(`no session ${step.session}`);
      await take(player, step, says);
      if (says.some(isReason)) return resultOf(says, one.line);
    }
    await endAll([...players.values()], says, one.line);
    return resultOf(says, one.line);
  } finally {
    // One that waits is released when the one it waits for is closed.
    await Promise.all([...players.values()].map(({ session }) => session.close()));
  }
}

const isReason = (say: Say) => typeof say === "object";

async function take(player: Player, step: SessionStep, says: Say[]): Promise<void> {
  if (!(await awaitPending(player, says))) {
    says.push({ kind: "stuck", line: step.line, session: player.name });
    return;
  }
  if (says.some(isReason)) return;
  if (step.kind === "commit") return commit(player, step.expects ?? player.owed, step.line, says);
  if (step.kind === "rollback") {
    if (player.open) await player.session.rollback();
    if (player.owed) says.push(judgeExpectation(player.owed, { accepted: true }));
    reset(player);
    return;
  }
  if (player.owed) says.push(judgeExpectation(player.owed, { accepted: true }));
  delete player.owed;
  if (player.aborted) {
    says.push({
      kind: "refused",
      line: step.line,
      condition: "in_failed_sql_transaction",
      found: "in_failed_sql_transaction: the session's transaction was refused before; end it with `-- rollback`",
    });
    return;
  }
  await start(player, step, says);
}

function reset(player: Player): void {
  player.open = false;
  player.aborted = false;
  delete player.owed;
}

async function start(player: Player, step: StatementStep, says: Say[]): Promise<void> {
  const { session, acting } = player;
  if (!player.open) {
    await session.begin({});
    player.open = true;
    const refused = await actAs(session, await isolated(session, acting), step.line);
    if (refused?.status === "failed") {
      says.push(refused.reason);
      return;
    }
  }
  const pending = { step, answer: session.attempt(step.sql), settled: false };
  const settled = pending.answer.then(() => {
    pending.settled = true;
  });
  player.pending = pending;
  // Either it ends, or it is seen to wait for somebody.
  while (!pending.settled) {
    await Promise.race([settled, pause(1)]);
    if (!pending.settled && (await session.waits())) return;
  }
  await finishPending(player, says);
}

/** The isolation level is chosen before everything else of a transaction; what is left is for `act`. */
async function isolated(session: Session, { set = {}, ...rest }: Acting): Promise<Acting> {
  const { transaction_isolation: level, ...others } = set;
  if (level === undefined || !/^(read committed|repeatable read|serializable)$/i.test(level)) return { ...rest, set };
  await session.attempt(`SET TRANSACTION ISOLATION LEVEL ${level.toUpperCase()}`);
  return { ...rest, set: others };
}

async function finishPending(player: Player, says: Say[]): Promise<void> {
  const { pending } = player;
  if (!pending) return;
  const { step, answer } = pending;
  const given = await answer;
  delete player.pending;
  if (!given.accepted) player.aborted = true;
  // A deferred constraint may still refuse it when the transaction ends.
  if (step.expects && given.accepted) player.owed = step.expects;
  else says.push(judgeAnswer(step, given));
}

/** Gives whether nothing is under way any more. */
async function awaitPending(player: Player, says: Say[]): Promise<boolean> {
  const { pending, session } = player;
  if (!pending) return true;
  while (!pending.settled) {
    if (await session.waits()) {
      // What has just been released may need a moment to be seen.
      await pause(20);
      if (!pending.settled && (await session.waits())) return false;
    }
    await pause(1);
  }
  await finishPending(player, says);
  return true;
}

async function commit(player: Player, expects: Expectation | undefined, line: number, says: Say[]): Promise<void> {
  if (!player.open) return;
  const answer = player.aborted ? await player.session.rollback().then(() => undefined) : await player.session.commit();
  if (expects && answer) says.push(judgeExpectation(expects, answer));
  else if (expects) says.push(judgeExpectation(expects, { accepted: true }));
  else if (answer && !answer.accepted) says.push(refusal(line, answer.error));
  reset(player);
}

/** Commits what is open in the order of the sessions; one that waits comes after those that it waits for. */
async function endAll(players: readonly Player[], says: Say[], line: number): Promise<void> {
  let left = players.filter(({ open }) => open);
  while (left.length > 0 && !says.some(isReason)) {
    const waiting: Player[] = [];
    for (const player of left) {
      if (await awaitPending(player, says)) await commit(player, player.owed, line, says);
      else waiting.push(player);
    }
    if (waiting.length === left.length) {
      says.push({ kind: "stuck", line, session: waiting[0]?.name ?? "" });
      return;
    }
    left = waiting;
  }
}
