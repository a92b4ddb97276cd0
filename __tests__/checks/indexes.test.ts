import { describe, expect, test } from "@jest/globals";
import { indexes } from "../../src/checks/indexes.ts";
import { cluster } from "../migrate/world.ts";
import { codesOf, findingsOf, trying } from "./example-world.ts";

const attempt = trying(cluster());

const setup = `CREATE TABLE t (id uuid CONSTRAINT t_pkey PRIMARY KEY);
  CREATE TABLE e (id bigint CONSTRAINT e_pkey PRIMARY KEY, tenant uuid NOT NULL, at timestamptz NOT NULL, code text, state text);`;

/** An index plan of these rows and queries; `Q1`, … in their order. */
const plan = (rows: readonly string[], queries: readonly string[] = []): string =>
  [
    "| index | on | kind | query |",
    "| --- | --- | --- | --- |",
    "| `t_pkey` | t (id) | unique | by id |",
    "| `e_pkey` | e (id) | unique | by id |",
    ...rows.map((row) => `| ${row} |`),
    "",
    ...queries.flatMap((query, at) => [`**Q${at + 1}** — a query`, "", "```sql", query, "```", ""]),
  ].join("\n");

const look = async (sql: string, text: string | undefined, params: object = {}) => {
  const files: { [path: string]: string } = text === undefined ? {} : { "i.md": text };
  const tried = await attempt(indexes, { plan: "i.md", ...params }, { setup: setup + sql, files });
  return tried.seen;
};

type Row = readonly [name: string, sql: string, text: string | undefined, codes: readonly string[], params?: object];

