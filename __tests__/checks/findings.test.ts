import { expect, test } from "@jest/globals";
import type { CheckKind } from "../../src/checks/kind.ts";
import { kinds } from "../../src/checks/table.ts";
import { cluster } from "../migrate/world.ts";
import { codesOf, findingsOf, trying, type World } from "./example-world.ts";

const attempt = trying(cluster());
const kindOf = (word: keyof typeof kinds): CheckKind => kinds[word];

type Row = readonly [name: string, word: keyof typeof kinds, params: object, world: World, codes: readonly string[]];

const ratio = { table: "a", name: "ck", type: "check", definition: "r >= 0 AND r <= 1" };
const deferred =
  "CREATE TABLE t (x int PRIMARY KEY); CREATE TABLE a (x int REFERENCES t DEFERRABLE INITIALLY DEFERRED)";
const unique = { table: "a", columns: ["x"], unique: true };

const rows: readonly Row[] = [
  [
    "attack 31: a check of the right name and a condition that is always true",
    "constraint",
    ratio,
    { setup: "CREATE TABLE a (r numeric, CONSTRAINT ck CHECK (r >= 0 OR true))" },
    ["other-definition"],
  ],
  [
    "attack 30: a constraint that is NOT VALID",
    "constraint",
    ratio,
    { setup: "CREATE TABLE a (r numeric); ALTER TABLE a ADD CONSTRAINT ck CHECK (r BETWEEN 0 AND 1) NOT VALID" },
    ["not-validated"],
  ],
  [
    "a constraint that is NOT ENFORCED is none, also where it may be NOT VALID",
    "constraint",
    { ...ratio, validated: false },
    { setup: "CREATE TABLE a (r numeric, CONSTRAINT ck CHECK (r BETWEEN 0 AND 1) NOT ENFORCED)" },
    ["not-enforced"],
  ],
  [
    "attack 35: a view in place of the table has no constraints",
    "constraint",
    ratio,
    { setup: "CREATE VIEW a AS SELECT 1::numeric AS r" },
    ["no-constraint"],
  ],
  [
    "a condition on a column that is not there yet is no constraint, and no error",
    "constraint",
    { table: "a", type: "check", definition: "r >= 0" },
    { setup: "CREATE TABLE a (x int CHECK (x > 0))" },
    ["no-constraint"],
  ],
  [
    "a condition that PostgreSQL refuses is an error in PostgreSQL's words",
    "constraint",
    { ...ratio, definition: "r >>> 0" },
    { setup: "CREATE TABLE a (r numeric, CONSTRAINT ck CHECK (r > 0))" },
    ["errored: operator does not exist: numeric >>> integer"],
  ],
  [
    "the columns of a key are in order",
    "constraint",
    { table: "a", type: "primary key", columns: ["x", "y"] },
    { setup: "CREATE TABLE a (x int, y int, PRIMARY KEY (y, x))" },
    ["no-constraint"],
  ],
  [
    "the nearest of several is told",
    "constraint",
    { table: "a", type: "foreign key", columns: ["t"], references: { table: "t" }, "on-delete": "cascade" },
    {
      setup:
        "CREATE TABLE t (x int PRIMARY KEY); CREATE TABLE u (x int PRIMARY KEY); CREATE TABLE a (t int REFERENCES u, FOREIGN KEY (t) REFERENCES t)",
    },
    ["other-on-delete"],
  ],
  [
    "the same table in another schema is another table",
    "constraint",
    { table: "a", type: "foreign key", columns: ["t"], references: { table: "t" } },
    { setup: "CREATE SCHEMA s; CREATE TABLE s.t (x int PRIMARY KEY); CREATE TABLE a (t int REFERENCES s.t)" },
    ["other-reference"],
  ],
  [
    "NOT NULL that is NOT VALID lets older rows be",
    "constraint",
    { table: "a", type: "not null", columns: ["x"] },
    { setup: "CREATE TABLE a (x int); ALTER TABLE a ADD CONSTRAINT n NOT NULL x NOT VALID" },
    ["not-validated"],
  ],
  [
    "attack 32: a unique index whose predicate matches no row",
    "index",
    unique,
    { setup: "CREATE TABLE a (x int); CREATE UNIQUE INDEX i ON a (x) WHERE false" },
    ["other-predicate"],
  ],
  [
    "attack 32: a predicate that says something else than the plan's",
    "index",
    { ...unique, predicate: "x IS NOT NULL" },
    { setup: "CREATE TABLE a (x int); CREATE UNIQUE INDEX i ON a (x) WHERE x IS NULL" },
    ["other-predicate"],
  ],
  [
    "attack 30: an index that is invalid, as the one of a partitioned table without its partitions",
    "index",
    { table: "a", columns: ["x"] },
    {
      setup:
        "CREATE TABLE a (x int) PARTITION BY LIST (x); CREATE TABLE b PARTITION OF a DEFAULT; CREATE INDEX i ON ONLY a (x)",
    },
    ["not-valid"],
  ],
  [
    "an index that only begins with the columns is another",
    "index",
    { table: "a", columns: ["x"] },
    { setup: "CREATE TABLE a (x int, y int); CREATE INDEX ON a (x, y)" },
    ["no-index"],
  ],
  [
    "an expression on a column that is not there yet is no index, and no error",
    "index",
    { table: "a", columns: ["lower(y)"] },
    { setup: "CREATE TABLE a (x text); CREATE INDEX ON a (lower(x))" },
    ["no-index"],
  ],
  [
    "the columns of a unique constraint have their index",
    "index",
    { ...unique, name: "a_x_key" },
    { setup: "CREATE TABLE a (x int UNIQUE)" },
    ["passed"],
  ],
  [
    "attack 53: a query that writes is refused",
    "sql",
    { name: "n", query: "DELETE FROM a RETURNING x", gives: "empty", sabotage: "SELECT 1" },
    { setup: "CREATE TABLE a (x int)" },
    ["errored: cannot execute DELETE in a read-only transaction"],
  ],
  [
    "attack 42: a query that ends the transaction is refused",
    "sql",
    { name: "n", query: "SELECT 1 WHERE false; COMMIT", gives: "empty", sabotage: "SELECT 1" },
    {},
    ["errored: cannot insert multiple commands into a prepared statement"],
  ],
  [
    "null is not true",
    "sql",
    { name: "n", query: "SELECT NULL::bool", gives: true, sabotage: "SELECT 1" },
    {},
    ["not-true"],
  ],
  [
    "the text true is not true",
    "sql",
    { name: "n", query: "SELECT 'true'", gives: true, sabotage: "SELECT 1" },
    {},
    ["not-true"],
  ],
  [
    "no row is not true",
    "sql",
    { name: "n", query: "SELECT true WHERE false", gives: true, sabotage: "SELECT 1" },
    {},
    ["not-true"],
  ],
  [
    "one true of two is not true",
    "sql",
    { name: "n", query: "SELECT true UNION ALL SELECT false", gives: true, sabotage: "SELECT 1" },
    {},
    ["not-true"],
  ],
  [
    "a row too many is another result",
    "sql",
    { name: "n", query: "VALUES (1), (2)", gives: { rows: [[1]] }, sabotage: "SELECT 1" },
    {},
    ["other-rows"],
  ],
  [
    "a row too few is another result",
    "sql",
    { name: "n", query: "SELECT 1 AS x", gives: { rows: [[1], [2]] }, sabotage: "SELECT 1" },
    {},
    ["other-rows"],
  ],
  [
    "null is no empty text",
    "sql",
    { name: "n", query: "SELECT NULL AS x", gives: { rows: [[""]] }, sabotage: "SELECT 1" },
    {},
    ["other-rows"],
  ],
  [
    "attack 50: a typo does not pass as the refusal",
    "statement",
    { name: "n", sql: "INSERT INTO b VALUES (2)", "fails-with": { condition: "check_violation" } },
    { setup: "CREATE TABLE a (x int CHECK (x < 2))" },
    ["other-condition"],
  ],
  [
    "another constraint than the plan's refuses it",
    "statement",
    {
      name: "n",
      sql: "INSERT INTO a VALUES (2, NULL)",
      "fails-with": { condition: "check_violation", constraint: "c" },
    },
    { setup: "CREATE TABLE a (x int CONSTRAINT b CHECK (x < 2), y int CONSTRAINT c CHECK (y > 0))" },
    ["other-constraint"],
  ],
  [
    "what must be accepted first is refused",
    "statement",
    { name: "n", given: "INSERT INTO a VALUES (3)", sql: "SELECT 1", "fails-with": { condition: "check_violation" } },
    { setup: "CREATE TABLE a (x int CHECK (x < 2))" },
    ["given-refused"],
  ],
  [
    "what must be accepted first is refused in the end, by a deferred constraint",
    "statement",
    {
      name: "n",
      given: "INSERT INTO a VALUES (3)",
      sql: "SELECT 1",
      "fails-with": { condition: "foreign_key_violation" },
    },
    { setup: deferred },
    ["given-refused"],
  ],
  [
    "a deferred constraint refuses the statement although nothing is committed",
    "statement",
    {
      name: "n",
      sql: "INSERT INTO a VALUES (3)",
      "fails-with": { condition: "foreign_key_violation", constraint: "a_x_fkey" },
    },
    { setup: deferred },
    ["passed"],
  ],
  [
    "attack 42: a statement that ends the transaction is refused as what it is",
    "statement",
    { name: "n", sql: "INSERT INTO a VALUES (1); COMMIT", accepted: true, sabotage: "SELECT 1" },
    { setup: "CREATE TABLE a (x int)" },
    ["refused"],
  ],
  [
    "a statement that touches no row is accepted, and that is told",
    "statement",
    { name: "n", sql: "UPDATE a SET x = 5", "fails-with": { condition: "check_violation" } },
    { setup: "CREATE TABLE a (x int CHECK (x < 2))" },
    ["accepted"],
  ],
];

