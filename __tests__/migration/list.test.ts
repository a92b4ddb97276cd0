import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { runner } from "node-pg-migrate";
import type { ClientBase } from "pg";
import { listMigrations } from "../../src/migration/list.ts";
import { nameTraps } from "../../src/migration/names.ts";

const orders: readonly [name: string, files: readonly string[]][] = [
  ["numbers are compared as numbers", ["10_b.sql", "9_a.sql", "009_z.sql"]],
  [
    "17 digits are a date, so they come before 14 digits and after 10",
    ["20251112090000_b.sql", "20251112090000000_c.sql", "1762938000_a.sql"],
  ],
  [
    "milliseconds since 1970 lie among dates of 17 digits",
    ["20251112090000000_b.sql", "1762938000001_c.sql", "1762937999999_a.sql"],
  ],
  ["17 digits that are no date are compared by their text", ["20251399090000000_b.sql", "20251112090000000_a.sql"]],
  [
    "the same number falls back to the name, numbers in it as numbers",
    ["1_step-10.sql", "1_step-9.sql", "1_Step-9.sql"],
  ],
];

async function orderOfNodePgMigrate(files: readonly string[]): Promise<readonly string[]> {
  const dir = await mkdtemp(join(tmpdir(), "phasegate-test-"));
  try {
    for (const file of files) await writeFile(join(dir, file), "SELECT 1;");
    const query = async (sql: string | { text: string }) => ({
      rows: /^SELECT (table|constraint)_name/.test(typeof sql === "string" ? sql : sql.text) ? [{}] : [],
    });
    const dbClient = { query } as unknown as ClientBase; // it only listens
    const ran = await runner({
      dbClient,
      dir,
      direction: "up",
      migrationsTable: "pgmigrations",
      noLock: true,
      log: () => {},
    });
    return ran.map(({ name }) => `${name}.sql`);
  } finally {
    await rm(dir, { recursive: true });
  }
}

test.each(orders)("%s", async (_, files) => {
  const own = listMigrations(
    files.map((file) => `migrations/${file}`),
    "migrations",
  ).map(({ path }) => path.replace("migrations/", ""));
  expect(own).toEqual(await orderOfNodePgMigrate(files));
  expect(own).toHaveLength(files.length);
});

test.each([
  [
    "dot files, other folders and subfolders are no migrations",
    ["m/.keep", "m/1_a.sql", "m/sub/2_b.sql", "mm/3_c.sql", "4_d.sql"],
    "m",
    ["m/1_a.sql"],
  ],
  ["the folder may be written with a slash", ["m/1_a.sql"], "./m/", ["m/1_a.sql"]],
  ["the folder may be the root", ["1_a.sql", "m/2_b.sql"], ".", ["1_a.sql"]],
  ["nothing is nothing", [], "m", []],
])("%s", (_, paths, dir, expected) => {
  expect(listMigrations(paths, dir).map(({ path }) => path)).toEqual(expected);
});

test("a migration is named without its extension, and only .sql is data", () => {
  expect(listMigrations(["m/1_a.b.SQL", "m/2_c.ts", "m/3_d"], "m")).toEqual([
    { path: "m/1_a.b.SQL", name: "1_a.b", kind: "sql" },
    { path: "m/2_c.ts", name: "2_c", kind: "program" },
    { path: "m/3_d", name: "3_d", kind: "program" },
  ]);
});

test.each([
  ["good names are no trap", ["1_a.sql", "20251112090000000_b-c.sql"], []],
  ["a program is refused", ["1_a.js"], ["program 1_a.js"]],
  ["what is neither SQL nor a program would still be executed", ["1_a.md"], ["unknown-extension 1_a.md"]],
  ["a name without a number stops node-pg-migrate", ["README.sql"], ["no-prefix README.sql"]],
  ["17 digits that are no date", ["20251399090000000_a.sql"], ["no-date 20251399090000000_a.sql"]],
  ["two with the same number", ["1_a.sql", "001_b.sql"], ["same-prefix 001_b.sql"]],
  ["two that differ by case only", ["1_A.sql", "1_a.sql"], ["only-case-differs 1_A.sql", "same-prefix 1_A.sql"]],
  ["two that differ by extension only", ["1_a.sql", "1_a.SQL"], ["same-name 1_a.SQL", "only-case-differs 1_a.SQL"]],
  ["halves of a pair", ["1_a.up.sql"], ["paired-file 1_a.up.sql"]],
  ["a name that is SQL", ["1_a'); DROP TABLE t; --.sql"], ["odd-name 1_a'); DROP TABLE t; --.sql"]],
])("%s", (_, files, traps) => {
  const migrations = listMigrations(
    files.map((file) => `m/${file}`),
    "m",
  );
  expect(nameTraps(migrations, false).map(({ code, place }) => `${code} ${place?.file.slice(2)}`)).toEqual(traps);
});

test("a program is no trap where the plan allows programs", () => {
  expect(nameTraps(listMigrations(["m/1_a.ts"], "m"), true)).toEqual([]);
});
