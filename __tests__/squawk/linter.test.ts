import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { expect, test } from "@jest/globals";
import { linter, rules } from "../../src/squawk/linter.ts";
import { squawkPath } from "../../src/tools/squawk.ts";

const { lint } = linter();
const found = async (sql: string) => (await lint(sql, 18)).map(({ rule, line }) => `${rule}:${line}`);

test.each<[string, string, string[]]>([
  [
    "hazards come with the line, counted from 1",
    "SET lock_timeout = 1;\nSET statement_timeout = 1;\n-- é\nDROP TABLE a;\n",
    ["ban-drop-table:4"],
  ],
  ["SQL without hazards has none", "SELECT 1;\n", []],
  ["nothing has no hazards", "", []],
  [
    "a comment of the migration does not silence it",
    "SET lock_timeout = 1; SET statement_timeout = 1;\n-- squawk-ignore ban-drop-table\nDROP TABLE a; -- Squawk-Ignore-File",
    ["ban-drop-table:3"],
  ],
  [
    "it knows that a migration runs in a transaction",
    "SELECT 1;\nBEGIN;\nCOMMIT;",
    ["transaction-nesting:2", "transaction-nesting:3"],
  ],
])("%s", async (_, sql, expected) => {
  expect((await found(sql)).sort()).toEqual([...expected].sort());
});

test("SQL that it cannot read is an error, because hazards behind it are not seen", async () => {
  await expect(lint("SELECT 1;\nSELEC 2;\nDROP TABLE a;", 18)).rejects.toThrow("squawk cannot read the SQL at line 2");
});

test("a major version that it does not understand is an error", async () => {
  await expect(lint("SELECT 1", Number.NaN)).rejects.toThrow("squawk ended with exit code");
});

/** Names end with the last one in one string of the program; what it takes for `--exclude` it knows. */
test("the list of rules is the program's own", async () => {
  const path = await squawkPath({ env: process.env });
  expect(() =>
    execFileSync(path, ["--exclude", rules.join(","), "--stdin-filepath", "a.sql"], { input: "" }),
  ).not.toThrow();
  const program = readFileSync(path, "latin1");
  const [first = ""] = rules;
  const names = program.slice(program.indexOf(`${first}require-`)).split("TryFromIntError")[0] ?? "";
  expect(names.length).toBeGreaterThan(500);
  expect(rules.reduce((rest, rule) => rest.replace(rule, ""), names)).toBe("unused-ignore");
});