test.each(rows)("%s (%s)", async (_, word, params, world, codes) => {
  const { seen } = await attempt(kindOf(word), params, world);
  expect(codesOf(seen)).toEqual(codes);
  for (const { message, help } of findingsOf(seen)) {
    expect(message).toMatch(/^\S.*\.$/s);
    expect(help).toMatch(/^[A-Z].*\.$/s);
  }
});

test.each<
  readonly [name: string, word: keyof typeof kinds, params: object, world: World, mutant: string, status: string]
>([
  [
    "a query that cannot give anything else is not killed by its sabotage",
    "sql",
    { name: "n", query: "SELECT count(*) >= 0 FROM a", gives: true, sabotage: "DELETE FROM a" },
    { setup: "CREATE TABLE a (x int)" },
    "its own sabotage is done",
    "survived",
  ],
  [
    "a refusal that nothing can be taken away from needs a sabotage of its own",
    "statement",
    { name: "n", sql: "INSERT INTO a VALUES (1, 2", "fails-with": { condition: "syntax_error" } },
    { setup: "CREATE TABLE a (x int)" },
    "nothing is done, because the plan gives no `sabotage`",
    "survived",
  ],
  [
    "a second constraint that refuses the same is found",
    "statement",
    { name: "n", sql: "INSERT INTO a VALUES (3)", "fails-with": { condition: "check_violation" } },
    { setup: "CREATE TABLE a (x int CONSTRAINT b CHECK (x < 2) CONSTRAINT c CHECK (x < 3))" },
    "constraint b is gone",
    "survived",
  ],
])("%s", async (_, word, params, world, mutant, status) => {
  const tried = await attempt(kindOf(word), params, world);
  expect(codesOf(tried.seen)).toEqual(["passed"]);
  const { mutants } = await tried.prove();
  expect(mutants.find(({ name }) => name === mutant)?.outcome.status).toBe(status);
});

