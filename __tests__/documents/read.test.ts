import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { expect, test } from "@jest/globals";
import type { VerificationDocument } from "../../src/documents/document.ts";
import { readDocument } from "../../src/documents/read.ts";
import { render } from "../../src/documents/render.ts";
import { check, derived, documentOf, gate, proof, sha } from "./samples.ts";

const page = render(documentOf());

const flaws = (text: string) => {
  const reading = readDocument(text);
  return "flaws" in reading ? reading.flaws : [];
};

function edited(from: string | RegExp, to: string): string {
  const text = page.replace(from, to);
  if (text === page) throw new Error(`${from} does not stand in the page`);
  return text;
}

const lastOf = (from: string, to: string): string => {
  const at = page.lastIndexOf(from);
  return `${page.slice(0, at)}${to}${page.slice(at + from.length)}`;
};

const remediated = (text: string): string => edited("begin remediation -->\n", `begin remediation -->\n\n${text}\n`);
const signed = (text: string): string => edited("- Signed-off-by:", text);

/** The line of the page, counted from 1, that begins so. */
const lineOf = (text: string, start: string): number =>
  text.split("\n").findIndex((line) => line.startsWith(start)) + 1;

test.each([
  ["its lines end as on Windows", page.replaceAll("\n", "\r\n")],
  ["it begins with a byte order mark", `\ufeff${page}`],
  ["both", `\ufeff${page.replaceAll("\n", "\r\n")}`],
  ["it ends without a line end", page.trimEnd()],
  ["it ends with several", `${page}\n\n`],
  ["a free block has lost its blank lines", page.replace(/(begin remediation -->)\n\n/, "$1\n")],
  ["the line offered for a sign-off was removed", edited("- Signed-off-by:\n", "")],
  ["the line offered for a sign-off has blank space behind it", edited("- Signed-off-by:", "- Signed-off-by: ")],
])("a page is read as the same document where %s", (_, text) => {
  expect(readDocument(text)).toEqual({ document: documentOf() });
});

test("a page is read whatever version wrote it, as long as the format is one that is known", () => {
  const newer = documentOf(derived(), { tool: "9.0.0" });
  expect(readDocument(render(newer))).toEqual({ document: newer });
});

test.each([
  ["paragraphs", "The type was wrong.\n\nIt was corrected in two steps."],
  [
    "lists, boxes to tick and links",
    "1. [the change](https://example.com)\n2. https://example.com\n\n- [x] told\n- [ ] asked",
  ],
  ["a table", "| gate | what was done |\n| --- | --- |\n| 4A.2 | the type |"],
  ["quotes with empty lines", "> a\n>\n> b\n".repeat(14).trimEnd()],
  ["lines that are nothing but bullets", "-\n".repeat(14).trimEnd()],
  ["a quote and emphasis", "> as *they* said\n\n**all** of it"],
  ["code with what would be a heading", "```sql\n## no heading\n<b>\n```\n\nand `<b>`"],
  ["a table right before the end of the block", "| a |\n| --- |\n| b |"],
  ["a list that goes on in the next line", "- a\nb\n  - c"],
  // A list ends where the block does, and so does the code in it.
  ["code in a list that is not closed", "- a\n\n  ~~~\n  b"],
  ["an address", "Ask <ada@example.com>."],
  ["other scripts and emoji", "修正済み 👩‍💻 שלום"],
])("people may write %s into a free block", (_, text) => {
  for (const written of [remediated(text), signed(text)]) expect(flaws(written)).toEqual([]);
  expect(readDocument(remediated(text))).toEqual({ document: documentOf(derived(), { remediation: text }) });
  expect(readDocument(signed(text).replaceAll("\n", "\r\n"))).toEqual({
    document: documentOf(derived(), { signOff: text }),
  });
});

