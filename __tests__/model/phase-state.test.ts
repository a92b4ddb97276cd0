import { expect, test } from "@jest/globals";
import { type PhaseFacts, phaseStandings } from "../../src/model/phase-state.ts";
import type { Verdict } from "../../src/model/report.ts";

const passed: Verdict = { status: "passed" };
const failed: Verdict = { status: "failed", findings: [{ code: "wrong", message: "It is wrong.", help: "Mend it." }] };
const earned = { status: "as-derived", path: "doc.md", changed: false } as const;
const missing = { status: "missing", path: "doc.md" } as const;
const stale = {
  status: "differs",
  path: "doc.md",
  claimsMore: false,
  changed: false,
  findings: [{ code: "document-differs", message: "It is old.", help: "Issue it." }],
} as const;

const phase = (id: string, more: Partial<PhaseFacts> & { readonly verdict?: Verdict } = {}): PhaseFacts => ({
  id,
  after: [],
  started: true,
  gates: [{ id: `${id}.1`, blocking: true, verdict: more.verdict ?? passed }],
  document: earned,
  atBase: "none",
  ...more,
});

const A = (more: Parameters<typeof phase>[1] = {}) => phase("A", more);
const B = (more: Parameters<typeof phase>[1] = {}) => phase("B", { after: ["A"], ...more });
const C = (more: Parameters<typeof phase>[1] = {}) => phase("C", { after: ["B"], ...more });

test.each<[name: string, facts: readonly PhaseFacts[], asked: "base" | "head", states: readonly string[]]>([
  ["nothing of it exists", [A({ started: false, document: missing })], "base", ["not-started"]],
  ["its gates hold and its document is what this run derives", [A()], "base", ["verified"]],
  ["a gate fails", [A({ verdict: failed })], "base", ["in-progress"]],
  ["its document is missing", [A({ document: missing })], "base", ["in-progress"]],
  ["its document is out of date", [A({ document: stale })], "base", ["in-progress"]],
  ["base says PASS and a gate fails", [A({ verdict: failed, atBase: "pass" })], "base", ["regressed"]],
  ["base says PASS and the document is gone", [A({ document: missing, atBase: "pass" })], "base", ["regressed"]],
  [
    "base says PASS and the whole work is gone",
    [A({ started: false, verdict: failed, document: missing, atBase: "pass" })],
    "base",
    ["regressed"],
  ],
  ["base says PASS and the document is out of date", [A({ document: stale, atBase: "pass" })], "base", ["in-progress"]],
  ["its predecessor is verified here and on base", [A({ atBase: "pass" }), B()], "base", ["verified", "verified"]],
  ["its predecessor is verified in this change only", [A(), B()], "base", ["verified", "prohibited"]],
  ["… where the policy asks head alone", [A(), B()], "head", ["verified", "verified"]],
  [
    "its predecessor was verified on base with other migrations",
    [A({ atBase: "pass-of-other-migrations" }), B()],
    "base",
    ["verified", "prohibited"],
  ],
  ["its predecessor fails", [A({ verdict: failed, atBase: "pass" }), B()], "base", ["regressed", "prohibited"]],
  ["its predecessor has no document", [A({ document: missing }), B()], "head", ["in-progress", "prohibited"]],
  ["its predecessor's document is out of date", [A({ document: stale }), B()], "head", ["in-progress", "prohibited"]],
  [
    "the predecessor of its predecessor fails",
    [A({ verdict: failed, atBase: "pass" }), B({ atBase: "pass" }), C()],
    "base",
    ["regressed", "prohibited", "prohibited"],
  ],
  [
    "it regressed and its predecessor too",
    [A({ verdict: failed, atBase: "pass" }), B({ verdict: failed, atBase: "pass" })],
    "base",
    ["regressed", "regressed"],
  ],
])("%s", (_name, facts, asked, states) => {
  const standings = phaseStandings(facts, asked);
  expect(facts.map(({ id }) => standings.get(id)?.state)).toEqual(states);
});

test.each<[facts: readonly PhaseFacts[], why: string]>([
  [[A({ verdict: failed }), B()], "A does not hold (A.1)"],
  [[A({ started: false, verdict: failed }), B()], "A has not been started"],
  [[A({ document: missing }), B()], "A has no verification document (doc.md)"],
  [[A({ document: stale }), B()], "the document of A (doc.md) is not what this run derives"],
  [[A(), B()], "A is verified in this change only, and not on base"],
  [[A({ atBase: "pass-of-other-migrations" }), B()], "A was verified on base with other migrations than these"],
])("a phase that may not exist says why: %#", (facts, why) => {
  expect(phaseStandings(facts, "base").get("B")?.blockers).toEqual([{ phase: "A", why }]);
});
