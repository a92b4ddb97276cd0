/** The run: replay, check, prove, judge. It knows the world only through ports. */

import type { Subject } from "../checks/kind.ts";
import type { Derived } from "../documents/document.ts";
import { countsOf, gatesHold, judgeCheck, judgeGate } from "../model/judge.ts";
import { phaseStandings } from "../model/phase-state.ts";
import type { Tree } from "../model/ports.ts";
import type {
  Blocker,
  CheckResult,
  DocumentResult,
  Finding,
  GateResult,
  Mistake,
  PhaseResult,
  PlanDifference,
  Violation,
} from "../model/report.ts";
import { foldedUnderFailure, phaseViolations } from "../model/violations.ts";
import { ownership } from "../plan/ownership.ts";
import type { ReadPlan } from "../plan/read.ts";
import type { Gate, Phase } from "../plan/schema.ts";
import { assess, type ChangedMigration } from "./assess.ts";
import { assign, type KindTable } from "./assign.ts";
import { type Against, documentPath, outOfOrder, type Touched, touchedPhases } from "./change.ts";
import { writeDerived } from "./derive.ts";
import { claimAtBase, derive, documentResult, hashesOf, settledAtBase } from "./documents.ts";
import { declaring, type Effect, effectsOf, effectsOfPhase } from "./effects.ts";
import { examine } from "./examine.ts";
import { createLaboratory } from "./laboratory.ts";
import { migrationFailed } from "./migration-failed.ts";
import { misfits } from "./misfits.ts";
import type { World } from "./ports.ts";
import { replay } from "./replay.ts";
import { severalStatements } from "./several-statements.ts";
import { shadowFindings } from "./shadows.ts";
import { type Stage, stages } from "./stages.ts";
import { survey, wantedStates } from "./survey.ts";
import { unclaimedFailure, unclaimedMigrations, unexamined } from "./unclaimed.ts";

export interface RunOptions {
  /** Phases whose gates are run although they have not been started. */
  readonly phases: readonly string[];
  /** What the change is measured against; absent: an audit, everything counts as changed. */
  readonly against?: Against;
  /** Whether verification documents are asked for. */
  readonly documents: "asked" | "not-asked";
}

/** What the run itself found, without what only the composition root knows. */
export interface Judged {
  readonly phases: readonly PhaseResult[];
  readonly differences: readonly PlanDifference[];
  readonly violations: readonly Violation[];
  /** What the verification document of each phase that was judged would record, in the order of the plan. */
  readonly derived: readonly Derived[];
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
  const { against } = options;
  const { dir } = plan.migrations;
  const namesOf = (tree: Tree) => world.migrations.list(tree).map(({ path }) => path.slice(path.lastIndexOf("/") + 1));
  const migrations = world.migrations.list(world.tree);
  const names = namesOf(world.tree);
  const owned = ownership(read, names, world.tree.list());
  const unfit = misfits(read, owned, world.tree, migrations, against, namesOf);
  const [first, ...more] = [...(await severalStatements(read, kinds)), ...unfit.mistakes];
  if (first) return { mistakes: [first, ...more] };

  const changes = new Map(against?.changes.map(({ path, how }) => [path, how]));
  const isChanged = (path: string): boolean => against === undefined || changes.has(path);
  const touched = against ? touchedPhases(read, owned, against, namesOf) : new Map<string, Touched>();
  const documented = new Set(
    plan.phases.map(({ id }) => id).filter((id) => world.tree.list().includes(documentPath(read, id))),
  );

  const all = stages(read, owned, names);
  const begun = world.now();
  const { keep, templates } = wantedStates(plan.phases, all, kinds, migrations.length);
  // Whose objects a changed migration touches is told by the catalogs around it.
  const changedMigrations = migrations.flatMap(({ path }, index) => (changes.has(path) ? [index] : []));
  for (const index of changedMigrations) keep.add(index).add(index + 1);
  const replayed = await replay(world, keep, templates);
  const replayMs = world.now() - begun;

  const surveyed = await survey(plan.phases, all, owned, documented, replayed, options.phases);
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
  const shadowing = await shadowFindings(replayed, surveyed, world);

  const hashes = plan.phases.map(({ id }) => hashesOf(tree, dir, owned.phases.get(id)?.migrations ?? []));
  const gatesOf = surveyed.map(({ judged, stage }, index): readonly GateResult[] => {
    const phase = plan.phases[index];
    if (!phase) return [];
    const broken = migrationsGate(phase, index, stage);
    const settled = against ? settledAtBase(read, against, index, hashes[index] ?? []) : () => false;
    const gates = phase.gates.map((gate, at) => gateResult(gate, at, index, judged, settled));
    return broken ? [broken, ...gates] : gates;
  });
  const derived = plan.phases.map((_, index) => derive(read, index, gatesOf[index] ?? [], hashes[index] ?? []));
  const atBase = derived.map((each) => (against ? claimAtBase(against, each.phase, each.migrations) : "none"));
  const documents = surveyed.map(({ started }, index): DocumentResult => {
    const each = derived[index];
    const asked = options.documents === "asked" && (started || atBase[index] !== "none");
    return asked && each ? documentResult(read, each, tree, kinds, isChanged) : { status: "not-asked" };
  });

