import { describe, expect, test } from "@jest/globals";
import { suite } from "../../src/checks/suite.ts";
import { said, treeOf, tryKind } from "../suites/kind.ts";
import { server } from "../suites/server.ts";
import { fixture, schema } from "../suites/sql.ts";

const it = server();
const tried = (files: { readonly [path: string]: string }, globs = ["tests/*.sql"]) =>
  tryKind(it, suite, { setup: schema, files, params: { files: globs } });
const refused =
  "-- set: app.tenant = 1\n-- test: less than nothing\n-- expect error: check_violation on ck_cents\nINSERT INTO events VALUES (9, 1, -1);\n";

describe("every example holds, and every mutant of it is noticed", () => {
  test.each(suite.examples.map((example, index) => [index, example] as const))(
    "example %d",
    async (_, { setup = "", files = {}, params }) => {
      const seen = await tryKind(it, suite, { setup, files, params });
      expect(said(seen)).toEqual([]);
      expect(seen.red?.placebo).toBe("unmoved");
      expect(seen.red?.mutants.filter(({ outcome }) => outcome.status !== "killed")).toEqual([]);
      const ofResults = (code: string) => code.startsWith("results-") && !("results" in params);
      expect([...new Set(seen.red?.mutants.map(({ provokes }) => provokes))].sort()).toEqual(
        suite.codes.filter((code) => !ofResults(code)).sort(),
      );
    },
  );
});

test.each([
  ["no file matches", {}, ["no-files: tests/*.sql matches no file; the plan asks for SQL tests there."]],
  [
    "a file was renamed out of the glob",
    { "tests/a.sql.off": refused },
    ["no-files: tests/*.sql matches no file; the plan asks for SQL tests there."],
  ],
  ["a file without cases", { "tests/a.sql": "SELECT 1;" }, ["unreadable: tests/a.sql:1: the file has no case."]],
  ["a file that is empty", { "tests/a.sql": "" }, ["unreadable: tests/a.sql:1: the file has no case."]],
  [
    "a fixture that is refused",
    { "tests/a.sql": `INSERT INTO nothing VALUES (1);\n${refused}` },
    ['fixture-refused: tests/a.sql:1: the fixture is refused: undefined_table: relation "nothing" does not exist.'],
  ],
  [
    "a case that fails, in the second file",
    { "tests/a.sql": refused, "tests/b.sql": `${fixture}-- test: it\nSELECT count(*) = 7 FROM events;` },
    ['case-failed: tests/b.sql:4: case "it": the SELECT gives false; it must give one row that is true.'],
  ],
])("%s", async (_, files, findings) => {
  expect(said(await tried(files))).toEqual(findings);
});

test.each([
  [
    "a function that could be called instead of PostgreSQL's own",
    "CREATE FUNCTION count(int) RETURNS bigint LANGUAGE sql AS 'SELECT 1'",
    [
      "shadowed: tests/a.sql: function count(integer) in the schema public has the name of one of PostgreSQL's own; cases would not tell which one they call.",
    ],
  ],
  [
    "an operator that could be used instead of PostgreSQL's own",
    "CREATE OPERATOR = (FUNCTION = int4ne, LEFTARG = int, RIGHTARG = int)",
    [
      "shadowed: tests/a.sql: operator public.=(integer,integer) in the schema public has the name of one of PostgreSQL's own; cases would not tell which one they call.",
    ],
  ],
  [
    "a function of the same name for a type of the schema",
    "CREATE TYPE mood AS ENUM ('x'); CREATE FUNCTION lower(mood) RETURNS mood LANGUAGE sql AS 'SELECT $1'",
    [],
  ],
  ["functions of an extension", "CREATE EXTENSION pgcrypto; CREATE EXTENSION citext", []],
  [
    "a function that the change adds to an extension",
    "CREATE EXTENSION pgcrypto; CREATE FUNCTION count(int) RETURNS bigint LANGUAGE sql AS 'SELECT 1'; ALTER EXTENSION pgcrypto ADD FUNCTION count(int)",
    [
      "shadowed: tests/a.sql: function count(integer) in the schema public has the name of one of PostgreSQL's own; cases would not tell which one they call.",
    ],
  ],
])("%s", async (_, setup, findings) => {
  const files = { "tests/a.sql": refused };
  expect(
    said(await tryKind(it, suite, { setup: `${schema};${setup}`, files, params: { files: ["tests/a.sql"] } })),
  ).toEqual(findings);
});

