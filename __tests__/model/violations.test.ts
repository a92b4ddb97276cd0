import { expect, test } from "@jest/globals";
import { countsOf, gatesHold, worst } from "../../src/model/judge.ts";
import type { CheckResult, Finding, GateResult, PhaseResult, Verdict, Violation } from "../../src/model/report.ts";
import { foldedUnderFailure, phaseViolations } from "../../src/model/violations.ts";

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

const gate = (id: string, verdict: Verdict, blocking = true): GateResult => ({
  id,
  title: id,
  blocking,
  place: { file: "p", line: 1 },
  checks: [],
  verdict,
});

const phase = (
  id: string,
  state: PhaseResult["state"],
  gates: readonly GateResult[],
  after: readonly string[] = [],
  more: Partial<PhaseResult> = {},
): PhaseResult => ({
  id,
  title: id,
  place: { file: "p", line: 1 },
  after,
  state,
  started: state !== "not-started",
  advancedBy: [],
  blockers:
    state === "prohibited" ? after.map((each) => ({ phase: each, why: `${each} does not hold (${each}.1)` })) : [],
  document: { status: "not-asked" },
  atBase: "none",
  migrations: [`0_${id}`],
  schema: [],
  counts: countsOf(gates),
  gates,
  ...more,
});

const audited = (phases: readonly PhaseResult[]): Violation[] => phaseViolations(phases, { kind: "audit" });

test("a phase that exists too early is told with what blocks it, its own gates folded", () => {
  const phases = [
    phase("A", "in-progress", [gate("A.1", failed()), gate("A.2", passed)]),
    phase("B", "prohibited", [gate("B.1", errored)], ["A"]),
  ];
  const violations = audited(phases);
  expect(violations.map(({ code, phase: of, gate: at }) => [code, of, at])).toEqual([
    ["gate-failed", "A", "A.1"],
    ["phase-advanced", "B", undefined],
  ]);
  expect(violations[1]?.findings[0].message).toBe(
    "B exists (0_B), but A does not hold (A.1); the plan asks that every predecessor be verified first.",
  );
  expect(violations[1]?.consequences).toEqual(["B.1 gate-errored"]);
});

test("a gate that was not run is a violation, and one that does not block is none", () => {
  expect(audited([phase("A", "in-progress", [gate("A.1", notRun), gate("A.2", failed(), false)])])).toMatchObject([
    { code: "gate-errored", gate: "A.1" },
  ]);
});

test("each check that could not be judged is told at its own place", () => {
  const broken = (kind: string, line: number, reason: string): CheckResult => {
    const verdict: Verdict = { status: "errored", reason };
    const place = { file: "phasegate.yml", line, column: 13 };
    return { kind, claim: `${kind} claims`, place, observations: [{ point: "head", verdict }], verdict };
  };
  const checks = [broken("column", 12, 'type "bigintt" does not exist'), broken("sql", 13, "syntax error")];
  const [violation, ...more] = audited([
    phase("A", "in-progress", [{ ...gate("A.1", worst(checks.map(({ verdict }) => verdict))), checks }]),
  ]);
  expect(more).toEqual([]);
  expect(violation).toMatchObject({ code: "gate-errored", place: { file: "p", line: 1 } });
  expect(violation?.findings).toEqual([
    {
      code: "errored",
      message: 'A.1 could not be judged: type "bigintt" does not exist',
      help: 'Correct the `column` check "column claims", or what keeps it from being judged, and run again.',
      place: { file: "phasegate.yml", line: 12, column: 13 },
    },
    {
      code: "errored",
      message: "A.1 could not be judged: syntax error",
      help: 'Correct the `sql` check "sql claims", or what keeps it from being judged, and run again.',
      place: { file: "phasegate.yml", line: 13, column: 13 },
    },
  ]);
});

test("what has not been started is no violation", () => {
  expect(audited([phase("A", "not-started", [gate("A.1", notRun)])])).toEqual([]);
});

