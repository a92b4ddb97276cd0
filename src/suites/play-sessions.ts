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
  /** Of the case, with this one. */
  readonly all: ReadonlyMap<string, Player>;
  open: boolean;
  /** A statement of the open transaction was refused: what is left is to end it. */
  aborted: boolean;
  /** What waits for a lock. */
  pending?: Pending;
  /** It looks for deadlocks, until its transaction ends; it has done so when it has waited this many milliseconds. */
  looks: number;
  /** What the last statement expects, and got no error for yet: its transaction's end may bring it. */
  owed?: Expectation;
}

interface Pending {
  readonly answer: Promise<Answer>;
  /** What the answer says about the case, and where the session is then. */
  readonly take: (answer: Answer) => void;
  settled: boolean;
}

/** Plays a case of several sessions in a clone that nobody uses afterwards. */
export async function playSessions(clone: Clone, one: SessionsCase): Promise<CaseResult> {
  const players = new Map<string, Player>();
  const says: Say[] = [];
  try {
    for (const [name, acting] of Object.entries(one.sessions)) {
      const as = acting.as ?? clone.testRole;
      const session = await clone.session();
      players.set(name, {
        ...{ name, session, acting: { ...acting, as }, all: players },
        ...{ open: false, aborted: false, looks: 0 },
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
    await Promise.all([...players.values()].map(({ session }) => session.close()));
  }
}

const isReason = (say: Say) => typeof say === "object";

async function take(player: Player, step: SessionStep, says: Say[]): Promise<void> {
  if (!(await isFree(player))) {
    says.push({ kind: "stuck", line: step.line, session: player.name });
    return;
  }
  if (says.some(isReason)) return;
  if (step.kind === "commit") await commit(player, step.expects ?? player.owed, step.line, says);
  else {
    // It was accepted, and no transaction's end can refuse it any more.
    if (player.owed) says.push(judgeExpectation(player.owed, { accepted: true }));
    delete player.owed;
    if (step.kind === "rollback") await rollBack(player);
    else if (player.aborted) says.push(afterRefusal(step.line));
    else await start(player, step, says);
  }
}

const afterRefusal = (line: number): Say =>
  refusal(line, {
    condition: "in_failed_sql_transaction",
    message: "a statement of the session's transaction was refused; end it with `-- rollback`",
  });

async function rollBack(player: Player): Promise<void> {
  if (player.open) await player.session.rollback();
  player.open = false;
  player.aborted = false;
}

async function start(player: Player, step: StatementStep, says: Say[]): Promise<void> {
  const { session, acting } = player;
  if (!player.open) {
    await session.begin({});
    player.open = true;
    player.looks = 0;
    const refused = await actAs(session, await isolated(session, acting), step.line);
    if (refused?.status === "failed") {
      says.push(refused.reason);
      return;
    }
  }
  await lookOut(player);
  await send(player, session.attempt(step.sql), (answer) => {
    if (!answer.accepted) player.aborted = true;
    // A deferred constraint may still refuse it when the transaction ends.
    if (step.expects && answer.accepted) player.owed = step.expects;
    else says.push(judgeAnswer(step, answer));
  });
}

/** The isolation level is chosen before everything else of a transaction; what is left is for `act`. */
async function isolated(session: Session, { set = {}, ...rest }: Acting): Promise<Acting> {
  const { transaction_isolation: level, ...others } = set;
  if (level === undefined || !/^(read committed|repeatable read|serializable)$/i.test(level)) return { ...rest, set };
  await session.attempt(`SET TRANSACTION ISOLATION LEVEL ${level.toUpperCase()}`);
  return { ...rest, set: others };
}

/** Deferred constraints are checked now, which may wait as any statement. */
async function commit(player: Player, expects: Expectation | undefined, line: number, says: Say[]): Promise<void> {
  delete player.owed;
  if (player.aborted || !player.open) {
    await rollBack(player);
    if (expects) says.push(judgeExpectation(expects, { accepted: true }));
    return;
  }
  await lookOut(player);
  await send(player, player.session.commit(), (answer) => {
    player.open = false;
    if (expects) says.push(judgeExpectation(expects, answer));
    else if (!answer.accepted) says.push(refusal(line, answer.error));
  });
}

/**
 * Of sessions that wait for each other, the one is refused whose statement closed the circle. Only it looks for one: two that
 * wait for about as long would be refused the one or the other, as the machine pleases.
 */
async function lookOut(player: Player): Promise<void> {
  const mayClose = [...player.all.values()].some((other) => other !== player && other.pending?.settled === false);
  if (mayClose === player.looks > 0) return;
  player.looks = await player.session.looksForDeadlocks(mayClose);
}

/** Goes on when there is an answer, or when the session is seen to wait for another. */
async function send(player: Player, answer: Promise<Answer>, take: Pending["take"]): Promise<void> {
  const pending: Pending = { answer, take, settled: false };
  const done = () => {
    pending.settled = true;
  };
  // A lost connection is told where the answer is awaited.
  const settled = answer.then(done, done);
  player.pending = pending;
  while (!pending.settled) {
    await Promise.race([settled, pause(1)]);
    if (pending.settled || (await player.session.waitsFor()).length === 0) continue;
    // One that closed no circle is not to find the circle that another closes.
    if (player.looks > 0 && (await isStuck(player))) await pause(player.looks);
    return;
  }
  await finish(player);
}

async function finish(player: Player): Promise<void> {
  const { pending } = player;
  if (!pending) return;
  const answer = await pending.answer;
  delete player.pending;
  pending.take(answer);
}

/** Whether nothing of the session is under way any more; it is given the time that a released lock needs to be seen. */
async function isFree(player: Player): Promise<boolean> {
  const { pending } = player;
  while (pending && !pending.settled) {
    if (await isStuck(player)) {
      await pause(20);
      if (!pending.settled && (await isStuck(player))) return false;
    }
    await pause(1);
  }
  await finish(player);
  return true;
}

/** Whether it waits, however indirectly, for somebody who does nothing. Those who wait for each other are told by PostgreSQL. */
async function isStuck(player: Player): Promise<boolean> {
  const players = new Map([...player.all.values()].map((each) => [each.session.number, each]));
  const asked = new Set<number>();
  const blockers = [...(await player.session.waitsFor())];
  for (let next = blockers.pop(); next !== undefined; next = blockers.pop()) {
    if (asked.has(next)) continue;
    asked.add(next);
    const other = players.get(next);
    if (!other?.pending || other.pending.settled) return true;
    blockers.push(...(await other.session.waitsFor()));
  }
  return false;
}

/** Commits what is open in the order of the sessions; one that waits is left to come after those that it waits for. */
async function endAll(players: readonly Player[], says: Say[], line: number): Promise<void> {
  for (;;) {
    let moved = false;
    for (const player of players) {
      if (says.some(isReason)) return;
      if (!player.open || !(await isFree(player))) continue;
      if (player.open) await commit(player, player.owed, line, says);
      moved = true;
    }
    const waiting = players.flatMap(({ pending }) => (pending ? [pending.answer] : []));
    if (waiting.length === 0 && players.every(({ open }) => !open)) return;
    // They wait for each other: PostgreSQL finds that out, and refuses one of them.
    if (!moved) await Promise.race(waiting);
  }
}
