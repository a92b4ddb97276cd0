import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, expect, test } from "@jest/globals";
import { judge } from "../../src/judge.ts";
import type { Report, Run } from "../../src/model/report.ts";

/** Small projects, judged whole. */

/** The whole of it, and no documents asked for. */
const trial = { base: { kind: "audit" }, documents: "not-asked" } as const;

const roots: string[] = [];
afterAll(() => {
  for (const root of roots) rmSync(root, { recursive: true, force: true });
});

type Files = { readonly [path: string]: string };

async function run(plan: string, files: Files, phases: readonly string[] = []): Promise<Run> {
  const root = projectOf(plan, files);
  return judge({ root, plan: "phasegate.yml", postgres: "embedded", phases, env: process.env, ...trial });
}

function projectOf(plan: string, files: Files): string {
  const root = mkdtempSync(join(tmpdir(), "phasegate-run-"));
  roots.push(root);
  for (const [path, text] of Object.entries({ ...files, "phasegate.yml": plan })) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

async function report(plan: string, files: Files, phases: readonly string[] = []): Promise<Report> {
  const judged = await run(plan, files, phases);
  if (judged.status !== "judged") throw new Error(JSON.stringify(judged));
  return judged.report;
}

const migration = (up: string, down: string) => `-- Up Migration\n${up};\n\n-- Down Migration\n${down};\n`;
const orders: Files = {
  "migrations/1_orders.sql": migration(
    "CREATE TABLE orders (id int PRIMARY KEY, total int NOT NULL)",
    "DROP TABLE orders",
  ),
};
const currency: Files = {
  "migrations/2_currency.sql": migration(
    "ALTER TABLE orders ADD COLUMN currency text",
    "ALTER TABLE orders DROP COLUMN currency",
  ),
};

const phase = (id: string, after: string, owns: string, ...checks: string[]) =>
  `  - id: ${id}\n    title: ${id}\n    after: [${after}]\n    owns: ${owns}\n    gates:\n      - id: ${id}.1\n        title: it holds\n        checks:\n${checks.map((check) => `          - ${check}\n`).join("")}`;
const plan = (...phases: string[]) => `version: 1\nname: n\npostgres: { version: 18 }\nphases:\n${phases.join("")}`;

const total = "column: { table: orders, name: total, nullable: false }";
const money = "column: { table: orders, name: currency, type: text, nullable: false }";
const A = phase("A", "", '{ migrations: ["*_orders.sql"] }', total);
const B = phase("B", "A", '{ migrations: ["*_currency.sql"] }', money);

const states = ({ phases }: Report) => phases.map(({ id, state }) => `${id} ${state}`);
const told = ({ violations }: Report) =>
  violations.map(({ code, phase: of, gate }) => `${code} ${gate ?? of ?? ""}`.trim());

test("a phase whose gates hold is verified, and the next is not started", async () => {
  const seen = await report(plan(A, B), orders);
  expect([states(seen), told(seen), seen.conclusion]).toEqual([["A verified", "B not-started"], [], "in-order"]);
});

test("a phase that was started and does not hold is in progress", async () => {
  const seen = await report(plan(A, B), { ...orders, ...currency });
  expect([states(seen), told(seen), seen.conclusion]).toEqual([
    ["A verified", "B in-progress"],
    ["gate-failed B.1"],
    "must-not-be-merged",
  ]);
});

test("a phase that was started before its predecessor holds is prohibited", async () => {
  const wrong = phase(
    "A",
    "",
    '{ migrations: ["*_orders.sql"] }',
    "column: { table: orders, name: total, nullable: true }",
  );
  const seen = await report(
    plan(wrong, phase("B", "A", '{ migrations: ["*_currency.sql"] }', "column: { table: orders, name: currency }")),
    { ...orders, ...currency },
  );
  expect([states(seen), told(seen)]).toEqual([
    ["A in-progress", "B prohibited"],
    ["gate-failed A.1", "phase-advanced B"],
  ]);
});

test("with --phase the gates of a phase are run although nobody has begun it", async () => {
  const seen = await report(plan(A, B), orders, ["B"]);
  expect([states(seen), told(seen)]).toEqual([["A verified", "B in-progress"], ["gate-failed B.1"]]);
});

test("a phase is started by a file, or by an object that another phase's migration makes", async () => {
  const byFile = phase("B", "A", "{ files: [docs/b.md] }", "file: { path: docs/b.md, contains: [done] }");
  expect(states(await report(plan(A, byFile), { ...orders, "docs/b.md": "done" }))).toEqual([
    "A verified",
    "B verified",
  ]);
  const byObject = phase("B", "A", "{ objects: [orders.total] }", "file: { path: docs/b.md }");
  expect(states(await report(plan(A, byObject), orders))).toEqual(["A verified", "B in-progress"]);
});

test("a migration that no phase owns is told with its place", async () => {
  const seen = await report(plan(A), { ...orders, ...currency });
  expect(told(seen)).toEqual(["unclaimed-migration"]);
  expect(seen.violations[0]?.findings[0]?.place).toEqual({ file: "migrations/2_currency.sql", line: 1 });
});

test("a check that held before its phase is vacuous, unless the plan says why it may", async () => {
  const owns = '{ migrations: ["*_currency.sql"] }';
  const vacuous = await report(plan(A, phase("B", "A", owns, total)), { ...orders, ...currency });
  expect(told(vacuous)).toEqual(["vacuous-check B.1"]);
  const excused = await report(plan(A, phase("B", "A", owns, `{ ${total}, holds-before: it stays }`)), {
    ...orders,
    ...currency,
  });
  expect([states(excused), told(excused)]).toEqual([["A verified", "B verified"], []]);
});

test("a later phase that breaks what an earlier one proved is blamed for it", async () => {
  const breaking: Files = {
    "migrations/2_currency.sql": migration(
      "ALTER TABLE orders ADD COLUMN currency text, ALTER COLUMN total DROP NOT NULL",
      "SELECT 1",
    ),
  };
  const seen = await report(plan(A, B), { ...orders, ...breaking });
  expect(told(seen)).toEqual(["gate-failed B.1"]);
  expect(seen.violations[0]?.consequences).toEqual(["A.1 gate-failed", "B phase-advanced"]);
});

test("a gate that a later phase supersedes is judged just before that phase", async () => {
  const until = A.replace("title: it holds\n", "title: it holds\n        until: B\n");
  const superseding: Files = {
    "migrations/2_currency.sql": migration(
      "ALTER TABLE orders ADD COLUMN currency text NOT NULL DEFAULT 'EUR', ALTER COLUMN total DROP NOT NULL",
      "SELECT 1",
    ),
  };
  expect(states(await report(plan(until, B), { ...orders, ...superseding }))).toEqual(["A verified", "B verified"]);
});

test("migrations that lie between those of another phase are told apart", async () => {
  const files: Files = {
    ...orders,
    "migrations/2_currency.sql": migration(
      "CREATE TABLE currency (code text); COMMENT ON TABLE currency IS 'ISO 4217'; COMMENT ON COLUMN currency.code IS 'Three letters'",
      "DROP TABLE currency",
    ),
    "migrations/3_orders.sql": migration(
      "ALTER TABLE orders ADD COLUMN note text",
      "ALTER TABLE orders DROP COLUMN note",
    ),
  };
  const commented = phase("B", "", '{ migrations: ["*_currency.sql"] }', "comments: {}");
  const seen = await report(
    plan(phase("A", "", '{ migrations: ["*_orders.sql"] }', "column: { table: orders, name: note }"), commented),
    files,
  );
  expect([states(seen), told(seen)]).toEqual([["A verified", "B verified"], []]);
});

test.each<[name: string, plan: string, files: Files, message: RegExp]>([
  [
    "a glob of a started phase that matches nothing",
    plan(phase("A", "", '{ migrations: ["*_orders.sql", "*_gone.sql"] }', total)),
    orders,
    /`\*_gone.sql` matches no file/,
  ],
  [
    "a migration of two phases",
    plan(A, phase("B", "A", '{ migrations: ["1_*.sql"] }', total)),
    orders,
    /1_orders.sql belongs to A and to B/,
  ],
  [
    "a sabotage of two statements",
    plan(
      phase(
        "A",
        "",
        '{ migrations: ["*_orders.sql"] }',
        'sql: { name: s, query: "SELECT 1; ", gives: { count: 1 }, sabotage: ["DO $$ BEGIN NULL; NULL; END $$;", "SELECT 1; SELECT 2"] }',
      ),
    ),
    orders,
    /^phasegate.yml:13 This `sabotage` is 2 statements, and each text is sent as one\.$/,
  ],
  [
    "a row that a statement needs, given with another one",
    plan(
      phase(
        "A",
        "",
        '{ migrations: ["*_orders.sql"] }',
        `statement: { name: s, given: "INSERT INTO orders VALUES (1, 1); SELECT ';'", sql: SELECT 1, accepted: true, sabotage: DROP TABLE orders }`,
      ),
    ),
    orders,
    /^phasegate.yml:13 This `given` is 2 statements/,
  ],
])("%s is a mistake of the plan", async (_name, text, files, message) => {
  const judged = await run(text, files);
  expect(judged.status).toBe("unusable");
  if (judged.status === "unusable")
    expect(
      judged.mistakes.map(({ place, message: words }) => `${place?.file}:${place?.line} ${words}`).join("\n"),
    ).toMatch(message);
});

test("a plan without migrations in its folder proves nothing", async () => {
  const seen = await report(
    plan(
      phase(
        "A",
        "",
        "{ files: [docs/a.md] }",
        "sql: { name: s, query: SELECT false, gives: true, sabotage: SELECT 1 }",
      ),
    ),
    { "docs/a.md": "x" },
  );
  expect(told(seen)).toEqual(["gate-failed A.1"]);
});

test("a JavaScript migration is refused where the plan refuses programs, and applied where it allows them", async () => {
  const program = {
    "migrations/1_orders.js":
      "export const up = (pgm) => pgm.createTable('orders', { id: 'id', total: { type: 'int', notNull: true } });\nexport const down = (pgm) => pgm.dropTable('orders');\n",
  };
  const owns = phase("A", "", '{ migrations: ["*_orders.js"] }', total);
  const refused = await report(plan(owns), program);
  expect(told(refused)).toEqual(["migration-failed A.migrations"]);
  const allowed = await report(plan(owns).replace("phases:", "policy: { programs: allow }\nphases:"), program);
  expect([states(allowed), told(allowed)]).toEqual([["A verified"], []]);
});

test.each<[name: string, file: string, text: string, message: string, help: string]>([
  [
    "a role that the plan does not name",
    "1_orders.sql",
    migration("CREATE TABLE orders (id int);\nGRANT SELECT ON orders TO app", "DROP TABLE orders"),
    'role "app" does not exist, in `GRANT SELECT ON orders TO app`.',
    "Add `app` to `postgres.roles` of the plan",
  ],
  [
    "a role that it would make itself",
    "1_orders.sql",
    migration("CREATE ROLE app", "DROP ROLE app"),
    "permission denied to create role, in `CREATE ROLE app`. Only roles with the CREATEROLE attribute may create roles.",
    "Write the role in `postgres.roles` of the plan, and take it out of the migration",
  ],
  [
    "being a program",
    "1_orders.js",
    "export const up = () => {};",
    "1_orders.js is a program of the change; the plan refuses programs.",
    "Write the migration in SQL, or let the plan say `policy: { programs: allow }`.",
  ],
  [
    "anything else",
    "1_orders.sql",
    migration("ALTER TABLE orders ADD COLUMN id int", "SELECT 1"),
    'relation "orders" does not exist, in `ALTER TABLE orders ADD COLUMN id int`.',
    "Correct the migration",
  ],
])("a migration that is refused for %s says what to do about that", async (_, file, text, message, help) => {
  const { violations } = await report(plan(phase("A", "", '{ migrations: ["*_orders.*"] }', total)), {
    [`migrations/${file}`]: text,
  });
  const findings = violations.flatMap((each) => each.findings).filter(({ code }) => code === "migration-failed");
  expect(findings).toHaveLength(1);
  expect(findings[0]?.message).toBe(`migrations/${file} cannot be applied: ${message}`);
  expect(findings[0]?.help.slice(0, help.length)).toBe(help);
});

test("results are written on request and judged as they are then; without it they are only compared", async () => {
  const suite = phase(
    "A",
    "",
    '{ migrations: ["*_orders.sql"] }',
    'suite: { files: ["tests/*.sql"], results: "tests/results/{name}.md" }',
    "file: { path: tests/results/orders.md }",
  );
  const root = projectOf(plan(suite), {
    ...orders,
    "tests/orders.sql":
      "-- test: a total is needed\n-- expect error: not_null_violation on total\nINSERT INTO orders VALUES (1, NULL);",
  });
  const judged = async (writeResults: boolean) => {
    const written: string[] = [];
    const one = await judge({
      ...trial,
      root,
      plan: "phasegate.yml",
      postgres: "embedded",
      phases: [],
      env: process.env,
      writeResults,
      onProgress: (progress) => {
        if (progress.kind === "written") written.push(progress.file);
      },
    });
    if (one.status !== "judged") throw new Error(JSON.stringify(one));
    return [told(one.report), written];
  };
  expect(await judged(false)).toEqual([["gate-failed A.1"], []]);
  expect(await judged(true)).toEqual([[], ["tests/results/orders.md"]]);
  expect(await judged(true)).toEqual([[], []]);
  expect(await judged(false)).toEqual([[], []]);
  writeFileSync(join(root, "tests/results/orders.md"), "PASS");
  expect(await judged(false)).toEqual([["gate-failed A.1"], []]);
});

test("a function that shadows PostgreSQL's own is told of the phase that makes it", async () => {
  const shadowing = {
    "migrations/1_orders.sql": migration(
      "CREATE TABLE orders (id int PRIMARY KEY, total int NOT NULL);\nCREATE FUNCTION public.count(integer) RETURNS bigint LANGUAGE sql AS 'SELECT 1::bigint'",
      "DROP FUNCTION public.count(integer);\nDROP TABLE orders",
    ),
  };
  const { violations } = await report(plan(A), shadowing);
  expect(violations.map(({ gate, code }) => [gate, code])).toEqual([["A.migrations", "gate-failed"]]);
  expect(violations[0]?.findings[0].message).toContain("count(integer)");
});

/** What a checkout comes to after everything in `root` was committed, and `change` was written over it. */
async function changed(root: string, change: Files, phases: readonly string[] = []): Promise<Report> {
  const git = (...args: string[]) =>
    execFileSync("git", ["-c", "user.name=Eve", "-c", "user.email=e@example.org", ...args], { cwd: root });
  git("init", "-q", "-b", "main");
  git("add", ".");
  git("commit", "-qm", "Base");
  for (const [path, text] of Object.entries(change)) writeFileSync(join(root, path), text);
  const judged = await judge({
    root,
    plan: "phasegate.yml",
    postgres: "embedded",
    phases,
    env: process.env,
    base: { kind: "revision", revision: "main" },
    documents: "asked",
  });
  if (judged.status !== "judged") throw new Error(JSON.stringify(judged));
  return judged.report;
}

test("a new phase whose gates are asked for has not been started by that", async () => {
  const root = projectOf(plan(A), orders);
  const seen = await changed(root, { "phasegate.yml": plan(A, B) }, ["B"]);
  expect(told(seen)).toEqual([]);
  expect(seen.differences.map(({ message }) => message)).toEqual(["B is new, after all that base has"]);
  expect(seen.phases.map(({ id, started, gates }) => [id, started, gates[0]?.verdict.status])).toEqual([
    ["A", true, "passed"],
    ["B", false, "failed"],
  ]);
});

test("a migration that nobody owns and that base's broken one keeps from being looked at is no harmless one", async () => {
  const broken = { "migrations/0_broken.sql": migration("SELECT 1 / 0", "SELECT 1") };
  const ordinary = "policy: { ordinary-migrations: allow }\nphases:";
  const root = projectOf(plan(A).replace("phases:", ordinary), { ...broken, ...orders });
  const { violations } = await changed(root, {
    "migrations/2_ordinary.sql": migration("CREATE TABLE later (id int)", "DROP TABLE later"),
  });
  const [violation] = violations;
  expect(violation?.code).toBe("migration-failed");
  expect(violation?.findings[0].message).toMatch(/0_broken\.sql cannot be applied.*2_ordinary\.sql/);
});
