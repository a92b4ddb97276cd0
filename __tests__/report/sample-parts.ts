import { countsOf } from "../../src/model/judge.ts";
import type { CheckResult, GateResult, PhaseResult, Report, Verdict } from "../../src/model/report.ts";
import { phaseViolations } from "../../src/model/violations.ts";

/** What reports of tests are put together from. */

export const passed: Verdict = { status: "passed" };
export const nullable: Verdict = {
  status: "failed",
  findings: [
    {
      code: "nullable",
      message: "attribution_allocations.model_version is nullable; the plan asks for NOT NULL.",
      help: "Add `ALTER COLUMN model_version SET NOT NULL` to the migration, after its backfill.",
      place: { file: "migrations/0006_enhance.sql", line: 31 },
    },
  ],
};

export const check = (claim: string, verdict: Verdict): CheckResult => ({
  kind: "column",
  claim,
  place: { file: "phasegate.yml", line: 12, column: 13 },
  observations: [
    {
      point: "after",
      verdict,
      evidence: { looked: ["SELECT 1"], examined: 1, observed: { type: "text", nullable: verdict !== passed } },
    },
  ],
  ...(verdict === passed
    ? {
        red: {
          before: { status: "red", codes: ["no-column"] },
          mutants: [
            {
              name: "the column is gone",
              sabotage: "ALTER TABLE …",
              provokes: "no-column",
              outcome: { status: "killed" },
            },
          ],
          placebo: "unmoved",
        },
      }
    : {}),
  verdict,
});

export const gate = (id: string, title: string, verdict: Verdict, more: Partial<GateResult> = {}): GateResult => ({
  id,
  title,
  blocking: true,
  place: { file: "phasegate.yml", line: 10, column: 9 },
  checks: [check(`${id} claims`, verdict)],
  verdict,
  ...more,
});

export const phase = (
  id: string,
  title: string,
  state: PhaseResult["state"],
  gates: readonly GateResult[],
  after: readonly string[] = [],
  more: Partial<PhaseResult> = {},
): PhaseResult => ({
  id,
  title,
  place: { file: "phasegate.yml", line: 5, column: 5 },
  after,
  state,
  started: state !== "not-started",
  advancedBy: [],
  blockers:
    state === "prohibited" ? after.map((each) => ({ phase: each, why: `${each} does not hold (${each}.2)` })) : [],
  document:
    state === "verified"
      ? { status: "as-derived", path: `db/docs/PHASE_${id}.md`, changed: false }
      : { status: "not-asked" },
  atBase: "none",
  schema: [],
  migrations: state === "not-started" ? [] : [`0006_${id.toLowerCase()}`],
  counts: countsOf(gates),
  gates,
  ...more,
});

export const report = (phases: readonly PhaseResult[], more: Partial<Report> = {}): Report => {
  const { base = { kind: "audit" } } = more;
  const change = {
    incomplete: "block",
    failingAtBase: new Set<string>(),
    workChanged: new Map(),
    approved: false,
  } as const;
  const violations = phaseViolations(phases, base.kind === "audit" ? base : { kind: "change", ...change });
  return {
    version: 1,
    tool: { name: "phasegate", version: "1.2.3" },
    plan: { name: "Revenue attribution", file: "phasegate.yml" },
    base: { kind: "audit" },
    postgres: { provider: "embedded", version: "18.4", why: "the plan asks for 18; local has 15.18." },
    documents: "asked",
    phases,
    differences: [],
    violations,
    conclusion: violations.length === 0 ? "in-order" : "must-not-be-merged",
    timings: {
      totalMs: 2430,
      bootMs: 210,
      replayMs: 300,
      checksMs: 400,
      proofMs: 500,
      phasesMs: Object.fromEntries(phases.map(({ id }) => [id, 400])),
    },
    ...more,
  };
};
