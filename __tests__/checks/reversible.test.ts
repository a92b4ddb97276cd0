import { expect, test } from "@jest/globals";
import type { CheckKind } from "../../src/checks/kind.ts";
import { reversible } from "../../src/checks/reversible.ts";
import { cluster, migration as text } from "../migrate/world.ts";
import { codesOf, filesOf, messagesOf, tryKind } from "./round-trips.ts";

const server = cluster();
const kind = reversible as unknown as CheckKind; // the table does the same: what a kind asserts of itself is its own affair

const provoked = new Set<string>();

test.each(reversible.examples.map((example, index) => [index, example] as const))(
  "example %i holds, and every mutant is killed",
  async (_, example) => {
    const seen = await tryKind(server, kind, example.params, filesOf(example));
    expect(messagesOf(seen)).toBe("passed");
    const { mutants, placebo } = await seen.prove();
    expect(mutants.map(({ name, outcome }) => [name, outcome])).toEqual(
      mutants.map(({ name }) => [name, { status: "killed" }]),
    );
    for (const { provokes } of mutants) provoked.add(provokes);
    expect(placebo).toBe("unmoved");
  },
);

test("every code is provoked by a mutant of some example", () => {
  expect([...provoked].sort()).toEqual([...reversible.codes].sort());
});

const before = "CREATE TABLE a (id int PRIMARY KEY, name text, note jsonb); CREATE TABLE b (id int PRIMARY KEY);";
const rows = "INSERT INTO a VALUES (1, 'one', NULL), (2, 'two', '{\"k\": 1.50}'); INSERT INTO b VALUES (1);";
const at = (up: string, down: string, more: { readonly [path: string]: string } = {}) => ({
  "migrations/1_before.sql": before,
  "migrations/2_a.sql": text(up, down),
  "db/rows.sql": rows,
  ...more,
});
const data = { data: "db/rows.sql" };
const add = "ALTER TABLE a ADD COLUMN n int;";
const drop = "ALTER TABLE a DROP COLUMN n;";

