import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { expect, test } from "@jest/globals";
import type { Nodes } from "mdast";
import { fromMarkdown } from "mdast-util-from-markdown";
import { gfmFromMarkdown } from "mdast-util-gfm";
import { toString as textOf } from "mdast-util-to-string";
import { gfm } from "micromark-extension-gfm";
import { document as documentKind } from "../../src/checks/document.ts";
import type { FilesWorld } from "../../src/checks/kind.ts";
import type { VerificationDocument } from "../../src/documents/document.ts";
import { readDocument, says } from "../../src/documents/read.ts";
import { render, withFreeBlocksOf } from "../../src/documents/render.ts";
import { allOf, anyJson, approval, check, derived, documentOf, gate, hostile, proof } from "./samples.ts";

/** `UPDATE_GOLDEN=1 npm run jest -- __tests__/documents` writes the page anew; look at what changed: the format is 1 as long as nothing does. */
test("a page is what its golden file says", () => {
  const file = new URL("golden/4A.md", import.meta.url);
  const written = render(documentOf());
  if (process.env.UPDATE_GOLDEN === "1") writeFileSync(file, written);
  expect(existsSync(file)).toBe(true);
  expect(written).toBe(readFileSync(file, "utf8"));
});

const read = (text: string): VerificationDocument => {
  const reading = readDocument(text);
  if ("flaws" in reading) throw new Error(JSON.stringify(reading.flaws, null, 2));
  return reading.document;
};

const varied: { readonly [name: string]: VerificationDocument } = {
  "a phase of three gates": documentOf(),
  "a phase without predecessors, migrations and requirements": documentOf(
    derived({ after: [], migrations: [], gates: [gate({ checks: [check({ before: "none" })] })] }),
  ),
  "a phase without gates": documentOf(derived({ gates: [] })),
  "a gate that is only asked of people": documentOf(
    derived({ gates: [gate({ checks: [approval()], verdict: "asked" })] }),
  ),
  "gates with every verdict": documentOf(
    derived({
      gates: (["passed", "failed", "errored", "not-run", "asked"] as const).map((verdict, index) =>
        gate({
          id: `4A.${index}`,
          blocking: index % 2 === 0,
          verdict,
          checks: [check({ verdict, codes: verdict === "failed" ? ["type", "vacuous-check"] : [], proof: [] })],
        }),
      ),
    }),
  ),
  "a check that was seen differently at two points": documentOf(
    derived({
      gates: [
        gate({ checks: [check({ proof: [proof({ points: ["after"] }), proof({ points: ["head"], observed: 2 })] })] }),
      ],
    }),
  ),
  "a proof that looked at nothing": documentOf(
    derived({ gates: [gate({ checks: [check({ proof: [proof({ looked: [], examined: 0, observed: null })] })] })] }),
  ),
  "a text that is looked at twice by one check": documentOf(
    derived({ gates: [gate({ checks: [check({ proof: [proof({ looked: ["a\nb", "c", "a\nb", "d\ne"] })] })] })] }),
  ),
  "free blocks that people filled in": documentOf(derived(), {
    remediation:
      "The ratio was `NOT NULL` only after [#12](https://example.com/12).\n\n- [x] migration corrected\n- [ ] told **everybody**\n\n| gate | what |\n| --- | --- |\n| 4A.2 | type |\n\n```sql\n# no heading\n```",
    signOff: "- Signed-off-by: Ada Lovelace, backend lead, 2026-02-03\n- Signed-off-by:",
  }),
  ...Object.fromEntries(Object.entries(hostile).map(([name, text]) => [`texts that hold ${name}`, allOf(text)])),
};

test.each(Object.entries(varied))("%s is read as it was rendered", (_, document) => {
  const text = render(document);
  expect(text).toBe(render(structuredClone(document)));
  const back = read(text);
  expect(back).toEqual(document);
  expect(render(back)).toBe(text);
});

test("whatever was seen is read as it was rendered", () => {
  for (let seed = 1; seed <= 100; seed += 1) {
    const observed = anyJson(seed);
    const document = documentOf(derived({ gates: [gate({ checks: [check({ proof: [proof({ observed })] })] })] }));
    expect([seed, read(render(document))]).toEqual([seed, document]);
  }
});

test("keys in another order are the same page, except in what was seen", () => {
  const reversed = (value: object): object =>
    Object.fromEntries(
      Object.entries(value)
        .reverse()
        .map(([key, inner]) => [key, key === "gates" ? inner.map(reversed) : inner]),
    );
  const document = documentOf();
  const other = { ...reversed(document), derived: reversed(document.derived) } as VerificationDocument; // the same keys
  expect(render(other)).toBe(render(document));
});

test("what was looked at stands on a line only where that shows all of it", () => {
  const page = (looked: readonly string[]) =>
    render(documentOf(derived({ gates: [gate({ checks: [check({ proof: [proof({ looked })] })] })] })));
  expect(page(["db/a.sql", "SELECT 1"])).toContain("\n\nLooked at `db/a.sql`, `SELECT 1`\n\n");
  for (const text of [" a", "a ", "a  b", "a\nb", "a\tb", "a`b", "", "a".repeat(81)])
    expect(page([text])).toContain(`\n\n\`\`\`sql\n${text}\n\`\`\`\n\n`);
  expect(page(["a\u202eb"])).toContain('\n\n```json\n"a\\u202eb"\n```\n\n');
});

