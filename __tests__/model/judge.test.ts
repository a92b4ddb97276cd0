import { expect, test } from "@jest/globals";
import {
  gatesHold,
  judgeBefore,
  judgeCheck,
  judgeEvidence,
  judgeMutant,
  vacuity,
  worst,
} from "../../src/model/judge.ts";
import type { Finding, GateResult, MutantResult, RedProof, Verdict } from "../../src/model/report.ts";

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

test("a sabotage that was refused is to be corrected, and not to be given", () => {
  const help = (proof: RedProof) => vacuity(proof, "a.b").map((finding) => finding.help);
  expect(help(red({ mutants: [mutant("refused")] }))).toEqual([
    "Correct the `sabotage:`, if it has one, or ask for more.",
  ]);
  expect(help(red({}))).toEqual(["Give it a `sabotage:` that it must notice, or ask for more."]);
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
