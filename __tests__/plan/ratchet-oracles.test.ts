import { expect, test } from "@jest/globals";
import { kinds } from "../../src/checks/table.ts";
import type { Tree } from "../../src/model/ports.ts";
import { guardedFiles, ratchet } from "../../src/plan/ratchet.ts";
import { differencesOf, edited, type Files, files, plan, readOf, suite, told, tree } from "./ratchet-plan.ts";

/** The suite with one place of it replaced. */
const suiteWith = (from: string, to: string): Files => ({ "db/tests/ledger.sql": edited(suite, from, to) });
const ofSuite = (why: string) => `db/tests/ledger.sql (oracle of 2.2): ${why}`;

test.each<readonly [sentence: string, head: Files, ...told: readonly string[]]>([
  [
    "attack 43: a test file is gone",
    { "db/tests/ledger.sql": undefined },
    "weaker: db/tests/ledger.sql (oracle of 2.2) is gone",
  ],
  [
    "attack 44: a test file is renamed out of the glob",
    { "db/tests/ledger.sql": undefined, "db/old/ledger.sql": suite },
    "weaker: db/tests/ledger.sql (oracle of 2.2) is gone",
  ],
  [
    "attack 43: a case is gone",
    suiteWith(suite.slice(suite.indexOf("-- test: it is"), suite.indexOf("-- test: two")), ""),
    `weaker: ${ofSuite("the case “it is counted” is gone")}`,
  ],
  [
    "attack 45: a case asks for nothing",
    suiteWith("SELECT count(*) = 1 FROM ledger", "SELECT true"),
    `weaker: ${ofSuite("the case “it is counted” is changed (its statements)")}`,
  ],
  [
    "attack 46: a case that swallows errors",
    suiteWith(
      "INSERT INTO ledger VALUES (-1);",
      "DO $$ BEGIN INSERT INTO ledger VALUES (-1); EXCEPTION WHEN OTHERS THEN NULL; END $$;",
    ),
    `weaker: ${ofSuite("the case “less than nothing is refused” is changed (its statements)")}`,
  ],
  [
    "attack 50: any constraint may refuse",
    suiteWith(" on ck_cents", ""),
    `weaker: ${ofSuite("the case “less than nothing is refused” is changed (what must be refused)")}`,
  ],
  [
    "attack 48: a case in another role",
    suiteWith("-- as: app_ro\n", ""),
    `weaker: ${ofSuite("the case “it is counted” is changed (its role)")}`,
  ],
  [
    "a case with another sabotage",
    suiteWith("-- sabotage: DELETE FROM ledger", "-- sabotage: DROP TABLE ledger"),
    `weaker: ${ofSuite("the case “it is counted” is changed (its sabotage)")}`,
  ],
  [
    "settings of the file, and so of every case",
    suiteWith("app.tenant = one", "app.tenant = two"),
    `weaker: ${ofSuite("the case “less than nothing is refused” is changed (its settings, the fixture that it is played on), the case “it is counted” is changed (its settings, the fixture that it is played on), the case “two writers” is changed (its settings, the fixture that it is played on)")}`,
  ],
  [
    "a role for the file, and so for every case that has none",
    suiteWith("-- set: app.tenant = one\n", "-- set: app.tenant = one\n-- as: app_rw\n"),
    `weaker: ${ofSuite("the case “less than nothing is refused” is changed (its role), the case “two writers” is changed (its role)")}`,
  ],
  [
    "sessions that end otherwise",
    suiteWith("-- commit\n", "-- rollback\n"),
    `weaker: ${ofSuite("the case “two writers” is changed (its statements)")}`,
  ],
  [
    "a statement that another session sends",
    suiteWith("-- session B\n", ""),
    `weaker: ${ofSuite("the case “two writers” is changed (its statements, its role, its settings)")}`,
  ],
  [
    "a text that is no SQL any more",
    suiteWith("SELECT true;", "SELECT FROM FROM;"),
    `weaker: ${ofSuite('it cannot be read any more: PostgreSQL cannot read it: syntax error at or near "FROM"')}`,
  ],
  [
    "white space and comments",
    suiteWith("SELECT count(*) = 1 FROM ledger;", "-- how many\nSELECT count( * ) = 1 /* one */\n  FROM ledger ;"),
  ],
  ["Windows line ends and a byte order mark", { "db/tests/ledger.sql": `\uFEFF${suite.replaceAll("\n", "\r\n")}` }],
  ["Windows line ends of what is compared as text", { "db/rows.sql": "INSERT INTO ledger VALUES (1);\r\n" }],
  ["a comment in a statement", suiteWith("SELECT count(*) = 1 FROM", "SELECT count(*) = 1 -- one\nFROM")],
  [
    "what the message of a refusal must match",
    suiteWith("on ck_cents", "on ck_cents matching cents"),
    `weaker: ${ofSuite("the case “less than nothing is refused” is changed (what must be refused)")}`,
  ],
  [
    "another fixture",
    suiteWith("VALUES (1)", "VALUES (1), (4)"),
    `weaker: ${ofSuite("the case “less than nothing is refused” is changed (the fixture that it is played on), the case “it is counted” is changed (the fixture that it is played on), the case “two writers” is changed (the fixture that it is played on)")}`,
  ],
  [
    "a case that is called otherwise",
    suiteWith("-- test: it is counted", "-- test: all is counted"),
    `neutral: ${ofSuite("the case “it is counted” is called “all is counted”")}`,
  ],
  [
    "a case that is new",
    suiteWith("-- test: two writers", "-- test: true\nSELECT true;\n-- test: two writers"),
    `stronger: ${ofSuite("the case “true” is new")}`,
  ],
  [
    "a case takes the name of another, which is there under a new one",
    suiteWith("-- test: it is counted", "-- test: it is counted\nSELECT true;\n-- test: it was counted"),
    `stronger: ${ofSuite("the case “it is counted” is new")}`,
  ],
  [
    "cases in another order",
    {
      "db/tests/ledger.sql": `${suite.slice(0, suite.indexOf("-- test: less"))}${suite.slice(suite.indexOf("-- test: it"))}${suite.slice(suite.indexOf("-- test: less"), suite.indexOf("-- test: it"))}`,
    },
  ],
  [
    "a test file that is new",
    { "db/tests/more.sql": "-- test: t\nSELECT true;" },
    "neutral: db/tests/more.sql (oracle of 2.2) is new",
  ],
  [
    "attack 16: another contract",
    { "db/api.yaml": "openapi: 3.0.0\n" },
    "weaker: db/api.yaml (oracle of 1.1): it is changed",
  ],
  [
    "attack 16: other rows, which two gates load",
    { "db/rows.sql": "SELECT 1;" },
    "weaker: db/rows.sql (oracle of 1.1, 2.2): it is changed",
  ],
  [
    "attack 16: a script that a command runs",
    { "scripts/check.mjs": "" },
    "weaker: scripts/check.mjs (oracle of 2.3): it is changed",
  ],
  ["rows of a phase without PASS at base", { "db/rejected/a.sql": "-- expect error: unique_violation\nSELECT 1;\n" }],
  ["a file that a check looks at and does not compare with", { "README.md": "tables" }],
])("%s", async (_, headFiles, ...expected) => {
  expect(told(await differencesOf({ headFiles }))).toEqual(expected);
});