test.each<readonly [word: keyof typeof kinds, params: object, asked: string]>([
  ["column", { table: "customer", name: "id", type: "int" }, "the plan asks for its column id."],
  [
    "constraint",
    { table: "customer", type: "primary key", columns: ["id"] },
    "the plan asks for a primary key on (id).",
  ],
  ["index", { table: "customer", columns: ["id"] }, "the plan asks for the index (id)."],
  ["trigger", { table: "customer", name: "t" }, "the plan asks for its trigger t."],
  ["rls", { table: "customer" }, "the plan asks for a table with row-level security."],
  ["view", { name: "customer", columns: [{ name: "id", type: "int" }] }, "the plan asks for a view."],
  ["grants", { role: "app_ro", table: "customer", privileges: [] }, "the plan asks what app_ro has on it."],
])("that there is no table is what a `%s` check tells of it", async (word, params, asked) => {
  const { seen } = await attempt(kindOf(word), params, { setup: "CREATE TABLE customers (id int)" });
  const [first, ...more] = findingsOf(seen);
  expect(more).toEqual([]);
  expect(first?.message).toMatch(/^(The table )?customer does not exist; |^There is no table customer; /);
  expect(first?.message.endsWith(asked)).toBe(true);
  expect(first?.help).toMatch(/^Create (the table|it) in a migration of the phase/);
});
