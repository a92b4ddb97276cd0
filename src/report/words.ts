import type { Report, Violation, ViolationCode } from "../model/report.ts";

/** Counts and sentences that every format tells in the same words. */

/** "1 gate", "2 gates" */
export const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? "" : "s"}`;

/** What went wrong, of one violation; completes "Must not be merged: ". */
const reasons: { readonly [Code in ViolationCode]: (violation: Violation) => string } = {
  "phase-advanced": ({ phase }) => `${phase} was started too early`,
  "gate-failed": ({ gate }) => `gate ${gate} fails`,
  "gate-errored": ({ gate }) => `gate ${gate} could not be judged`,
  "gate-not-run": ({ gate }) => `gate ${gate} waits for somebody`,
  "vacuous-check": ({ gate }) => `gate ${gate} has a check that cannot fail`,
  "migration-failed": ({ place }) => `${place.file} cannot be applied`,
  regressed: ({ phase, gate }) =>
    `${gate === undefined ? phase : `gate ${gate}`} was verified on base and does not hold any more`,
  "verified-work-changed": ({ phase }) => `verified work of ${phase} was changed`,
  "plan-weakened": () => "the plan asks for less than on base",
  "plan-missing": ({ place }) => `${place.file}, the plan on base, is gone`,
  "document-missing": ({ phase }) => `${phase} has no verification document`,
  "document-differs": ({ phase }) => `the document of ${phase} is not what this run derives`,
  "migration-out-of-order": ({ place }) => `${place.file} is out of order`,
  "unclaimed-migration": ({ place }) => `${place.file} belongs to no phase`,
};

/** What went wrong, of one violation, without a capital and a full stop: `4B was started before 4A is verified`. */
export function reason(violation: Violation, phases: Report["phases"]): string {
  const blockers = phases.find(({ id }) => id === violation.phase)?.blockers.map(({ phase }) => phase) ?? [];
  return violation.code === "phase-advanced" && blockers.length > 0
    ? `${violation.phase} was started before ${blockers.join(" and ")} ${blockers.length === 1 ? "is" : "are"} verified`
    : reasons[violation.code]({ ...violation, place: violation.findings[0].place ?? violation.place });
}

/** The violation that stands for all: that a phase was started too early, else the first. */
export const foremost = (violations: Report["violations"]): Violation | undefined =>
  violations.find(({ code }) => code === "phase-advanced") ?? violations[0];

/** "Gate 4A.3 fails": with a capital, where that is no name. */
export const capital = (sentence: string): string =>
  sentence.replace(/^(?:gate|the|verified) /, (word) => `${word[0]?.toUpperCase()}${word.slice(1)}`);

/** What the change was measured against. */
export function baseWords(base: Report["base"]): string {
  if (base.kind === "audit")
    return base.reason === undefined
      ? "An audit: everything counts as changed."
      : `An audit, because ${base.reason}: everything counts as changed.`;
  const adoption = base.adoption ? ", which has no plan yet: this change adopts it" : "";
  const behind =
    base.behind === 0
      ? ""
      : ` ${base.name} is ${count(base.behind, "commit")} ahead: rebase to be judged against them.`;
  return `Against ${base.name} (${base.commit.slice(0, 10)})${adoption}.${behind}`;
}

/** Why a run verifies nothing, completing "A trial "; absent of one that does. */
export function trial({ postgres, documents }: Report): string | undefined {
  if (postgres?.insteadOf !== undefined)
    return `on PostgreSQL ${postgres.version}, which verifies nothing (the plan asks for ${postgres.insteadOf})`;
  return documents === "not-asked" ? "without verification documents, which verifies nothing" : undefined;
}

/** The whole verdict in one sentence. */
export function conclusion(report: Report): string {
  const { phases, violations } = report;
  const started = phases.filter(({ state }) => state !== "not-started");
  const verified = started.filter(({ state }) => state === "verified");
  const first = foremost(violations);
  if (first !== undefined)
    return `Must not be merged: ${reason(first, phases)} (${count(violations.length, "violation")}).`;
  const why = trial(report);
  if (why !== undefined)
    return `A trial ${why}: ${verified.length} of ${count(started.length, "started phase")} would be verified.`;
  const all = verified.length === started.length;
  return `In order: ${verified.length} of ${count(started.length, "started phase")} ${started.length === 1 ? "is" : "are"} verified${all ? "" : ", and what is not counts for nothing here"}.`;
}

/** The verdict as a heading: what happened, without a full stop. */
export function headline(report: Report): string {
  const { phases, violations } = report;
  const first = foremost(violations);
  if (first !== undefined) return capital(reason(first, phases));
  const started = phases.filter(({ state }) => state !== "not-started");
  const verified = started.filter(({ state }) => state === "verified");
  if (trial(report) !== undefined)
    return `A trial: ${verified.length} of ${count(started.length, "started phase")} would be verified`;
  if (started.length === 0) return "In order: no phase has been started";
  if (verified.length < started.length)
    return `In order: ${verified.length} of ${count(started.length, "started phase")} ${started.length === 1 ? "is" : "are"} verified`;
  return started.length === 1
    ? `${started[0]?.id} is verified, the one phase that was started`
    : `All ${started.length} started phases are verified`;
}
