import { expect, test } from "@jest/globals";
import { compare } from "../../src/documents/compare.ts";
import type { Derived, DerivedGate } from "../../src/documents/document.ts";
import { readDocument } from "../../src/documents/read.ts";
import { render } from "../../src/documents/render.ts";
import { approval, check, derived, documentOf, gate, proof, sha } from "./samples.ts";

const of = (...gates: readonly DerivedGate[]): Derived => derived({ gates });
const one = of(gate());
const failed = check({ verdict: "failed", codes: ["type"] });

test.each([
  ["another phase", derived({ phase: "4B" }), derived(), "phase", "4B", "4A", true],
  [
    "a title that was corrected",
    derived({ title: "Ehance" }),
    derived(),
    "title",
    '"Ehance"',
    '"Enhance the allocation schema"',
    false,
  ],
  [
    "another plan",
    derived({ plan: "old.phasegate.yml" }),
    derived(),
    "plan",
    '"old.phasegate.yml"',
    '"phasegate.yml"',
    false,
  ],
  ["another predecessor", derived({ after: [] }), derived(), "after", "[]", '["baseline"]', false],
  [
    "something more that is owned",
    derived(),
    derived({ owns: { migrations: ["*_enhance.sql"], files: ["a"] } }),
    "owns",
    expect.any(String),
    expect.any(String),
    false,
  ],
  [
    "another content of a migration",
    derived(),
    derived({ migrations: [{ name: "2_enhance", sha256: sha("c") }] }),
    "migration 2_enhance",
    "sha256 aaaaaaaaaaaa…",
    "sha256 cccccccccccc…",
    true,
  ],
  [
    "a migration that is gone",
    derived(),
    derived({ migrations: [] }),
    "migration 2_enhance",
    "sha256 aaaaaaaaaaaa…",
    "no such migration",
    true,
  ],
  [
    "a migration that was added",
    derived({ migrations: [] }),
    derived(),
    "migration 2_enhance",
    "nothing of it",
    "one more",
    false,
  ],
  ["a gate that fails now", one, of(gate({ verdict: "failed" })), "gate 4A.2", "passed", "failed", true],
  ["a gate that passes now", of(gate({ verdict: "failed" })), one, "gate 4A.2", "failed", "passed", false],
  [
    "a gate that could not be judged now",
    one,
    of(gate({ verdict: "errored" })),
    "gate 4A.2",
    "passed",
    "errored",
    true,
  ],
  [
    "a gate that the plan does not have",
    of(gate(), gate({ id: "4A.9" })),
    one,
    "gate 4A.9",
    "passed",
    "no such gate",
    true,
  ],
  [
    "a failed gate that the plan does not have",
    of(gate(), gate({ id: "4A.9", verdict: "failed" })),
    one,
    "gate 4A.9",
    "failed",
    "no such gate",
    false,
  ],
  [
    "a gate that is new and holds",
    one,
    of(gate(), gate({ id: "4A.9" })),
    "gate 4A.9",
    "nothing of it",
    "passed",
    false,
  ],
  [
    "a gate that is new and does not hold, under PASS",
    one,
    of(gate(), gate({ id: "4A.9", verdict: "failed" })),
    "gate 4A.9",
    "nothing of it",
    "failed",
    true,
  ],
  [
    "a gate that is new, does not hold and does not count",
    one,
    of(gate(), gate({ id: "4A.9", blocking: false, verdict: "failed" })),
    "gate 4A.9",
    "nothing of it",
    "failed",
    false,
  ],
  [
    "a gate's title",
    one,
    of(gate({ title: "Ratio" })),
    "gate 4A.2, title",
    '"Allocation ratio added"',
    '"Ratio"',
    false,
  ],
  [
    "a requirement that was reworded",
    one,
    of(gate({ requirement: "A ratio" })),
    "gate 4A.2, requirement",
    expect.any(String),
    '"A ratio"',
    false,
  ],
  [
    "a gate that does not count any more",
    one,
    of(gate({ blocking: false })),
    "gate 4A.2, blocking",
    "true",
    "false",
    false,
  ],
  ["a gate that is superseded", one, of(gate({ until: "4C" })), "gate 4A.2, until", "nothing", '"4C"', false],
  [
    "a check that fails now",
    one,
    of(gate({ checks: [failed] })),
    'gate 4A.2, column "allocations.ratio numeric(6,5)"',
    "passed",
    "failed (type)",
    true,
  ],
  [
    "a check that fails with another code",
    of(gate({ checks: [failed] })),
    of(gate({ checks: [check({ verdict: "failed", codes: ["nullable"] })] })),
    'gate 4A.2, column "allocations.ratio numeric(6,5)"',
    "failed (type)",
    "failed (nullable)",
    false,
  ],
  [
    "a check of which the plan asks something else",
    one,
    of(gate({ checks: [check({ params: { table: "allocations", name: "ratio", type: "numeric" }, claim: "x" })] })),
    'gate 4A.2, column "allocations.ratio numeric(6,5)", what the plan asks',
    '{"table":"allocations","name":"ratio","type":"numeric(6,5)"}',
    '{"table":"allocations","name":"ratio","type":"numeric"}',
    false,
  ],
  [
    "a check that claims something else by the same parameters",
    one,
    of(gate({ checks: [check({ claim: "all is well" })] })),
    'gate 4A.2, column "allocations.ratio numeric(6,5)", claim',
    '"allocations.ratio numeric(6,5)"',
    '"all is well"',
    false,
  ],
  [
    "a check that is gone from the plan",
    of(gate({ checks: [check(), check({ kind: "index", claim: "an index" })] })),
    one,
    'gate 4A.2, index "an index"',
    "passed",
    "no such check",
    true,
  ],
  [
    "a check that is new",
    one,
    of(gate({ checks: [check(), check({ kind: "index", claim: "an index" })] })),
    'gate 4A.2, index "an index"',
    "nothing of it",
    "passed",
    false,
  ],
  [
    "a reason to hold before the phase",
    one,
    of(gate({ checks: [check({ holdsBefore: "so" })] })),
    'gate 4A.2, column "allocations.ratio numeric(6,5)", holds-before',
    "nothing",
    '"so"',
    false,
  ],
  [
    "a check that was not seen to fail before the phase",
    one,
    of(gate({ checks: [check({ before: "none" })] })),
    'gate 4A.2, column "allocations.ratio numeric(6,5)", before the phase',
    '"red"',
    '"none"',
    false,
  ],
  [
    "proof where people are asked now",
    of(gate({ checks: [approval()] })),
    of(gate({ verdict: "asked", checks: [approval()] })),
    "gate 4A.2",
    "passed",
    "asked",
    true,
  ],
] as const)("%s is one difference", (_, document, run, what, says, derives, claimsMore) => {
  expect(compare(document, run)).toEqual([{ what, document: says, run: derives, claimsMore }]);
});