test("a vacuous check is named as such", () => {
  expect(audited([phase("A", "in-progress", [gate("A.1", failed("vacuous-check"))])])).toMatchObject([
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
  expect(audited(phases).map(({ gate: at, consequences }) => [at, consequences])).toEqual([
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
  const violations = audited([phase("A", "in-progress", [earlier]), phase("B", "prohibited", [later], ["A"])]);
  expect(violations.map(({ code }) => code)).toEqual(["gate-failed", "phase-advanced"]);
});

test("a migration that cannot be applied is told once, with everything that was not run under it", () => {
  const broken = gate("B.migrations", { status: "failed", findings: [finding("migration-failed")] });
  const phases = [
    phase("A", "in-progress", [gate("A.1", notRun)]),
    phase("B", "in-progress", [broken, gate("B.1", notRun)], ["A"]),
  ];
  expect(audited(phases).map(({ code, gate: at, consequences }) => [code, at, consequences])).toEqual([
    ["migration-failed", "B.migrations", ["A.1 not-run", "B.1 not-run"]],
  ]);
});

test("a gate that waits for somebody holds nothing, and says what is missing", () => {
  const gates = [gate("A.1", passed), gate("A.2", waiting())];
  expect(gatesHold(gates)).toBe(false);
  expect(audited([phase("A", "in-progress", gates)])).toMatchObject([
    { code: "gate-not-run", gate: "A.2", findings: [finding("approval-missing")], consequences: [] },
  ]);
});

test("what waits for somebody follows neither from a migration nor from a later phase", () => {
  const broken = gate("B.migrations", { status: "failed", findings: [finding("migration-failed")] });
  const stopped = [
    phase("A", "in-progress", [gate("A.1", waiting()), gate("A.2", notRun)]),
    phase("B", "in-progress", [broken]),
  ];
  expect(audited(stopped).map(({ code, gate: at, consequences }) => [code, at, consequences])).toEqual([
    ["gate-not-run", "A.1", []],
    ["migration-failed", "B.migrations", ["A.2 not-run"]],
  ]);
  const brokenLater = [
    phase("A", "in-progress", [seen("A.1", { head: waiting() }), seen("A.2", { after: passed, head: failed() })]),
    phase("B", "prohibited", [seen("B.1", { after: failed() })], ["A"]),
  ];
  expect(audited(brokenLater).map(({ code, gate: at, consequences }) => [code, at, consequences])).toEqual([
    ["gate-not-run", "A.1", []],
    ["gate-failed", "B.1", ["A.2 gate-failed", "B phase-advanced"]],
  ]);
});

const change = (more: Partial<Extract<Parameters<typeof phaseViolations>[1], { kind: "change" }>> = {}) =>
  ({
    kind: "change",
    incomplete: "block",
    failingAtBase: new Set<string>(),
    workChanged: new Map(),
    approved: false,
    ...more,
  }) as const;
const documentOf = (more: { readonly claimsMore: boolean; readonly changed: boolean }): PhaseResult["document"] => ({
  status: "differs",
  path: "doc.md",
  findings: [finding("document-differs")],
  ...more,
});
const missing: PhaseResult["document"] = { status: "missing", path: "doc.md" };
const advancedBy = ["migrations/0_B.sql (added)"];
const broken = [gate("A.1", failed())];
const gone = { started: false, atBase: "pass", document: missing } as const;

test.each<[name: string, phases: readonly PhaseResult[], measured: ReturnType<typeof change>, told: readonly string[]]>(
  [
    ["work that lies on base unfinished is none", [phase("A", "in-progress", broken)], change(), []],
    ["a phase that lies on base too early is none", [phase("B", "prohibited", broken, ["A"])], change(), []],
    [
      "a phase that the change advances too early",
      [phase("B", "prohibited", broken, ["A"], { advancedBy, document: missing })],
      change(),
      ["phase-advanced B < A.1 gate-failed, B document-missing"],
    ],
    [
      "a phase that the change advances and leaves unfinished",
      [phase("A", "in-progress", broken, [], { advancedBy, document: missing })],
      change(),
      ["gate-failed A.1 < A document-missing"],
    ],
    [
      "… where the policy allows it",
      [phase("A", "in-progress", broken, [], { advancedBy, document: missing })],
      change({ incomplete: "allow" }),
      [],
    ],
    [
      "a phase that holds and has no document",
      [phase("A", "in-progress", [gate("A.1", passed)], [], { advancedBy, document: missing })],
      change(),
      ["document-missing A"],
    ],
    [
      "a gate of a phase that base calls verified",
      [phase("A", "regressed", broken, [], { atBase: "pass" })],
      change(),
      ["regressed A.1"],
    ],
    [
      "… and that fails on base too",
      [phase("A", "regressed", broken, [], { atBase: "pass" })],
      change({ failingAtBase: new Set(["A.1"]) }),
      [],
    ],
    [
      "a document of verified work that is gone",
      [phase("A", "regressed", [gate("A.1", passed)], [], { atBase: "pass", document: missing })],
      change(),
      ["regressed A"],
    ],
    [
      "a document of verified work that is gone, while its gates fail on base too",
      [phase("A", "regressed", broken, [], { atBase: "pass", document: missing })],
      change({ failingAtBase: new Set(["A.1"]) }),
      ["regressed A"],
    ],
    [
      "a document that says PASS of what waits for somebody, also where unfinished work may be merged",
      [
        phase("A", "in-progress", [gate("A.1", waiting())], [], {
          advancedBy: ["doc.md (added)"],
          document: { status: "as-derived", path: "doc.md", changed: true },
        }),
      ],
      change({ incomplete: "allow" }),
      ["gate-not-run A.1"],
    ],
    [
      "verified work that is gone",
      [phase("A", "regressed", broken, [], gone)],
      change(),
      ["regressed A < A.1 gate-failed"],
    ],
    [
      "… with an owner's approval, and all that comes after it",
      [phase("A", "regressed", broken, [], gone), phase("B", "not-started", [], ["A"])],
      change({ approved: true }),
      [],
    ],
    [
      "… with an owner's approval, while what comes after it stays",
      [phase("A", "regressed", broken, [], gone), phase("B", "prohibited", [], ["A"], { atBase: "pass" })],
      change({ approved: true }),
      ["regressed A < A.1 gate-failed"],
    ],
    [
      "an edited migration of verified work",
      [
        phase("A", "in-progress", [gate("A.1", passed)], [], {
          atBase: "pass-of-other-migrations",
          document: documentOf({ claimsMore: true, changed: false }),
        }),
      ],
      change({ workChanged: new Map([["A", [finding("verified-work-changed")]]]) }),
      ["verified-work-changed A"],
    ],
    [
      "a document that the change wrote and nobody derives",
      [
        phase("A", "in-progress", [gate("A.1", passed)], [], {
          document: documentOf({ claimsMore: true, changed: true }),
          advancedBy: ["doc.md (added)"],
        }),
      ],
      change({ incomplete: "allow" }),
      ["document-differs A"],
    ],
    [
      "a document that is only out of date is none",
      [
        phase("A", "in-progress", [gate("A.1", passed)], [], {
          atBase: "pass",
          document: documentOf({ claimsMore: false, changed: false }),
        }),
      ],
      change(),
      [],
    ],
    [
      "a document that claims more, where nothing else tells it",
      [
        phase("A", "in-progress", [gate("A.1", passed)], [], {
          atBase: "pass",
          document: documentOf({ claimsMore: true, changed: false }),
        }),
      ],
      change(),
      ["document-differs A"],
    ],
  ],
)("measured against base: %s", (_name, phases, measured, told) => {
  const words = phaseViolations(phases, measured).map(
    ({ code, phase: of, gate: at, consequences }) =>
      `${code} ${at ?? of}${consequences.length === 0 ? "" : ` < ${consequences.join(", ")}`}`,
  );
  expect(words).toEqual(told);
});

test("a phase that exists too early because one before it does is told under that one", () => {
  const prohibited = (id: string, after: string, why: string) =>
    phase(id, "prohibited", [gate(`${id}.1`, passed)], [after], { blockers: [{ phase: after, why }] });
  const phases = [
    phase("A", "in-progress", broken),
    prohibited("B", "A", "A does not hold (A.1)"),
    prohibited("C", "B", "B is itself prohibited"),
    prohibited("D", "C", "C is itself prohibited"),
  ];
  expect(audited(phases).map(({ code, phase: of, consequences }) => [code, of, consequences])).toEqual([
    ["gate-failed", "A", []],
    ["phase-advanced", "B", ["C phase-advanced", "D phase-advanced"]],
  ]);
});

test("… but not where that one is no violation of this change", () => {
  const phases = [
    phase("B", "prohibited", [], ["A"], { blockers: [{ phase: "A", why: "A does not hold (A.1)" }] }),
    phase("C", "prohibited", [], ["B"], { blockers: [{ phase: "B", why: "B is itself prohibited" }], advancedBy }),
  ];
  expect(phaseViolations(phases, change()).map(({ phase: of }) => of)).toEqual(["C"]);
});

test("a migration of no phase that cannot be applied is the reason of what could not be judged", () => {
  const violations = phaseViolations(
    [phase("A", "regressed", [gate("A.1", notRun)], [], { atBase: "pass" })],
    change(),
  );
  const place = { file: "migrations/9_hotfix.sql", line: 3 };
  const failure: Violation = {
    code: "migration-failed",
    findings: [{ ...finding("migration-failed"), place }],
    place,
    consequences: [],
  };
  expect(violations.map(({ code }) => code)).toEqual(["regressed"]);
  expect(foldedUnderFailure([...violations, failure])).toEqual([{ ...failure, consequences: ["A.1 not-run"] }]);
});