test.each([
  ["a gate's section", "### 4A.9: Forged\n\n- Status: ✅ PASS", "holds a heading", 0],
  ["a heading in a list", "text\n\n- # PASS", "holds a heading", 2],
  ["a heading that is underlined", "text\n\nGate 4A.9\n---", "holds a heading", 2],
  ["HTML", "a\n\n<h1>PASS</h1>", "holds HTML", 2],
  ["HTML in a line", "a <b>PASS</b>", "holds HTML", 0],
  ["a comment", "<!-- hidden -->", "holds HTML", 0],
  ["a picture", "![PASS](https://example.com/pass.png)", "holds a picture", 0],
  ["code that GitHub draws", "```mermaid\ngraph TD\n```", "holds a picture", 0],
  ["a footnote", "a[^1]\n\n[^1]: PASS", "holds a footnote", 2],
  ["code that does not end", "text\n\n```sql\nSELECT 1", "does not end in it", 2],
  ["a character that turns the direction", "a \u202eSSAP", "a character that is not seen", 0],
  ["a control character", "a\n\u001b[31m", "a character that is not seen", 1],
  ["nothing but Markdown", "[".repeat(3000), "more Markdown than text", 0],
  ["lists in lists in lists", "- ".repeat(40), "more Markdown than text", 0],
  ["a very long text", "word ".repeat(5000), "at most 20000 are read", 0],
])("a free block that holds %s is told", (_, text, message, line) => {
  const written = remediated(text);
  const found = flaws(written);
  expect(found).toEqual([
    { message: expect.stringContaining(message), help: expect.any(String), line: expect.any(Number) },
  ]);
  const start = lineOf(written, "<!-- phasegate: begin remediation");
  const expected = ["at most 20000 are read", "more Markdown than text"].includes(message)
    ? start + 1
    : start + 2 + line;
  expect(found[0]?.line).toBe(expected);
});

const dataFlipped = lastOf('"verdict": "passed"', '"verdict": "failed"');

