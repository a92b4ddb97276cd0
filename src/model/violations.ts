/** Why a change must not be merged. DESIGN 4.2: the first cause is told, what follows from it is folded. */

import { itselfProhibited } from "./phase-state.ts";
import type { CheckResult, Finding, Findings, GateResult, PhaseResult, Violation } from "./report.ts";

/** What the verdict on a change rests on beside the phases. */
export interface ChangeFacts {
  /** Whether a phase that the change advances has to be verified by it. */
  readonly incomplete: "block" | "allow";
  /** Gates that fail at base too: what is broken there is shown, and is not this change's. */
  readonly failingAtBase: ReadonlySet<string>;
  /** What was done to verified work, by phase. */
  readonly workChanged: ReadonlyMap<string, Findings>;
  /** A plan owner agrees to what this change does to verified work. */
  readonly approved: boolean;
}

/** Everything counts as changed, and nothing was there before. */
export type Measured = { readonly kind: "audit" } | ({ readonly kind: "change" } & ChangeFacts);

/**
 * In the order of the plan. Folded are the gates of a phase that exists too early; what a phase that does not hold right
 * after its own migrations broke in the phases before it; and everything that a failed migration keeps from being judged.
 */
export function phaseViolations(phases: readonly PhaseResult[], measured: Measured): Violation[] {
  return foldedAlongOrder(foldedUnderFailure(byCause(phases, measured)), phases);
}

/** A phase that exists too early only because one before it does, which is told: that one is the cause. */
function foldedAlongOrder(violations: readonly Violation[], phases: readonly PhaseResult[]): Violation[] {
  const told = new Map<string, Violation>();
  const kept: Violation[] = [];
  for (const violation of violations) {
    const blockers = phases.find(({ id }) => id === violation.phase)?.blockers ?? [];
    const follows = blockers.every(({ phase, why }) => why === itselfProhibited(phase) && told.has(phase));
    const cause = violation.code === "phase-advanced" && follows ? told.get(blockers[0]?.phase ?? "") : undefined;
    if (!cause) kept.push(violation);
    else {
      const at = kept.findIndex(({ code, phase }) => code === cause.code && phase === cause.phase);
      const consequences = [...(kept[at]?.consequences ?? []), nameOf(violation), ...violation.consequences];
      kept[at] = { ...cause, consequences };
    }
    if (violation.code === "phase-advanced" && violation.phase !== undefined) {
      const found = kept.find(({ code, phase }) => code === "phase-advanced" && phase === (cause ?? violation).phase);
      if (found) told.set(violation.phase, found);
    }
  }
  return kept;
}

/** A migration that cannot be applied, of a phase or of none, keeps everything after it from being judged: that is told once. */
export function foldedUnderFailure(violations: readonly Violation[]): Violation[] {
  const failure = violations.find(({ findings }) => findings.some(({ code }) => code === "migration-failed"));
  if (!failure) return [...violations];
  const follows = ({ findings }: Violation) => findings.every(({ code }) => code === "not-run");
  const consequences = violations.filter(follows).map(({ gate }) => `${gate} not-run`);
  return violations
    .filter((violation) => !follows(violation))
    .map((violation) =>
      violation === failure ? { ...violation, consequences: [...consequences, ...violation.consequences] } : violation,
    );
}

function byCause(phases: readonly PhaseResult[], measured: Measured): Violation[] {
  const all = phases.map((phase) => violationsOf(phase, phases, measured));
  const at = phases.findLastIndex(({ state, gates }) => state !== "not-started" && gates.some(brokenByItself));
  const culprit = phases[at];
  if (!culprit) return all.flat();
  // What waits for somebody follows from no phase.
  const { waiting = [], broken = [] } = Object.groupBy(all.slice(0, at).flat(), ({ code }) =>
    code === "gate-not-run" ? "waiting" : "broken",
  );
  const brokenLater = phases
    .slice(0, at)
    .filter(({ state }) => state !== "not-started")
    .flatMap(({ gates }) => gates)
    .filter(({ blocking, verdict }) => blocking && verdict.status !== "passed");
  const [cause, ...more] = askedGates(culprit, phases, measured);
  const follows = broken.every(({ gate, code }) => gate !== undefined || code === "phase-advanced");
  if (!cause || broken.length === 0 || !follows || !brokenLater.every(brokenAtHead)) return all.flat();
  const own = all[at] ?? [];
  const advance = own.filter(({ code }) => code === "phase-advanced");
  const others = own.filter(({ gate, code }) => gate === undefined && code !== "phase-advanced");
  return [
    ...waiting,
    { ...cause, consequences: [...broken, ...advance].map(nameOf) },
    ...more,
    ...others,
    ...all.slice(at + 1).flat(),
  ];
}

