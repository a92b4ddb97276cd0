import { describe, expect, test } from "@jest/globals";
import { spec } from "../../src/checks/spec.ts";
import { said, tryKind } from "../suites/kind.ts";
import { server } from "../suites/server.ts";

const it = server();
const [whole] = spec.examples;
const file = whole.files?.["db/a.sql"] ?? "";
const trial = { setup: whole.setup ?? "", params: { file: "db/a.sql", table: "a" } };
const withFile = (sql: string) => ({ ...trial, files: { "db/a.sql": sql } });

describe("every example holds, and every mutant of it is noticed", () => {
  test.each(spec.examples.map((example) => [example.params.file, example] as const))(
    "%s",
    async (_, { setup = "", files = {}, params }) => {
      const seen = await tryKind(it, spec, { setup, files, params });
      expect(said(seen)).toEqual([]);
      expect(seen.red?.placebo).toBe("unmoved");
      expect(seen.red?.mutants.filter(({ outcome }) => outcome.status !== "killed")).toEqual([]);
      expect([...new Set(seen.red?.mutants.map(({ provokes }) => provokes))].sort()).toEqual([...spec.codes].sort());
    },
  );
});

test.each([
  [
    "the file says another type",
    file.replace("numeric(6,5)", "numeric(7,5)"),
    ["differs: column public.a.n: type is numeric(6,5); db/a.sql says numeric(7,5)."],
  ],
  [
    "the file forgets NOT NULL",
    file.replace("numeric(6,5) NOT NULL", "numeric(6,5)"),
    ["differs: column public.a.n: nullable is false; db/a.sql says true."],
  ],
  [
    "the file has another default",
    file.replace("DEFAULT gen_random_uuid()", ""),
    ["differs: column public.a.id: default is gen_random_uuid(); db/a.sql says nothing."],
  ],
  [
    "the file has another action",
    file.replace("ON DELETE CASCADE", ""),
    ["differs: constraint a_parent_fkey on public.a: onDelete is CASCADE; db/a.sql says NO ACTION."],
  ],
  [
    "the file has the columns in another order",
    file
      .replace("  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),\n", "")
      .replace(
        "  n numeric(6,5) NOT NULL,\n",
        "  n numeric(6,5) NOT NULL,\n  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),\n",
      ),
    ["differs: column public.a.id: position is 1; db/a.sql says 3."],
  ],
  [
    "the file names a constraint otherwise",
    file.replace("CONSTRAINT ck_n", "CONSTRAINT ck_other"),
    [
      "missing: constraint ck_n on public.a exists; db/a.sql does not describe it.",
      "extra: constraint ck_other on public.a does not exist; db/a.sql describes it.",
    ],
  ],
  [
    "the file has a condition that is always true",
    file.replace("n BETWEEN 0 AND 1", "true"),
    [
      "differs: constraint ck_n on public.a: definition is CHECK (((n >= (0)::numeric) AND (n <= (1)::numeric))); db/a.sql says CHECK (true).",
    ],
  ],
  [
    "the file has another predicate",
    file.replace("WHERE n > 0", ""),
    [
      "differs: index public.idx_n: definition is CREATE UNIQUE INDEX idx_n ON public.a USING btree (parent, n) WHERE (n > (0)::numeric); db/a.sql says CREATE UNIQUE INDEX idx_n ON public.a USING btree (parent, n).",
    ],
  ],
  [
    "the file lacks the trigger",
    file.replace(/CREATE TRIGGER.*\n/, ""),
    ["missing: trigger t on public.a exists; db/a.sql does not describe it."],
  ],
  [
    "the file forces row level security",
    `${file}ALTER TABLE a FORCE ROW LEVEL SECURITY;`,
    ["differs: table public.a: forceRowSecurity is false; db/a.sql says true."],
  ],
  [
    "the file has a policy that lets everything through",
    file.replace("USING (parent = 1)", "USING (true)"),
    ["differs: policy p on public.a: using is (parent = 1); db/a.sql says true."],
  ],
  [
    "the file cannot be parsed",
    "CREATE TABLE a (\n  id uid uuid);",
    ['refused: db/a.sql:2: PostgreSQL cannot read it: syntax error at or near "uuid".'],
  ],
  [
    "the file is refused",
    `${file}CREATE INDEX x ON a (nothing);`,
    ['refused: db/a.sql:14: PostgreSQL refuses it: column "nothing" does not exist.'],
  ],
  ["the file holds nothing", "-- Nothing yet.", ["refused: db/a.sql:1: it holds no statement."]],
  ["the file commits", `${file}COMMIT;`, ["refused: db/a.sql:14: it is no DDL of the table."]],
  [
    "the file copies the table that is there",
    "CREATE TABLE a (LIKE public.a INCLUDING ALL);",
    ["refused: db/a.sql:1: the table is copied or inherited; the file has to describe it."],
  ],
  [
    "the file inherits the table that is there",
    "CREATE TABLE a () INHERITS (public.a);",
    ["refused: db/a.sql:1: the table is copied or inherited; the file has to describe it."],
  ],
  [
    "the file is about another table, too",
    `${file}ALTER TABLE parent ADD x int;`,
    ["refused: db/a.sql:14: it is about parent, not a."],
  ],
  ["the file runs a program", `${file}DO $$ BEGIN END $$;`, ["refused: db/a.sql:14: it is no DDL of the table."]],
])("%s", async (_, sql, findings) => {
  expect(said(await tryKind(it, spec, withFile(sql)))).toEqual(findings);
});

test.each([
  [
    "there is no file",
    { ...trial, files: {} },
    ["no-file: db/a.sql does not exist; the plan asks for the DDL of a there."],
  ],
  [
    "there is no table",
    { setup: "SELECT 1", files: { "b.sql": "CREATE TABLE b (n int);" }, params: { file: "b.sql", table: "b" } },
    ["no-table: b does not exist; b.sql describes it."],
  ],
  [
    "another table inherits from it",
    {
      ...trial,
      files: { "db/a.sql": file },
      setup: `${whole.setup}; CREATE SCHEMA s; CREATE TABLE s.heir () INHERITS (a)`,
    },
    ["missing: table s.heir inherits from a, so that its rows are shown as a's; db/a.sql describes one table."],
  ],
  [
    "it has partitions",
    {
      setup: "CREATE TABLE b (n int) PARTITION BY LIST (n); CREATE TABLE c PARTITION OF b DEFAULT",
      files: { "b.sql": "CREATE TABLE b (n int) PARTITION BY LIST (n);" },
      params: { file: "b.sql", table: "b" },
    },
    [],
  ],
  [
    "the table's name is a key word, after letters of more than one byte",
    {
      setup: 'CREATE TABLE "user" (n serial)',
      files: { "b.sql": '-- Größe\nCREATE TABLE public."user" (n serial);' },
      params: { file: "b.sql", table: '"user"' },
    },
    [],
  ],
])("%s", async (_, world, findings) => {
  expect(said(await tryKind(it, spec, world))).toEqual(findings);
});
