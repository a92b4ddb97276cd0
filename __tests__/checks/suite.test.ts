import { describe, expect, test } from "@jest/globals";
import { suite } from "../../src/checks/suite.ts";
import { said, tryKind } from "../suites/kind.ts";
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
      expect([...new Set(seen.red?.mutants.map(({ provokes }) => provokes))].sort()).toEqual([...suite.codes].sort());
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
