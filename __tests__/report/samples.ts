import { countsOf } from "../../src/model/judge.ts";
import type { CheckResult, GateResult, PhaseResult, Report, Verdict } from "../../src/model/report.ts";
import { phaseViolations } from "../../src/model/violations.ts";

/** One set of reports for every format. */

const passed: Verdict = { status: "passed" };
const nullable: Verdict = {
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

const check = (claim: string, verdict: Verdict): CheckResult => ({
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

const gate = (id: string, title: string, verdict: Verdict, more: Partial<GateResult> = {}): GateResult => ({
  id,
  title,
  blocking: true,
  place: { file: "phasegate.yml", line: 10, column: 9 },
  checks: [check(`${id} claims`, verdict)],
  verdict,
  ...more,
});

const phase = (
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

const report = (phases: readonly PhaseResult[], more: Partial<Report> = {}): Report => {
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

const baseline = phase("baseline", "Core tables", "verified", [
  gate("baseline.1", "Tables exist", passed),
  gate("baseline.2", "CI runs the tests", nullable, { blocking: false }),
]);
const unapproved = (title: string, who: string): Verdict => {
  const message = `The approval of ${title} (${who}) is missing: no reviews can be asked for here, because this run knows of no pull request; the plan asks for 1 approval.`;
  const help = `Open a pull request, and let ${who} approve its last commit.`;
  return { status: "not-run", reason: message, missing: [{ code: "approval-missing", message, help }] };
};
const idle = phase(
  "4C",
  "Ledger",
  "not-started",
  [gate("4C.1", "Migration", { status: "not-run", reason: "The phase has not been started." })],
  ["4B"],
);
const hostile =
  "<!-- x --></details>|`*_@octocat_* ``` #1 \u202Egnp.exe\u0007\u001b[31m\n::error::forged\n[a](javascript:x)";

export const samples: { readonly [name: string]: Report } = {
  "all-verified": report([
    baseline,
    phase("4A", "Enhance", "verified", [gate("4A.1", "Column", passed)], ["baseline"]),
  ]),
  "one-failed": report([
    baseline,
    phase(
      "4A",
      "Enhance the allocation schema",
      "in-progress",
      [gate("4A.2", "Ratio", passed), gate("4A.3", "Model version column added", nullable)],
      ["baseline"],
    ),
    idle,
  ]),
  errored: report([
    phase("4A", "Enhance", "in-progress", [
      gate("4A.1", "Column", { status: "errored", reason: "permission denied for table a" }),
    ]),
  ]),
  prohibited: report([
    baseline,
    phase("4A", "Enhance", "in-progress", [gate("4A.3", "Model version column added", nullable)], ["baseline"]),
    phase("4B", "Sum", "prohibited", [gate("4B.1", "View", passed), gate("4B.2", "Trigger", nullable)], ["4A"]),
    idle,
  ]),
  "empty-text": report([
    phase("4A", "", "in-progress", [
      gate("4A.1", "", { status: "failed", findings: [{ code: "x", message: "", help: "" }] }),
    ]),
  ]),
  "very-long": report([
    phase("4A", "long ".repeat(60).trim(), "in-progress", [
      gate("4A.1", "t".repeat(300), {
        status: "failed",
        findings: [
          {
            code: "x",
            message: `${"found ".repeat(60).trim()}; the plan asks for ${"asked ".repeat(60).trim()}.`,
            help: "do ".repeat(60),
          },
        ],
      }),
    ]),
  ]),
  markup: report([
    phase("4A", hostile, "in-progress", [
      gate("4A.1", hostile, {
        status: "failed",
        findings: [{ code: "x", message: hostile, help: hostile, place: { file: `migrations/${hostile}`, line: 1 } }],
      }),
    ]),
  ]),
  "approval-missing": report([
    baseline,
    phase(
      "sign-off",
      "Sign-off",
      "in-progress",
      [
        gate("S.1", "All phases are verified", passed),
        gate("S.2", "The backend lead approves", unapproved("Backend lead", "@ada or @grace")),
        gate("S.3", "The product owner approves", unapproved("Product owner", "@joan")),
      ],
      ["baseline"],
    ),
  ]),
  "recorded-approvals": report(
    [
      baseline,
      phase("sign-off", "Sign-off", "verified", [gate("S.2", "The backend lead approves", passed)], ["baseline"]),
    ],
    { approvals: "Approvals come from a recorded file (reviews_of_*.json), and from no pull request." },
  ),
  "against-base": report(
    [
      baseline,
      phase("4A", "Enhance the allocation schema", "verified", [gate("4A.2", "Ratio", passed)], ["baseline"], {
        atBase: "none",
        advancedBy: ["migrations/0006_4a.sql (added)"],
        schema: [
          { object: "column public.attribution_allocations.allocation_ratio", how: "created" },
          { object: "constraint ck_channel on public.attribution_allocations", how: "altered" },
          { object: "index public.idx_old", how: "dropped" },
        ],
      }),
      phase("4B", "Sum", "prohibited", [gate("4B.1", "View", passed)], ["4A"], {
        advancedBy: ["migrations/0007_4b.sql (added)", "view public.v (created by migrations/0006_4a.sql)"],
        blockers: [{ phase: "4A", why: "4A is verified in this change only, and not on base" }],
        document: { status: "missing", path: "db/docs/PHASE_4B.md" },
      }),
      idle,
    ],
    {
      base: { kind: "commit", name: "origin/main", commit: "4f2a9c81d3".padEnd(40, "0"), adoption: false, behind: 2 },
      differences: [
        {
          direction: "weaker",
          message: "4A.2 column `type`: numeric(6,5) → numeric",
          place: { file: "phasegate.yml", line: 44 },
          phase: "4A",
          gate: "4A.2",
        },
        { direction: "stronger", message: "4A.9 is new", place: { file: "phasegate.yml", line: 60 } },
      ],
    },
  ),
  "regressed-and-differing": report([
    phase("4A", "Enhance", "regressed", [gate("4A.3", "Model version", nullable)], [], {
      atBase: "pass",
      document: { status: "missing", path: "db/docs/PHASE_4A.md" },
    }),
    phase("4B", "Sum", "in-progress", [gate("4B.1", "View", passed)], [], {
      document: {
        status: "differs",
        path: "db/docs/PHASE_4B.md",
        claimsMore: true,
        changed: true,
        findings: [
          {
            code: "document-differs",
            message: "gate 4B.1: the document says passed; this run derives failed.",
            help: "Nobody writes it by hand: make 4B hold, and issue it again with `phasegate verify 4B`.",
            place: { file: "db/docs/PHASE_4B.md", line: 12 },
          },
        ],
      },
    }),
  ]),
};
