/** Where verdicts are made: purely, from evidence. Whatever is not known to hold does not hold. */

import type {
  BeforeProof,
  CheckResult,
  Counts,
  Evidence,
  Finding,
  GateResult,
  MutantResult,
  Observation,
  RedProof,
  Verdict,
} from "./report.ts";

/** What a check says of one look at the world. */
export function judgeEvidence(evidence: Evidence, findings: readonly Finding[]): Verdict {
  const [first, ...rest] = findings;
  if (first) return { status: "failed", findings: [first, ...rest] };
  if (evidence.examined === 0)
    return { status: "errored", reason: "The check looked at nothing, so it proves nothing." };
  return { status: "passed" };
}

/** What a mutant's verdict proves. Only a failure with the very code is proof; an error is none. */
export function judgeMutant(verdict: Verdict, provokes: string): MutantResult["outcome"] {
  switch (verdict.status) {
    case "passed":
      return { status: "survived" };
    case "failed": {
      const codes = verdict.findings.map(({ code }) => code);
      return codes.includes(provokes) ? { status: "killed" } : { status: "killed-for-another-reason", codes };
    }
    default:
      return { status: "refused", reason: verdict.reason };
  }
}

/** How the verdict on the database before its phase counts. */
export function judgeBefore(verdict: Verdict, holdsBefore: string | undefined): BeforeProof {
  switch (verdict.status) {
    case "failed":
      return { status: "red", codes: verdict.findings.map(({ code }) => code) };
    case "passed":
      return holdsBefore === undefined ? { status: "vacuous" } : { status: "excused", reason: holdsBefore };
    default:
      return { status: "errored", reason: verdict.reason };
  }
}

/** What speaks against a check that holds: reasons to think that it could not have failed. */
export function vacuity({ before, mutants, placebo }: RedProof, claim: string): Finding[] {
  // A gate may have many checks, and which one it is stands nowhere else.
  const vacuous = (message: string, help: string): Finding => ({
    code: "vacuous-check",
    message: `"${claim}": ${message}`,
    help,
  });
  const findings: Finding[] = [];
  if (before.status === "vacuous") {
    findings.push(
      vacuous(
        "it holds before its phase already, so it does not tell whether the phase was done.",
        "Ask for something that the phase changes, or add `holds-before: <why that is right>`.",
      ),
    );
  }
  for (const { name, outcome } of mutants) {
    if (outcome.status === "survived") {
      findings.push(
        vacuous(`it still holds when ${name}.`, "Ask for something that this would break, or correct the sabotage."),
      );
    }
    if (outcome.status === "killed-for-another-reason") {
      findings.push(
        vacuous(
          `when ${name}, it fails only with ${outcome.codes.join(", ")}.`,
          "Make the check, or its sabotage, speak of one thing.",
        ),
      );
    }
  }
  if (placebo === "moved") {
    findings.push(
      vacuous(
        "it fails when nothing was changed.",
        "Ask for something that is the same in every look: select stable columns, in a fixed order.",
      ),
    );
  }
  if (!isRed({ before, mutants }) && findings.length === 0) {
    const refused = mutants.flatMap(({ name, outcome }) =>
      outcome.status === "refused" ? [`${name}: ${outcome.reason}`] : [],
    );
    const why =
      refused.length === 0
        ? "Nothing was found that it could notice."
        : `No sabotage could be done (${refused.join("; ")}).`;
    const help =
      refused.length === 0
        ? "Give it a `sabotage:` that it must notice, or ask for more."
        : "Correct the `sabotage:`, if it has one, or ask for more.";
    findings.push(vacuous(`no evidence that it can fail. ${why}`, help));
  }
  return findings;
}

/** Whether it was seen to fail for a reason of its own. */
const isRed = ({ before, mutants }: Pick<RedProof, "before" | "mutants">): boolean =>
  before.status === "red" || mutants.some(({ outcome }) => outcome.status === "killed");

export function countsOf(gates: readonly GateResult[]): Counts {
  const checks = gates.flatMap((gate) => gate.checks);
  const mutants = checks.flatMap(({ red }) => red?.mutants ?? []);
  return {
    gates: gates.length,
    gatesHolding: gates.filter(({ verdict }) => verdict.status === "passed").length,
    checks: checks.length,
    checksProven: checks.filter(({ red }) => red && isRed(red)).length,
    mutants: mutants.length,
    mutantsKilled: mutants.filter(({ outcome }) => outcome.status === "killed").length,
  };
}

/** A check's verdict over all looks, and over the proof that it can fail. */
export function judgeCheck(observations: readonly Observation[], red: RedProof | undefined, claim: string): Verdict {
  const seen = worst(observations.map(({ verdict }) => verdict));
  if (seen.status !== "passed" || red === undefined) return seen;
  const [first, ...rest] = vacuity(red, claim);
  return first ? { status: "failed", findings: [first, ...rest] } : seen;
}

/** The worst of several: failed (every finding once, and what the others wait for), errored, not run, passed. Of nothing: not run. */
export function worst(verdicts: readonly Verdict[]): Verdict {
  const notRun = verdicts.filter((verdict) => verdict.status === "not-run");
  const missing = notRun.flatMap((verdict) => verdict.missing ?? []);
  const [first, ...rest] = eachOnce(
    verdicts.flatMap((verdict) => (verdict.status === "failed" ? verdict.findings : [])),
  );
  if (first) return { status: "failed", findings: [first, ...rest, ...eachOnce(missing)] };
  const errored = verdicts.find(({ status }) => status === "errored");
  if (errored) return errored;
  // Where the run itself stopped, that is the reason.
  const worstOfThem = notRun.find((verdict) => verdict.missing === undefined) ?? notRun[0];
  if (worstOfThem) {
    const [one, ...more] = eachOnce(missing);
    return one && worstOfThem.missing ? { ...worstOfThem, missing: [one, ...more] } : worstOfThem;
  }
  return verdicts.length === 0 ? { status: "not-run", reason: "There was nothing to judge." } : { status: "passed" };
}

const eachOnce = (findings: readonly Finding[]): readonly Finding[] =>
  findings.filter(
    (finding, index) =>
      findings.findIndex(({ code, message }) => code === finding.code && message === finding.message) === index,
  );

export const judgeGate = (checks: readonly CheckResult[]): Verdict => worst(checks.map(({ verdict }) => verdict));

/** Whether every gate that counts holds. A phase without any holds nothing. */
export function gatesHold(gates: readonly Pick<GateResult, "blocking" | "verdict">[]): boolean {
  const counted = gates.filter(({ blocking }) => blocking);
  return counted.length > 0 && counted.every(({ verdict }) => verdict.status === "passed");
}
