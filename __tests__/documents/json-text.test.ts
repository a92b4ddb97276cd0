import { expect, test } from "@jest/globals";
import { jsonText, readJson } from "../../src/documents/json-text.ts";
import type { Json } from "../../src/model/json.ts";

const row = (at: number): Json => ({ name: `case number ${at}`, line: at, reason: null });

test.each<[string, Json, string]>([
  [
    "what fits stands on one line",
    { a: 1, b: [true, null], c: {}, d: [] },
    '{ "a": 1, "b": [true, null], "c": {}, "d": [] }',
  ],
  ["a text is a string", "a\nb", '"a\\nb"'],
  [
    "of many small things each has a line",
    [row(1), row(2), row(3)],
    '[\n  { "name": "case number 1", "line": 1, "reason": null },\n  { "name": "case number 2", "line": 2, "reason": null },\n  { "name": "case number 3", "line": 3, "reason": null }\n]',
  ],
  [
    "of many words a line takes what it has room for",
    { names: Array.from({ length: 12 }, () => "a word of this length") },
    `{\n  "names": [\n${[4, 4, 4].map((count) => `    ${Array.from({ length: count }, () => '"a word of this length"').join(", ")}`).join(",\n")}\n  ]\n}`,
  ],
  [
    "what is not seen is written as code",
    "\u202e\u200b\u2028\u0085\u{e0041}\u0000",
    '"\\u202e\\u200b\\u2028\\u0085\\udb40\\udc41\\u0000"',
  ],
])("%s", (_, value, text) => {
  expect(jsonText(value)).toBe(text);
  expect(readJson(text)).toEqual(value);
});

test("a line is no longer than it has to be", () => {
  const value = Array.from({ length: 40 }, (_, at) => ({ row: row(at), rows: [row(at), row(at + 1), at] }));
  expect(
    Math.max(
      ...jsonText(value)
        .split("\n")
        .map((line) => line.length),
    ),
  ).toBeLessThanOrEqual(120);
});

test.each([
  ["no JSON", "{ a: 1 }"],
  ["nothing", ""],
  ["lists in lists in lists", `${"[".repeat(201)}${"]".repeat(201)}`],
  ["a text that does not end", `"${"\\".repeat(1001)}`],
])("%s is not read", (_, text) => {
  expect(readJson(text)).toBeUndefined();
});

test("brackets in a text are no depth", () => {
  expect(readJson(JSON.stringify('\\"['.repeat(500)))).toBe('\\"['.repeat(500));
});