  const effects = new Map<number, readonly Effect[]>();
  for (const index of changedMigrations) effects.set(index, await effectsOf(replayed, index));
  const ownerOf = (index: number) => all.find(({ migrations: own }) => own.includes(index))?.phase;

  const standings = phaseStandings(
    plan.phases.map(({ id, after }, index) => ({
      id,
      after,
      started: surveyed[index]?.judged ?? false,
      gates: gatesOf[index] ?? [],
      document: documents[index] ?? { status: "not-asked" },
      atBase: atBase[index] ?? "none",
    })),
    against?.plan && options.documents === "asked" ? plan.policy.predecessors : "head",
  );
  const phases = await Promise.all(plan.phases.map((phase, index) => phaseResult(phase, index)));

  const changed: ChangedMigration[] = changedMigrations.map((index) => ({
    path: migrations[index]?.path ?? "",
    owner: ownerOf(index),
    effects: effects.get(index) ?? [],
  }));
  const hasHead = !replayed.failure && templates.has(migrations.length);
  const { differences, violations } = against
    ? await assess({
        ...{ read, kinds, against, tree, phases, touched, changed, approvals: world.approvals },
        laboratory: hasHead ? laboratory : undefined,
      })
    : { differences: [], violations: phaseViolations(phases, { kind: "audit" }) };

  const told = foldedUnderFailure([
    ...violations,
    ...unclaimedFailure(replayed, owned, isChanged),
    ...(against ? unexamined(replayed, isChanged) : []),
    ...unclaimedMigrations(read, owned, isChanged, phases, changed),
    ...(against ? outOfOrder(migrations, against, namesOf) : []),
  ]);
  // Whoever may delete it all the same would leave a plan behind that fits no more.
  const [emptied, ...others] = unfit.emptied;
  if (emptied && told.length === 0) return { mistakes: [emptied, ...others] };

  return {
    phases,
    differences,
    violations: told,
    derived: derived.filter((_, index) => surveyed[index]?.judged),
    replayMs,
    ...examined.timings,
  };

  async function phaseResult(phase: Phase, index: number): Promise<PhaseResult> {
    const stage = all[index] ?? { phase: phase.id, migrations: [] };
    const gates = gatesOf[index] ?? [];
    const { state, blockers } = standings.get(phase.id) ?? { state: "not-started", blockers: [] };
    const document = documents[index] ?? { status: "not-asked" };
    const schema = await effectsOfPhase(replayed, stage.migrations);
    return {
      id: phase.id,
      title: phase.title,
      place: read.at(["phases", index]),
      after: phase.after,
      state,
      started: surveyed[index]?.started ?? false,
      advancedBy: advancedBy(phase.id, document, atBase[index] !== "none", gates, blockers),
      blockers,
      document,
      atBase: atBase[index] ?? "none",
      migrations: stage.migrations.map((migration) => migrations[migration]?.name ?? ""),
      schema: schema.map(({ object, how }) => ({ object, how })),
      counts: countsOf(gates),
      gates,
    };
  }

  /** What of a phase the change adds, alters or drops, in whatever file. */
  function advancedBy(
    id: string,
    document: DocumentResult,
    claimed: boolean,
    gates: readonly GateResult[],
    blockers: readonly Blocker[],
  ): readonly string[] {
    const { files = [], document: own } = touched.get(id) ?? {};
    // What people have not agreed to, or what may not exist yet, is not earned by the page that records it.
    const earned =
      document.status === "not-asked" ||
      (document.status === "as-derived" && gatesHold(gates) && blockers.length === 0);
    const objects = claimed
      ? []
      : changedMigrations
          .filter((index) => ownerOf(index) !== id)
          .flatMap((index) => (effects.get(index) ?? []).map((effect) => ({ effect, index })))
          .filter(({ effect }) => declaring(plan.phases, effect.named).includes(id))
          .map(({ effect, index }) => `${effect.object} (${effect.how} by ${migrations[index]?.path})`);
    return [
      ...files.map(({ path, how }) => `${path} (${how})`),
      ...(own && !earned ? [`${own.path} (${own.how})`] : []),
      ...objects,
    ];
  }

  /** @param settled whether people have approved what this check asks them, when the document on base was merged */
  function gateResult(
    gate: Gate,
    at: number,
    phase: number,
    judged: boolean,
    settled: (gate: number, check: number) => boolean,
  ): GateResult {
    const place = read.at(["phases", phase, "gates", at]);
    const checks: CheckResult[] = examined.checks
      .filter(({ assignment }) => assignment.gate === gate)
      .map(({ assignment, observations, red }, check) => {
        const { kind, params } = assignment.claim;
        const claim = kind.claim(params);
        const told = { kind: kind.kind, claim, place: assignment.place, observations, ...(red ? { red } : {}) };
        return settled(at, check)
          ? { ...told, settled: "The document of the phase is on base.", verdict: { status: "passed" } }
          : { ...told, verdict: judgeCheck(observations, red, claim) };
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
    const [one, ...others] = [...findings, ...(shadowing.get(phase.id) ?? [])];
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