test.each([
  ["a column comes and goes", data, at(add, drop), ["passed"]],
  ["a table that is altered has no row", {}, at(add, drop), ["no-rows"]],
  [
    "the file loads rows of other tables only",
    data,
    at(add, drop, { "db/rows.sql": "INSERT INTO b VALUES (1);" }),
    ["no-rows"],
  ],
  [
    "the file loads nothing",
    data,
    at("CREATE VIEW v AS SELECT 1", "DROP VIEW v", { "db/rows.sql": "-- later" }),
    ["no-rows"],
  ],
  ["the file does not exist", { data: "db/none.sql" }, at("CREATE VIEW v AS SELECT 1", "DROP VIEW v"), ["no-rows"]],
  [
    "a file is for a migration that is not there",
    { data: [{ for: "*_c.sql", load: "db/rows.sql" }] },
    at("CREATE VIEW v AS SELECT 1", "DROP VIEW v"),
    ["no-migration"],
  ],
  ["a migration of data changes no row", {}, at("UPDATE a SET name = upper(name);", "SELECT 1;"), ["no-rows"]],
  [
    "a migration of data changes rows and its down nothing",
    data,
    at("UPDATE a SET name = upper(name);", "SELECT 1;"),
    ["rows-changed"],
  ],
  [
    "a migration of data is undone",
    data,
    at("UPDATE a SET name = upper(name);", "UPDATE a SET name = lower(name);"),
    ["passed"],
  ],
  ["the phase has no migration", {}, { "migrations/1_before.sql": before }, ["no-migration"]],
  [
    "comments and grants alter no rows",
    {},
    at(
      "COMMENT ON TABLE a IS 'x'; GRANT SELECT ON a TO app_ro;",
      "COMMENT ON TABLE a IS NULL; REVOKE SELECT ON a FROM app_ro;",
    ),
    ["passed"],
  ],
  [
    "row level security alters its table",
    {},
    at("ALTER TABLE a ENABLE ROW LEVEL SECURITY;", "ALTER TABLE a DISABLE ROW LEVEL SECURITY;"),
    ["no-rows"],
  ],
  [
    "rows are refused by a table",
    data,
    at(add, drop, { "db/rows.sql": "INSERT INTO a VALUES (1);\nINSERT INTO b VALUES (1), (1);" }),
    ["refused"],
  ],
  [
    "rows end the transaction",
    data,
    at(add, drop, { "db/rows.sql": "INSERT INTO a VALUES (1);\nCOMMIT;" }),
    ["refused"],
  ],
  ["the up fails on rows", data, at("ALTER TABLE a ADD COLUMN n int NOT NULL;", drop), ["refused"]],
  [
    "the down fails on rows",
    data,
    at("ALTER TABLE a ADD COLUMN n int;", "ALTER TABLE a DROP COLUMN n; ALTER TABLE a ALTER COLUMN note SET NOT NULL;"),
    ["refused"],
  ],
  [
    "the second up fails on what the first left",
    data,
    at(
      `${add} CREATE TABLE IF NOT EXISTS left_behind (); CREATE TYPE t AS ENUM ();`,
      `${drop} DROP TABLE left_behind;`,
    ),
    ["refused", "not-undone"],
  ],
  ["there is no down part", data, { ...at(add, drop), "migrations/2_a.sql": `-- Up Migration\n${add}` }, ["refused"]],
  ["attack 28: the down does nothing", data, at("CREATE TABLE IF NOT EXISTS c ();", "SELECT 1;"), ["not-undone"]],
  [
    "attack 28: the down drops and recreates without the data",
    data,
    at(add, "DROP TABLE a; CREATE TABLE a (id int PRIMARY KEY, name text, note jsonb);"),
    ["rows-lost"],
  ],
  [
    "FORCE stays behind when row level security is disabled",
    data,
    at(
      "ALTER TABLE a ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;",
      "ALTER TABLE a DISABLE ROW LEVEL SECURITY;",
    ),
    ["not-undone"],
  ],
  ["a grant stays behind", data, at("GRANT SELECT ON a TO app_ro;", "SELECT 1;"), ["not-undone"]],
  ["the up deletes what it cannot use", data, at(`DELETE FROM a WHERE id = 2; ${add}`, drop), ["rows-lost"]],
  ["the up normalises what the down cannot know", data, at(`UPDATE a SET name = 'x'; ${add}`, drop), ["rows-changed"]],
  [
    "a number loses its scale",
    data,
    at(`UPDATE a SET note = '{"k": 1.5}' WHERE id = 2; ${add}`, drop),
    ["rows-changed"],
  ],
  [
    "the up inserts a row that the down leaves",
    data,
    at(`INSERT INTO a VALUES (9) ON CONFLICT DO NOTHING; ${add}`, drop),
    ["rows-changed"],
  ],
  [
    "a value is made when the migration runs",
    data,
    at("ALTER TABLE a ADD COLUMN n timestamptz DEFAULT clock_timestamp();", drop),
    ["rows-changed"],
  ],
  ["a table with rows is dropped", data, at("DROP TABLE b;", "CREATE TABLE b (id int PRIMARY KEY);"), ["rows-lost"]],
  [
    "the same rows without a key are the same rows",
    data,
    at("ALTER TABLE a DROP CONSTRAINT a_pkey;", "ALTER TABLE a ADD PRIMARY KEY (id);"),
    ["passed"],
  ],
  [
    "a table that the up makes and fills is filled the same again",
    data,
    at("CREATE TABLE c AS SELECT id FROM a;", "DROP TABLE c;"),
    ["passed"],
  ],
  [
    "a table that the up makes and fills with random values is not",
    data,
    at("CREATE TABLE c AS SELECT id, gen_random_uuid() AS u FROM a;", "DROP TABLE c;"),
    ["rows-lost", "rows-changed"],
  ],
  [
    "two rows that only the up makes possible fail its second run when the down forgets them",
    { ...data, "data-after": "db/after.sql" },
    at(
      "ALTER TABLE a ADD COLUMN n int NOT NULL DEFAULT 1; ALTER TABLE a DROP CONSTRAINT a_pkey; ALTER TABLE a ADD PRIMARY KEY (id, n);",
      "ALTER TABLE a DROP CONSTRAINT a_pkey; ALTER TABLE a DROP COLUMN n; ALTER TABLE a ADD PRIMARY KEY (id);",
      { "db/after.sql": "INSERT INTO a (id, n) VALUES (1, 2);" },
    ),
    ["refused"],
  ],
  [
    "the down keeps in another column what the second up needs",
    { ...data, "data-after": "db/after.sql" },
    at(
      `ALTER TABLE a ADD COLUMN n int NOT NULL DEFAULT 1;
       UPDATE a SET n = (note->>'n')::int, note = NULLIF(note - 'n', '{}') WHERE note ? 'n';`,
      "UPDATE a SET note = coalesce(note, '{}') || jsonb_build_object('n', n) WHERE n <> 1; ALTER TABLE a DROP COLUMN n;",
      { "db/after.sql": "INSERT INTO a (id, n) VALUES (3, 2);" },
    ),
    ["passed"],
  ],
  [
    "the down forgets the value of a row that came after",
    { ...data, "data-after": "db/after.sql" },
    at("ALTER TABLE a ADD COLUMN n int NOT NULL DEFAULT 1;", drop, {
      "db/after.sql": "INSERT INTO a (id, n) VALUES (3, 2);",
    }),
    ["rows-changed"],
  ],
  [
    "a column that moved to the end is no difference of substance",
    data,
    at("ALTER TABLE a DROP COLUMN name;", "ALTER TABLE a ADD COLUMN name text;", {
      "db/rows.sql": "INSERT INTO a VALUES (1);",
    }),
    ["passed"],
  ],
  [
    "strict: it is",
    { ...data, strict: true },
    at(
      "ALTER TABLE b ADD COLUMN x int; ALTER TABLE a DROP COLUMN name;",
      "ALTER TABLE a ADD COLUMN name text; ALTER TABLE b DROP COLUMN x;",
      { "db/rows.sql": "INSERT INTO a VALUES (1); INSERT INTO b VALUES (1)" },
    ),
    ["moved"],
  ],
])("%s", async (_, params, files, codes) => {
  expect(codesOf(await tryKind(server, kind, params, files))).toEqual(codes);
});