const nameOf = ({ gate, phase, code }: Violation): string => `${gate ?? phase} ${code}`;

function violationsOf(phase: PhaseResult, phases: readonly PhaseResult[], measured: Measured): Violation[] {
  const changed = measured.kind === "change" ? (measured.workChanged.get(phase.id) ?? []) : [];
  const [first, ...more] = changed;
  const workChanged: Violation[] = first
    ? [
        {
          code: "verified-work-changed",
          phase: phase.id,
          findings: [first, ...more],
          place: first.place ?? phase.place,
          consequences: [],
        },
      ]
    : [];
  const gates = askedGates(phase, phases, measured);
  const documents = documentViolations(phase, measured, gates.length > 0 || workChanged.length > 0);
  const isAdvanced = measured.kind === "audit" ? phase.state !== "not-started" : phase.advancedBy.length > 0;
  if (isAdvanced && phase.atBase === "none" && phase.blockers.length > 0) {
    const consequences = [...gates, ...documents.filter(follows)].map(nameOf);
    return [{ ...advanced(phase), consequences }, ...documents.filter((each) => !follows(each))];
  }
  const [cause, ...others] = [...workChanged, ...gates, ...documents];
  if (!cause) return [];
  const folded = others.filter(follows);
  const consequences = [...cause.consequences, ...folded.map(nameOf)];
  return [{ ...cause, consequences }, ...others.filter((each) => !folded.includes(each))];

  /** A document that is not there, or that nobody touched, where its gates are told to fail. */
  function follows({ code }: Violation): boolean {
    const isTouched = measured.kind === "change" && phase.document.status === "differs" && phase.document.changed;
    return code === "document-missing" || (code === "document-differs" && gates.length > 0 && !isTouched);
  }
}

/** Of the gates that do not hold, those that this change has to answer for. */
function askedGates(phase: PhaseResult, phases: readonly PhaseResult[], measured: Measured): Violation[] {
  const failing = gateViolations(phase);
  if (measured.kind === "audit") return phase.state === "not-started" ? [] : failing;
  if (phase.atBase === "none") {
    if (phase.advancedBy.length === 0) return [];
    // Unfinished work may wait on base where the policy says so, but not what keeps everybody else's from being applied,
    // and not with a document that says it is finished.
    const saysPass = phase.document.status === "as-derived" && phase.document.changed;
    return measured.incomplete === "block" || saysPass
      ? failing
      : failing.filter(({ code }) => code === "migration-failed");
  }
  if (measured.approved && withdrawn(phase, phases)) return [];
  const here = failing.filter(({ gate }) => gate === undefined || !measured.failingAtBase.has(gate));
  const gone: Violation[] =
    phase.document.status === "missing"
      ? [{ ...documentGone(phase, phase.document.path), consequences: here.map(nameOf) }]
      : here.map((violation) => ({ ...violation, code: "regressed" }));
  return gone;
}

/** Nothing of it is there any more, nor of what comes after it. */
function withdrawn(phase: PhaseResult, phases: readonly PhaseResult[]): boolean {
  const gone = ({ started }: PhaseResult) => !started;
  return gone(phase) && phases.filter((other) => comesAfter(other, phase.id, phases)).every(gone);
}

function comesAfter(phase: PhaseResult, id: string, phases: readonly PhaseResult[]): boolean {
  return phase.after.some(
    (name) => name === id || phases.some((other) => other.id === name && comesAfter(other, id, phases)),
  );
}