describe("the index plan and the catalog", () => {
  test.each<Row>([
    [
      "what is the same holds, however the plan writes it",
      "CREATE INDEX i ON e (tenant, at DESC) WHERE (code IS NOT NULL)",
      plan(
        ["i | public.e(tenant, at  desc) where Code is not null | needed | Q1"],
        ["SELECT 1 FROM e WHERE tenant = $1 AND code IS NOT NULL"],
      ),
      ["passed"],
    ],
    ["a plan that is not there", "", undefined, ["no-file"]],
    [
      "a plan without a table of indexes",
      "",
      "# Indexes\n\n| index | table |\n| - | - |\n| i | e |\n",
      ["unreadable", "unlisted", "unlisted"],
    ],
    [
      "a table that has the right columns, and no row",
      "",
      "| index | on | kind | query |\n| - | - | - | - |\n",
      ["unreadable", "unlisted", "unlisted"],
    ],
    ["an index that the plan does not list", "CREATE INDEX i ON e (code)", plan([]), ["unlisted"]],
    [
      "an index that does not exist",
      "",
      plan(["i | e (code) | needed | Q1"], ["SELECT 1 FROM e WHERE code = $1"]),
      ["no-index"],
    ],
    [
      "an index of another schema is no index of this one",
      "CREATE SCHEMA s; CREATE TABLE s.e (code text); CREATE INDEX i ON s.e (code)",
      plan(["i | e (code) | needed | Q1"], ["SELECT 1 FROM e WHERE code = $1"]),
      ["no-index"],
    ],
    [
      "other columns",
      "CREATE INDEX i ON e (code, tenant)",
      plan(["i | e (code) | needed | Q1"], ["SELECT 1 FROM e WHERE code = $1"]),
      ["other-definition"],
    ],
    [
      "another order",
      "CREATE INDEX i ON e (tenant, at)",
      plan(["i | e (tenant, at desc) | needed | Q1"], ["SELECT 1 FROM e WHERE tenant = $1"]),
      ["other-definition"],
    ],
    [
      "another predicate",
      "CREATE INDEX i ON e (code) WHERE state = 'a'",
      plan(["i | e (code) where state = 'b' | needed | Q1"], ["SELECT 1 FROM e WHERE code = $1 AND state = 'a'"]),
      ["other-definition"],
    ],
    [
      "another method",
      "CREATE INDEX i ON e USING hash (code)",
      plan(["i | e (code) | needed | Q1"], ["SELECT 1 FROM e WHERE code = $1"]),
      ["other-definition"],
    ],
    [
      "another table with the same columns",
      "CREATE TABLE f (code text); CREATE INDEX i ON f (code)",
      plan(["i | e (code) | needed | Q1"], ["SELECT 1 FROM f WHERE code = $1"]),
      ["other-table"],
    ],
    [
      "an index that should be a rule and is none",
      "CREATE INDEX i ON e (code)",
      plan(["i | e (code) | unique | one of each"]),
      ["other-uniqueness"],
    ],
    [
      "a rule that the plan does not know",
      "CREATE UNIQUE INDEX i ON e (code)",
      plan(["i | e (code) | needed | Q1"], ["SELECT 1 FROM e WHERE code = $1"]),
      ["other-uniqueness"],
    ],
    [
      "a column that is not there is told in PostgreSQL's words",
      "CREATE INDEX i ON e (code)",
      plan(["i | e (cod) | needed | Q1"], ["SELECT 1 FROM e WHERE code = $1"]),
      ["refused"],
    ],
    [
      "what is no index",
      "CREATE INDEX i ON e (code)",
      plan(["i | e (code); DROP TABLE e | needed | Q1"], ["SELECT 1 FROM e WHERE code = $1"]),
      ["unreadable", "unlisted", "unused-query"],
    ],
    [
      "an index that is listed twice",
      "CREATE INDEX i ON e (code)",
      plan(["i | e (code) | needed | Q1", "i | e (code) | needed | Q1"], ["SELECT 1 FROM e WHERE code = $1"]),
      ["unreadable"],
    ],
    [
      "an index of a partitioned table is invalid while a partition has none",
      "CREATE TABLE p (x int) PARTITION BY LIST (x); CREATE TABLE q PARTITION OF p DEFAULT; CREATE INDEX i ON ONLY p (x)",
      plan(["i | p (x) | needed | Q1"], ["SELECT 1 FROM p WHERE x = $1"]),
      ["not-valid"],
    ],
    [
      "the indexes of partitions are their parent's",
      "CREATE TABLE p (x int) PARTITION BY LIST (x); CREATE TABLE q PARTITION OF p DEFAULT; CREATE INDEX i ON p (x)",
      plan(["i | p (x) | needed | Q1"], ["SELECT 1 FROM p WHERE x = $1"]),
      ["passed"],
    ],
    [
      "the index of an exclusion constraint is listed as well",
      "ALTER TABLE e ADD CONSTRAINT x EXCLUDE USING btree (code WITH =)",
      plan([]),
      ["unlisted"],
    ],
  ])("%s", async (_, sql, text, codes, ...[params]) => {
    expect(codesOf(await look(sql, text, params))).toEqual(codes);
  });
});

const byTenant = "CREATE INDEX i ON e (tenant, at DESC)";
const row = "i | e (tenant, at desc) | needed | Q1";