test("each migration of a phase is tried at its own place, on its own rows", async () => {
  const files = {
    "migrations/2_a.sql": text("CREATE TABLE a (id int);", "DROP TABLE a;"),
    "migrations/3_b.sql": text("ALTER TABLE a ADD COLUMN b int;", "ALTER TABLE a DROP COLUMN b;"),
    "migrations/4_c.sql": text(
      "ALTER TABLE a ADD COLUMN c int;",
      "ALTER TABLE a DROP COLUMN b CASCADE; ALTER TABLE a DROP COLUMN c; ALTER TABLE a ADD COLUMN b int;",
    ),
    "db/a.sql": "INSERT INTO a VALUES (1);",
    "db/b.sql": "UPDATE a SET b = 2;",
  };
  const seen = await tryKind(
    server,
    kind,
    {
      data: [
        { for: "[34]_*", load: "db/a.sql" },
        { for: "4_*", load: "db/b.sql" },
      ],
    },
    files,
  );
  expect(seen.evidence?.examined).toBe(3);
  expect(messagesOf(seen)).toContain(
    "After the down of 4_c.sql rows are not as before its up: public.a (b=2, id=1) is gone",
  );
  expect(messagesOf(seen)).not.toContain("3_b.sql");
});

test("findings name the place, what was found and what to do", async () => {
  const seen = await tryKind(server, kind, data, at(`${add}\nALTER TABLE a ALTER COLUMN note SET NOT NULL;`, drop));
  expect(seen.verdict).toEqual({
    status: "failed",
    findings: [
      {
        code: "refused",
        message:
          'The up of 2_a.sql is refused: column "note" of relation "a" contains null values, at `ALTER TABLE a ALTER COLUMN note SET NOT NULL`; the round trip was asked to go through.',
        help: "Correct the migration so that it runs on these rows.",
        place: { file: "migrations/2_a.sql", line: 3 },
      },
    ],
  });
});

test("a refused row is found in its own file", async () => {
  const files = at(add, drop, { "db/more.sql": "\nINSERT INTO b VALUES (1);" });
  const params = {
    data: [
      { for: "*", load: "db/rows.sql" },
      { for: "*", load: "db/more.sql" },
    ],
  };
  const seen = await tryKind(server, kind, params, files);
  expect(seen.verdict).toMatchObject({ findings: [{ code: "refused", place: { file: "db/more.sql", line: 2 } }] });
});

test("two looks at the same files give the same evidence", async () => {
  const files = at(add, drop);
  const looks = [await tryKind(server, kind, data, files), await tryKind(server, kind, data, files)];
  expect(JSON.stringify(looks[0]?.evidence)).toBe(JSON.stringify(looks[1]?.evidence));
});

test.each([
  ["the same", {}, {}, "same"],
  ["data is added", {}, data, "stronger"],
  ["data is taken away", data, {}, "weaker"],
  ["another file", data, { data: "db/other.sql" }, "weaker"],
  ["strict is turned on", { strict: false }, { strict: true }, "stronger"],
  ["strict is turned off", { strict: true }, {}, "weaker"],
  ["strict is said to be off, as it was", {}, { strict: false }, "same"],
] as const)("the ratchet: %s", (_, base, head, expected) => {
  expect(reversible.strength(base, head)).toBe(expected);
});

test("oracle files are what is loaded", () => {
  expect(reversible.oracles?.({ data: [{ for: "*", load: "a.sql" }], "data-after": "b.sql" })).toEqual([
    "a.sql",
    "b.sql",
  ]);
});
