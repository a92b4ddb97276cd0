import type { CheckResult, Finding, Report, Verdict, Violation } from "../../src/model/report.ts";
import { check, gate, nullable, passed, phase, report } from "./sample-parts.ts";

const finding = (code: string, message: string, help: string): Finding => ({
  code,
  message,
  help,
  place: { file: "db/tests/a.sql", line: 3 },
});
const violation = (more: Pick<Violation, "code" | "findings"> & Partial<Violation>): Violation => ({
  place: { file: "phasegate.yml", line: 9 },
  consequences: [],
  ...more,
});

const survived: Verdict = {
  status: "failed",
  findings: [
    finding("vacuous-check", "nothing notices it", "Add a case."),
    finding("vacuous-check", "nobody notices that", "Add a case."),
    { code: "no-rows", message: "no rows", help: "" },
  ],
};
const proven: CheckResult = {
  ...check("a view", survived),
  red: {
    before: { status: "excused", reason: "it was there" },
    mutants: [
      { name: "no column", sabotage: "DROP", provokes: "no-column", outcome: { status: "survived" } },
      {
        name: "no view",
        sabotage: "DROP",
        provokes: "no-view",
        outcome: { status: "killed-for-another-reason", codes: ["x"] },
      },
      {
        name: "no table",
        sabotage: "DROP",
        provokes: "no-table",
        outcome: { status: "refused", reason: "it is needed" },
      },
    ],
    placebo: "moved",
  },
};
const settled: CheckResult = {
  kind: "approval",
  claim: "the lead agrees",
  place: { file: "phasegate.yml", line: 3 },
  observations: [],
  settled: "They agreed on base.",
  verdict: passed,
};
const waiting: Verdict = {
  status: "not-run",
  reason: "nobody was asked",
  missing: [finding("approval-missing", "nobody agreed", "Ask somebody.")],
};

/** One that says whatever a report can say. */
export const everything: Report = report(
  [
    phase("old", "Old", "verified", [gate("old.1", "It was", passed, { requirement: "It has to be." })]),
    phase(
      "new",
      "New",
      "prohibited",
      [
        gate("new.1", "A view", survived, { checks: [proven, settled], requirement: "A view." }),
        gate("new.2", "Errored", { status: "errored", reason: "the server died" }, { checks: [] }),
        gate("new.3", "People", waiting, { checks: [{ ...settled, verdict: waiting }] }),
        gate("new.4", "Soft", nullable, { blocking: false }),
      ],
      ["old"],
      {
        advancedBy: [
          "migrations/2_new.sql (added)",
          "view public.v (altered by migrations/3.sql)",
          "docs/a.md (deleted)",
        ],
        blockers: [{ phase: "old", why: "old does not hold (old.1)" }],
        document: { status: "missing", path: "db/docs/new.md" },
        schema: [
          { object: "table public.a", how: "created" },
          { object: "view public.v", how: "altered" },
          { object: "index public.i", how: "dropped" },
        ],
      },
    ),
    phase("idle", "Idle", "not-started", [gate("idle.1", "Later", { status: "not-run", reason: "later" })], ["new"]),
    phase(
      "later",
      "Later",
      "not-started",
      [gate("later.1", "Later", { status: "not-run", reason: "later" })],
      ["idle"],
    ),
    phase("last", "Last", "not-started", [gate("last.1", "Later", { status: "not-run", reason: "later" })], ["later"]),
  ],
  {
    base: { kind: "commit", name: "origin/main", commit: "main".padEnd(40, "z"), adoption: true, behind: 3 },
    postgres: { provider: "url", version: "17.1", why: "asked for.", insteadOf: 18 },
    approvals: "Approvals come from a file.",
    conclusion: "must-not-be-merged",
    differences: (["weaker", "stronger", "neutral"] as const).map((direction) => ({
      direction,
      message: "new.1 `type`: a → b",
      place: { file: "phasegate.yml", line: 8 },
    })),
    violations: [
      violation({
        code: "gate-failed",
        phase: "new",
        gate: "new.1",
        findings: [
          finding("a", "found; asked", "Do `this`."),
          finding("b", "more", "Do that."),
          finding("c", "again", "Do that."),
        ],
        consequences: ["new document-missing", "what follows"],
      }),
      violation({
        code: "phase-advanced",
        phase: "new",
        findings: [finding("phase-advanced", "too early", "Take it out.")],
        consequences: ["new.2 gate-errored"],
      }),
      violation({
        code: "unclaimed-migration",
        findings: [finding("unclaimed-migration", "nobody owns it", "Let a phase own it.")],
      }),
      violation({
        code: "plan-missing",
        findings: [{ code: "plan-missing", message: "it is gone", help: "Put it back." }],
      }),
      violation({
        code: "document-differs",
        phase: "new",
        findings: [finding("document-differs", "says another thing", "Issue it again.")],
      }),
    ],
  },
);
