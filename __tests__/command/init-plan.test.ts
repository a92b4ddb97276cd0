import { expect, test } from "@jest/globals";
import { kinds } from "../../src/checks/table.ts";
import { type FirstPlan, firstPlan, scalar } from "../../src/plan/first-plan.ts";
import { firstWorkflow } from "../../src/plan/first-workflow.ts";
import { knownObjects } from "../../src/plan/known-objects.ts";
import { readPlan } from "../../src/plan/read.ts";

/** What the text of migrations shows, and the plan that is made of it. */

/** `name(key)`, or `name[first column]` where no key is known; views with their sort. */
async function shown(...ups: readonly (string | undefined)[]): Promise<readonly string[]> {
  const { tables, views } = await knownObjects(ups);
  const of = ({ schema, name }: { readonly schema: string; readonly name: string }) =>
    schema === "public" ? name : `${schema}.${name}`;
  return [
    ...tables.map((table) => of(table) + (table.key ? `(${table.key.join(", ")})` : `[${table.columns[0] ?? ""}]`)),
    ...views.map((view) => `${of(view)} ${view.materialized ? "materialized" : "view"}`),
  ];
}

const a = "CREATE TABLE a (id int PRIMARY KEY, n int);";

test.each<[what: string, ups: readonly (string | undefined)[], known: readonly string[]]>([
  ["a key at its column", [a], ["a(id)"]],
  ["a key of the table", ["CREATE TABLE s.a (x int, y int, PRIMARY KEY (y, x));"], ["s.a(y, x)"]],
  ["a table without a key", ["CREATE TABLE a (n int, m int);"], ["a[n]"]],
  ["an identity is no plain column", ["CREATE TABLE a (n int GENERATED ALWAYS AS IDENTITY, m int);"], ["a[m]"]],
  ["a generated column is none", ["CREATE TABLE a (n int GENERATED ALWAYS AS (m) STORED, m int);"], ["a[m]"]],
  [
    "a column that becomes an identity",
    ["CREATE TABLE a (n int NOT NULL, m int);", "ALTER TABLE a ALTER n ADD GENERATED ALWAYS AS IDENTITY"],
    ["a[m]"],
  ],
  ["a key that is added", ["CREATE TABLE a (id int);", "ALTER TABLE a ADD CONSTRAINT k PRIMARY KEY (id)"], ["a(id)"]],
  [
    "a key that takes over an index",
    ["CREATE TABLE a (id int);", "ALTER TABLE a ADD CONSTRAINT k PRIMARY KEY USING INDEX i"],
    ["a[id]"],
  ],
  ["a key with a column that is added", ["CREATE TABLE a (n int);", "ALTER TABLE a ADD id int PRIMARY KEY"], ["a(id)"]],
  ["a key that is dropped", [a, "ALTER TABLE a DROP CONSTRAINT a_pkey"], ["a[id]"]],
  [
    "a named key that is dropped",
    ["CREATE TABLE a (id int CONSTRAINT k PRIMARY KEY)", "ALTER TABLE a DROP CONSTRAINT k"],
    ["a[id]"],
  ],
  [
    "a key that is renamed and dropped",
    [a, "ALTER TABLE a RENAME CONSTRAINT a_pkey TO k", "ALTER TABLE a DROP CONSTRAINT k"],
    ["a[id]"],
  ],
  ["another constraint that is dropped", [a, "ALTER TABLE a DROP CONSTRAINT other"], ["a(id)"]],
  ["a column of the key that is dropped", [a, "ALTER TABLE a DROP COLUMN id"], ["a[n]"]],
  ["a column of the key that is renamed", [a, "ALTER TABLE a RENAME id TO key"], ["a(key)"]],
  ["a table that is renamed", [a, "ALTER TABLE a RENAME TO b"], ["b(id)"]],
  ["a table that moves", [a, "ALTER TABLE a SET SCHEMA s"], ["s.a(id)"]],
  ["a table that is dropped", [a, "DROP TABLE a"], []],
  ["a table that is dropped and made again", [a, "DROP TABLE a; CREATE TABLE a (x int PRIMARY KEY)"], ["a(x)"]],
  ["a table that was there already", [a, "CREATE TABLE IF NOT EXISTS a (x int PRIMARY KEY)"], ["a(id)"]],
  ["a table that was not there yet", ["CREATE TABLE IF NOT EXISTS a (x int PRIMARY KEY)"], ["a(x)"]],
  ["a table of another schema that is dropped", [a, "CREATE TABLE s.a (x int PRIMARY KEY); DROP TABLE s.a"], ["a(id)"]],
  ["a type that goes with the columns of it", [a, "DROP TYPE t CASCADE"], []],
  ["an extension that goes with what it is used in", [a, "DROP EXTENSION citext CASCADE"], []],
  ["a type that goes alone", [a, "DROP TYPE t"], ["a(id)"]],
  [
    "a function with a search_path of its own",
    ["CREATE FUNCTION f() RETURNS int LANGUAGE sql SET search_path = s AS 'SELECT 1';", a],
    ["a(id)"],
  ],
  [
    "a function with a search_path of its own, in the same migration",
    [`CREATE FUNCTION f() RETURNS int LANGUAGE sql SET search_path = s AS 'SELECT 1'; ${a}`],
    ["a(id)"],
  ],
  ["a temporary view", ["CREATE TEMP VIEW v AS SELECT 1 AS x"], []],
  ["a temporary table", ["CREATE TEMP TABLE t (id int PRIMARY KEY)"], []],
  ["a partition, whose columns are its parent's", ["CREATE TABLE p PARTITION OF a FOR VALUES IN (1)"], ["p[]"]],
  [
    "views",
    ["CREATE VIEW v AS SELECT 1 AS x; CREATE MATERIALIZED VIEW m AS SELECT 1 AS x"],
    ["v view", "m materialized"],
  ],
  ["a view that is dropped", ["CREATE VIEW v AS SELECT 1 AS x", "DROP VIEW v"], []],
  ["a view that is renamed", ["CREATE VIEW v AS SELECT 1 AS x", "ALTER VIEW v RENAME TO w"], ["w view"]],
  [
    "a view that may have gone with what it reads",
    [a, "CREATE VIEW v AS SELECT id FROM a; CREATE TABLE b (n int); DROP TABLE b CASCADE"],
    ["a(id)"],
  ],
  ["a schema that goes with all that is in it", [a, "DROP SCHEMA public CASCADE"], []],
  ["a schema that gets another name", [a, "ALTER SCHEMA public RENAME TO old"], []],
  ["a block that may drop anything", [a, "DO $$ BEGIN EXECUTE format('DROP TABLE %I', 'a'); END $$"], []],
  ["a block that takes nothing away", [a, "DO $$ BEGIN PERFORM 1; END $$"], ["a(id)"]],
  [
    "names that mean another schema",
    [a, "SET search_path = s; CREATE TABLE b (id int PRIMARY KEY); ALTER TABLE a DROP COLUMN id"],
    [],
  ],
  ["names of the next migration, which begins anew", ["SET search_path = s", a], ["a(id)"]],
  [
    "names that are whole, whatever the search_path",
    ["SELECT pg_catalog.set_config('search_path', '', false); CREATE TABLE public.a (id int PRIMARY KEY)"],
    ["a(id)"],
  ],
  [
    "a program, after which nothing before it is certain",
    [a, undefined, "CREATE TABLE b (id int PRIMARY KEY)"],
    ["b(id)"],
  ],
  ["what PostgreSQL's parser refuses", [a, "CREATE TABEL b ()"], []],
])("%s", async (_what, ups, known) => {
  expect(await shown(...ups)).toEqual(known);
});