test("a text that cannot be read any more is weaker, with the line", async () => {
  const headFiles = suiteWith("-- test: two writers", "-- tests: two writers");
  expect(await differencesOf({ headFiles })).toMatchObject([
    { direction: "weaker", place: { file: "db/tests/ledger.sql", line: 13 }, phase: "2", gate: "2.2" },
  ]);
});

test("a base that cannot be read is no excuse", async () => {
  const baseFiles = { "db/tests/ledger.sql": "SELECT FROM FROM;" };
  expect(told(await differencesOf({ baseFiles }))).toEqual([
    `weaker: ${ofSuite("base's version cannot be compared with")}`,
  ]);
});

test("what one kind lets change, another that compares with the same file may not", async () => {
  const base = edited(plan, "reversible: { data: db/rows.sql }", "reversible: { data: db/tests/ledger.sql }");
  const headFiles = suiteWith("VALUES (1)", "VALUES (1), (4)");
  expect(told(await differencesOf({ base, head: base, headFiles }))).toEqual([
    expect.stringMatching(/^weaker: .*: the case .* and 1 more$/),
  ]);
});

test("rows that must stop a migration are guarded once their phase says PASS", async () => {
  const headFiles = { "db/rejected/a.sql": "-- expect error: unique_violation\nSELECT 1;\n" };
  expect(told(await differencesOf({ headFiles, claimed: ["3"] }))).toEqual([
    "weaker: db/rejected/a.sql (oracle of 3.1): it is changed",
  ]);
});

