import { expect, test } from "@jest/globals";
import { z } from "zod";
import { ownership } from "../../src/plan/ownership.ts";
import { readPlan } from "../../src/plan/read.ts";

const plan = (owns: string, dir = "migrations") => {
  const text = `version: 1
name: n
postgres: { version: 18 }
migrations: { dir: ${dir} }
phases:
  - id: A
    title: t
    owns: ${owns}
    gates: [{ id: A.1, title: t, checks: [{ file: { path: a } }] }]
`;
  const kinds = { file: { summary: "A file.", params: z.strictObject({ path: z.string() }) } };
  const reading = readPlan(text, "phasegate.yml", kinds);
  if ("mistakes" in reading) throw new Error(JSON.stringify(reading.mistakes));
  return reading.read;
};

/** What is wrong, as `line:column message — help`. */
const mistakes = (owns: string, migrations: readonly string[], { dir = "migrations", more = [] as string[] } = {}) =>
  ownership(plan(owns, dir), migrations, [...migrations.map((name) => `${dir}/${name}`), ...more]).mistakes.map(
    ({ place, message, help }) => `${place?.line}:${place?.column} ${message} — ${help}`,
  );

const migrations = ["20250101_create-orders.sql", "20250102_add-currency.sql"];

test.each<[name: string, through: string]>([
  ["its name", "20250101_create-orders"],
  ["its file", "20250101_create-orders.sql"],
])("`through` names a migration by %s", (_, through) => {
  expect(mistakes(`{ migrations: { through: ${through} } }`, migrations)).toEqual([]);
});

test.each<[name: string, through: string, help: string]>([
  ["a misspelt name", "20250101_create-order", "Did you mean `20250101_create-orders`?"],
  ["a name without its number", "create-orders", "Did you mean `20250101_create-orders`?"],
  ["a misspelt name without its number", "ad-currency", "Did you mean `20250102_add-currency`?"],
  ["a name that is like none", "everything-else", "Write the name of a migration that is there;"],
])("`through` with %s is told at its place, also where nothing is begun by it", (_, through, help) => {
  const [found, ...more] = mistakes(`{ migrations: { through: ${through} } }`, migrations);
  expect(found).toContain(`8:36 \`through: ${through}\` names no migration in migrations/. — ${help}`);
  expect(more).toEqual([]);
});

const noFolder = "4:20 `migrations.dir` is `migration`, and there is no such folder. — ";

test.each<[name: string, owns: string, files: string[], expected: string[]]>([
  [
    "nothing has begun, and one of nearly this name is there",
    '{ migrations: ["*_a.sql"] }',
    ["migrations/1_a.sql"],
    [],
  ],
  [
    "a phase has begun",
    '{ migrations: ["*_a.sql"], files: [a.md] }',
    ["a.md"],
    [`${noFolder}Write the folder that holds the migrations.`],
  ],
  [
    "a migration is named",
    "{ migrations: { through: 1_a } }",
    ["a.md"],
    [`${noFolder}Write the folder that holds the migrations.`],
  ],
  ["nothing has begun", '{ migrations: ["*_a.sql"] }', ["README.md"], []],
  ["the plan has no migrations", "{ files: [a.md] }", ["a.md", "migrations/1_a.sql"], []],
])("a folder of migrations that is not there, where %s", (_, owns, more, expected) => {
  expect(mistakes(owns, [], { dir: "migration", more })).toEqual(expected);
});
