import { expect, test } from "@jest/globals";
import { lineAt, parseTree, type Split, splitStatements } from "../../src/sql/statements.ts";

const one = (text: string, offset = 0, line = 1): Split => ({ status: "parsed", statements: [{ text, offset, line }] });

test.each<[string, string, Split]>([
  ["nothing has no statements", "", { status: "parsed", statements: [] }],
  ["comments have no statements", " -- SELECT 1;\n/* ; */ ;;\n", { status: "parsed", statements: [] }],
  ["the semicolon is no part of the statement", "SELECT 1 ;", one("SELECT 1")],
  ["a comment before a statement is no part of it", "-- a\n\n  SELECT 1", one("SELECT 1", 8, 3)],
  ["a semicolon inside a string does not end it", "SELECT ';'", one("SELECT ';'")],
  ["a semicolon inside a dollar-quoted body does not end it", "DO $x$BEGIN; END$x$", one("DO $x$BEGIN; END$x$")],
  [
    "a semicolon inside a body that is SQL does not end it",
    "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT 2; END",
    one("CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT 2; END"),
  ],
  [
    "offsets count characters, not bytes",
    "SELECT 'é';\nSELECT '🙂';\r\nSELECT 'ü', 3",
    {
      status: "parsed",
      statements: [
        { text: "SELECT 'é'", offset: 0, line: 1 },
        { text: "SELECT '🙂'", offset: 12, line: 2 },
        { text: "SELECT 'ü', 3", offset: 26, line: 3 },
      ],
    },
  ],
  [
    "a mistake is told with its line, after an astral character too",
    "SELECT '🙂';\nSELEC 2;",
    { status: "refused", mistake: { message: 'syntax error at or near "SELEC"', offset: 13, line: 2 } },
  ],
  [
    "a statement that ends too early is told at its end",
    "SELECT 1;\nSELECT 1 FROM",
    { status: "refused", mistake: { message: "syntax error at end of input", offset: 23, line: 2 } },
  ],
  [
    "a command of psql is refused",
    "SELECT 1;\n\\echo a",
    { status: "refused", mistake: { message: 'syntax error at or near "\\"', offset: 10, line: 2 } },
  ],
  [
    "a NUL cannot hide what follows it",
    "SELECT 1;\n\0DROP TABLE a",
    { status: "refused", mistake: { message: "a NUL character", offset: 10, line: 2 } },
  ],
])("%s", async (_, sql, expected) => {
  expect(await splitStatements(sql)).toEqual(expected);
});

test("every statement's text stands at its offset and line", async () => {
  const sql = Array.from({ length: 500 }, (_, at) => `-- ä ${at}\n\nSELECT '${"🙂".repeat(at % 7)}', ${at};`).join(
    "\n",
  );
  const split = await splitStatements(sql);
  if (split.status === "refused") throw new Error(split.mistake.message);
  expect(split.statements).toHaveLength(500);
  for (const { text, offset, line } of split.statements) {
    expect(sql.startsWith(text, offset)).toBe(true);
    expect(lineAt(sql, offset)).toBe(line);
  }
});

test("hostile nesting is refused quickly and leaves the parser usable", async () => {
  const deep = `SELECT ${"(".repeat(50_000)}1`;
  expect((await parseTree(deep)).status).toBe("refused");
  expect((await parseTree("SELECT 1")).status).toBe("parsed");
});

test("the tree of a statement comes with it", async () => {
  const parsed = await parseTree("DROP TABLE a");
  expect(parsed).toMatchObject({ statements: [{ node: { DropStmt: { removeType: "OBJECT_TABLE" } } }] });
});
