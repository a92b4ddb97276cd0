import { expect, test } from "@jest/globals";
import type { CheckKind } from "../../src/checks/kind.ts";
import { migration } from "../../src/checks/migration.ts";
import { cluster, migration as text } from "../migrate/world.ts";
import { codesOf, filesOf, messagesOf, tryKind } from "./round-trips.ts";

const server = cluster();
const kind = migration as unknown as CheckKind; // the table does the same: what a kind asserts of itself is its own affair

test.each(migration.examples.map((example, index) => [index, example] as const))(
  "example %i holds, and every mutant is killed",
  async (_, example) => {
    const seen = await tryKind(server, kind, example.params, filesOf(example));
    expect(messagesOf(seen)).toBe("passed");
    const { mutants, placebo } = await seen.prove();
    expect(mutants.map(({ name, outcome }) => [name, outcome])).toEqual(
      mutants.map(({ name }) => [name, { status: "killed" }]),
    );
    expect(new Set(mutants.map(({ provokes }) => provokes))).toEqual(new Set(migration.codes));
    expect(placebo).toBe("unmoved");
  },
);

const good = text("CREATE TABLE a (id int);", "DROP TABLE a;");

test.each([
  ["no migration is named so", { name: "*_other.sql" }, { "migrations/2_a.sql": good }, ["no-migration"]],
  ["a phase has no migrations", { name: "*" }, {}, ["no-migration"]],
  [
    "a glob is matched by one of several",
    { name: "*_b.sql" },
    { "migrations/2_a.sql": "SELECT 1;", "migrations/3_b.sql": good },
    ["passed"],
  ],
  [
    "every migration that is named so is looked at",
    { name: "*.sql" },
    { "migrations/2_a.sql": "CREATE TABLE b ();", "migrations/3_b.sql": good },
    ["no-down"],
  ],
  [
    "attack 29: prose that is a marker",
    { name: "*" },
    { "migrations/2_a.sql": "-- Up Migration\nCREATE TABLE a ();\n-- Down migration is not supported" },
    ["trap", "down-changes-nothing"],
  ],
  [
    "attack 28: a down that does nothing",
    { name: "*" },
    { "migrations/2_a.sql": text("CREATE TABLE a ();", "SELECT 1;") },
    ["down-changes-nothing"],
  ],
  [
    "an up that does nothing",
    { name: "*" },
    { "migrations/2_a.sql": text("SELECT 1;", "CREATE TABLE a ();") },
    ["up-changes-nothing"],
  ],
  [
    "a down that is refused",
    { name: "*" },
    { "migrations/2_a.sql": text("CREATE TABLE a ();", "DROP TABLE b;") },
    ["down-refused"],
  ],
  [
    "attack 40: transaction control",
    { name: "*" },
    { "migrations/2_a.sql": text("CREATE TABLE a ();\nCOMMIT;", "DROP TABLE a;") },
    ["trap"],
  ],
  [
    "a role in a migration",
    { name: "*" },
    {
      "migrations/2_a.sql": text(
        "CREATE TABLE a ();\nDO $$ BEGIN IF false THEN CREATE ROLE x; END IF; END $$;",
        "DROP TABLE a;",
      ),
    },
    ["trap"],
  ],
])("%s", async (_, params, files, codes) => {
  expect(codesOf(await tryKind(server, kind, params, files))).toEqual(codes);
});

test("a refused part is told with its line, its statement and PostgreSQL's words", async () => {
  const seen = await tryKind(
    server,
    kind,
    { name: "*" },
    { "migrations/2_a.sql": text("CREATE TABLE a ();", "DROP TABLE a;\nDROP TABLE b;") },
  );
  expect(seen.verdict).toEqual({
    status: "failed",
    findings: [
      {
        code: "down-refused",
        message:
          'The down part of 2_a.sql is refused: table "b" does not exist, at `DROP TABLE b`; it was asked to run.',
        help: "Correct the statement.",
        place: { file: "migrations/2_a.sql", line: 6 },
      },
    ],
  });
});

test.each([
  ["the same", { name: "*_a.sql" }, "same"],
  ["another name", { name: "*" }, "weaker"],
])("the ratchet: %s", (_, head, expected) => {
  expect(migration.strength({ name: "*_a.sql" }, head)).toBe(expected);
});
