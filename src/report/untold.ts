/** Gates that do not hold although no violation is about them: nothing asks for them here, or they only follow. */

import type { GateResult, Report, Verdict } from "../model/report.ts";
import { count } from "./words.ts";

/** Of phases that were begun, in the order of the plan; without those that a violation tells, or folds under it. */
export function untoldGates({ phases, violations }: Report): readonly GateResult[] {
  const told = new Set(violations.map(({ gate }) => gate));
  const folded = violations.flatMap(({ consequences }) => consequences);
  return phases
    .filter(({ state }) => state !== "not-started")
    .flatMap(({ gates }) => gates)
    .filter(({ verdict }) => verdict.status !== "passed")
    .filter(({ id }) => !told.has(id) && !folded.some((consequence) => consequence.startsWith(`${id} `)));
}

/** Those whose own findings are folded under another violation; without what was not even run. */
export function foldedGates({ phases }: Report, consequences: readonly string[]): readonly GateResult[] {
  const gates = phases.flatMap((phase) => phase.gates);
  return consequences.flatMap((consequence) =>
    gates.filter(({ id, verdict }) => consequence.startsWith(`${id} `) && hasFindings(verdict)),
  );
}

const hasFindings = (verdict: Verdict): boolean =>
  verdict.status === "failed" ||
  verdict.status === "errored" ||
  (verdict.status === "not-run" && verdict.missing !== undefined);

/** The first reason, and how many more there are; empty of what holds. */
export function inBrief(verdict: Verdict): string {
  switch (verdict.status) {
    case "passed":
      return "";
    case "errored":
      return verdict.reason;
    default: {
      const findings = verdict.status === "failed" ? verdict.findings : (verdict.missing ?? []);
      const [first] = findings;
      if (!first) return verdict.status === "not-run" ? verdict.reason : "";
      return findings.length === 1
        ? first.message
        : `${first.message} (and ${count(findings.length - 1, "more finding")})`;
    }
  }
}
