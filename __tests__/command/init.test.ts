import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "@jest/globals";
import type { Report } from "../../src/model/report.ts";
import { cli } from "../support/project.ts";
import { type Files, type Repository, repository } from "../support/repository.ts";

/** `init` in repositories as they are, and what the program then says of what it wrote. */

const opened: Repository[] = [];
const of = (files: Files): Repository => {
  const made = repository(files);
  opened.push(made);
  return made;
};
afterEach(() => {
  for (const each of opened.splice(0)) each.dispose();
});

const read = ({ root }: Repository, file: string): string => readFileSync(join(root, file), "utf8");

/** Nothing of GitHub is asked. */
const env = { ...process.env, GITHUB_TOKEN: "", GH_TOKEN: "", GITHUB_REPOSITORY: "" };
const phasegate = ({ root }: Repository, ...args: readonly string[]) => cli(args, { cwd: root, env });

const shop = {
  "package.json": '{ "name": "shop", "scripts": { "migrate": "node-pg-migrate up -m db/migrations" } }',
  "compose.yaml": "services:\n  db:\n    image: postgres:18-alpine\n",
  "db/migrations/20260101100000000_create-orders.sql": `-- Up Migration
CREATE TABLE customers (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, email text NOT NULL UNIQUE);
CREATE TABLE orders (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  customer_id bigint NOT NULL REFERENCES customers (id) ON DELETE CASCADE,
  total_cents bigint NOT NULL CHECK (total_cents >= 0),
  placed_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE "OrderLines" (order_id uuid REFERENCES orders (id), line integer, sku text NOT NULL, PRIMARY KEY (order_id, line));
CREATE TABLE log (at timestamptz, note text);
CREATE INDEX orders_customer_id ON orders (customer_id);
-- Down Migration
DROP TABLE log;
DROP TABLE "OrderLines";
DROP TABLE orders;
DROP TABLE customers;
`,
  "db/migrations/20260102100000000_report.sql": `-- Up Migration
CREATE SCHEMA report;
CREATE VIEW report.open_orders AS SELECT id, total_cents FROM orders;
CREATE MATERIALIZED VIEW daily AS SELECT date_trunc('day', placed_at) AS day, sum(total_cents) AS total FROM orders GROUP BY 1;
CREATE UNIQUE INDEX daily_day ON daily (day);
GRANT USAGE ON SCHEMA report TO reporting;
GRANT SELECT ON report.open_orders TO reporting;
-- Down Migration
DROP MATERIALIZED VIEW daily;
DROP VIEW report.open_orders;
DROP SCHEMA report;
`,
  "db/migrations/20260103100000000_tenants.sql": `-- Up Migration
ALTER TABLE log RENAME TO audit_log;
ALTER TABLE orders ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON orders TO reporting USING (customer_id > 0);
CREATE TABLE regions (id integer);
ALTER TABLE regions ADD CONSTRAINT regions_key PRIMARY KEY (id);
-- Down Migration
DROP TABLE regions;
DROP POLICY own ON orders;
ALTER TABLE orders DISABLE ROW LEVEL SECURITY;
ALTER TABLE audit_log RENAME TO log;
`,
} as const;

const worlds: {
  readonly [sentence: string]: { readonly files: Files; readonly gates: number; readonly checks: number };
} = {
  "tables, indexes, views, policies and roles": { files: shop, gates: 3, checks: 7 },
  "nothing but a function": {
    files: {
      "migrations/1_f.sql":
        "-- Up Migration\nCREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';\n-- Down Migration\nDROP FUNCTION f();\n",
    },
    gates: 1,
    checks: 1,
  },
  "migrations that are programs": {
    files: {
      "package.json": '{ "type": "module" }',
      "migrations/1_orders.js":
        'export const up = (pgm) => pgm.createTable("orders", { id: "id" });\nexport const down = (pgm) => pgm.dropTable("orders");\n',
    },
    gates: 1,
    checks: 1,
  },
};

describe("what it writes for", () => {
  test.each(Object.entries(worlds))("%s holds at once, and every check is able to fail", async (_sentence, world) => {
    const here = of(world.files);
    const init = await phasegate(here, "init");
    expect(init).toMatchObject({ code: 0, stderr: "" });
    expect(init.stdout).toMatch(/^Wrote phasegate\.yml: one phase, `baseline`/);
    expect(init.stdout).toContain("phasegate run --audit --no-documents");
    expect(init.stdout).not.toContain("repaired");

    const run = await phasegate(here, "run", "--audit", "--no-documents", "--json");
    const report = JSON.parse(run.stdout) as Report; // what the schema test holds
    expect({ code: run.code, violations: report.violations }).toEqual({ code: 0, violations: [] });
    const [baseline] = report.phases;
    const checks = baseline?.gates.flatMap((gate) => gate.checks) ?? [];
    expect({ gates: baseline?.gates.length, checks: checks.length }).toEqual({
      gates: world.gates,
      checks: world.checks,
    });
    for (const { red } of checks) {
      expect(red?.before.status).toBe("red");
      expect(red?.mutants.map(({ outcome }) => outcome.status)).toContain("killed");
    }

    const doctor = await phasegate(here, "doctor", "--json");
    const { findings, unknown } = JSON.parse(doctor.stdout);
    const open = findings.filter(({ severity }: { readonly severity: string }) => severity === "open");
    expect({ code: doctor.code, open }).toEqual({ code: 0, open: [] });
    expect(unknown.map(({ code }: { readonly code: string }) => code)).toContain("not-required");
  });
});

