import { expect, test } from "@jest/globals";
import {
  auditViolations,
  countsOf,
  gatesHold,
  judgeBefore,
  judgeCheck,
  judgeEvidence,
  judgeMutant,
  phaseState,
  vacuity,
  worst,
} from "../../src/model/judge.ts";
import type { Finding, GateResult, MutantResult, PhaseResult, RedProof, Verdict } from "../../src/model/report.ts";

const finding = (code: string): Finding => ({ code, message: `${code} found; another asked.`, help: "Change it." });
const passed: Verdict = { status: "passed" };
const failed = (code = "wrong"): Verdict => ({ status: "failed", findings: [finding(code)] });
const errored: Verdict = { status: "errored", reason: "broken" };
const notRun: Verdict = { status: "not-run", reason: "stopped" };
const waiting = (code = "approval-missing"): Verdict => ({
  status: "not-run",
  reason: "nobody is there",
  missing: [finding(code)],
});

test("no findings on something that was looked at is a pass", () => {
  expect(judgeEvidence({ looked: [], examined: 1, observed: 1 }, [])).toEqual(passed);
});

test("nothing examined is never a pass", () => {
  expect(judgeEvidence({ looked: [], examined: 0, observed: null }, []).status).toBe("errored");
});

test.each<[name: string, verdicts: readonly Verdict[], status: Verdict["status"]]>([
  ["nothing is not run", [], "not-run"],
  ["one failure fails all", [passed, errored, notRun, failed()], "failed"],
  ["an error outweighs a pass", [passed, errored], "errored"],
  ["an error outweighs what was not run", [notRun, errored], "errored"],
  ["what was not run outweighs a pass", [passed, notRun], "not-run"],
  ["what waits for somebody outweighs a pass", [passed, waiting()], "not-run"],
  ["passes only pass", [passed, passed], "passed"],
])("the worst of several: %s", (_name, verdicts, status) => {
  expect(worst(verdicts).status).toBe(status);
});

test("everything that several wait for is told, each once", () => {
  const verdict = worst([waiting("a"), passed, waiting("b"), waiting("a")]);
  expect(verdict).toEqual({ status: "not-run", reason: "nobody is there", missing: [finding("a"), finding("b")] });
});

test("where the run itself stopped, nothing else is the reason", () => {
  expect(worst([waiting(), notRun])).toEqual(notRun);
});

test("beside a failure, what is waited for is told as well", () => {
  expect(worst([waiting("b"), failed("a")])).toEqual({ status: "failed", findings: [finding("a"), finding("b")] });
});

test("the same finding at two points is told once", () => {
  expect(worst([failed("a"), failed("a"), failed("b")])).toMatchObject({ findings: [{ code: "a" }, { code: "b" }] });
});

test.each<[name: string, verdict: Verdict, status: MutantResult["outcome"]["status"]]>([
  ["a failure with the code kills", failed("wrong"), "killed"],
  ["a failure with another code does not", failed("other"), "killed-for-another-reason"],
  ["a pass survives", passed, "survived"],
  ["an error proves nothing", errored, "refused"],
])("a mutant: %s", (_name, verdict, status) => {
  expect(judgeMutant(verdict, "wrong").status).toBe(status);
});

test.each<[name: string, verdict: Verdict, excuse: string | undefined, status: RedProof["before"]["status"]]>([
  ["a failure is red", failed(), undefined, "red"],
  ["a pass is vacuous", passed, undefined, "vacuous"],
  ["a pass may be excused", passed, "it was always so", "excused"],
  ["an error is neither", errored, "it was always so", "errored"],
])("before the phase: %s", (_name, verdict, excuse, status) => {
  expect(judgeBefore(verdict, excuse).status).toBe(status);
});

const mutant = (status: "killed" | "survived" | "refused"): MutantResult => ({
  name: "it is gone",
  sabotage: "DROP",
  provokes: "wrong",
  outcome: status === "refused" ? { status, reason: "not allowed" } : { status },
});
const none: RedProof["before"] = { status: "none", reason: "head only" };
const red = (proof: Partial<RedProof>): RedProof => ({ before: none, mutants: [], placebo: "unmoved", ...proof });

