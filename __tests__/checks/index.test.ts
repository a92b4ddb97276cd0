import { expect, test } from "@jest/globals";
import { index } from "../../src/checks/index.ts";
import { cluster } from "../migrate/world.ts";
import { codesOf, findingsOf, trying } from "./example-world.ts";

const attempt = trying(cluster());

const table = "CREATE TABLE a (x text, y int, j jsonb)";
/** What a reviewer made a unique index say: `A` and `a` are the same to it, or nothing is. */
const collation = "CREATE COLLATION ci (provider = icu, locale = 'und-u-ks-level2', deterministic = false)";
const made = (rest: string, head = "INDEX") => `${table}; ${collation}; CREATE ${head} i ON a ${rest}`;
const x = { table: "a", name: "i", columns: ["x"] };

test.each<readonly [name: string, params: object, setup: string, codes: readonly string[]]>([
  ["a unique index as asked", { ...x, unique: true }, made("(x)", "UNIQUE INDEX"), ["passed"]],
  [
    "attack 32: a unique index to which other texts are the same",
    { ...x, unique: true },
    made("(x COLLATE ci)", "UNIQUE INDEX"),
    ["other-key"],
  ],
  [
    "a collation that the plan asks for",
    { ...x, columns: ["x COLLATE public.ci"], unique: true },
    made("(x COLLATE ci)", "UNIQUE INDEX"),
    ["passed"],
  ],
  ["the collation of the column, said again", x, made('(x COLLATE "default")'), ["passed"]],
  [
    "an expression with another collation",
    { ...x, columns: ["lower(x)"] },
    made('(lower(x) COLLATE "C")'),
    ["other-key"],
  ],
  [
    "a unique index does not know what inherits",
    { ...x, unique: true },
    `${made("(x)", "UNIQUE INDEX")}; CREATE TABLE b () INHERITS (a)`,
    ["not-on-child"],
  ],
  ["an index that is no rule", x, `${made("(x)")}; CREATE TABLE b () INHERITS (a)`, ["passed"]],
  ["nulls are the same to it", { ...x, unique: true }, made("(x) NULLS NOT DISTINCT", "UNIQUE INDEX"), ["other-nulls"]],
  [
    "nulls must be the same to it, and are not",
    { ...x, unique: true, "nulls-distinct": false },
    made("(x)", "UNIQUE INDEX"),
    ["other-nulls"],
  ],
  ["another operator class", x, made("(x text_pattern_ops)"), ["other-key"]],
  [
    "an operator class that the plan asks for",
    { ...x, columns: ["j jsonb_path_ops"], method: "gin" },
    made("USING gin (j jsonb_path_ops)"),
    ["passed"],
  ],
  ["an order that the plan leaves open", { ...x, columns: ["x", "y"] }, made("(x, y DESC)"), ["passed"]],
  ["the order that the plan asks for", { ...x, columns: ["x", "y DESC"] }, made("(x, y DESC)"), ["passed"]],
  ["the order that the plan asks for by default", { ...x, columns: ["y asc"] }, made("(y)"), ["passed"]],
  ["another order than the plan's", { ...x, columns: ["x", "y DESC"] }, made("(x, y)"), ["other-key"]],
  [
    "nulls come at another end than the plan's",
    { ...x, columns: ["y DESC NULLS LAST"] },
    made("(y DESC)"),
    ["other-key"],
  ],
  [
    "a key with an order on a column that is not there yet is no error",
    { table: "a", columns: ["z DESC"] },
    made("(y)"),
    ["no-index"],
  ],
  [
    "a key that PostgreSQL refuses is an error in its words",
    { ...x, columns: ["y text_pattern_ops"] },
    made("(y)"),
    ['errored: operator class "text_pattern_ops" does not accept data type integer'],
  ],
])("%s", async (_, params, setup, codes) => {
  const { seen } = await attempt(index, params, { setup });
  expect(codesOf(seen)).toEqual(codes);
});

test("a finding shows both keys in PostgreSQL's words", async () => {
  const { seen } = await attempt(index, { ...x, columns: ["x desc"] }, { setup: made('(x COLLATE "C")') });
  expect(findingsOf(seen)).toEqual([
    {
      code: "other-key",
      message: 'i on a has the key x COLLATE "C" ASC NULLS LAST; the plan asks for x DESC NULLS FIRST.',
      help: "Create it with the key `x DESC NULLS FIRST`, or ask in the plan for the other.",
    },
  ]);
});
