import { expect, test } from "@jest/globals";
import type { DerivedCheck } from "../../src/documents/document.ts";
import { type JudgeAgain, unproven } from "../../src/documents/proof.ts";
import { readDocument } from "../../src/documents/read.ts";
import { render } from "../../src/documents/render.ts";
import type { Json } from "../../src/model/json.ts";
import { approval, check, derived, documentOf, gate, proof } from "./samples.ts";

/** As a check kind judges: purely, what was asked against what was seen. */
const judge: JudgeAgain = (kind, params, observed) => {
  if (kind !== "column") return { unreadable: `there is no ${kind}` };
  const typeOf = (value: Json) =>
    typeof value === "object" && value !== null && "type" in value ? JSON.stringify(value.type) : "none";
  const [asked, found] = [typeOf(params), typeOf(observed)];
  return asked === found ? [] : [{ code: "type", message: `it is ${found}; the plan asks for ${asked}.` }];
};

const seen = (type: string): Json => ({ type, nullable: false });
const good = proof({ observed: seen("numeric(6,5)") });
const bad = proof({ observed: seen("numeric") });
const column = (changes: Partial<DerivedCheck> = {}): DerivedCheck => check({ proof: [good], ...changes });
const differences = (one: DerivedCheck) => unproven(derived({ gates: [gate({ checks: [one] })] }), judge);

test.each([
  ["proof that is good", column()],
  [
    "good proof at each of two points",
    column({
      proof: [
        { ...good, points: ["after"] },
        { ...good, points: ["head"] },
      ],
    }),
  ],
  ["failure, by proof that shows it", column({ verdict: "failed", codes: ["type"], proof: [good, bad] })],
  ["failure, because nothing showed that it can fail", column({ verdict: "failed", codes: ["vacuous-check"] })],
  ["failure, without anything that was seen", column({ verdict: "failed", codes: ["x"], proof: [] })],
  ["an error", column({ verdict: "errored", proof: [] })],
  ["that it was not run", column({ verdict: "not-run", proof: [] })],
  ["that people are asked", approval()],
])("a check is told by nobody that says %s", (_, one) => {
  expect(differences(one)).toEqual([]);
});

test.each([
  ["passed, by proof that shows a failure", column({ proof: [bad] }), /^failed from it \(type\): /, true],
  ["passed, where the second proof shows a failure", column({ proof: [good, bad] }), /^failed from it \(type\)/, true],
  ["passed, without proof", column({ proof: [] }), /no proof stands beside it$/, true],
  [
    "passed, by what was seen before the phase",
    column({ proof: [{ ...good, points: ["before"] }] }),
    /no proof stands beside it$/,
    true,
  ],
  [
    "passed, although nothing was examined",
    column({ proof: [{ ...good, examined: 0 }] }),
    /nothing was examined$/,
    true,
  ],
  ["that people are asked for what can be seen", column({ verdict: "asked" }), /people are not asked for$/, true],
  ["that an approval was seen", { ...approval(), verdict: "passed" as const }, /only people can answer$/, true],
  ["passed, by proof that is none of its kind", column({ kind: "nothing" }), /there is no nothing$/, false],
  [
    "failed, by proof that shows nothing of it",
    column({ verdict: "failed", codes: ["type"] }),
    /^passed from it$/,
    false,
  ],
  [
    "failed, by proof that shows another failure",
    column({ verdict: "failed", codes: ["nullable"], proof: [bad] }),
    /^failed from it \(type\)$/,
    false,
  ],
])("a check is told that says %s", (_, one, run, claimsMore) => {
  expect(differences(one)).toEqual([
    {
      what: expect.stringContaining(`gate 4A.2, the proof of ${one.kind}`),
      document: one.verdict,
      run: expect.stringMatching(run),
      claimsMore,
    },
  ]);
});

test("proof that was edited in the page so that it proves nothing any more is told", () => {
  const page = render(documentOf(derived({ gates: [gate({ checks: [column()] })] })));
  const reading = readDocument(page.replace('{ "type": "numeric(6,5)"', '{ "type": "numeric(9,5)"'));
  expect("document" in reading && unproven(reading.document.derived, judge)).toEqual([
    expect.objectContaining({ document: "passed", claimsMore: true }),
  ]);
});

test("of many only what fits on a screen is told", () => {
  const gates = [gate({ checks: Array.from({ length: 90 }, () => column({ proof: [] })) })];
  expect(unproven(derived({ gates }), judge)).toHaveLength(21);
});
