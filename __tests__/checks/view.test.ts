import { expect, test } from "@jest/globals";
import { view } from "../../src/checks/view.ts";
import { cluster } from "../migrate/world.ts";
import { codesOf, findingsOf, trying } from "./example-world.ts";

const attempt = trying(cluster());

const columns = [
  { name: "t", type: "uuid" },
  { name: "n", type: "int" },
];
const table = "CREATE TABLE a (t uuid, n int)";
const plain = (query: string, options = "") => `${table}; CREATE VIEW v ${options} AS ${query}`;
const materialized = (query: string) => `${table}; CREATE MATERIALIZED VIEW m AS ${query}`;
const m = { name: "m", materialized: true };

test.each<readonly [name: string, params: object, setup: string, codes: readonly string[]]>([
  ["a view with the columns, by another word for the type", { name: "v", columns }, plain("TABLE a"), ["passed"]],
  ["there is none", { name: "v" }, table, ["no-view"]],
  ["it is in another schema", { name: "s.v" }, `CREATE SCHEMA s; ${plain("TABLE a")}`, ["no-view"]],
  ["attack 35, turned around: it is a table", { name: "a" }, table, ["other-kind"]],
  ["it is a plain view where a materialized one is asked for", { ...m, name: "v" }, plain("TABLE a"), ["other-kind"]],
  ["it is materialized where a plain one is asked for", { name: "m" }, materialized("TABLE a"), ["other-kind"]],
  ["the columns are in another order", { name: "v", columns }, plain("SELECT n, t FROM a"), ["other-columns"]],
  ["a column has another type", { name: "v", columns }, plain("SELECT t, n::bigint AS n FROM a"), ["other-columns"]],
  ["a column has another name", { name: "v", columns }, plain("SELECT t, n AS m FROM a"), ["other-columns"]],
  ["a column is missing", { name: "v", columns }, plain("SELECT t FROM a"), ["other-columns"]],
  ["there is a column more", { name: "v", columns }, plain("SELECT t, n, 1 AS one FROM a"), ["other-columns"]],
  [
    "the precision of a type counts",
    { name: "v", columns: [{ name: "r", type: "numeric(6,5)" }] },
    plain("SELECT 1::numeric AS r"),
    ["other-columns"],
  ],
  [
    "a type that is not there yet is no error",
    { name: "v", columns: [{ name: "t", type: "mood" }] },
    plain("SELECT t FROM a"),
    ["other-columns"],
  ],
  [
    "a unique index in another order serves",
    { ...m, "unique-index": ["n", "t"] },
    `${materialized("TABLE a")}; CREATE UNIQUE INDEX ON m (t, n)`,
    ["passed"],
  ],
  ["it has no index", { ...m, "unique-index": ["t"] }, materialized("TABLE a"), ["no-unique-index"]],
  [
    "its index is not unique",
    { ...m, "unique-index": ["t"] },
    `${materialized("TABLE a")}; CREATE INDEX ON m (t)`,
    ["no-unique-index"],
  ],
  [
    "attack 32: its unique index is over some rows only",
    { ...m, "unique-index": ["t"] },
    `${materialized("TABLE a")}; CREATE UNIQUE INDEX ON m (t) WHERE n > 0`,
    ["no-unique-index"],
  ],
  [
    "its unique index has a column more",
    { ...m, "unique-index": ["t"] },
    `${materialized("TABLE a")}; CREATE UNIQUE INDEX ON m (t, n)`,
    ["no-unique-index"],
  ],
  [
    "its unique index is on an expression, which does not serve",
    { ...m, "unique-index": ["t"] },
    `${materialized("TABLE a")}; CREATE UNIQUE INDEX ON m ((t::text))`,
    ["no-unique-index"],
  ],
  ["it was never filled", { ...m, populated: true }, materialized("TABLE a WITH NO DATA"), ["not-populated"]],
  [
    "it is filled with nothing, which is another kind's business",
    { ...m, populated: true },
    materialized("TABLE a"),
    ["passed"],
  ],
  ["it is filled where it must not be", { ...m, populated: false }, materialized("TABLE a"), ["populated"]],
  [
    "an option that is off, in a word of its own",
    { name: "v", "security-barrier": false },
    plain("TABLE a", "WITH (security_barrier = off)"),
    ["passed"],
  ],
  [
    "an option that is on, in a word of its own",
    { name: "v", "security-barrier": true },
    plain("TABLE a", "WITH (security_barrier = on)"),
    ["passed"],
  ],
  [
    "an option that is off and should be on",
    { name: "v", "security-invoker": true },
    plain("TABLE a"),
    ["other-security-invoker"],
  ],
  [
    "an option that is on and should be off",
    { name: "v", "security-barrier": false },
    plain("TABLE a", "WITH (security_barrier)"),
    ["other-security-barrier"],
  ],
])("%s", async (_, params, setup, codes) => {
  const { seen } = await attempt(view, params, { setup });
  expect(codesOf(seen)).toEqual(codes);
});

test.each<readonly [name: string, params: object, setup: string, message: string, help: string]>([
  [
    "the first column that differs",
    { name: "v", columns },
    plain("SELECT t, n::bigint AS n FROM a"),
    "v has the columns (t uuid, n bigint); the plan asks for (t uuid, n integer).",
    "Let its query give n as integer in place 2.",
  ],
  [
    "the columns that are too many",
    { name: "v", columns },
    plain("SELECT t, n, 1 AS one FROM a"),
    "v has the columns (t uuid, n integer, one integer); the plan asks for (t uuid, n integer).",
    "Take (one) out of its query.",
  ],
  [
    "the unique indexes that there are",
    { ...m, "unique-index": ["t"] },
    `${materialized("TABLE a")}; CREATE UNIQUE INDEX i ON m (t) WHERE n > 0`,
    "m has the unique indexes i (t) WHERE (n > 0); the plan asks for a valid one on (t) over all rows.",
    "Add `CREATE UNIQUE INDEX ON m (t)` to the migration.",
  ],
  [
    "what there is instead",
    { name: "a" },
    table,
    "a is a table; the plan asks for a view.",
    "Drop it, and create it as VIEW.",
  ],
])("a finding names %s", async (_, params, setup, message, help) => {
  const { seen } = await attempt(view, params, { setup });
  expect(findingsOf(seen).map(({ message, help }) => [message, help])).toEqual([[message, help]]);
});

test.each([
  ["a plain view is filled", { name: "v", populated: true }, "populated"],
  ["a plain view has a unique index", { name: "v", "unique-index": ["t"] }, "unique-index"],
  ["a materialized view is a security barrier", { ...m, "security-barrier": true }, "security-barrier"],
])("that %s is a mistake of the plan", (_, params, path) => {
  expect(view.params.safeParse(params).error?.issues.map((issue) => issue.path.join("."))).toEqual([path]);
});

test.each([
  ["a column more is another view", { name: "v", columns: columns.slice(1) }, { name: "v", columns }, "weaker"],
  ["columns that are asked for now", { name: "v" }, { name: "v", columns }, "stronger"],
  ["a view that need not be filled any more", { ...m, populated: true }, m, "weaker"],
  ["another form", { name: "m" }, m, "weaker"],
])("%s (%s → %s: %s)", (_, base, head, strength) => {
  expect(view.strength(view.params.parse(base), view.params.parse(head))).toBe(strength);
});
