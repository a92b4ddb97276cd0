/** Looks at everything that was assigned, then proves that what holds could have failed. */

import { judgeBefore } from "../model/judge.ts";
import type { Database, Laboratory } from "../model/ports.ts";
import type { BeforeProof, Observation, RedProof } from "../model/report.ts";
import type { Assignment } from "./assign.ts";
import { look, type Sight } from "./look.ts";
import { inParallel, type Job } from "./parallel.ts";
import type { World } from "./ports.ts";
import { prove, type WithSight } from "./prove.ts";
import type { Replay } from "./replay.ts";

export interface Examined {
  readonly assignment: Assignment;
  readonly observations: readonly Observation[];
  readonly red?: RedProof;
}

export interface Examination {
  /** In the order of the assignments. */
  readonly checks: readonly Examined[];
  readonly timings: {
    readonly checksMs: number;
    readonly proofMs: number;
    readonly phasesMs: { readonly [phase: string]: number };
  };
}

/** Two cores are what a runner has; one more keeps them busy while others wait for the disk or a process. */
const width = 3;

/** @throws ConnectionLost */
export async function examine(
  assignments: readonly Assignment[],
  replayed: Replay,
  world: World,
  laboratory: Laboratory,
): Promise<Examination> {
  const phasesMs: { [phase: string]: number } = {};
  const timed = (assignment: Assignment, work: () => Promise<void>) => async () => {
    const begun = world.now();
    await work();
    phasesMs[assignment.phase.id] = (phasesMs[assignment.phase.id] ?? 0) + world.now() - begun;
  };
  const sightOn = (assignment: Assignment, database: Database): Sight => ({
    database,
    tree: world.tree,
    laboratory,
    linter: world.linter,
    programs: world.programs,
    approvals: world.approvals,
    subject: assignment.subject,
  });
  /** Of kinds that do not look at a database there is none to open. */
  const withSight =
    (assignment: Assignment, database: string | undefined): WithSight =>
    (work) =>
      database === undefined || assignment.claim.kind.looksAt !== "database"
        ? work(sightOn(assignment, noDatabase))
        : world.databases.transaction(database, (opened) => work(sightOn(assignment, opened)));

  const begun = world.now();
  const looked = assignments.map((): (Observation | undefined)[] => []);
  const looks = assignments.flatMap((assignment, index) =>
    assignment.looks.map(
      ({ point, state }, slot): Job => ({
        run: timed(assignment, async () => {
          const database = replayed.at(state)?.database;
          const observation =
            database === undefined && assignment.claim.kind.looksAt !== "files"
              ? ({ point, verdict: { status: "not-run", reason: stopped(replayed) } } as const)
              : { point, ...(await withSight(assignment, database)((sight) => look(assignment.claim, sight))) };
          const slots = looked[index];
          if (slots) slots[slot] = observation;
        }),
      }),
    ),
  );
  // Before the phase too, and now: while checks are proven, the database before one phase is where sabotage is shown to
  // the checks of another, and a look there would wait for it, or be waited for.
  const befores: BeforeProof[] = assignments.map(({ before }) => ({
    status: "none",
    reason: "none" in before ? before.none : stopped(replayed),
  }));
  const looksBefore = assignments.flatMap((assignment, index): Job[] => {
    const database = "state" in assignment.before ? replayed.at(assignment.before.state)?.database : undefined;
    if (database === undefined) return [];
    const run = timed(assignment, async () => {
      const { verdict } = await withSight(assignment, database)((sight) => look(assignment.claim, sight));
      befores[index] = judgeBefore(verdict, assignment.holdsBefore);
    });
    return [{ run }];
  });
  await counted([...looks, ...looksBefore], "checking", world);
  const provedFrom = world.now();

  const reds = assignments.map((): RedProof | undefined => undefined);
  const proofs = assignments.flatMap((assignment, index): Job[] => {
    const observations = (looked[index] ?? []).filter((observation) => observation !== undefined);
    const first = observations[0];
    if (!first?.evidence || observations.some(({ verdict }) => verdict.status !== "passed")) return [];
    const { observed } = first.evidence;
    const database = replayed.at(assignment.looks[0]?.state ?? -1)?.database;
    const key = assignment.claim.kind.looksAt === "database" ? database : undefined;
    const job = timed(assignment, async () => {
      const before = befores[index] ?? { status: "none", reason: stopped(replayed) };
      reds[index] = await prove(assignment.claim, observed, before, withSight(assignment, database));
    });
    // Sabotage locks what it changes until it is rolled back, so a database has one at a time.
    return [{ ...(key === undefined ? {} : { key }), run: job }];
  });
  await counted(proofs, "proving", world);

  return {
    checks: assignments.map((assignment, index) => {
      const red = reds[index];
      const observations = (looked[index] ?? []).filter((observation) => observation !== undefined);
      return { assignment, observations, ...(red ? { red } : {}) };
    }),
    timings: { checksMs: provedFrom - begun, proofMs: world.now() - provedFrom, phasesMs },
  };
}

async function counted(jobs: readonly Job[], kind: "checking" | "proving", world: World): Promise<void> {
  let done = 0;
  world.progress({ kind, done, count: jobs.length });
  await inParallel(
    jobs.map(({ run, ...job }) => ({
      ...job,
      run: async () => {
        await run();
        done += 1;
        world.progress({ kind, done, count: jobs.length });
      },
    })),
    width,
  );
}

const stopped = ({ failure, applied, migrations }: Replay): string =>
  failure
    ? `The replay stopped at ${failure.migration.name}.`
    : `The replay ended after ${applied} of ${migrations.length} migrations.`;

const refuse = (): never => {
  throw new Error("a kind that does not look at databases asked for one");
};
const noDatabase: Database = { query: refuse, attempt: refuse, act: refuse };
