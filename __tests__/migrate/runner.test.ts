import { expect, test } from "@jest/globals";
import { cluster, migration } from "./world.ts";

const server = cluster();
const one = "migrations/1_a.sql";
const two = "migrations/2_b.sql";

test("a migration is applied and reverted, and pgmigrations says so", async () => {
  const run = await server.apply({
    [one]: migration("CREATE TABLE a (id int);", "DROP TABLE a;"),
    [two]: migration("CREATE TABLE b (id int);", "DROP TABLE b;"),
  });
  expect(run.outcomes).toEqual([
    { status: "applied", findings: [] },
    { status: "applied", findings: [] },
  ]);
  expect(await server.rows(run.database, "SELECT name FROM pgmigrations ORDER BY id")).toEqual([
    { name: "1_a" },
    { name: "2_b" },
  ]);
  for (const it of run.list.toReversed()) expect(await run.down(it)).toEqual({ status: "applied", findings: [] });
  expect(await server.rows(run.database, "SELECT name FROM pgmigrations")).toEqual([]);
  expect(await server.rows(run.database, "SELECT to_regclass('a') IS NULL AS gone")).toEqual([{ gone: true }]);
  await run.close();
});

test.each([
  [
    "a syntax error has the line of the file",
    migration("CREATE TABLE a (id int);\n\nCREATE TABEL b (id int);"),
    {
      condition: "syntax_error",
      message: 'syntax error at or near "TABEL"',
      line: 4,
      statement: "CREATE TABEL b (id int);",
    },
  ],
  [
    "an unknown column has the line it stands on, and the first lines of its statement",
    `-- why\n\n${migration("CREATE TABLE a (id int);\nCREATE VIEW v AS\nSELECT\n  id,\n  nothing\nFROM a;")}`,
    {
      condition: "undefined_column",
      message: 'column "nothing" does not exist',
      line: 8,
      statement: "CREATE VIEW v AS\nSELECT\n  id, …",
    },
  ],
  [
    "what is wrong with data has no position: the statement is counted",
    migration(
      "CREATE TABLE a (id int);\nINSERT INTO a VALUES (1), (NULL);\n-- now\nALTER TABLE a\n  ALTER COLUMN id SET NOT NULL;\nSELECT 1;",
    ),
    {
      condition: "not_null_violation",
      message: 'column "id" of relation "a" contains null values',
      line: 5,
      schema: "public",
      table: "a",
      column: "id",
    },
  ],
  [
    "characters of several bytes before it do not move the line",
    migration(`SELECT 'äöü€';\nSELECT '${"😀".repeat(40)}';\nSELECT '😀' || nothing;`),
    { condition: "undefined_column", line: 4, statement: "SELECT '😀' || nothing" },
  ],
  [
    "an error inside a function is at the statement that called it",
    migration(
      "CREATE TABLE a (id int);\nDO $$ BEGIN\n  PERFORM 1;\n  RAISE EXCEPTION 'two rows hurt' USING DETAIL = 'a, b', HINT = 'delete one';\nEND $$;",
    ),
    { condition: "raise_exception", message: "two rows hurt", detail: "a, b", hint: "delete one", line: 3 },
  ],
  [
    "a deferred constraint is refused at COMMIT, which is no line of the file",
    migration(
      "CREATE TABLE a (id int PRIMARY KEY, r int REFERENCES a DEFERRABLE INITIALLY DEFERRED);\nINSERT INTO a VALUES (1, 2);",
    ),
    { condition: "foreign_key_violation", statement: "COMMIT" },
  ],
  [
    "an index cannot be built concurrently",
    migration("CREATE TABLE a (id int);\nCREATE INDEX CONCURRENTLY i ON a (id);"),
    { condition: "active_sql_transaction", line: 3 },
  ],
  [
    "server files are out of reach",
    migration("CREATE TABLE a (id text);\nCOPY a FROM PROGRAM 'id';"),
    { condition: "insufficient_privilege", line: 3 },
  ],
  ["a role cannot be created", migration("CREATE ROLE intruder;"), { condition: "insufficient_privilege", line: 2 }],
])("%s", async (_, text, error) => {
  const run = await server.apply({ [one]: text });
  expect(run.last).toMatchObject({ status: "refused", error });
  // Nothing is left, and the session can go on.
  expect(
    await server.rows(
      run.database,
      "SELECT to_regclass('a') IS NULL AS gone, (SELECT count(*)::int FROM pgmigrations) AS recorded",
    ),
  ).toEqual([{ gone: true, recorded: 0 }]);
  await run.close();
});