function* walk(node: Nodes): Generator<Nodes> {
  yield node;
  if ("children" in node) for (const inner of node.children) yield* walk(inner);
}

const nodes = (text: string): readonly Nodes[] => [
  ...walk(fromMarkdown(text, { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] })),
];

/** Everything that structures a page: what it says in it may differ, how many there are may not. */
const structure = (text: string) =>
  nodes(text).flatMap((node) => {
    if (node.type === "html") return [node.value];
    if (node.type === "heading") return [`heading ${node.depth}`];
    return ["table", "tableRow", "tableCell", "list", "listItem", "code"].includes(node.type) ? [node.type] : [];
  });

const plain = structure(render(allOf("plain text\nof two lines that are long enough to stand alone")));

test.each(Object.entries(hostile).filter(([, text]) => text.includes("\n")))(
  "a page whose texts hold %s is built like one whose texts are plain",
  (_, text) => {
    expect(structure(render(allOf(text)))).toEqual(plain);
  },
);

test.each(Object.entries(hostile))("nothing in a page whose texts hold %s is markup, or hides", (_, text) => {
  const page = render(allOf(text));
  expect(page.replace(/[\n\t]/g, "")).not.toMatch(/\p{Cc}|[\u200b\u202a-\u202e\u2028\u2029\u2066-\u2069\ufeff]/u);
  const found = nodes(page);
  const html = found.flatMap((node) => (node.type === "html" ? [node.value] : []));
  expect(
    html.filter((value) => !/^<\/?details>|^<!-- phasegate: (begin|end) (remediation|sign-off) -->$/.test(value)),
  ).toEqual([]);
  expect(found.filter(({ type }) => ["image", "delete", "emphasis", "footnoteReference"].includes(type))).toEqual([]);
  const texts = found.flatMap((node) => (node.type === "text" ? [node.value] : []));
  expect(texts.filter((value) => /[@#]\w|:[\w+-]+:/.test(value))).toEqual([]);
  const strong = found.flatMap((node) => (node.type === "strong" ? [textOf(node)] : []));
  expect(strong.filter((value) => !/^(PASS|FAIL|Check \d+|Text \d+)$/.test(value))).toEqual([]);
  const headings = found.flatMap((node) => (node.type === "heading" ? [node.depth] : []));
  expect(headings.filter((depth) => depth === 1)).toHaveLength(1);
  expect(headings.filter((depth) => depth === 3)).toHaveLength(1);
});

const asked = { path: "a.md", signed: true } as const;

async function unsigned(text: string): Promise<readonly string[]> {
  const tree = { read: () => text, list: () => ["a.md"] };
  const { observed } = await documentKind.observe({ tree } as unknown as FilesWorld, asked); // it looks at nothing else
  return documentKind.judge(asked, observed).map(({ code }) => code);
}

test("a page is not signed while nobody has filled in a line, whatever stands in it", async () => {
  expect(await unsigned(render(documentOf()))).toEqual(["unsigned"]);
  for (const text of Object.values(hostile)) expect(await unsigned(render(allOf(text)))).toEqual(["unsigned"]);
});

test("a page is signed once the line that it offers is filled in, and is read as before", async () => {
  const text = render(documentOf()).replace("- Signed-off-by:", "$& Ada Lovelace, backend lead, 2026-02-03");
  expect(await unsigned(text)).toEqual([]);
  expect(read(text).signOff).toBe("- Signed-off-by: Ada Lovelace, backend lead, 2026-02-03");
  expect(read(text).derived).toEqual(derived());
});

test("what people wrote is kept when the document is issued again", () => {
  const former = documentOf(derived(), { remediation: "Done.", signOff: "- Signed-off-by: Ada, 2026-02-03" });
  const fresh = documentOf(derived({ title: "Another" }), { verifiedAt: "2026-03-01T00:00:00Z" });
  const issued = withFreeBlocksOf(fresh, read(render(former)));
  expect(issued).toEqual({ ...fresh, remediation: former.remediation, signOff: former.signOff });
  expect(read(render(issued))).toEqual(issued);
});

test.each([
  ["every gate that counts passed or is asked of people", derived(), "PASS"],
  [
    "a gate that does not count failed",
    derived({ gates: [gate(), gate({ blocking: false, verdict: "failed" })] }),
    "PASS",
  ],
  ["a gate failed", derived({ gates: [gate(), gate({ verdict: "failed" })] }), "FAIL"],
  [
    "a gate that passed has a check that failed",
    derived({ gates: [gate({ checks: [check({ verdict: "failed" })] })] }),
    "FAIL",
  ],
  ["a gate was not run", derived({ gates: [gate({ verdict: "not-run" })] }), "FAIL"],
  ["a gate could not be judged", derived({ gates: [gate({ verdict: "errored" })] }), "FAIL"],
  [
    "people are asked for what a run can see",
    derived({ gates: [gate({ verdict: "asked", checks: [check({ verdict: "asked" })] })] }),
    "FAIL",
  ],
  ["a gate has no checks", derived({ gates: [gate({ checks: [] })] }), "FAIL"],
  ["no gate counts", derived({ gates: [gate({ blocking: false })] }), "FAIL"],
  ["there are no gates", derived({ gates: [] }), "FAIL"],
] as const)("where %s, the document says so", (_, content, overall) => {
  expect(says(documentOf(content))).toBe(overall);
  expect(render(documentOf(content))).toContain(
    `| Overall status | ${overall === "PASS" ? "✅" : "❌"} **${overall}** |`,
  );
});
