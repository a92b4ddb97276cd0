import { expect, test } from "@jest/globals";
import { readSections } from "../../src/migration/sections.ts";
import { sentByNodePgMigrate } from "./sent.ts";

const both = "-- Up Migration\nSELECT 1;\n\n-- Down Migration\nSELECT 2;\n";

/** Text, and the codes of its traps with their lines. */
const files: readonly [name: string, text: string, traps: readonly string[]][] = [
  ["a file with both parts has no trap", both, []],
  ["the words may be written in any case", both.toUpperCase(), []],
  ["dashes and blanks between the comment and the word do not matter", both.replaceAll("-- ", "  --- - -- "), []],
  ["the marker may be decorated with dashes and a colon", both.replaceAll(" Migration", " Migration: -----"), []],
  ["the word may stand on a line below the dashes", both.replace("-- Up", "--\n--\nUp"), []],
  ["blank lines before a marker belong to its part", `\n\n${both}`, []],
  ["Windows line ends change nothing", both.replaceAll("\n", "\r\n"), []],
  ["the down part may come first", "-- Down Migration\nSELECT 2;\n-- Up Migration\nSELECT 1;", []],
  ["comments before the Up marker are for people", `/* a; /* nested */ comment */\n-- and a line\n${both}`, []],
  ["SQL before the Up marker is never run", `-- Why.\nCREATE TABLE lost ();\n${both}`, ["text-before-up 2"]],
  [
    "SQL before a Down marker that comes first is never run",
    "SELECT 3;\n-- Down Migration\nSELECT 2;\n-- Up Migration\nSELECT 1;",
    ["text-before-up 1"],
  ],
  [
    "a Down marker alone makes the up part run the down part",
    "SELECT 1;\n-- Down Migration\nDROP TABLE a;",
    ["down-without-up 2"],
  ],
  ["no marker at all is an up part without a down part", "SELECT 1;", ["no-down 1"]],
  ["an Up marker alone has no down part", "-- why\n-- Up Migration\nSELECT 1;", ["no-down 2"]],
  [
    "prose about a down migration is its marker",
    "-- Up Migration\nSELECT 1;\n-- Down migration is not supported",
    ["prose-marker 3", "empty-down 3"],
  ],
  [
    "prose in the middle of the up part cuts it in two",
    "-- Up Migration\nSELECT 1;\n-- up migrations are fast\nSELECT 2;\n-- Down Migration\nSELECT 3;",
    ["prose-marker 3", "several-markers 3"],
  ],
  [
    "prose before the marker is taken for it",
    `-- Up migration of the ledger\nSELECT 0;\n${both}`,
    ["prose-marker 1", "several-markers 3"],
  ],
  ["a second Down marker is not the one that counts", `${both}-- Down Migration\nSELECT 3;`, ["several-markers 6"]],
  ["an up part of comments does nothing", "-- Up Migration\n-- later\n;\n-- Down Migration\nSELECT 2;", ["empty-up 1"]],
  [
    "a down part of comments does nothing",
    "-- Up Migration\nSELECT 1;\n-- Down Migration\n/* nothing */ ;",
    ["empty-down 3"],
  ],
  ["an empty file does nothing", "", ["empty-up 1", "no-down 1"]],
  [
    "an unfinished comment hides the rest",
    "-- Up Migration\n/* SELECT 1;\n-- Down Migration\nSELECT 2;",
    ["empty-up 1"],
  ],
  ["a marker inside a literal is a marker", "-- Up Migration\nSELECT '\n-- Down Migration\n';", []],
  ["a marker needs its own line", "-- Up Migration\nSELECT 1; -- Down Migration\nSELECT 2;", ["no-down 1"]],
  ["a block comment is no marker", "/* Up Migration */\nSELECT 1;", ["no-down 1"]],
];

test.each(files)("%s", (_, text, traps) => {
  expect(readSections(text).traps.map(({ code, line }) => `${code} ${line}`)).toEqual(traps);
});

test.each(files)("node-pg-migrate cuts the same: %s", async (_, text) => {
  const sections = readSections(text);
  const terminated = (sql: string) => (sql.lastIndexOf(";") === sql.length - 1 ? sql : `${sql};`);
  expect(await sentByNodePgMigrate(text, "up")).toBe(terminated(sections.up.text));
  expect(await sentByNodePgMigrate(text, "down")).toBe(sections.down ? terminated(sections.down.text) : "refused");
  for (const section of [sections.up, ...(sections.down ? [sections.down] : [])]) {
    expect(text.slice(section.offset, section.offset + section.text.length)).toBe(section.text);
    expect(text.slice(0, section.offset).split("\n")).toHaveLength(section.line);
  }
});

test("text made at random is cut as node-pg-migrate cuts it", async () => {
  const pieces = ["\n", "--", " ", "-", "up", "Down", " migration", "\tMIGRATION", "SELECT 1;", "\r\n", "x"];
  let seed = 20251112;
  const next = (below: number) => {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    return Math.floor((seed / 2147483648) * below);
  };
  for (let round = 0; round < 300; round += 1) {
    const text = Array.from({ length: 4 + next(28) }, () => pieces[next(pieces.length)]).join("");
    const sections = readSections(text);
    const up = await sentByNodePgMigrate(text, "up");
    expect([text, up]).toEqual([
      text,
      up.endsWith(";") && !sections.up.text.endsWith(";") ? `${sections.up.text};` : sections.up.text,
    ]);
  }
});