test("roles are found where something is granted, owned or seen, and PostgreSQL's own are left out", async () => {
  const { roles } = await knownObjects([
    "GRANT SELECT ON a TO reader, PUBLIC; ALTER TABLE a OWNER TO owner_of; CREATE POLICY p ON a TO seer USING (true)",
    "ALTER DEFAULT PRIVILEGES FOR ROLE maker GRANT SELECT ON TABLES TO reader; GRANT pg_read_all_data TO x",
  ]);
  expect(roles).toEqual(["maker", "owner_of", "reader", "seer", "x"]);
});

const given: FirstPlan = {
  name: "Orders: all of them",
  version: 17,
  dir: "db/migrations",
  through: "0003_last",
  programs: false,
  known: {
    tables: [
      { schema: "public", name: "orders", key: ["id"], columns: ["id"] },
      { schema: "Sales", name: "no", key: ["On", "true"], columns: [] },
      { schema: "public", name: "log", columns: ["at"] },
      { schema: "public", name: "part", columns: [] },
    ],
    views: [{ schema: "public", name: "v", materialized: true }],
    roles: ["reader", "Odd Name"],
  },
};

const planOf = (text: string) => {
  const reading = readPlan(text, "phasegate.yml", kinds);
  if ("mistakes" in reading) throw new Error(JSON.stringify(reading.mistakes));
  return reading.read.plan;
};

test("the plan is one, and says what was found", () => {
  const plan = planOf(firstPlan(given));
  expect(plan).toMatchObject({
    name: "Orders: all of them",
    postgres: { version: 17, roles: [{ name: "reader" }] },
    migrations: { dir: "db/migrations" },
    policy: { programs: "refuse", "plan-owners": [] },
    phases: [{ id: "baseline", after: [], owns: { migrations: { through: "0003_last" } } }],
  });
  expect(plan.phases[0]?.gates.map(({ checks }) => checks.map(({ kind, params }) => ({ kind, params })))).toMatchObject(
    [
      [
        { kind: "constraint", params: { table: "orders", type: "primary key", columns: ["id"] } },
        { kind: "constraint", params: { table: '"Sales".no', columns: ["On", "true"] } },
      ],
      [{ kind: "column", params: { table: "log", name: "at" } }],
      [{ kind: "view", params: { name: "v", materialized: true } }],
    ],
  );
});

test("the next phase is a plan as well, once its # are taken away", () => {
  const text = firstPlan(given).replace(/^ {2}# (?=( {2})*- |( {2})+\w+:)/gm, "  ");
  expect(planOf(text).phases.map(({ id, after }) => ({ id, after }))).toEqual([
    { id: "baseline", after: [] },
    { id: "next", after: ["baseline"] },
  ]);
});

test("where nothing is certain, one gate still asks that something is there", () => {
  const plan = planOf(firstPlan({ ...given, programs: true, known: { tables: [], views: [], roles: [] } }));
  expect(plan.policy.programs).toBe("allow");
  expect(plan.phases[0]?.gates.map(({ checks }) => checks.map(({ kind }) => kind))).toEqual([["sql"]]);
});

test("a text that YAML would take for something else is quoted", () => {
  expect(["orders", "db/x", "no", "True", "1a", "a: b", "", "#"].map(scalar)).toEqual([
    "orders",
    "db/x",
    '"no"',
    '"True"',
    '"1a"',
    '"a: b"',
    '""',
    '"#"',
  ]);
});

test("the workflow is short, and beside programs its token can only read", () => {
  expect(firstWorkflow("main", false).trimEnd().split("\n").length).toBeLessThan(25);
  expect(firstWorkflow("main", false)).toMatch(/\bchecks: write\n/);
  expect(firstWorkflow("main", true)).not.toMatch(/: write\b/);
  expect(firstWorkflow("main", true)).toContain("with: { check-run: false, comment: false }");
});