test.each([
  ["the proof", one, of(gate({ checks: [check({ proof: [proof({ looked: ["SELECT 2"], observed: 2 })] })] }))],
  [
    "the order of keys in what the plan asks",
    one,
    of(gate({ checks: [check({ params: { type: "numeric(6,5)", name: "ratio", table: "allocations" } })] })),
  ],
])("%s makes no difference", (_, document, run) => {
  expect(compare(document, run)).toEqual([]);
});

const index = check({ kind: "index", params: { name: "i" }, claim: "an index" });
const other = check({ params: { table: "b", name: "c" }, claim: "b.c" });

test.each([
  [
    "migrations",
    derived({
      migrations: [
        { name: "1", sha256: sha("a") },
        { name: "2", sha256: sha("b") },
      ],
    }),
    derived({
      migrations: [
        { name: "2", sha256: sha("b") },
        { name: "1", sha256: sha("a") },
      ],
    }),
    "order of migrations",
  ],
  ["gates", of(gate(), gate({ id: "4A.9" })), of(gate({ id: "4A.9" }), gate()), "order of gates"],
  [
    "checks",
    of(gate({ checks: [check(), other] })),
    of(gate({ checks: [other, check()] })),
    "gate 4A.2, order of checks",
  ],
  [
    "checks of several kinds",
    of(gate({ checks: [index, check()] })),
    of(gate({ checks: [check(), index] })),
    "gate 4A.2, order of checks",
  ],
])("%s in another order are one difference, which claims nothing", (_, document, run, what) => {
  expect(compare(document, run)).toEqual([expect.objectContaining({ what, claimsMore: false })]);
});

test("each check is compared with the one that asks the same, wherever another was put between", () => {
  const before = of(gate({ checks: [check(), other] }));
  const after = of(gate({ checks: [check({ params: { table: "n", name: "n" }, claim: "n.n" }), check(), other] }));
  expect(compare(before, after)).toEqual([
    { what: 'gate 4A.2, column "n.n"', document: "nothing of it", run: "passed", claimsMore: false },
  ]);
});

test("of checks that are the same each is compared once", () => {
  const before = of(gate({ checks: [check(), check()] }));
  expect(compare(before, one)).toEqual([expect.objectContaining({ run: "no such check", claimsMore: true })]);
});

test("a flipped verdict is a difference also where prose and data agree", () => {
  const run = of(gate({ verdict: "failed", checks: [failed] }));
  const forged = of(gate({ verdict: "passed", checks: [check()] }));
  const reading = readDocument(render(documentOf(forged)));
  expect("document" in reading && compare(reading.document.derived, run)).toEqual([
    expect.objectContaining({ document: "passed", run: "failed (type)", claimsMore: true }),
  ]);
});

test("what is told fits on a screen, the worst first, in short lines", () => {
  const gates = Array.from({ length: 50 }, (_, at) => gate({ id: `4A.${at}`, title: `${"t\n".repeat(500)}${at}` }));
  const now = gates.map((each, at) => ({
    ...each,
    title: `${each.title}x`,
    verdict: at === 49 ? ("failed" as const) : each.verdict,
  }));
  const found = compare(of(...gates), of(...now));
  expect(found).toHaveLength(21);
  expect(found[0]).toEqual({ what: "gate 4A.49", document: "passed", run: "failed", claimsMore: true });
  expect(found.at(-1)).toEqual({ what: "31 more places", document: "one thing", run: "another", claimsMore: false });
  for (const { what, document, run } of found) {
    expect(`${what}${document}${run}`).not.toContain("\n");
    expect(Math.max(what.length, document.length, run.length)).toBeLessThanOrEqual(100);
    expect(document).not.toBe(run);
  }
});