describe("what an index is for", () => {
  test.each<Row>([
    ["a speculative one", byTenant, plan(["i | e (tenant, at desc) | speculative | none (see Q1)"]), ["speculative"]],
    ["one that no query needs", byTenant, plan(["i | e (tenant, at desc) | needed | reports"]), ["no-purpose"]],
    [
      "one for a query that is not there",
      byTenant,
      plan(["i | e (tenant, at desc) | needed | Q1, Q2"], ["SELECT 1 FROM e WHERE tenant = $1"]),
      ["no-query"],
    ],
    ["a query that no index is for", "", plan([], ["SELECT 1 FROM e WHERE id = $1"]), ["unused-query"]],
    [
      "a query that only a speculative index is for",
      byTenant,
      plan(["i | e (tenant, at desc) | speculative | Q1"], ["SELECT 1 FROM e WHERE tenant = $1"]),
      ["speculative", "unused-query"],
    ],
    [
      "a foreign key is a purpose",
      "ALTER TABLE e ADD FOREIGN KEY (tenant) REFERENCES t; CREATE INDEX i ON e (tenant)",
      plan(["i | e (tenant) | needed | deleting a tenant"]),
      ["passed"],
    ],
    [
      "a foreign key that nobody asks about is none",
      "ALTER TABLE e ADD FOREIGN KEY (tenant) REFERENCES t; CREATE INDEX i ON e (tenant)",
      plan(["i | e (tenant) | needed | deleting a tenant"]),
      ["no-purpose"],
      { "foreign-keys": false },
    ],
    [
      "a block in another language is no query",
      byTenant,
      plan([row]).concat("\n**Q1** — a query\n\n```text\nSELECT 1\n```\n"),
      ["no-query"],
    ],
    [
      "a query without a number is none",
      byTenant,
      plan([row]).concat("\nSome query\n\n```sql\nSELECT 1\n```\n"),
      ["no-query"],
    ],
    [
      "a number that is given twice",
      byTenant,
      plan([row], ["SELECT 1 FROM e WHERE tenant = $1"]).concat("**Q1**\n\n```sql\nSELECT 1\n```\n"),
      ["unreadable"],
    ],
    [
      "two statements are no query",
      byTenant,
      plan([row], ["SELECT 1 FROM e WHERE tenant = $1; SELECT 1"]),
      ["unreadable", "no-query"],
    ],
    ["what is no query", byTenant, plan([row], ["DROP TABLE e"]), ["unreadable", "no-query"]],
    ["what cannot be parsed", byTenant, plan([row], ["SELECT FROM WHERE"]), ["unreadable", "no-query"]],
  ])("%s", async (_, sql, text, codes, ...[params]) => {
    expect(codesOf(await look(sql, text, params))).toEqual(codes);
  });
});

const partial = "CREATE INDEX i ON e (code) WHERE state = 'open'";
const partialRow = "i | e (code) where state = 'open' | needed | Q1";

