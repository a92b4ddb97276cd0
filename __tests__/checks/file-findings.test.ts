import { expect, test } from "@jest/globals";
import type { CheckKind } from "../../src/checks/kind.ts";
import { kinds } from "../../src/checks/table.ts";
import type { Linter, Tree } from "../../src/model/ports.ts";
import { look, type Sight } from "../../src/run/look.ts";
import { prove } from "../../src/run/prove.ts";
import { treeOf } from "../migrate/world.ts";
import { codesOf, findingsOf, type World } from "./example-world.ts";

/** Kinds that look at files only; they need no server. */
const refuse = (): never => {
  throw new Error("files have none");
};
const linter: Linter = { lint: refuse, rules: refuse };
const sightOf = (tree: Tree): Sight => ({
  database: { query: refuse, attempt: refuse, act: refuse },
  tree,
  laboratory: {
    roundTrip: refuse,
    clone: refuse,
    get rehearsing() {
      return this;
    },
  },
  linter,
  programs: { run: refuse },
  approvals: { ask: refuse },
  subject: { phase: "1", migrations: [], created: [], major: 18 },
});
const claimOf = (word: keyof typeof kinds, params: object) => {
  const kind: CheckKind = kinds[word];
  return { kind, params: kind.params.parse(params) };
};

type Row = readonly [name: string, word: keyof typeof kinds, params: object, world: World, codes: readonly string[]];

const policy = "# Policy\n\n## Scope\n\n";

const rows: readonly Row[] = [
  ["a file that is blank is none", "file", { path: "a.md" }, { files: { "a.md": " \n" } }, ["blank-file"]],
  [
    "what a file must not contain is found on any line",
    "file",
    { path: "a.md", lacks: ["^TODO"] },
    { files: { "a.md": "a\nTODO b" } },
    ["forbidden-match"],
  ],
  [
    "a key given twice makes data unreadable",
    "data",
    { path: "a.yaml", at: "a", equals: 1 },
    { files: { "a.yaml": "a: 2\na: 1" } },
    ["unreadable"],
  ],
  [
    "a tag makes data unreadable",
    "data",
    { path: "a.yaml", at: "a", exists: true },
    { files: { "a.yaml": "a: !!js/function 'x'" } },
    ["unreadable"],
  ],
  [
    "a text that unfolds without end makes data unreadable",
    "data",
    { path: "a.yaml", at: "a", exists: true },
    {
      files: {
        "a.yaml": `a: &a [1]\n${Array.from({ length: 30 }, (_, at) => `b${at}: &b${at} [${at === 0 ? "*a, *a" : `*b${at - 1}, *b${at - 1}`}]`).join("\n")}`,
      },
    },
    ["unreadable"],
  ],
  [
    "a value that holds itself makes data unreadable",
    "data",
    { path: "a.yaml", at: "a", exists: true },
    { files: { "a.yaml": "a: &a [*a]" } },
    ["unreadable"],
  ],
  [
    "what every object has is no key of the data",
    "data",
    { path: "a.yaml", at: "constructor", exists: true },
    { files: { "a.yaml": "a: 1" } },
    ["no-value"],
  ],
  [
    "null is no value",
    "data",
    { path: "a.yaml", at: "a", exists: true },
    { files: { "a.yaml": "a:\n" } },
    ["no-value"],
  ],
  [
    "a number is not its text",
    "data",
    { path: "a.yaml", at: "a", equals: "1" },
    { files: { "a.yaml": "a: 1" } },
    ["other-value"],
  ],
  [
    "boxes in code and comments are none",
    "checklist",
    { path: "a.md" },
    { files: { "a.md": "```\n- [x] a\n```\n<!--\n- [x] b\n-->\n" } },
    ["no-items"],
  ],
  [
    "every box that is open is told",
    "checklist",
    { path: "a.md", "at-least": 4 },
    { files: { "a.md": "- [x] a\n- [ ] b\n  - [ ] c\n" } },
    ["unticked", "unticked", "too-few"],
  ],
  [
    "a heading with a comment below it is empty",
    "document",
    { path: "a.md", headings: ["Scope"] },
    { files: { "a.md": `${policy}<!-- later -->\n\n## Next\n\ntext\n` } },
    ["empty-section"],
  ],
  [
    "a heading in code is none",
    "document",
    { path: "a.md", headings: ["Rounding"] },
    { files: { "a.md": `${policy}\`\`\`\n## Rounding\n\`\`\`\n` } },
    ["no-heading"],
  ],
  [
    "front matter is no heading",
    "document",
    { path: "a.md", headings: ["status: done"] },
    { files: { "a.md": "---\nstatus: done\n---\ntext\n" } },
    ["no-heading"],
  ],
  [
    "a sign-off that nobody filled in is none",
    "document",
    { path: "a.md", signed: true },
    {
      files: {
        "a.md":
          "Signed-off-by: ________, YYYY-MM-DD\n\nSigned: ____ 2026-01-01\n\nSigned: Ada, 2026-13-01\n\nSigned: Ada, 2026-02-30\n",
      },
    },
    ["unsigned"],
  ],
  [
    "somebody else's signature is not the one asked for",
    "document",
    { path: "a.md", signed: ["Ada", "Grace"] },
    { files: { "a.md": "Signed-off-by: Ada, 2026-01-01  \nReviewed by Grace on 2026-01-01" } },
    ["unsigned"],
  ],
];

test.each(rows)("%s (%s)", async (_, word, params, { files = {} }, codes) => {
  const seen = await look(claimOf(word, params), sightOf(treeOf(files)));
  expect(codesOf(seen)).toEqual(codes);
  for (const { message, help } of findingsOf(seen)) {
    expect(message).toMatch(/^\S.*\.$/s);
    expect(help).toMatch(/^[A-Z].*\.$/s);
  }
});

test.each<
  readonly [name: string, word: keyof typeof kinds, params: object, world: World, mutant: string, status: string]
>([
  [
    "a pattern that any text matches is found",
    "file",
    { path: "a.md", contains: ["[^]"] },
    { files: { "a.md": "text" } },
    "everything that matches /[^]/ is gone",
    "survived",
  ],
  [
    "a pattern that matches no character is found",
    "file",
    { path: "a.md", contains: ["(?=t)"] },
    { files: { "a.md": "text" } },
    "everything that matches /(?=t)/ is gone",
    "survived",
  ],
])("%s", async (_, word, params, { files = {} }, mutant, status) => {
  const claim = claimOf(word, params);
  const sight = sightOf(treeOf(files));
  const seen = await look(claim, sight);
  expect(codesOf(seen)).toEqual(["passed"]);
  const before = { status: "none", reason: "it looks at files" } as const;
  const { mutants } = await prove(claim, seen.evidence?.observed ?? null, before, (work) => work(sight));
  expect(mutants.find(({ name }) => name === mutant)?.outcome.status).toBe(status);
});
