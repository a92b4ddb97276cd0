/** The run: replay, check, prove, judge. It knows the world only through ports. */

import type { Subject } from "../checks/kind.ts";
import { auditViolations, countsOf, gatesHold, judgeCheck, judgeGate, phaseState } from "../model/judge.ts";
import type { CheckResult, Finding, GateResult, Mistake, PhaseResult, Place, Violation } from "../model/report.ts";
import { type Ownership, ownership } from "../plan/ownership.ts";
import type { ReadPlan } from "../plan/read.ts";
import type { Gate, Phase } from "../plan/schema.ts";
import { assign, type KindTable } from "./assign.ts";
import { writeDerived } from "./derive.ts";
import { examine } from "./examine.ts";
import { createLaboratory } from "./laboratory.ts";
import type { World } from "./ports.ts";
import { type Replay, replay } from "./replay.ts";
import { type Stage, stages } from "./stages.ts";
import { type Surveyed, survey, wantedStates } from "./survey.ts";

export interface RunOptions {
  /** Phases whose gates are run although they have not been started. */
  readonly phases: readonly string[];
}

/** What the run itself found, without what only the composition root knows. */
export interface Judged {
  readonly phases: readonly PhaseResult[];
  readonly violations: readonly Violation[];
  readonly replayMs: number;
  readonly checksMs: number;
  readonly proofMs: number;
  readonly phasesMs: { readonly [phase: string]: number };
}

/**
 * Judges a tree against its plan.
 * @returns the mistakes, where the plan does not fit the tree
 * @throws ConnectionLost where PostgreSQL went away: nothing is judged then
 */
export async function run(
  read: ReadPlan,
  kinds: KindTable,
  world: World,
  options: RunOptions,
): Promise<Judged | { readonly mistakes: readonly [Mistake, ...Mistake[]] }> {
  const { plan } = read;
  const migrations = world.migrations.list(world.tree);
  const names = migrations.map(({ path }) => path.slice(path.lastIndexOf("/") + 1));
  const owned = ownership(read, names, world.tree.list());
  const [first, ...more] = owned.mistakes;
  if (first) return { mistakes: [first, ...more] };

  const all = stages(read, owned, names);
  const begun = world.now();
  const { keep, templates } = wantedStates(plan.phases, all, kinds, migrations.length);
  const replayed = await replay(world, keep, templates);
  const replayMs = world.now() - begun;

  const surveyed = await survey(plan.phases, all, owned, replayed, options.phases);
  const beforePhase = (id: string) => all.find(({ phase }) => phase === id)?.before;
  const assignments = surveyed.flatMap(({ judged, stage, created: objects }, index) => {
    if (!judged) return [];
    const subject: Subject = {
      phase: stage.phase,
      migrations: stage.migrations.map((migration) => migrations[migration]?.path ?? ""),
      created: objects,
      major: world.databases.major,
    };
    return assign(read, kinds, index, stage, subject, migrations.length, beforePhase);
  });
  const laboratory = createLaboratory(world, replayed);
  const tree = await writeDerived(assignments, world, laboratory);
  const examined = await examine(assignments, replayed, { ...world, tree }, laboratory);

  const traps = await world.migrations.traps(world.tree);
  const results: PhaseResult[] = [];
  plan.phases.forEach((phase, index) => {
    const facts = surveyed[index];
    if (facts) results.push(phaseResult(phase, index, facts, results));
  });
  return {
    phases: results,
    violations: [...auditViolations(results), ...unclaimed(read, owned)],
    replayMs,
    ...examined.timings,
  };

  function phaseResult(
    phase: Phase,
    index: number,
    { judged, stage }: Surveyed,
    done: readonly PhaseResult[],
  ): PhaseResult {
    const broken = migrationsGate(phase, index, stage);
    const gates = [
      ...(broken ? [broken] : []),
      ...phase.gates.map((gate, gateIndex) => gateResult(gate, read.at(["phases", index, "gates", gateIndex]), judged)),
    ];
    const predecessors = done.filter(({ id }) => phase.after.includes(id));
    return {
      id: phase.id,
      title: phase.title,
      place: read.at(["phases", index]),
      after: phase.after,
      state: phaseState({
        started: judged,
        gatesHold: gatesHold(gates),
        predecessorsVerified:
          predecessors.length === phase.after.length && predecessors.every(({ state }) => state === "verified"),
      }),
      migrations: stage.migrations.map((migration) => migrations[migration]?.name ?? ""),
      counts: countsOf(gates),
      gates,
    };
  }

  function gateResult(gate: Gate, place: Place, judged: boolean): GateResult {
    const checks: CheckResult[] = examined.checks
      .filter(({ assignment }) => assignment.gate === gate)
      .map(({ assignment, observations, red }) => {
        const { kind, params } = assignment.claim;
        const claim = kind.claim(params);
        const verdict = judgeCheck(observations, red, claim);
        return { kind: kind.kind, claim, place: assignment.place, observations, ...(red ? { red } : {}), verdict };
      });
    const verdict = judged
      ? judgeGate(checks)
      : ({ status: "not-run", reason: "The phase has not been started." } as const);
    const { id, title, requirement, blocking } = gate;
    return { id, title, ...(requirement === undefined ? {} : { requirement }), blocking, place, checks, verdict };
  }

  /** A gate that every phase has without saying so: its migrations can be applied, and mean what they seem to mean. */
  function migrationsGate(phase: Phase, index: number, stage: Stage): GateResult | undefined {
    const findings = stage.migrations.flatMap((migration): readonly Finding[] => {
      const { path } = migrations[migration] ?? { path: "" };
      const failed = replayed.failure?.migration.path === path ? [migrationFailed(replayed.failure)] : [];
      return [...(traps.get(path) ?? []), ...failed, ...(replayed.findings.get(path) ?? [])];
    });
    const [one, ...others] = findings;
    if (!one) return undefined;
    return {
      id: `${phase.id}.migrations`,
      title: "Its migrations can be applied",
      blocking: true,
      place: one.place ?? read.at(["phases", index, "owns", "migrations"]),
      checks: [],
      verdict: { status: "failed", findings: [one, ...others] },
    };
  }
}

function migrationFailed({ migration, error }: NonNullable<Replay["failure"]>): Finding {
  const words = [error.message, error.detail, error.hint].filter(Boolean).join(" ");
  const statement = error.statement === undefined ? "" : `, in \`${error.statement}\``;
  return {
    code: "migration-failed",
    message: `${migration.path} cannot be applied: ${words}${statement}.`,
    help: "Correct the migration: its up part must run on the database as the migrations before it leave it, as the migrator of the plan.",
    place: { file: migration.path, line: error.line ?? 1 },
  };
}

function unclaimed({ plan, at }: ReadPlan, owned: Ownership): Violation[] {
  if (plan.policy["ordinary-migrations"] === "allow") return [];
  return owned.unclaimed.map((name) => ({
    code: "unclaimed-migration",
    findings: [
      {
        code: "unclaimed-migration",
        message: `${plan.migrations.dir}/${name} belongs to no phase; every migration needs one.`,
        help: "Let a phase own it (`owns.migrations`), or set `ordinary-migrations: allow` in the plan's policy.",
        place: { file: `${plan.migrations.dir}/${name}`, line: 1 },
      },
    ],
    place: at(["phases"]),
    consequences: [],
  }));
}