test("a migration without a down part is not reverted", async () => {
  const run = await server.apply({ [one]: "-- Up Migration\nCREATE TABLE a (id int);" });
  const [it] = run.list;
  expect(it && (await run.down(it))).toEqual({
    status: "refused",
    error: {
      condition: "not_applied",
      message: "there is no Down marker, so node-pg-migrate refuses to revert it",
      line: 1,
    },
  });
  await run.close();
});

test("attack 39: a migration that removes its own record has not run", async () => {
  const run = await server.apply({
    [one]: migration("CREATE TABLE a ();"),
    [two]: migration("DELETE FROM pgmigrations;"),
  });
  expect(run.last).toMatchObject({
    status: "refused",
    error: { message: expect.stringContaining("pgmigrations holds 2_b; 1_a, 2_b was asked") },
  });
  await run.close();
});

test("attack 39: a migration that records a later one does not make it run", async () => {
  const run = await server.apply({
    [one]: migration("INSERT INTO pgmigrations (name, run_on) VALUES ('2_b', now());"),
    [two]: migration("CREATE TABLE b ();"),
  });
  expect(run.last).toMatchObject({
    status: "refused",
    error: { message: expect.stringContaining("pgmigrations holds 2_b, 1_a; 1_a was asked") },
  });
  await run.close();
});

test("attack 39: a migration that drops the record has not run", async () => {
  const run = await server.apply({ [one]: migration("DROP TABLE pgmigrations;") });
  expect(run.last).toMatchObject({ status: "refused", error: { condition: "undefined_table" } });
  await run.close();
});

test("attack 40: COMMIT in the middle leaves half behind, and the failure after it is still told with its line", async () => {
  const run = await server.apply({ [one]: migration("CREATE TABLE half ();\nCOMMIT;\nSELECT 1 / 0;") });
  expect(run.last).toMatchObject({ status: "refused", error: { condition: "division_by_zero", line: 4 } });
  expect(await server.rows(run.database, "SELECT to_regclass('half') IS NOT NULL AS there")).toEqual([{ there: true }]);
  await run.close();
});

test("attack 36: a setting that is stored for the database or the role is found", async () => {
  const store =
    "DO $$ BEGIN EXECUTE format('ALTER ' || 'DATABASE %I SET row_security = off', current_database()); END $$;";
  const run = await server.apply({ [one]: migration(store) });
  expect(run.last).toMatchObject({
    status: "applied",
    findings: [{ code: "stored-setting", place: { file: one, line: 1 } }],
  });
  await run.close();
});

test("what a migration leaves set in the session does not mislead the judge", async () => {
  const run = await server.apply({
    [one]: migration(
      "CREATE SCHEMA evil; CREATE TABLE evil.pgmigrations (id int, name text, run_on timestamp);\nSET search_path = evil;\nSET ROLE app_rw;",
    ),
    [two]: migration("RESET ROLE; CREATE TABLE b ();"),
  });
  expect(run.last).toMatchObject({ status: "refused", error: { condition: "insufficient_privilege" } });
  await run.close();
});

test("SQL before the Up marker is dropped, and a Down marker alone runs with the up part, as in production", async () => {
  const run = await server.apply({
    [one]: "CREATE TABLE lost ();\n-- Up Migration\nSELECT 1;",
    [two]: "CREATE TABLE b ();\n-- Down Migration\nDROP TABLE b;",
  });
  expect(
    await server.rows(run.database, "SELECT to_regclass('lost') IS NULL AS lost, to_regclass('b') IS NULL AS b"),
  ).toEqual([{ lost: true, b: true }]);
  await run.close();
});

test("a program is refused where the plan refuses programs", async () => {
  const run = await server.apply({ "migrations/1_a.ts": "export const up = (pgm) => pgm.sql('CREATE TABLE a ()');" });
  expect(run.last).toMatchObject({
    status: "refused",
    error: { message: "1_a.ts is a program of the change; the plan refuses programs" },
  });
  await run.close();
});

test("a migration that does not exist in the tree is refused", async () => {
  const run = await server.apply({});
  expect(run.outcomes).toEqual([]);
  const session = await server.tool().open(run.database);
  expect(
    await session.up({ path: one, name: "1_a", kind: "sql" }, { read: () => undefined, list: () => [] }),
  ).toMatchObject({
    status: "refused",
    error: { message: "migrations/1_a.sql does not exist" },
  });
  await session.close();
  await run.close();
});
