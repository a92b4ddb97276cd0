import { afterAll, afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import pg from "pg";
import type { Server } from "../../src/model/ports.ts";
import { boot } from "../../src/postgres/boot.ts";

let lender: Server;
let admin: pg.Client;
const lent: Server[] = [];
beforeAll(async () => {
  lender = await boot({ provider: "embedded", major: 18, env: process.env });
  admin = new pg.Client({ ...lender.superuser, ssl: false });
  await admin.connect();
  await admin.query("CREATE DATABASE other");
  await admin.query("CREATE ROLE clerk LOGIN CREATEDB CREATEROLE PASSWORD 'clerk''s: p@ss/word'");
});
afterEach(async () => {
  await Promise.all(lent.splice(0).map((server) => server.stop()));
});
afterAll(async () => {
  await admin.end();
  await lender.stop();
});

interface Parts {
  readonly user?: string;
  readonly password?: string;
  readonly database?: string;
  readonly query?: string;
}
function urlOf({
  user = "postgres",
  password = lender.superuser.password,
  database = "postgres",
  query = "",
}: Parts = {}): string {
  const host = encodeURIComponent(lender.superuser.host);
  return `postgres://${user}:${encodeURIComponent(password)}@localhost/${database}?host=${host}${query}`;
}
const lend = (parts?: Parts, major = 18): Promise<Server> => boot({ provider: { url: urlOf(parts) }, major, env: {} });
async function booted(parts?: Parts): Promise<Server> {
  const server = await lend(parts);
  lent.push(server);
  return server;
}
async function names(catalog: "pg_database" | "pg_roles"): Promise<readonly string[]> {
  const column = catalog === "pg_database" ? "datname" : "rolname";
  const { rows } = await admin.query<{ name: string }>(
    `SELECT ${column} AS name FROM ${catalog} WHERE ${column} !~ '^pg_' ORDER BY 1`,
  );
  return rows.map(({ name }) => name);
}
const untouched = { databases: ["other", "postgres", "template0", "template1"], roles: ["clerk", "postgres"] };
const all = async () => ({ databases: await names("pg_database"), roles: await names("pg_roles") });

test("a lent server is given back without the databases and roles of the run, and without more", async () => {
  const server = await booted();
  expect(server).toMatchObject({ provider: "url", version: "18.4", major: 18, owned: false, why: "" });
  expect(server.prefix).toMatch(/^phasegate_[0-9a-f]{12}_$/);
  await admin.query(`CREATE ROLE ${server.prefix}migrator`);
  await admin.query(`CREATE DATABASE ${server.prefix}head OWNER ${server.prefix}migrator`);
  await admin.query(`CREATE DATABASE ${server.prefix}kept IS_TEMPLATE true ALLOW_CONNECTIONS false`);
  const user = new pg.Client({ ...lender.superuser, database: `${server.prefix}head`, ssl: false });
  user.on("error", () => undefined);
  await user.connect();

  await server.stop();
  expect(await all()).toEqual(untouched);
});

test.each([
  ["the same database", {}],
  ["another database", { database: "other" }],
])("a second run that comes by %s is refused while the first one holds the lock", async (_, parts) => {
  const first = await booted();
  await expect(lend(parts)).rejects.toThrow(
    "url's server is in use by another run of Phasegate. Wait until that run has ended",
  );
  await first.stop();
  await (await lend(parts)).stop();
});

test("what a killed run left goes with the next run", async () => {
  await admin.query("CREATE DATABASE phasegate_0123456789ab_head");
  await admin.query("CREATE ROLE phasegate_0123456789ab_judge");
  await booted();
  expect(await all()).toEqual(untouched);
});

test.each(["phasegate", "phasegate_head", "phasegate_0123456789ab", "my_phasegate_0123456789ab_head"])(
  "a database %s is nobody's leftover",
  async (name) => {
    await admin.query(`CREATE DATABASE ${name}`);
    await (await lend()).stop();
    expect(await names("pg_database")).toContain(name);
    await admin.query(`DROP DATABASE ${name}`);
  },
);

test("the loss of the lock is told, and what the run made is removed all the same", async () => {
  const server = await booted();
  await admin.query(`CREATE DATABASE ${server.prefix}head`);
  await admin.query("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'");
  expect(await server.died).toBe("The lent server ended the connection that holds this run's lock.");
  await server.stop();
  expect(await all()).toEqual(untouched);
});

describe("is refused, with the reason", () => {
  test("another major version", () =>
    expect(lend({}, 17)).rejects.toThrow(
      "This run needs PostgreSQL 17; url has 18.4. Give the URL of a server of version 17.",
    ));
  test("a user that is not a superuser, whose password needs escaping", () =>
    expect(lend({ user: "clerk", password: "clerk's: p@ss/word" })).rejects.toThrow(
      "url's user clerk is not a superuser",
    ));
  test("a wrong password", () =>
    expect(lend({ password: "x" })).rejects.toThrow(
      'url does not answer: password authentication failed for user "postgres"',
    ));
  test("TLS", () =>
    expect(lend({ query: "&sslmode=require" })).rejects.toThrow("url asks for TLS, which is not supported"));
  test("an unknown parameter", () =>
    expect(lend({ query: "&options=x" })).rejects.toThrow("url has the parameter options"));
  test.each(["nonsense", "mysql://localhost/x"])("what is no PostgreSQL URL: %s", (url) =>
    expect(boot({ provider: { url }, major: 18, env: {} })).rejects.toThrow("Write the URL like this: postgres://"),
  );
  test("a URL without a server", () =>
    expect(
      boot({ provider: { url: "postgres://postgres:x@127.0.0.1:1/postgres" }, major: 18, env: {} }),
    ).rejects.toThrow("url does not answer: connect ECONNREFUSED"));
  test("a refused run holds no lock", async () => {
    await expect(lend({}, 17)).rejects.toThrow();
    await (await lend()).stop();
  });
});

test("auto takes it first, from the environment", async () => {
  const server = await boot({ provider: "auto", major: 18, env: { PHASEGATE_POSTGRES_URL: urlOf() } });
  lent.push(server);
  expect(server).toMatchObject({ provider: "url", why: "" });
});