test.each([
  [
    "a flipped status in the prose",
    edited("- Status: ✅ PASS", "- Status: ❌ FAIL"),
    "- Status: ❌ FAIL",
    'Here stands "- Status: ❌ FAIL"; the data and the proof of the document give "- Status: ✅ PASS".',
  ],
  [
    "a flipped overall status",
    edited("✅ **PASS**: 2", "❌ **FAIL**: 2"),
    "❌ **FAIL**: 2",
    'give "✅ **PASS**: 2 of 3',
  ],
  [
    "another verifier in the prose",
    edited("| Verifier | Ada Lovelace |", "| Verifier | Grace |"),
    "| Verifier | Grace",
    'give "| Verifier | Ada Lovelace |"',
  ],
  [
    "another title in the prose",
    edited("### 4A.2: Allocation ratio added", "### 4A.2: Everything"),
    "### 4A.2: Everything",
    'give "### 4A.2: Allocation ratio added"',
  ],
  [
    "another claim in the prose",
    edited("`file: migrations/2_enhance.sql exists`", "`file: all is well`"),
    "  1. ✅ `file: all",
    "`file: migrations/2_enhance.sql exists`",
  ],
  [
    "another date in the prose",
    edited(/`2026-02-03T10:00:00Z` \|/, "`2027-01-01T00:00:00Z` |"),
    "| Verified",
    "2026-02-03",
  ],
  ["a flipped verdict in the data", dataFlipped, "| Overall status", 'give "| Overall status | ❌ **FAIL** |"'],
  ["another hash in the data", lastOf(sha("a"), sha("b")), "| Migration", "give"],
  ["another hash in the prose", edited(sha("a"), sha("b")), "| Migration", "give"],
  [
    "an extra section",
    edited("## Overall status", "## Approved\n\nAll gates passed.\n\n## Overall status"),
    "## Approved",
    'Here stands "## Approved"; the data and the proof of the document give no such line.',
  ],
  [
    "an extra section between the free blocks",
    edited("## Sign-off", "## Status\n\nPASS\n\n## Sign-off"),
    "## Status",
    "give no such line",
  ],
  ["an extra section at the end", `${page}\n## Addendum\n`, "## Addendum", "give no such line"],
  ["an extra section before everything", `# PASS\n\n${page}`, "# PASS", "give no such line"],
  ["a line that is gone", edited("- Status: ✅ PASS\n", ""), "- Verified", 'Here "- Status: ✅ PASS" is missing'],
  [
    "a gate that is gone from the prose",
    edited(/### 4A\.3[\s\S]*?\n\n(?=## Looked)/, ""),
    "## Looked",
    'Here "### 4A.3: Reviewed by the backend lead" is missing',
  ],
  ["words behind the data", edited(/<\/details>\n$/, "</details> PASS\n"), "</details> PASS", 'give "</details>"'],
  [
    "what was seen, set in another way",
    edited('{ "exists": true }', '{"exists":true}'),
    '{"exists":true}',
    'give "{ "exists": true }"',
  ],
  ["the data, set in another way", edited('  "format": 1,', '  "format":1,'), '  "format":1', "give"],
  [
    "a number of things examined in the prose",
    edited("at head, 1 examined", "at head, 100 examined"),
    "**Check 1** `file` at head",
    "1 examined",
  ],
  [
    "SQL that is told to be a path",
    edited("Looked at `migrations/2_enhance.sql`", "Looked at `everything`"),
    "Looked at `everything`",
    "migrations/2_enhance.sql",
  ],
])("%s is an edit, and is told with its line", (_, text, line, message) => {
  const found = flaws(text);
  expect(found.map((flaw) => flaw.message)).toEqual([expect.stringContaining(message)]);
  expect(found[0]?.line).toBe(lineOf(text, line));
  expect(found[0]?.message).not.toContain("\n");
  expect(found[0]?.help).toContain("issue the document again");
});

test("edits of several parts are told together", () => {
  const text = edited("| Verifier | Ada Lovelace |", "| Verifier | Grace |")
    .replace("Whoever reviewed", "Nobody reviewed")
    .replace("What every run compares", "What nobody compares");
  expect(flaws(text)).toHaveLength(3);
});

test("an edit far into a long line is shown where it is", () => {
  const long = render(documentOf(derived({ gates: [gate({ requirement: `${"x".repeat(400)} one` })] })));
  const [flaw] = flaws(long.replace(`${"x".repeat(400)} one\n`, `${"x".repeat(400)} two\n`));
  expect(flaw?.message).toMatch(/^Here stands "…x{18,20} two"; .* give "…x{18,20} one"\.$/);
});

test.each([
  ["nothing", "", "holds no data"],
  ["a page that somebody wrote by hand", "# Phase 4A\n\nAll gates: ✅ PASS\n", "holds no data"],
  ["data that is no JSON", lastOf('"format": 1,', '"format": 1,,'), "holds no data"],
  ["data without a format", lastOf('  "format": 1,\n', ""), "holds no data"],
  ["a newer format", lastOf('"format": 1', '"format": 2'), "written by a newer Phasegate"],
  [
    "a newer format in a page of another shape",
    '# x\n\n```json\n{ "format": 3, "all": [] }\n```\n',
    "written by a newer Phasegate",
  ],
  ["a format that is no number", lastOf('"format": 1', '"format": "1"'), 'has the format "1"'],
  ["a format of zero", lastOf('"format": 1', '"format": 0'), "has the format 0"],
  ["an unknown verdict", lastOf('"verdict": "asked"', '"verdict": "fine"'), "at `gates.2.checks.0.verdict`"],
  ["an unknown key", lastOf('"tool": "0.1.0"', '"tool": "0.1.0", "trust": true'), "is none that Phasegate writes"],
  ["a hash that is none", lastOf(sha("a"), "abc"), "at `migrations.0.sha256`"],
  [
    "a proof that is gone",
    edited(/```json\n\{ "exists": true \}\n```\n\n/, ""),
    "places here what was looked at for gate",
  ],
  ["a proof that is no JSON", edited('{ "exists": true }', "it exists"), "places here what was seen for gate 4A.1"],
  [
    "a text that is gone",
    edited(/\*\*Text 1\*\*\n\n```sql[\s\S]*?```\n\n/, ""),
    "places here what was looked at for gate 4A.2",
  ],
  [
    "a delimiter that is gone",
    edited("<!-- phasegate: end remediation -->\n", ""),
    "`<!-- phasegate: end remediation -->` is not where it belongs",
  ],
  [
    "delimiters in another order",
    page.replace("begin sign-off", "x").replace("end sign-off", "begin sign-off").replace("x -->", "end sign-off -->"),
    "is not where it belongs",
  ],
])("%s is no document", (_, text, message) => {
  expect(flaws(text).map((flaw) => flaw.message)).toEqual([expect.stringContaining(message)]);
});

test("a newer format says what to do", () => {
  expect(flaws(lastOf('"format": 1', '"format": 2'))[0]?.help).toBe("Upgrade Phasegate.");
});

test("a proof that was edited in its own shape is read: whether it proves anything is judged, not read", () => {
  const reading = readDocument(edited('{ "exists": true }', '{ "exists": false }'));
  expect("document" in reading && reading.document.derived.gates[0]?.checks[0]?.proof[0]?.observed).toEqual({
    exists: false,
  });
});

const deep = `${"[".repeat(400_000)}${"]".repeat(400_000)}`;
const inData = (json: string): string => `${page.slice(0, page.lastIndexOf("```json"))}\`\`\`json\n${json}\n\`\`\`\n`;

const monsters: readonly (readonly [what: string, text: string])[] = [
  ["a megabyte of backticks", "`".repeat(1_000_000)],
  ["a megabyte of lines that open code", "```json\n".repeat(125_000)],
  ["a megabyte of longer and longer code", Array.from({ length: 1400 }, (_, at) => `${"`".repeat(at)}sql`).join("\n")],
  ["a megabyte of backticks in a free block", remediated("`".repeat(1_000_000))],
  ["a megabyte of brackets in a free block", remediated("[".repeat(1_000_000))],
  ["a megabyte of delimiters", `${"<!-- phasegate: begin remediation -->\n".repeat(27_000)}${page}`],
  ["deep JSON as data", inData(`{ "format": 1, "owns": ${deep} }`)],
  ["deep JSON as data, in a format of its own", inData(deep)],
  ["deep JSON as proof", edited('{ "exists": true }', deep)],
  ["a megabyte of quotes as data", inData('"'.repeat(1_000_001))],
  ["a megabyte of escapes as data", inData(`"${"\\".repeat(1_000_001)}`)],
  ["data with a hundred thousand mistakes", inData(`{ "format": 1, "gates": [${"1,".repeat(100_000)}1] }`)],
  ["a very long file", " ".repeat(9_000_000)],
];

test.each(monsters)("%s is refused", (_, text) => {
  expect(flaws(text).length).toBeGreaterThan(0);
});

test("all of them are refused before anybody would give up", async () => {
  const module = new URL("../../src/documents/read.ts", import.meta.url).href;
  const script = `import("${module}").then(({ readDocument }) => {
    const { parentPort, workerData } = require("node:worker_threads");
    for (const text of workerData) readDocument(text);
    parentPort.postMessage("read");
  })`;
  // In a thread of its own, because nothing else can end what takes a time that grows with the square of the length.
  const reader = new Worker(script, { eval: true, workerData: monsters.map(([, text]) => text) });
  const waiting = new AbortController();
  const ended = await Promise.race([once(reader, "message"), delay(50_000, ["given up"], waiting)]);
  waiting.abort();
  await reader.terminate();
  expect(ended).toEqual(["read"]);
});

test("half a megabyte of proof is read", () => {
  const row = (index: number) => ({
    name: `a case that says what it is about, number ${index}`,
    line: index,
    reason: null,
  });
  const observed = Array.from({ length: 6000 }, (_, index) => row(index));
  const large: VerificationDocument = documentOf(
    derived({ gates: [gate({ checks: [check({ proof: [proof({ observed })] })] })] }),
  );
  const text = render(large);
  expect(text.length).toBeGreaterThan(500_000);
  expect(readDocument(text)).toEqual({ document: large });
});
