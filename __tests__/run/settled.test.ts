import { expect, test } from "@jest/globals";
import { kinds } from "../../src/checks/table.ts";
import type { Derived, DerivedCheck } from "../../src/documents/document.ts";
import { render } from "../../src/documents/render.ts";
import type { Json } from "../../src/model/json.ts";
import type { Tree } from "../../src/model/ports.ts";
import { type ReadPlan, readPlan } from "../../src/plan/read.ts";
import { documentPath } from "../../src/run/change.ts";
import { settledAtBase } from "../../src/run/documents.ts";

const planOf = (approval: string): ReadPlan => {
  const reading = readPlan(
    `version: 1
name: Approvals
postgres: { version: 18 }
phases:
  - id: a
    title: A phase
    owns: { files: [a.md] }
    gates:
      - id: a.1
        title: People agree
        checks:
          - file: { path: a.md }
          - approval: ${approval}
`,
    "phasegate.yml",
    kinds,
  );
  if ("mistakes" in reading) throw new Error(JSON.stringify(reading.mistakes));
  return reading.read;
};

const file: DerivedCheck = {
  kind: "file",
  params: { path: "a.md" },
  claim: "a.md exists",
  verdict: "passed",
  codes: [],
  before: "none",
  proof: [{ points: ["head"], looked: ["a.md"], examined: 1, observed: { found: true } }],
};
const asked = (params: Json): DerivedCheck => ({
  kind: "approval",
  params,
  claim: "somebody approves",
  verdict: "asked",
  codes: [],
  before: "none",
  proof: [],
});
const ada = { title: "Lead", "any-of": ["@ada"] };
const migrations = [{ name: "1_a.sql", sha256: "0".repeat(64) }];

const recorded = (gate: Partial<Derived["gates"][number]> = {}): string =>
  render({
    format: 1,
    tool: "0.1.0",
    verifiedAt: "2026-01-05T10:00:00Z",
    verifier: "Eve",
    remediation: "",
    signOff: "",
    derived: {
      phase: "a",
      title: "A phase",
      plan: "phasegate.yml",
      after: [],
      owns: { files: ["a.md"] },
      migrations,
      gates: [
        { id: "a.1", title: "People agree", blocking: true, verdict: "passed", checks: [file, asked(ada)], ...gate },
      ],
    },
  });

const treeOf = (files: { readonly [path: string]: string }): Tree => ({
  list: () => Object.keys(files),
  read: (path) => files[path],
});

test.each([
  ["what the document on base records is settled", recorded(), `{ title: Lead, any-of: ["@ada"] }`, migrations, true],
  ["without a document on base it is asked", undefined, `{ title: Lead, any-of: ["@ada"] }`, migrations, false],
  ["somebody else is asked", recorded(), `{ title: Lead, any-of: ["@grace"] }`, migrations, false],
  [
    "one more approval is asked for",
    recorded(),
    `{ title: Lead, any-of: ["@ada", "@grace"], count: 2 }`,
    migrations,
    false,
  ],
  ["another gate is not this one", recorded({ id: "a.2" }), `{ title: Lead, any-of: ["@ada"] }`, migrations, false],
  [
    "a document that says FAIL settles nothing",
    recorded({ verdict: "failed", checks: [{ ...file, verdict: "failed", codes: ["no-file"] }, asked(ada)] }),
    `{ title: Lead, any-of: ["@ada"] }`,
    migrations,
    false,
  ],
  [
    "of other migrations people have said nothing",
    recorded(),
    `{ title: Lead, any-of: ["@ada"] }`,
    [{ name: "1_a.sql", sha256: "1".repeat(64) }],
    false,
  ],
] as const)("%s", (_name, document, approval, now, expected) => {
  const read = planOf(approval);
  const tree = treeOf(document === undefined ? {} : { [documentPath(read, "a")]: document });
  const against = { plan: read, tree, changes: [], failing: async () => new Set<string>() };
  const settled = settledAtBase(read, against, 0, now);
  expect(settled(0, 1)).toBe(expected);
  expect(settled(0, 0)).toBe(false);
});
