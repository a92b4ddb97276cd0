import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, expect, test } from "@jest/globals";
import { Ajv2020 } from "ajv/dist/2020.js";
import type { CheckResult, Report } from "../../src/model/report.ts";
import { cli, type Finished, referenceProject } from "../support/project.ts";

/** The reference project as a whole: it is in order, and all of it is proven. */

let whole: Finished;
beforeAll(async () => {
  const project = referenceProject();
  try {
    whole = await cli(["run", "--audit", "--json"], { cwd: project.root });
  } finally {
    project.dispose();
  }
}, 240_000);

const reported = (text: string): Report => JSON.parse(text); // what the schema test holds
const checks = (): readonly CheckResult[] =>
  reported(whole.stdout).phases.flatMap(({ gates }) => gates.flatMap((gate) => gate.checks));

test("it is in order", () => {
  expect(whole.code).toBe(0);
  expect(reported(whole.stdout).conclusion).toBe("in-order");
});

test("two runs at the same time, with a gate of each costly sort, differ in their times only; one writes to a file, and a sentence", async () => {
  const project = referenceProject();
  const reports = mkdtempSync(join(tmpdir(), "phasegate-reports-"));
  const file = join(reports, "report.json");
  try {
    project.keepGates("4A.2", "4A.6", "4B.3", "4B.4", "4C.6", "5A.2");
    const env = { ...process.env, FORCE_COLOR: "1", NO_COLOR: "1" };
    const [first, second] = await Promise.all([
      cli(["run", "--audit", "--no-documents", "--json"], { cwd: project.root }),
      cli(["run", "--audit", "--no-documents", "--report", `json=${file}`], { cwd: project.root, env }),
    ]);
    expect([first.code, second.code]).toEqual([0, 0]);
    expect(second.stdout).toMatch(/: (\d+) of \1 started phases would be verified\./);
    expect(second.stdout).not.toContain("\u001b");
    const timeless = (text: string) => {
      const { timings: _, ...report } = reported(text);
      return JSON.stringify(report, null, 2);
    };
    expect(readFileSync(file, "utf8")).toMatch(/^ {2}"timings": /m);
    expect(timeless(readFileSync(file, "utf8"))).toBe(timeless(first.stdout));
  } finally {
    project.dispose();
    rmSync(reports, { recursive: true });
  }
}, 120_000);

test("the report is as its schema says", () => {
  const schema = JSON.parse(readFileSync(new URL("../../dist/report.schema.json", import.meta.url), "utf8"));
  const validate = new Ajv2020({ strict: false, allErrors: true }).compile(schema);
  validate(JSON.parse(whole.stdout));
  expect(validate.errors).toBeNull();
  expect(validate({ ...reported(whole.stdout), conclusion: "PASS" })).toBe(false);
});

test("every check was seen to fail, or says why it was not", () => {
  expect(checks().length).toBeGreaterThan(100);
  for (const { claim, red, verdict } of checks()) {
    const killed = red?.mutants.filter(({ outcome }) => outcome.status === "killed").length ?? 0;
    const before = red?.before.status ?? "none";
    const why = red !== undefined && "reason" in red.before ? red.before.reason : "";
    expect({ claim, verdict: verdict.status, seen: before === "red" || killed > 0 }).toEqual({
      claim,
      verdict: "passed",
      seen: true,
    });
    expect({ claim, before, why }).toEqual({ claim, before, why: before === "red" ? "" : expect.stringMatching(/./) });
    expect({ claim, placebo: red?.placebo }).toEqual({ claim, placebo: "unmoved" });
  }
});

test("the counts say so too: every gate holds, every check is proven, every mutant is killed", () => {
  const { phases } = reported(whole.stdout);
  const started = phases.filter(({ state }) => state !== "not-started");
  expect(started.map(({ id }) => id)).toEqual(["baseline", "4A", "4B", "4C", "4D", "5A", "5B"]);
  for (const { gates, counts } of started) {
    const all = gates.flatMap((gate) => gate.checks);
    const mutants = all.flatMap(({ red }) => red?.mutants ?? []);
    expect(mutants.length).toBeGreaterThan(100);
    expect(counts).toEqual({
      gates: gates.length,
      gatesHolding: gates.length,
      checks: all.length,
      checksProven: all.length,
      mutants: mutants.length,
      mutantsKilled: mutants.length,
    });
  }
});
