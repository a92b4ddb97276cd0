import { expect, test } from "@jest/globals";
import { stops } from "../../src/checks/stops.ts";
import { cluster, migration } from "../migrate/world.ts";
import { codesOf, messagesOf, tryKind } from "./round-trips.ts";

const server = cluster();

const before = migration("CREATE TABLE a (id int, n int); INSERT INTO a VALUES (1, 1);", "DROP TABLE a;");
const up = "ALTER TABLE a ADD CONSTRAINT ck_n CHECK (n > 0);";
const world = (rows: string, text = migration(up, "ALTER TABLE a DROP CONSTRAINT ck_n;")) => ({
  "migrations/1_before.sql": before,
  "migrations/2_example.sql": text,
  "rows.sql": rows,
});
const negative = "INSERT INTO a VALUES (2, -1);\n";
const checked = "-- expect error: check_violation on ck_n\n";

/** A migration that stops on rows that are like this, and makes no rule. */
const known = (like: string) => ({
  "migrations/1_before.sql": migration("CREATE TABLE a (id uuid PRIMARY KEY, n int);", "DROP TABLE a;"),
  "migrations/2_example.sql": migration(
    `DO $$ BEGIN IF EXISTS (SELECT FROM a WHERE ${like}) THEN RAISE check_violation; END IF; END $$; ALTER TABLE a ADD m int;`,
    "ALTER TABLE a DROP m;",
  ),
  "rows.sql": "-- expect error: check_violation\nINSERT INTO a VALUES ('00000000-0000-4000-8000-000000000001', -1);\n",
});

const rows: readonly [
  what: string,
  files: { readonly [path: string]: string },
  says: readonly string[],
  words: RegExp,
][] = [
  ["rows that break the rule", world(checked + negative), ["passed"], /./],
  [
    "rows that break no rule",
    world(`${checked}INSERT INTO a VALUES (2, 1);\n`),
    ["not-stopped"],
    /goes through on the rows of rows\.sql/,
  ],
  [
    "a migration that deletes such rows",
    world(checked + negative, migration(`DELETE FROM a WHERE n < 0; ${up}`)),
    ["not-stopped"],
    /it is to stop with check_violation on ck_n/,
  ],
  [
    "attack: a migration that knows the rows by their ids",
    known("id = '00000000-0000-4000-8000-000000000001'"),
    ["not-stopped"],
    /goes through on the same rows under other UUIDs/,
  ],
  [
    "attack: a migration that knows them by a pattern of their ids",
    known("id::text LIKE '%-4000-8000-0000%'"),
    ["not-stopped"],
    /goes through on the same rows under other UUIDs/,
  ],
  ["a migration that looks at what is wrong with them", known("n < 0"), ["passed"], /./],
  [
    "another rule that stops it first",
    world(checked + negative, migration(`ALTER TABLE a ALTER n TYPE int USING 2 / (n + 1); ${up}`)),
    ["stopped-otherwise"],
    /stops with division_by_zero/,
  ],
  [
    "the right condition of another constraint",
    world(checked + negative, migration(up.replace("ck_n", "ck_other"))),
    ["stopped-otherwise"],
    /check_violation on ck_other/,
  ],
  [
    "words that it does not say",
    world(`-- expect error: check_violation on ck_n matching row 2\n${negative}`),
    ["stopped-otherwise"],
    /matching row 2/,
  ],
  [
    "rows that are refused before it begins",
    world(`${checked}INSERT INTO a VALUES ('x', 1);\n`),
    ["not-loaded"],
    /is refused before 2_example\.sql begins/,
  ],
  ["a file that expects nothing", world(negative), ["no-expectation"], /does not say with what/],
  [
    "a file that expects two things",
    world(`${checked}${checked}${negative}`),
    ["rows.sql:2: a migration stops once. Write a file of its own for the other rows."],
    /./,
  ],
  [
    "an expectation that is misspelt",
    world(`-- expect error: check_violatoin on ck_n\n${negative}`),
    ["rows.sql:1: PostgreSQL has no condition `check_violatoin`. The nearest one is `check_violation`."],
    /./,
  ],
];

test.each(rows)("%s", async (_what, files, says, words) => {
  const seen = await tryKind(server, stops, { on: ["rows.sql"] }, files);
  expect(codesOf(seen)).toEqual(says);
  expect(messagesOf(seen)).toMatch(words);
});

test("two migrations of a phase have to be told apart", async () => {
  const files = {
    ...world(checked + negative),
    "migrations/3_more.sql": migration("CREATE TABLE b ();", "DROP TABLE b;"),
  };
  expect(codesOf(await tryKind(server, stops, { on: ["rows.sql"] }, files))).toEqual(["no-migration"]);
  expect(codesOf(await tryKind(server, stops, { on: ["rows.sql"], for: "2_*" }, files))).toEqual(["passed"]);
});

test("a glob without a file is told beside the files that there are", async () => {
  const seen = await tryKind(server, stops, { on: ["rows.sql", "nothing/*.sql"] }, world(checked + negative));
  expect([codesOf(seen), messagesOf(seen)]).toEqual([["no-files"], expect.stringContaining("nothing/*.sql")]);
});