test.each<[name: string, proof: RedProof, findings: number]>([
  ["red before the phase is enough", red({ before: { status: "red", codes: ["wrong"] } }), 0],
  ["one killed mutant is enough", red({ mutants: [mutant("killed")] }), 0],
  ["a refused mutant beside a killed one is no reproach", red({ mutants: [mutant("killed"), mutant("refused")] }), 0],
  ["no evidence at all is vacuous", red({}), 1],
  ["refused mutants only are vacuous", red({ mutants: [mutant("refused")] }), 1],
  [
    "an error before the phase and nothing else is vacuous",
    red({ before: { status: "errored", reason: "no table" } }),
    1,
  ],
  ["an excuse and nothing else is vacuous", red({ before: { status: "excused", reason: "r" } }), 1],
  ["a survivor is vacuous, whatever else was killed", red({ mutants: [mutant("killed"), mutant("survived")] }), 1],
  [
    "holding before the phase is vacuous, whatever was killed",
    red({ before: { status: "vacuous" }, mutants: [mutant("killed")] }),
    1,
  ],
  ["a placebo that moves it is vacuous", red({ mutants: [mutant("killed")], placebo: "moved" }), 1],
])("red proof: %s", (_name, proof, findings) => {
  expect(vacuity(proof, "a.b")).toHaveLength(findings);
});

test("a check that holds but could not have failed is failed", () => {
  const observations = [{ point: "head", verdict: passed } as const];
  expect(judgeCheck(observations, red({}), "a.b")).toMatchObject({
    status: "failed",
    findings: [{ code: "vacuous-check" }],
  });
  expect(judgeCheck(observations, red({ mutants: [mutant("killed")] }), "a.b")).toEqual(passed);
});

const gate = (id: string, verdict: Verdict, blocking = true): GateResult => ({
  id,
  title: id,
  blocking,
  place: { file: "p", line: 1 },
  checks: [],
  verdict,
});

test("gates hold only where each that counts has passed, and there is one", () => {
  expect(gatesHold([gate("a", passed), gate("b", failed(), false)])).toBe(true);
  expect(gatesHold([gate("a", passed), gate("b", notRun)])).toBe(false);
  expect(gatesHold([gate("b", passed, false)])).toBe(false);
  expect(gatesHold([])).toBe(false);
});

test.each([
  [{ started: false, gatesHold: true, predecessorsVerified: true }, "not-started"],
  [{ started: true, gatesHold: true, predecessorsVerified: true }, "verified"],
  [{ started: true, gatesHold: false, predecessorsVerified: true }, "in-progress"],
  [{ started: true, gatesHold: true, predecessorsVerified: false }, "prohibited"],
] as const)("%j is %s", (facts, state) => {
  expect(phaseState(facts)).toBe(state);
});

const phase = (
  id: string,
  state: PhaseResult["state"],
  gates: readonly GateResult[],
  after: readonly string[] = [],
): PhaseResult => ({
  id,
  title: id,
  place: { file: "p", line: 1 },
  after,
  state,
  migrations: [`0_${id}`],
  counts: countsOf(gates),
  gates,
});

test("a phase that exists too early is told with what blocks it, its own gates folded", () => {
  const phases = [
    phase("A", "in-progress", [gate("A.1", failed()), gate("A.2", passed)]),
    phase("B", "prohibited", [gate("B.1", errored)], ["A"]),
  ];
  const violations = auditViolations(phases);
  expect(violations.map(({ code, phase: of, gate: at }) => [code, of, at])).toEqual([
    ["gate-failed", "A", "A.1"],
    ["phase-advanced", "B", undefined],
  ]);
  expect(violations[1]?.findings[0].message).toBe(
    "B exists (0_B), but A does not hold (A.1); every predecessor must be verified first.",
  );
  expect(violations[1]?.consequences).toEqual(["B.1 gate-errored"]);
});

test("a gate that was not run is a violation, and one that does not block is none", () => {
  expect(
    auditViolations([phase("A", "in-progress", [gate("A.1", notRun), gate("A.2", failed(), false)])]),
  ).toMatchObject([{ code: "gate-errored", gate: "A.1" }]);
});