test("the index plan is no oracle: it is compared both ways", async () => {
  expect(await differencesOf({ headFiles: { "db/index-plan.md": "" }, claimed: ["3"] })).toEqual([]);
});

test("oracle files are those of base's plan, also where the check is gone", async () => {
  const head = edited(
    plan,
    '          - suite: { files: ["db/tests/*.sql"] }\n          - coverage: { suites: ["db/tests/*.sql"], tables: [ledger] }\n',
    "",
  );
  const differences = await differencesOf({ head, headFiles: { "db/tests/ledger.sql": undefined } });
  expect(told(differences)).toEqual([
    "weaker: 2.2 `suite` is gone: every case of db/tests/*.sql holds",
    "weaker: 2.2 `coverage` is gone: the cases of db/tests/*.sql notice every rule of ledger that is dropped or weakened",
    "weaker: db/tests/ledger.sql (oracle of 2.2) is gone",
  ]);
});

test("what is no text is compared byte by byte", async () => {
  const path = "db/rows.sql";
  const binary = (last: number): Tree => ({
    ...tree(files),
    read: (file) => {
      if (file === path) throw new Error("is no UTF-8 text");
      return files[file];
    },
    bytes: (file) => (file === path ? Uint8Array.of(0xff, last) : new TextEncoder().encode(files[file])),
  });
  const read = readOf(plan);
  const request = {
    base: read,
    head: read,
    kinds,
    baseTree: binary(0),
    claimed: new Set(["1"]),
    started: new Set(["1"]),
  };
  expect(await ratchet({ ...request, headTree: binary(0) })).toEqual([]);
  expect(told(await ratchet({ ...request, headTree: binary(1) }))).toEqual([
    `weaker: ${path} (oracle of 1.1) is changed`,
  ]);
});

test("the guarded files of a plan, with who compares with them", () => {
  const guarded = guardedFiles(readOf(plan), kinds, tree(files), new Set(["1", "2"]));
  expect([...guarded].map(([path, guards]) => [path, guards.map(({ gate, kind }) => `${gate} ${kind}`)])).toEqual([
    ["db/api.yaml", ["1.1 contract"]],
    ["db/rows.sql", ["1.1 contract", "2.2 reversible"]],
    ["db/tests/ledger.sql", ["2.2 suite", "2.2 coverage"]],
    ["scripts/check.mjs", ["2.3 command"]],
  ]);
});

test("a path that looks like a glob is guarded as it is written", () => {
  const read = readOf(edited(plan, "file: db/api.yaml", "file: 'db/[api].yaml'"));
  const guarded = guardedFiles(read, kinds, tree({ "db/[api].yaml": "" }), new Set(["1"]));
  expect([...guarded.keys()]).toEqual(["db/[api].yaml"]);
});
