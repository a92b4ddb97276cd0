import type { Report, Violation, ViolationCode } from "../model/report.ts";

/** Counts and sentences that every format tells in the same words. */

/** "1 gate", "2 gates" */
export const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? "" : "s"}`;

/** What went wrong, of the first violation; completes "Must not be merged: ". */
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

/** The whole verdict in one sentence. */
export function conclusion({ phases, violations, postgres, documents }: Report): string {
  const started = phases.filter(({ state }) => state !== "not-started");
  const verified = started.filter(({ state }) => state === "verified");
  const trial =
    postgres?.insteadOf !== undefined
      ? `on PostgreSQL ${postgres.version}, which verifies nothing (the plan asks for ${postgres.insteadOf})`
      : documents === "not-asked"
        ? "without verification documents, which verifies nothing"
        : undefined;
  if (violations.length === 0 && trial !== undefined) {
    return `A trial ${trial}: ${verified.length} of ${count(started.length, "started phase")} would be verified.`;
  }
  if (violations.length === 0) {
    const all = verified.length === started.length;
    return `In order: ${verified.length} of ${count(started.length, "started phase")} ${started.length === 1 ? "is" : "are"} verified${all ? "" : ", and what is not counts for nothing here"}.`;
  }
  const advanced = violations.find(({ code }) => code === "phase-advanced");
  const blockers = phases.find(({ id }) => id === advanced?.phase)?.blockers.map(({ phase }) => phase);
  const first = violations[0];
  const reason =
    advanced && blockers && blockers.length > 0
      ? `${advanced.phase} was started before ${blockers.join(" and ")} ${blockers.length === 1 ? "is" : "are"} verified`
      : first === undefined
        ? ""
        : reasons[first.code]({ ...first, place: first.findings[0].place ?? first.place });
  return `Must not be merged: ${reason} (${count(violations.length, "violation")}).`;
}