test("every glob must match", async () => {
  expect(said(await tried({ "tests/a.sql": refused }, ["tests/*.sql", "more/*.sql"]))).toEqual([
    "no-files: more/*.sql matches no file; the plan asks for SQL tests there.",
  ]);
});

test("a case that nothing fails is told by its name", async () => {
  const { red } = await tried({ "tests/a.sql": `${refused}-- test: nothing\nSELECT true;` });
  expect(red?.mutants.filter(({ outcome }) => outcome.status === "survived")).toMatchObject([
    {
      name: expect.stringMatching(/^case "nothing" of tests\/a\.sql is shown \d+ mutants of the schema$/),
      provokes: "case-failed",
      sabotage: expect.stringMatching(/^\d+ mutants of the schema$/),
    },
  ]);
});

test.each([
  [
    "PostgreSQL refuses",
    "DROP TABLE nothing",
    'case "more" of tests/a.sql has a sabotage that PostgreSQL refuses (table "nothing" does not exist)',
  ],
  [
    "has nothing to do with the schema",
    "SET LOCAL app.other = '1'",
    `case "more" of tests/a.sql has a sabotage that changes nothing which is there without it (SET LOCAL app.other = '1')`,
  ],
])("a case whose sabotage %s is not proven, whatever the others are", async (_, sabotage, name) => {
  const more = `-- test: more\n-- sabotage: ${sabotage}\nSELECT current_setting('app.other', true) IS NULL;`;
  const { red } = await tried({ "tests/a.sql": `${refused}${more}` });
  expect(red?.mutants.filter(({ outcome }) => outcome.status !== "killed")).toMatchObject([
    { name, outcome: { status: "survived" } },
  ]);
});

test("two runs see the same, to the byte", async () => {
  const files = {
    "tests/a.sql": `${fixture}${refused}-- test: two\n-- session A\nUPDATE events SET cents = 1 WHERE id = 1;\n-- session B\nSELECT cents = 100 FROM events;`,
  };
  const [one, two] = [await tried(files), await tried(files)];
  expect(one.verdict.status).toBe("passed");
  expect(JSON.stringify(two)).toBe(JSON.stringify(one));
});

test("what the file claims is one line", () => {
  expect(suite.claim({ files: ["a/*.sql", "b.sql"] })).toBe("every case of a/*.sql, b.sql holds");
});

const [, withResults] = suite.examples;
const example = withResults?.files ?? {};
const derived = example["tests/a_results.md"] ?? "";
const triedResults = (files: { readonly [path: string]: string }, results = "tests/{name}_results.md") =>
  tryKind(it, suite, {
    setup: withResults?.setup ?? "",
    files: { ...example, ...files },
    params: { files: ["tests/**/*.sql"], results },
  });

const holding = (name: string) =>
  `-- test: ${name}\n-- expect error: check_violation on ck_n\nINSERT INTO a VALUES (2, -1);\n`;

