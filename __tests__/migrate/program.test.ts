import { spawnSync } from "node:child_process";
import { expect, test } from "@jest/globals";
import { applyUp } from "../../src/migrate/runner.ts";
import { cluster, treeOf } from "./world.ts";

const server = cluster();
const one = "migrations/1_a.ts";
const two = "migrations/2_b.js";

test("programs in TypeScript and JavaScript, ESM and CommonJS, go up and down", async () => {
  const files = {
    [one]: `import type { MigrationBuilder } from "node-pg-migrate";
import { columns } from "./lib/columns.ts";
export const shorthands = undefined;
export async function up(pgm: MigrationBuilder): Promise<void> { pgm.createTable("a", columns); }
export async function down(pgm: MigrationBuilder): Promise<void> { pgm.dropTable("a"); }`,
    "migrations/lib/columns.ts": "export const columns = { id: 'id', name: { type: 'text', notNull: true } };",
    [two]:
      "exports.up = (pgm) => { pgm.sql('CREATE TABLE b (id int)'); }; exports.down = (pgm) => { pgm.dropTable('b'); };",
    "migrations/3_c.sql": "-- Up Migration\nCREATE TABLE c ();\n-- Down Migration\nDROP TABLE c;",
  };
  const run = await server.apply(files, "allow");
  expect(run.outcomes).toEqual(Array(3).fill({ status: "applied", findings: [] }));
  expect(await server.rows(run.database, "SELECT name FROM pgmigrations ORDER BY id")).toEqual([
    { name: "1_a" },
    { name: "2_b" },
    { name: "3_c" },
  ]);
  for (const it of run.list.toReversed()) expect(await run.down(it)).toEqual({ status: "applied", findings: [] });
  expect(
    await server.rows(run.database, "SELECT to_regclass('a') IS NULL AND to_regclass('b') IS NULL AS gone"),
  ).toEqual([{ gone: true }]);
  await run.close();
});

const up = (body: string) => `export const up = async (pgm) => { ${body} };`;

test.each([
  [
    "a statement that PostgreSQL refuses",
    up("pgm.sql('SELECT 1 / 0')"),
    { condition: "division_by_zero", statement: "SELECT 1 / 0;" },
  ],
  ["an exception", up("throw new Error('no idea')"), { condition: "not_applied", message: "no idea" }],
  ["a syntax error", "export const up = (", { condition: "not_applied" }],
  [
    "no function that goes up",
    "export const left = 1;",
    { message: expect.stringContaining("Unknown value for direction: up") },
  ],
  [
    "a module that is not there",
    "import './none.js'; export const up = () => {};",
    { message: expect.stringContaining("Cannot find module 'migrations/none.js'") },
  ],
  [
    "attack 51: it ends with status 0 before anything is done",
    up("pgm.sql('CREATE TABLE a ()'); process.exit(0)"),
    { message: "the program ended with exit code 0 before node-pg-migrate had finished" },
  ],
  [
    "attack 51: it says that it is done, and is not",
    "import { writeSync } from 'node:fs'; writeSync(3, JSON.stringify({ status: 'done' })); process.exit(0); export const up = () => {};",
    { message: expect.stringContaining("pgmigrations holds nothing; 1_a was asked") },
  ],
  [
    "attack 51: it patches pg so that nothing is sent",
    "import pg from 'pg'; pg.Client.prototype.query = async () => ({ rows: [] }); export const up = (pgm) => pgm.sql('CREATE TABLE a ()');",
    { message: expect.stringContaining("pgmigrations holds nothing; 1_a was asked") },
  ],
  [
    "it is killed",
    up("process.kill(process.pid, 'SIGKILL'); await new Promise((r) => setTimeout(r, 5000))"),
    { message: "the program ended by SIGKILL before node-pg-migrate had finished" },
  ],
])("%s is no migration that ran", async (_, text, error) => {
  const run = await server.apply({ [one]: text }, "allow");
  expect(run.last).toMatchObject({ status: "refused", error });
  expect(JSON.stringify(run.last)).not.toContain("phasegate-program");
  expect(await server.rows(run.database, "SELECT to_regclass('a') IS NULL AS gone")).toEqual([{ gone: true }]);
  await run.close();
});