describe("the planner can use it", () => {
  test.each<Row>([
    ["its first column is asked for", byTenant, plan([row], ["SELECT * FROM e WHERE tenant = $1"]), ["passed"]],
    ["only its second column is asked for", byTenant, plan([row], ["SELECT * FROM e WHERE at > $1"]), ["not-used"]],
    ["nothing is asked for", byTenant, plan([row], ["SELECT * FROM e"]), ["not-used"]],
    [
      "all of it is read because it has every column that is asked for",
      byTenant,
      plan([row], ["SELECT tenant, at FROM e"]),
      ["not-used"],
    ],
    [
      "its order, up to a limit",
      byTenant,
      plan([row], ["SELECT * FROM e ORDER BY tenant, at DESC LIMIT 1"]),
      ["passed"],
    ],
    ["its order backwards", byTenant, plan([row], ["SELECT * FROM e ORDER BY tenant DESC, at LIMIT 1"]), ["passed"]],
    [
      "its order without a limit is all of it",
      byTenant,
      plan([row], ["SELECT * FROM e ORDER BY tenant, at DESC"]),
      ["not-used"],
    ],
    [
      "an order that it does not have",
      byTenant,
      plan([row], ["SELECT * FROM e ORDER BY tenant, at LIMIT 1"]),
      ["not-used"],
    ],
    ["a function around its column", byTenant, plan([row], ["SELECT * FROM e WHERE tenant::text = $1"]), ["not-used"]],
    [
      "its column on the other side of a condition on another",
      "CREATE TABLE f (x uuid, tenant uuid); CREATE INDEX i ON f (tenant, x)",
      plan(["i | f (tenant, x) | needed | Q1"], ["SELECT 1 FROM e, f WHERE f.x = e.tenant"]),
      ["not-used"],
    ],
    [
      "its predicate follows from what is asked for",
      partial,
      plan([partialRow], ["SELECT 1 FROM e WHERE code = $1 AND state = 'open'"]),
      ["passed"],
    ],
    ["its predicate does not follow", partial, plan([partialRow], ["SELECT 1 FROM e WHERE code = $1"]), ["not-used"]],
    [
      "its predicate cannot follow from a parameter",
      partial,
      plan([partialRow], ["SELECT 1 FROM e WHERE code = $1 AND state = $2"]),
      ["not-used"],
    ],
    [
      "NOT NULL follows from being equal",
      "CREATE INDEX i ON e (code) WHERE code IS NOT NULL",
      plan(["i | e (code) where code is not null | needed | Q1"], ["SELECT 1 FROM e WHERE code = $1"]),
      ["passed"],
    ],
    [
      "an expression",
      "CREATE INDEX i ON e ((lower(code)))",
      plan(["i | e (lower(code)) | needed | Q1"], ["SELECT 1 FROM e WHERE lower(code) = $1"]),
      ["passed"],
    ],
    [
      "a boolean",
      "CREATE TABLE f (open boolean); CREATE INDEX i ON f (open)",
      plan(["i | f (open) | needed | Q1, Q2"], ["SELECT 1 FROM f WHERE open", "SELECT 1 FROM f WHERE NOT open"]),
      ["passed"],
    ],
    [
      "a varchar is compared as a text",
      "CREATE TABLE f (code varchar(9)); CREATE INDEX i ON f (code)",
      plan(["i | f (code) | needed | Q1"], ["SELECT 1 FROM f WHERE code = $1::text"]),
      ["passed"],
    ],
    [
      "several of a list, and null",
      "CREATE INDEX i ON e (code)",
      plan(
        ["i | e (code) | needed | Q1, Q2"],
        ["SELECT 1 FROM e WHERE code = ANY ($1)", "SELECT 1 FROM e WHERE code IS NULL"],
      ),
      ["passed"],
    ],
    [
      "rows that are compared",
      byTenant.replace(" DESC", ""),
      plan(["i | e (tenant, at) | needed | Q1"], ["SELECT 1 FROM e WHERE (tenant, at) > ($1, $2)"]),
      ["passed"],
    ],
    [
      "another index that is as good does not hide it",
      "CREATE INDEX i ON e (tenant); CREATE INDEX j ON e (tenant, at)",
      plan(["i | e (tenant) | needed | Q1", "j | e (tenant, at) | needed | Q1"], ["SELECT 1 FROM e WHERE tenant = $1"]),
      ["passed"],
    ],
    [
      "the primary key does not hide it",
      "CREATE INDEX i ON e (tenant)",
      plan(["i | e (tenant) | needed | Q1"], ["SELECT 1 FROM e WHERE tenant = $1 AND id = $2"]),
      ["passed"],
    ],
    [
      "a join looks for each row",
      "CREATE INDEX i ON e (tenant)",
      plan(["i | e (tenant) | needed | Q1"], ["SELECT 1 FROM t JOIN e ON e.tenant = t.id WHERE t.id = $1"]),
      ["passed"],
    ],
    [
      "rows and statistics do not matter",
      `${byTenant}; INSERT INTO e SELECT n, '00000000-0000-0000-0000-000000000000', now() FROM generate_series(1, 500) AS n; ANALYZE e`,
      plan([row], ["SELECT * FROM e WHERE tenant = $1"]),
      ["passed"],
    ],
    [
      "an update and a delete",
      byTenant,
      plan(
        [row.replace("Q1", "Q1, Q2")],
        ["UPDATE e SET code = $2 WHERE tenant = $1", "DELETE FROM public.e WHERE tenant = $1"],
      ),
      ["passed"],
    ],
    [
      "a query that PostgreSQL refuses",
      byTenant,
      plan([row], ["SELECT nowhere FROM e WHERE tenant = $1"]),
      ["query-refused"],
    ],
    [
      "a view behind a barrier",
      `${byTenant}; CREATE VIEW v WITH (security_barrier) AS SELECT * FROM e WHERE state = 'open'`,
      plan([row], ["SELECT * FROM v WHERE tenant = $1"]),
      ["passed"],
    ],
    [
      "a materialized view of another view",
      "CREATE VIEW v AS SELECT code FROM e; CREATE MATERIALIZED VIEW m AS SELECT code FROM v; CREATE INDEX i ON m (code)",
      plan(["i | m (code) | needed | Q1"], ["SELECT * FROM public.m AS x WHERE x.code = $1"]),
      ["passed"],
    ],
  ])("%s", async (_, sql, text, codes, ...[params]) => {
    expect(codesOf(await look(sql, text, params))).toEqual(codes);
  });
});

