import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { ConnectionLost, type Database, type Server } from "../../src/model/ports.ts";
import { boot } from "../../src/postgres/boot.ts";
import { type Cluster, openCluster } from "../../src/postgres/cluster.ts";

let server: Server;
let cluster: Cluster;

beforeAll(async () => {
  server = await boot({ provider: "embedded", major: 18, env: process.env });
  cluster = await openCluster(server, {
    roles: [
      { name: "reader", bypassrls: false, memberOf: [] },
      { name: "sees_all", bypassrls: true, memberOf: ["reader"] },
    ],
    migrator: { bypassrls: false, createrole: false, superuser: false },
    limits: { statementMs: 400, migrationMs: 2_000, bytes: 1024 * 1024, rows: 100 },
  });
  await cluster.create("a");
  const migrator = await cluster.connect("a", "migrator");
  await migrator.query(
    `CREATE TABLE t (id int PRIMARY KEY); ALTER TABLE t ENABLE ROW LEVEL SECURITY; ALTER TABLE t FORCE ROW LEVEL SECURITY;
     CREATE TABLE late (id int, CONSTRAINT late_key UNIQUE (id) DEFERRABLE INITIALLY DEFERRED);
     GRANT SELECT ON t TO reader; ALTER DATABASE a SET search_path = pg_catalog; ALTER DATABASE a SET row_security = off`,
  );
  await migrator.end();
});

afterAll(async () => {
  await cluster.close();
  await server.stop();
});

const inside = <Result>(work: (database: Database) => Promise<Result>) => cluster.transaction("a", work);

test("the judge sees rows that row-level security hides from the owner, and is no superuser", async () => {
  const seen = await inside(async (database) => {
    await database.query("INSERT INTO t VALUES (1)");
    const [judge] = await database.query(
      "SELECT (SELECT count(*) FROM t) AS rows, rolsuper AS super FROM pg_roles WHERE rolname = current_user",
    );
    await database.act({ as: cluster.testRole });
    const [tester] = await database.query(
      "SELECT (SELECT count(*) FROM t) AS rows, rolsuper AS super FROM pg_roles WHERE rolname = current_user",
    );
    return { judge, tester };
  });
  expect(seen).toEqual({ judge: { rows: 1, super: false }, tester: { rows: 0, super: false } });
});

test("roles of the plan are what it says, and the judge can act as them", async () => {
  const rows = await inside(async (database) => {
    await database.act({ as: "sees_all", set: { "app.tenant": "x" } });
    return database.query(
      "SELECT current_user::text AS name, pg_has_role('reader', 'USAGE') AS member, current_setting('app.tenant') AS tenant",
    );
  });
  expect(rows).toEqual([{ name: "sees_all", member: true, tenant: "x" }]);
});

test("settings that a migration stored for the database do not change what is seen", async () => {
  expect(
    await inside((database) =>
      database.query("SELECT current_setting('search_path') AS path, current_setting('row_security') AS rls"),
    ),
  ).toEqual([{ path: "public", rls: "on" }]);
});

test.each([
  "COMMIT",
  "commit and chain",
  "/* a */ -- b\n ROLLBACK",
  "SAVEPOINT x",
  "end",
  "PREPARE TRANSACTION 'x'",
  "ABORT",
])("%j is refused before it is sent", async (sql) => {
  await inside(async (database) => {
    await expect(database.query(sql)).rejects.toThrow(/is refused: every check runs in a transaction of its own/);
    await expect(database.attempt(sql)).rejects.toThrow(/is refused/);
  });
});

test("a second statement behind the first is refused", async () => {
  await expect(inside((database) => database.query("SELECT 1; COMMIT"))).rejects.toThrow(/multiple commands/);
});

test("what a transaction did is gone when it ends", async () => {
  await inside((database) => database.query("INSERT INTO t VALUES (7)"));
  expect(await inside((database) => database.query("SELECT count(*) AS rows FROM t"))).toEqual([{ rows: 0 }]);
});

