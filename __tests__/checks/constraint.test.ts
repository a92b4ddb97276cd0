import { expect, test } from "@jest/globals";
import { constraint } from "../../src/checks/constraint.ts";
import { cluster } from "../migrate/world.ts";
import { codesOf, findingsOf, trying } from "./example-world.ts";

const attempt = trying(cluster());

const made = (declaration: string) =>
  `CREATE TABLE t (a int, b int, PRIMARY KEY (a, b)); CREATE TABLE a (a int, b int, ${declaration})`;
const key = { table: "a", type: "foreign key", columns: ["a", "b"] };
const unique = { table: "a", type: "unique", columns: ["a"] };
const references = "FOREIGN KEY (a, b) REFERENCES t";

test.each<readonly [name: string, params: object, setup: string, codes: readonly string[]]>([
  ["a foreign key as asked", { ...key, "on-delete": "set null" }, made(`${references} ON DELETE SET NULL`), ["passed"]],
  [
    "ON DELETE sets one column of two, where the plan names none",
    { ...key, "on-delete": "set null" },
    made(`${references} ON DELETE SET NULL (b)`),
    ["other-on-delete"],
  ],
  [
    "ON DELETE sets all columns by name",
    { ...key, "on-delete": "set null" },
    made(`${references} ON DELETE SET NULL (b, a)`),
    ["passed"],
  ],
  [
    "ON DELETE sets the columns that the plan names",
    { ...key, "on-delete": "set default", "on-delete-columns": ["b"] },
    made(`${references} ON DELETE SET DEFAULT (b)`),
    ["passed"],
  ],
  [
    "ON DELETE sets another column than the plan's",
    { ...key, "on-delete": "set null", "on-delete-columns": ["b"] },
    made(`${references} ON DELETE SET NULL (a)`),
    ["other-on-delete"],
  ],
  ["MATCH FULL, where the plan says nothing", key, made(`${references} MATCH FULL`), ["other-match"]],
  ["MATCH FULL, as asked", { ...key, match: "full" }, made(`${references} MATCH FULL`), ["passed"]],
  ["MATCH SIMPLE, where the plan asks for more", { ...key, match: "full" }, made(references), ["other-match"]],
  [
    "MATCH FULL of a key of one column is the same",
    { table: "a", type: "foreign key", columns: ["a"] },
    "CREATE TABLE t (x int PRIMARY KEY); CREATE TABLE a (a int REFERENCES t MATCH FULL)",
    ["passed"],
  ],
  [
    "a unique constraint does not reach what inherits",
    unique,
    `${made("UNIQUE (a)")}; CREATE TABLE c () INHERITS (a)`,
    ["not-on-child"],
  ],
  [
    "a primary key reaches its partitions",
    { table: "q", type: "primary key", columns: ["x"] },
    "CREATE TABLE q (x int PRIMARY KEY) PARTITION BY LIST (x); CREATE TABLE r PARTITION OF q DEFAULT",
    ["passed"],
  ],
  [
    "a foreign key does not reach what inherits",
    key,
    `${made(references)}; CREATE TABLE c () INHERITS (a)`,
    ["not-on-child"],
  ],
  [
    "what inherits has the foreign key too",
    key,
    `${made(references)}; CREATE TABLE c (${references}) INHERITS (a)`,
    ["passed"],
  ],
  [
    "a check that is not inherited",
    { table: "a", type: "check", definition: "a > 0" },
    `${made("CHECK (a > 0) NO INHERIT")}; CREATE TABLE c () INHERITS (a)`,
    ["not-on-child"],
  ],
  [
    "a check is inherited",
    { table: "a", type: "check", definition: "a > 0" },
    `${made("CHECK (a > 0)")}; CREATE TABLE c () INHERITS (a)`,
    ["passed"],
  ],
  [
    "NOT NULL that is not inherited",
    { table: "a", type: "not null", columns: ["a"] },
    `${made("CONSTRAINT n NOT NULL a NO INHERIT")}; CREATE TABLE c () INHERITS (a)`,
    ["not-on-child"],
  ],
  ["two nulls are the same to it", unique, made("UNIQUE NULLS NOT DISTINCT (a)"), ["other-nulls"]],
  [
    "two nulls are the same to it, as asked",
    { ...unique, "nulls-distinct": false },
    made("UNIQUE NULLS NOT DISTINCT (a)"),
    ["passed"],
  ],
  [
    "two nulls must be the same to it, and are not",
    { ...unique, "nulls-distinct": false },
    made("UNIQUE (a)"),
    ["other-nulls"],
  ],
])("%s", async (_, params, setup, codes) => {
  const { seen } = await attempt(constraint, params, { setup });
  expect(codesOf(seen)).toEqual(codes);
});

test("a finding shows both clauses", async () => {
  const { seen } = await attempt(
    constraint,
    { ...key, "on-delete": "set null" },
    { setup: made(`CONSTRAINT f ${references} ON DELETE SET NULL (b)`) },
  );
  expect(findingsOf(seen)).toEqual([
    {
      code: "other-on-delete",
      message: "f on a has ON DELETE SET NULL (b); the plan asks for ON DELETE SET NULL.",
      help: "Declare it with ON DELETE SET NULL.",
    },
  ]);
});

test.each([
  [
    "columns of an action that sets none",
    { ...key, "on-delete": "cascade", "on-delete-columns": ["a"] },
    "on-delete-columns",
  ],
  ["columns of no action", { ...key, "on-delete-columns": ["a"] }, "on-delete-columns"],
  ["a match of what matches nothing", { ...unique, match: "full" }, "match"],
  ["nulls of a foreign key", { ...key, "nulls-distinct": false }, "nulls-distinct"],
])("%s are a mistake of the plan", (_, params, path) => {
  expect(constraint.params.safeParse(params).error?.issues.map((issue) => issue.path.join("."))).toEqual([path]);
});
