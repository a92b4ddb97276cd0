import type { Report, ViolationCode } from "../model/report.ts";

/** Counts and sentences that every format tells in the same words. */

/** "1 gate", "2 gates" */
export const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? "" : "s"}`;

const verdictWords: { readonly [Code in ViolationCode]?: string } = {
  "gate-errored": "could not be judged",
  "gate-not-run": "waits for somebody",
  "vacuous-check": "has a check that cannot fail",
};

/** The whole verdict in one sentence. */
export function conclusion({ phases, violations, postgres }: Report): string {
  const started = phases.filter(({ state }) => state !== "not-started");
  const verified = started.filter(({ state }) => state === "verified");
  if (violations.length === 0 && postgres.insteadOf !== undefined) {
    return `A trial on PostgreSQL ${postgres.version}, which verifies nothing (the plan asks for ${postgres.insteadOf}): ${verified.length} of ${count(started.length, "started phase")} would be verified.`;
  }
  if (violations.length === 0) {
    const all = verified.length === started.length;
    return `In order: ${verified.length} of ${count(started.length, "started phase")} ${verified.length === 1 ? "is" : "are"} verified${all ? "" : ", and what is not counts for nothing here"}.`;
  }
  const advanced = violations.find(({ code }) => code === "phase-advanced");
  const blockers = advanced
    ? phases
        .find(({ id }) => id === advanced.phase)
        ?.after.filter((id) => phases.some((phase) => phase.id === id && phase.state !== "verified"))
    : undefined;
  const first = violations[0];
  const reason =
    advanced && blockers && blockers.length > 0
      ? `${advanced.phase} was started before ${blockers.join(" and ")} ${blockers.length === 1 ? "is" : "are"} verified`
      : first?.gate !== undefined
        ? `gate ${first.gate} ${verdictWords[first.code] ?? "fails"}`
        : (first?.findings[0].message.replace(/\.$/, "") ?? "");
  return `Must not be merged: ${reason} (${count(violations.length, "violation")}).`;
}