test("a refused attempt is a value, and the transaction goes on", async () => {
  const attempt = await inside(async (database) => {
    await database.query("INSERT INTO t VALUES (1)");
    const refused = await database.attempt("INSERT INTO t VALUES (1)");
    return { refused, rows: await database.query("SELECT count(*) AS rows FROM t") };
  });
  expect(attempt).toMatchObject({
    refused: { accepted: false, error: { condition: "unique_violation", constraint: "t_pkey", table: "t" } },
    rows: [{ rows: 1 }],
  });
});

test("deferred constraints are forced for each attempt, and stay deferred for the next", async () => {
  const outcome = await inside(async (database) => {
    const first = await database.attempt("INSERT INTO late VALUES (1)");
    const second = await database.attempt("INSERT INTO late VALUES (1)");
    const third = await database.attempt("INSERT INTO late SELECT 2 FROM generate_series(1, 2)");
    return [first, second, third].map((attempt) => (attempt.accepted ? "accepted" : attempt.error.condition));
  });
  expect(outcome).toEqual(["accepted", "unique_violation", "unique_violation"]);
});

test.each<[name: string, work: (database: Database) => Promise<unknown>, message: RegExp]>([
  [
    "more bytes than the limit",
    (database) => database.query("SELECT repeat('x', 5000000)"),
    /more than 1 MiB; select less/,
  ],
  [
    "more rows than the limit",
    (database) => database.query("SELECT generate_series(1, 101)"),
    /101 rows, more than 100; select less/,
  ],
  ["more time than the limit", (database) => database.query("SELECT pg_sleep(60)"), /statement timeout/],
  [
    "more time than the limit, with the server's limit turned off",
    async (database) => {
      await database.query("SET statement_timeout = 0");
      return database.query("SELECT pg_sleep(60)");
    },
    /did not end within 0.4 s, and the server's own limit was turned off/,
  ],
])("%s is cut off, and the next transaction has a connection that works", async (_name, work, message) => {
  await expect(inside(work)).rejects.toThrow(message);
  expect(await inside((database) => database.query("SELECT 1 AS one"))).toEqual([{ one: 1 }]);
});

test("a connection that is gone is told as lost, never as a refusal", async () => {
  await expect(
    inside((database) => database.query("SELECT pg_terminate_backend(pg_backend_pid())")),
  ).rejects.toBeInstanceOf(ConnectionLost);
  await expect(
    inside((database) => database.attempt("SELECT pg_terminate_backend(pg_backend_pid())")),
  ).rejects.toBeInstanceOf(ConnectionLost);
});

test("a copy has what the original has, and its own life", async () => {
  await cluster.clone("a", "b");
  const session = await cluster.session("b");
  await session.begin({});
  await session.attempt("INSERT INTO late VALUES (5)");
  await session.commit();
  await session.close();
  expect(await cluster.transaction("b", (database) => database.query("SELECT id FROM late"))).toEqual([{ id: 5 }]);
  expect(await inside((database) => database.query("SELECT id FROM late"))).toEqual([]);
});

test("values come as PostgreSQL prints them, except for what JSON has a word for", async () => {
  const rows = await inside((database) =>
    database.query(
      "SELECT 1.50::numeric AS n, 9007199254740993::int8 AS big, 7::int8 AS small, '2025-01-02 03:04:05+02'::timestamptz AS at, true AS yes, ARRAY['a', NULL]::text[] AS list, '{\"a\": 1}'::jsonb AS json, '\\xff'::bytea AS bytes",
    ),
  );
  expect(rows).toEqual([
    {
      n: "1.50",
      big: "9007199254740993",
      small: 7,
      at: "2025-01-02 01:04:05+00",
      yes: true,
      list: ["a", null],
      json: { a: 1 },
      bytes: "\\xff",
    },
  ]);
});

test("more databases than the server takes connections are looked at, one after the other", async () => {
  const many = Array.from({ length: 40 }, (_, index) => `many_${index}`);
  for (const name of many) await cluster.clone("a", name);
  const looks = many.map((name) => cluster.transaction(name, (database) => database.query("SELECT 1 AS one")));
  expect(await Promise.all(looks)).toEqual(many.map(() => [{ one: 1 }]));
  const [open] = await inside((database) =>
    database.query<{ connections: number }>(
      "SELECT count(*) AS connections FROM pg_stat_activity WHERE datname LIKE 'many\\_%'",
    ),
  );
  expect(open?.connections).toBeLessThanOrEqual(12);
});