test("attack 51: it sees of the environment its connection alone", async () => {
  process.env.GITHUB_TOKEN = "secret";
  process.env.INPUT_TOKEN = "secret";
  const names = up(
    `pgm.sql("CREATE TABLE seen AS SELECT '" + Object.keys(process.env).sort().join(" ") + "' AS names")`,
  );
  const run = await server.apply({ [one]: names }, "allow");
  expect(await server.rows(run.database, "SELECT names FROM seen")).toEqual([
    { names: "HOME PATH PGAPPNAME PGDATABASE PGHOST PGPASSWORD PGPORT PGUSER TMPDIR" },
  ]);
  delete process.env.GITHUB_TOKEN;
  delete process.env.INPUT_TOKEN;
  await run.close();
});

test("attack 51: a process that it leaves behind is killed, and so is its database session", async () => {
  const mark = `left-behind-${process.pid}`;
  const text = `import { spawn } from "node:child_process"; import pg from "pg";
export const up = async (pgm) => {
  spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)", "${mark}"], { stdio: "inherit" });
  const other = new pg.Client();
  await other.connect();
  await other.query("SELECT pg_advisory_lock(1)");
  pgm.sql("CREATE TABLE a ()");
};`;
  const run = await server.apply({ [one]: text }, "allow");
  expect(run.last).toEqual({ status: "applied", findings: [] });
  expect(spawnSync("pgrep", ["-f", `\\b${mark}\\b`]).stdout.toString()).toBe("");
  await run.close();
  // Nobody is connected any more, so it can be copied.
  await server.get().clone(run.database, `${run.database}_copy`);
});

test("attack 51: a process that leaves the group keeps no session of the database", async () => {
  const holds = `const pg = require("pg"); const client = new pg.Client(); client.on("error", () => process.exit());
    client.connect().then(() => client.query("SELECT 1")).then(() => console.log("connected")); setTimeout(() => process.exit(), 20000);`;
  const text = `import { spawn } from "node:child_process";
export const up = async (pgm) => {
  const left = spawn(process.execPath, ["-e", ${JSON.stringify(holds)}], { detached: true, stdio: ["ignore", "pipe", "inherit"] });
  await new Promise((resolve) => left.stdout.once("data", resolve));
  pgm.sql("CREATE TABLE a ()");
};`;
  const run = await server.apply({ [one]: text }, "allow");
  expect(run.last).toEqual({ status: "applied", findings: [] });
  await run.close();
  await server.get().clone(run.database, `${run.database}_copy`);
});

test("attack 51: a program that does not end is killed", async () => {
  const run = await server.apply({}, "allow");
  const client = await server.get().connect(run.database, "migrator");
  const migration = { path: one, name: "1_a", kind: "program" } as const;
  const tree = treeOf({ [one]: up("console.log('waiting'); await new Promise((r) => setTimeout(r, 60_000))") });
  const outcome = await applyUp({ client, tree, migration, programs: { allowed: true, timeoutMs: 1500 } });
  expect(outcome).toEqual({
    status: "refused",
    error: {
      condition: "not_applied",
      message: "the program took longer than 1.5 s and was killed before node-pg-migrate had finished",
      detail: "waiting",
    },
  });
  await client.end();
  await run.close();
});

test("output without end is read and not kept", async () => {
  const flood = up(
    "for (let i = 0; i < 200; i += 1) await new Promise((r) => process.stdout.write('x'.repeat(100_000), r)); throw new Error('over')",
  );
  const run = await server.apply({ [one]: flood }, "allow");
  expect(run.last).toEqual({ status: "refused", error: { condition: "not_applied", message: "over" } });
  await run.close();
});
