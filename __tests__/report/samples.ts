import type { Finding, Place, PlanDifference, Report, Verdict } from "../../src/model/report.ts";
import { everything } from "./everything.ts";
import { gate, nullable, passed, phase, report } from "./sample-parts.ts";

/** One set of reports for every format. */

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

const main: Report["base"] & { readonly kind: "commit" } = {
  kind: "commit",
  name: "origin/main",
  commit: "4f2a9c81d3".padEnd(40, "0"),
  adoption: false,
  behind: 0,
};
const weaker: PlanDifference = {
  direction: "weaker",
  message: "4A.2 column `type`: numeric(6,5) → numeric",
  place: { file: "phasegate.yml", line: 44 },
  phase: "4A",
  gate: "4A.2",
};
const finding = (message: string, place: Place): Finding => ({
  code: "plan-weakened",
  message: `Weaker than on base: ${message}.`,
  help: "Put it back, or have it approved. The approval of a plan owner (@ada or @grace) is missing.",
  place,
});

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
  "plan-weakened": report(
    [baseline, phase("4A", "Enhance", "verified", [gate("4A.2", "Ratio", passed)], ["baseline"])],
    {
      base: main,
      conclusion: "must-not-be-merged",
      differences: [
        weaker,
        { direction: "weaker", message: "4A.7 is gone", place: { file: "phasegate.yml", line: 70 }, phase: "4A" },
        { direction: "neutral", message: "4A: the title", place: { file: "phasegate.yml", line: 30 } },
      ],
      violations: [
        {
          code: "plan-weakened",
          findings: [
            finding(weaker.message, weaker.place),
            finding("4A.7 is gone", { file: "phasegate.yml", line: 70 }),
          ],
          place: weaker.place,
          consequences: [],
        },
      ],
    },
  ),
  "weaker-approved": report(
    [
      baseline,
      phase("4A", "Enhance", "verified", [gate("4A.2", "Ratio", passed)], ["baseline"], {
        atBase: "pass",
        advancedBy: ["migrations/0008_4a.sql (added)"],
        schema: [{ object: "column public.a.b", how: "created" }],
      }),
    ],
    { base: main, differences: [weaker, { ...weaker, direction: "stronger", message: "4A.9 is new" }] },
  ),
  regressed: report(
    [
      baseline,
      phase("4A", "Enhance", "regressed", [gate("4A.3", "Model version", nullable)], ["baseline"], {
        atBase: "pass",
        advancedBy: ["migrations/0006_4a.sql (altered)"],
        document: { status: "as-derived", path: "db/docs/PHASE_4A.md", changed: false },
      }),
      idle,
    ],
    { base: main },
  ),
  adoption: report(
    [
      phase("baseline", "Core tables", "verified", [gate("baseline.1", "Tables exist", passed)], [], {
        advancedBy: ["migrations/1.sql (added)"],
      }),
      idle,
    ],
    { base: { ...main, adoption: true } },
  ),
  "broken-on-base": report(
    [
      baseline,
      phase("4A", "Enhance", "in-progress", [gate("4A.2", "Ratio", passed)], ["baseline"], {
        document: { status: "missing", path: "db/docs/PHASE_4A.md" },
      }),
      phase("4B", "Sum", "prohibited", [gate("4B.1", "View", nullable)], ["4A"]),
    ],
    { base: main },
  ),
  trial: report([baseline], {
    base: main,
    postgres: { provider: "local", version: "17.5", why: "asked for.", insteadOf: 18 },
  }),
  everything,
};