test("the folder, the version, the name and the roles are those of the repository", async () => {
  const here = of({ ...shop, "compose.yaml": "services: { db: { image: 'postgres:16' } }\n" });
  expect((await phasegate(here, "init")).stdout).toContain("on PostgreSQL 16");
  const plan = read(here, "phasegate.yml");
  for (const line of [
    "name: shop",
    "  version: 16 #",
    "  roles: [reporting]",
    "  dir: db/migrations",
    '      migrations: { through: "20260103100000000_tenants" }',
  ])
    expect(plan).toContain(`\n${line}`);
});

test("the workflow runs on pushes to the default branch", async () => {
  const here = of(shop);
  here.git("update-ref", "refs/remotes/origin/trunk", "HEAD");
  here.git("symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/trunk");
  await phasegate(here, "init");
  expect(read(here, ".github/workflows/phasegate.yml")).toContain("branches: [trunk]");
});

test("a workflow that is there is not written over; the plan is written beside it", async () => {
  const here = of({ ...shop, ".github/workflows/phasegate.yml": "mine" });
  const { code, stdout } = await phasegate(here, "init");
  expect(code).toBe(0);
  expect(stdout).toContain(".github/workflows/phasegate.yml is there already, and is as it was.");
  expect(read(here, ".github/workflows/phasegate.yml")).toBe("mine");
  expect(read(here, "phasegate.yml")).toContain("baseline");
});

test("a plan that is there is not written over; the workflow is written beside it, by what it says of programs", async () => {
  const here = of(shop);
  await phasegate(here, "init");
  const plan = read(here, "phasegate.yml").replace(/^policy:\n/m, "policy:\n  programs: allow\n");
  writeFileSync(join(here.root, "phasegate.yml"), plan);
  rmSync(join(here.root, ".github"), { recursive: true });
  const { code, stdout } = await phasegate(here, "init");
  expect({ code, stdout }).toEqual({
    code: 0,
    stdout: "Wrote .github/workflows/phasegate.yml. phasegate.yml is there already, and is as it was.\n",
  });
  expect(read(here, "phasegate.yml")).toBe(plan);
  const allowed = plan.includes("programs: allow");
  expect(read(here, ".github/workflows/phasegate.yml").includes("checks: write")).toBe(!allowed);
});

test("where both are there nothing is written, unless it is forced", async () => {
  const here = of({ ...shop, "phasegate.yml": "mine", ".github/workflows/phasegate.yml": "mine" });
  const { code, stderr, stdout } = await phasegate(here, "init");
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toMatch(/^phasegate\.yml and .*phasegate\.yml are there already; nothing was written\.\n.*--force/);
  expect(read(here, ".github/workflows/phasegate.yml")).toBe("mine");
  expect((await phasegate(here, "init", "--force")).code).toBe(0);
  expect(read(here, ".github/workflows/phasegate.yml")).toMatch(/^name: Phasegate\n/);
});

test.each<[what: string, files: Files, args: readonly string[], said: RegExp]>([
  ["no migrations at all", { "README.md": "" }, [], /^There are no migrations here.*\nWrite the first one/],
  ["a folder without migrations", { "README.md": "" }, ["--migrations", "sql"], /^There are no migrations in sql\//],
  [
    "two folders",
    { "a/migrations/1_a.sql": "", "b/migrations/1_b.sql": "" },
    [],
    /^There are several folders of migrations: a\/migrations, b\/migrations\.\n.*--migrations DIR/,
  ],
])("%s: it says what to do, and writes nothing", async (_what, files, args, said) => {
  const here = of(files);
  const { code, stderr } = await phasegate(here, "init", ...args);
  expect(stderr).toMatch(said);
  expect({ code, written: existsSync(join(here.root, "phasegate.yml")) }).toEqual({ code: 2, written: false });
});

test("a folder below the top of a repository is refused: GitHub would not find the workflow there", async () => {
  const here = of(shop);
  const { code, stderr } = await cli(["init"], { cwd: join(here.root, "db"), env });
  expect(stderr).toMatch(/^This folder is part of the repository at /);
  expect(code).toBe(2);
});

test("what will keep the gates from holding is told", async () => {
  const here = of({ "migrations/1_role.sql": "CREATE ROLE app;\nCREATE TABLE a (id int PRIMARY KEY);\n" });
  const { code, stdout } = await phasegate(here, "init");
  expect(stdout).toMatch(/before this is repaired:\n {2}migrations\/1_role\.sql:1: There is no Down marker/);
  expect(stdout).toMatch(/migrations\/1_role\.sql:1: `CREATE ROLE app` changes a role/);
  expect(code).toBe(0);
  const told = JSON.parse((await phasegate(here, "init", "--force", "--json")).stdout);
  expect(told).toMatchObject({
    written: ["phasegate.yml", ".github/workflows/phasegate.yml"],
    dir: "migrations",
    migrations: 1,
    postgres: 18,
    traps: [{ code: "no-down" }, { code: "role-change", place: { file: "migrations/1_role.sql", line: 1 } }],
  });
});