test.each([
  ["the results are what the run derives", {}, []],
  ["line ends of Windows are no difference", { "tests/a_results.md": derived.replaceAll("\n", "\r\n") }, []],
  [
    "a status that was written by hand",
    { "tests/a_results.md": derived.replace("PASS", "FAIL") },
    ['results-differ: tests/a_results.md:9: the file says "- Status: FAIL"; the run derives "- Status: PASS".'],
  ],
  [
    "a case that was left out",
    { "tests/a_results.md": derived.slice(0, derived.indexOf("## 1.")) },
    ['results-differ: tests/a_results.md:7: the file says ""; the run derives "## 1. less than nothing is refused".'],
  ],
  [
    "something was added",
    { "tests/a_results.md": `${derived}more` },
    ['results-differ: tests/a_results.md:12: the file says "more"; the run derives "".'],
  ],
  [
    "a case is new",
    { "tests/a.sql": `${example["tests/a.sql"]}\n${holding("a second one")}` },
    [
      'results-differ: tests/a_results.md:5: the file says "1 case: it holds, and was seen to fail."; the run derives "2 cases: all of them hold, and each was seen to fail.".',
    ],
  ],
  [
    "a file of tests has no results",
    { "tests/b.sql": holding("it") },
    ["results-missing: tests/b_results.md does not exist; the plan asks for the results of tests/b.sql there."],
  ],
  [
    "a case fails",
    { "tests/a.sql": "-- test: it\nSELECT false;" },
    [
      'case-failed: tests/a.sql:2: case "it": the SELECT gives false; it must give one row that is true.',
      "results-not-derived: tests/a_results.md cannot be compared: the results of tests/a.sql cannot be derived, because not everything in it holds.",
    ],
  ],
  [
    "a case that nothing fails",
    { "tests/a.sql": "-- test: it\nSELECT true;" },
    [
      'results-not-derived: tests/a_results.md cannot be compared: the results of tests/a.sql cannot be derived, because nothing was found that fails the case "it".',
    ],
  ],
  [
    "two files of one name",
    { "tests/more/a.sql": holding("it") },
    [
      "results-not-derived: tests/a_results.md cannot be compared: the results of tests/a.sql cannot be derived, because tests/more/a.sql has the same name.",
      "results-not-derived: tests/a_results.md cannot be compared: the results of tests/more/a.sql cannot be derived, because tests/a.sql has the same name.",
    ],
  ],
])("results: %s", async (_, files, findings) => {
  expect(said(await triedResults(files))).toEqual(findings);
});

test("results say as whom, in which session and with what, and nothing in them is Markdown of a case", async () => {
  const text = [
    "-- set: app.tenant = 1",
    "-- test: `a` *case* with | and <b>",
    "-- as: app_rw",
    "-- sabotage: GRANT SELECT ON a TO app_rw",
    "-- expect error: insufficient_privilege matching `?denied",
    "SELECT 1",
    "  FROM a;",
    "-- test: two writers",
    "-- sabotage: ALTER TABLE a DROP CONSTRAINT a_pkey",
    "-- session A",
    "INSERT INTO a VALUES (5, 1);",
    "-- session B",
    "-- expect error: unique_violation",
    "INSERT INTO a VALUES (5, 2);",
    "-- session A",
    "-- commit",
  ].join("\n");
  const claim = { files: ["t.sql"], results: "{name}.md" };
  const world = {
    laboratory: await it.laboratory(withResults?.setup ?? ""),
    tree: treeOf({ "t.sql": text }),
    subject: { phase: "1", migrations: [], created: [], major: 18 },
  };
  const [file] = (await suite.derives?.(world, claim)) ?? [];
  expect(file?.path).toBe("t.md");
  expect(file?.text.split("\n").slice(6)).toEqual([
    "## 1. \\`a\\` \\*case\\* with \\| and \\<b\\>",
    "",
    "- Status: PASS",
    "- As: `app_rw`, `app.tenant = 1`",
    "- Asked: `SELECT 1 FROM a` is refused with `` insufficient_privilege matching `?denied ``",
    "- Fails with: its own sabotage, `GRANT SELECT ON a TO app_rw`",
    "",
    "## 2. two writers",
    "",
    "- Status: PASS",
    "- As: `app.tenant = 1`",
    "- Asked: session B, `INSERT INTO a VALUES (5, 2)` is refused with `unique_violation`",
    "- Fails with: its own sabotage, `ALTER TABLE a DROP CONSTRAINT a_pkey`",
    "",
  ]);
});

test.each([
  ["db/{name}_results.md", true],
  ["db/results.md", false],
  ["db/{name}.sql", false],
  ["../{name}.md", false],
])("the path of results %s is taken: %s", (results, taken) => {
  expect(suite.params.safeParse({ files: ["a.sql"], results }).success).toBe(taken);
});