function documentViolations(phase: PhaseResult, measured: Measured, otherwiseTold: boolean): Violation[] {
  const { id, document, atBase, place } = phase;
  const asked = measured.kind === "audit" || (phase.advancedBy.length > 0 && measured.incomplete === "block");
  if (document.status === "missing" && asked && atBase === "none") {
    const findings: Findings = [
      {
        code: "document-missing",
        message: `${document.path} does not exist; a phase is verified by the document that records it.`,
        help: `Write it with \`phasegate verify ${id}\`, and commit it with the work.`,
      },
    ];
    return [{ code: "document-missing", phase: id, findings, place, consequences: [] }];
  }
  if (document.status !== "differs") return [];
  const lies = document.claimsMore && (atBase !== "none" || document.changed);
  // Where a gate or a migration is told already, or fails on base too, the document only follows.
  const follows = !document.changed && (otherwiseTold || gateViolations(phase).length > 0);
  if (document.changed || asked || (lies && !follows)) {
    const where = document.findings[0].place ?? { file: document.path, line: 1 };
    return [{ code: "document-differs", phase: id, findings: document.findings, place: where, consequences: [] }];
  }
  return [];
}

function documentGone(phase: PhaseResult, path: string): Omit<Violation, "consequences"> {
  const message = phase.started
    ? `${path} is gone; on base it says PASS for ${phase.id}.`
    : `${phase.id} is gone, with its document ${path}; on base it says PASS.`;
  const findings: Findings = [
    {
      code: "regressed",
      message,
      help: `Put back what was removed, or withdraw ${phase.id} together with everything that comes after it, with the approval of a plan owner.`,
    },
  ];
  return { code: "regressed", phase: phase.id, findings, place: phase.place };
}

/** Fails on the database right after its own phase. */
const brokenByItself = ({ blocking, checks }: GateResult): boolean =>
  blocking &&
  checks.some(({ observations }) =>
    observations.some(({ point, verdict }) => point === "after" && verdict.status !== "passed"),
  );

/** Was seen to fail at head, and nowhere else. */
const brokenAtHead = ({ checks }: GateResult): boolean =>
  checks.length > 0 &&
  checks.every(({ verdict, observations }) => {
    const seen = observations.filter((observation) => observation.verdict.status !== "passed");
    return verdict.status === "passed" || (seen.length > 0 && seen.every(({ point }) => point === "head"));
  });

function gateViolations(phase: PhaseResult): Violation[] {
  return phase.gates
    .filter(({ blocking, verdict }) => blocking && verdict.status !== "passed")
    .map((gate) => ({ ...gateViolation(gate), phase: phase.id, gate: gate.id, place: gate.place, consequences: [] }));
}

function gateViolation({ id, verdict, checks }: GateResult): Pick<Violation, "code" | "findings"> {
  if (verdict.status === "failed") {
    const codes = verdict.findings.map(({ code }) => code);
    const vacuous = codes.every((code) => code === "vacuous-check");
    const code = codes.includes("migration-failed") ? "migration-failed" : vacuous ? "vacuous-check" : "gate-failed";
    return { code, findings: verdict.findings };
  }
  if (verdict.status === "not-run" && verdict.missing) return { code: "gate-not-run", findings: verdict.missing };
  const reason = verdict.status === "passed" ? "" : verdict.reason;
  const whole: Finding = {
    code: verdict.status,
    message: `${id} could not be judged: ${reason}`,
    help: "Remove what keeps it from being judged, and run again.",
  };
  const [first = whole, ...more] = verdict.status === "errored" ? checks.flatMap((check) => errored(id, check)) : [];
  return { code: "gate-errored", findings: [first, ...more] };
}

/** Which of a gate's checks it is stands nowhere else. */
function errored(gate: string, { kind, claim, place, verdict }: CheckResult): Finding[] {
  if (verdict.status !== "errored") return [];
  const message = `${gate} could not be judged: ${verdict.reason}`;
  const help = `Correct the \`${kind}\` check "${claim}", or what keeps it from being judged, and run again.`;
  return [{ code: "errored", message, help, place }];
}

function advanced(phase: PhaseResult): Omit<Violation, "consequences"> {
  const { id, advancedBy, migrations, blockers } = phase;
  const what = advancedBy.length > 0 ? advancedBy : migrations.length > 0 ? migrations : ["its files or objects"];
  const verb = advancedBy.length > 0 ? "is advanced" : "exists";
  const findings: Findings = [
    {
      code: "phase-advanced",
      message: `${id} ${verb} (${what.join(", ")}), but ${blockers.map(({ why }) => why).join(", and ")}; the plan asks that every predecessor be verified first.`,
      help: `Take the work of ${id} out of this change, or have ${blockers.map((each) => each.phase).join(" and ")} verified first.`,
    },
  ];
  return { code: "phase-advanced", phase: id, findings, place: phase.place };
}