const key = "ALTER TABLE e ADD CONSTRAINT fk FOREIGN KEY (tenant) REFERENCES t ON DELETE CASCADE;";
const twoKeys = `CREATE TABLE u (a int CONSTRAINT u_pkey PRIMARY KEY, b int, CONSTRAINT u_b UNIQUE (b, a));
  CREATE TABLE f (c int, d int, CONSTRAINT fk FOREIGN KEY (d, c) REFERENCES u (b, a));`;
const twoRows = ["u_pkey | u (a) | unique | by a", "u_b | u (b, a) | unique | a rule"];

describe("a foreign key is looked for when what it points at goes", () => {
  test.each<Row>([
    ["without an index", key, plan([]), ["no-foreign-key-index"]],
    ["nobody asks", key, plan([]), ["passed"], { "foreign-keys": false }],
    [
      "its column is not the first",
      `${key} CREATE UNIQUE INDEX i ON e (at, tenant)`,
      plan(["i | e (at, tenant) | unique | a rule"]),
      ["no-foreign-key-index"],
    ],
    [
      "an index of some of the rows",
      `${key} CREATE UNIQUE INDEX i ON e (tenant) WHERE state = 'open'`,
      plan(["i | e (tenant) where state = 'open' | unique | a rule"]),
      ["no-foreign-key-index"],
    ],
    [
      "an index of all rows that point at something",
      `${key} ALTER TABLE e ALTER tenant DROP NOT NULL; CREATE INDEX i ON e (tenant) WHERE tenant IS NOT NULL`,
      plan(["i | e (tenant) where tenant is not null | needed | deleting a tenant"]),
      ["passed"],
    ],
    [
      "two columns in another order",
      `${twoKeys} CREATE INDEX i ON f (c, d)`,
      plan([...twoRows, "i | f (c, d) | needed | deleting"]),
      ["passed"],
    ],
    [
      "the one that is unique over there is enough",
      `${twoKeys} CREATE INDEX i ON f (c)`,
      plan([...twoRows, "i | f (c) | needed | deleting"]),
      ["passed"],
    ],
    [
      "the other one is not",
      `${twoKeys} CREATE INDEX i ON f (d)`,
      plan([...twoRows, "i | f (d) | needed | deleting"]),
      ["no-purpose", "no-foreign-key-index"],
    ],
  ])("%s", async (_, sql, text, codes, ...[params]) => {
    expect(codesOf(await look(sql, text, params))).toEqual(codes);
  });
});

test("findings say what was found, what is asked, and where", async () => {
  const seen = await look(
    `${byTenant}; CREATE INDEX j ON e (code)`,
    plan(["i | e (tenant, at) | needed | Q1"], ["SELECT * FROM e WHERE at > $1"]),
  );
  expect(findingsOf(seen)).toEqual([
    {
      code: "unlisted",
      message: "j on e exists; i.md does not list it.",
      help: "Add it with the query that needs it, or drop it in a migration.",
      place: { file: "i.md", line: 1 },
    },
    {
      code: "other-definition",
      message: "i is USING btree (tenant, at DESC); i.md says USING btree (tenant, at).",
      help: "Bring the index plan and the migrations to the same.",
      place: { file: "i.md", line: 5 },
    },
    {
      code: "not-used",
      message:
        "With no other index there, the planner uses i for Q1 with a condition on other columns than its first ((at > $1)); i.md says that it serves it.",
      help: "Let Q1 ask for the first column of i and imply its WHERE, name another index for it, or change the index.",
      place: { file: "i.md", line: 9 },
    },
  ]);
});

test("another parameter asks for less, or for something else", () => {
  const parsed = (params: object) => indexes.params.parse({ plan: "i.md", ...params });
  const all = parsed({});
  expect(indexes.strength(all, parsed({ "foreign-keys": false }))).toBe("weaker");
  expect(indexes.strength(parsed({ "foreign-keys": false }), all)).toBe("stronger");
  expect(indexes.strength(all, parsed({ schema: "s" }))).toBe("weaker");
  expect(indexes.strength(all, parsed({ plan: "j.md" }))).toBe("weaker");
});