test("what has not been started is no violation", () => {
  expect(auditViolations([phase("A", "not-started", [gate("A.1", notRun)])])).toEqual([]);
});

test("a vacuous check is named as such", () => {
  expect(auditViolations([phase("A", "in-progress", [gate("A.1", failed("vacuous-check"))])])).toMatchObject([
    { code: "vacuous-check" },
  ]);
});

/** A gate with one check that fails at these points and holds at the others. */
const seen = (id: string, points: { readonly after?: Verdict; readonly head?: Verdict }): GateResult => {
  const observations = Object.entries(points).map(([point, verdict]) => ({
    point: point as "after" | "head",
    verdict,
  })); // the keys of the parameter
  const verdict = worst(observations.map((observation) => observation.verdict));
  return {
    ...gate(id, verdict),
    checks: [{ kind: "column", claim: id, place: { file: "p", line: 1 }, observations, verdict }],
  };
};

test("what a phase broke in the phases before it is folded under what it fails itself", () => {
  const phases = [
    phase("A", "in-progress", [seen("A.1", { after: passed, head: failed() }), seen("A.2", { head: errored })]),
    phase("B", "prohibited", [seen("B.1", { after: failed() }), seen("B.2", { after: failed() })], ["A"]),
  ];
  expect(auditViolations(phases).map(({ gate: at, consequences }) => [at, consequences])).toEqual([
    ["B.1", ["A.1 gate-failed", "A.2 gate-errored", "B phase-advanced"]],
    ["B.2", []],
  ]);
});

test.each([
  [
    "the phase before it failed by itself",
    seen("A.1", { after: failed(), head: failed() }),
    seen("B.1", { after: failed() }),
  ],
  [
    "the later phase holds right after its migrations",
    seen("A.1", { after: passed, head: failed() }),
    seen("B.1", { head: failed() }),
  ],
])("nothing is blamed on a later phase where %s", (_name, earlier, later) => {
  const violations = auditViolations([phase("A", "in-progress", [earlier]), phase("B", "prohibited", [later], ["A"])]);
  expect(violations.map(({ code }) => code)).toEqual(["gate-failed", "phase-advanced"]);
});

test("a migration that cannot be applied is told once, with everything that was not run under it", () => {
  const broken = gate("B.migrations", { status: "failed", findings: [finding("migration-failed")] });
  const phases = [
    phase("A", "in-progress", [gate("A.1", notRun)]),
    phase("B", "in-progress", [broken, gate("B.1", notRun)], ["A"]),
  ];
  expect(auditViolations(phases).map(({ code, gate: at, consequences }) => [code, at, consequences])).toEqual([
    ["migration-failed", "B.migrations", ["A.1 not-run", "B.1 not-run"]],
  ]);
});

test("a gate that waits for somebody holds nothing, and says what is missing", () => {
  const gates = [gate("A.1", passed), gate("A.2", waiting())];
  expect(gatesHold(gates)).toBe(false);
  expect(auditViolations([phase("A", "in-progress", gates)])).toMatchObject([
    { code: "gate-not-run", gate: "A.2", findings: [finding("approval-missing")], consequences: [] },
  ]);
});

test("what waits for somebody follows neither from a migration nor from a later phase", () => {
  const broken = gate("B.migrations", { status: "failed", findings: [finding("migration-failed")] });
  const stopped = [
    phase("A", "in-progress", [gate("A.1", waiting()), gate("A.2", notRun)]),
    phase("B", "in-progress", [broken]),
  ];
  expect(auditViolations(stopped).map(({ code, gate: at, consequences }) => [code, at, consequences])).toEqual([
    ["gate-not-run", "A.1", []],
    ["migration-failed", "B.migrations", ["A.2 not-run"]],
  ]);
  const brokenLater = [
    phase("A", "in-progress", [seen("A.1", { head: waiting() }), seen("A.2", { after: passed, head: failed() })]),
    phase("B", "prohibited", [seen("B.1", { after: failed() })], ["A"]),
  ];
  expect(auditViolations(brokenLater).map(({ code, gate: at, consequences }) => [code, at, consequences])).toEqual([
    ["gate-not-run", "A.1", []],
    ["gate-failed", "B.1", ["A.2 gate-failed", "B phase-advanced"]],
  ]);
});
