import { expect, test } from "@jest/globals";
import { Ajv2020 } from "ajv/dist/2020.js";
import { z } from "zod";
import { readPlan } from "../../src/plan/read.ts";
import { type KindSchemas, planJsonSchema, planSchema } from "../../src/plan/schema.ts";
import { readYaml } from "../../src/plan/yaml.ts";

const kinds: KindSchemas = {
  column: {
    summary: "A column.",
    params: z.strictObject({ table: z.string().min(1), name: z.string(), nullable: z.boolean().optional() }),
  },
  file: { summary: "A file.", params: z.strictObject({ path: z.string() }) },
  command: { summary: "A program.", runsPrograms: true, params: z.strictObject({ run: z.string() }) },
};

const gate = (id: string, more = "") => `      - { id: ${id}, title: t, checks: [{ file: { path: a } }]${more} }`;
const phase = (id: string, more = "", gates = gate(`${id}.1`)) =>
  `  - id: ${id}\n    title: t\n    owns: { migrations: ["*_a.sql"] }\n${more}    gates:\n${gates}\n`;
const plan = (phases = phase("A"), more = "") =>
  `version: 1\nname: n\npostgres: { version: 18 }\n${more}phases:\n${phases}`;

/** What is wrong, as `line:column message — help`. */
const mistakes = (text: string): string[] => {
  const reading = readPlan(text, "phasegate.yml", kinds);
  return "mistakes" in reading
    ? reading.mistakes.map(({ place, message, help }) => `${place?.line}:${place?.column} ${message} — ${help}`)
    : [];
};

test("a plan is read, with every default filled in", () => {
  const reading = readPlan(plan(), "phasegate.yml", kinds);
  if ("mistakes" in reading) throw new Error(JSON.stringify(reading.mistakes));
  expect(reading.read.plan).toMatchObject({
    policy: {
      predecessors: "base",
      incomplete: "block",
      "ordinary-migrations": "refuse",
      programs: "refuse",
      "plan-owners": [],
    },
    migrations: { dir: "migrations" },
    postgres: { version: 18, roles: [], migrator: { bypassrls: false, createrole: false, superuser: false } },
    phases: [
      {
        id: "A",
        after: [],
        touches: [],
        gates: [{ id: "A.1", blocking: true, checks: [{ kind: "file", params: { path: "a" } }] }],
      },
    ],
  });
  expect(reading.read.at(["phases", 0, "gates", 0, "checks", 0])).toEqual({
    file: "phasegate.yml",
    line: 9,
    column: 39,
  });
});

test("a byte order mark and Windows line ends change nothing", () => {
  expect(mistakes(`\uFEFF${plan().replaceAll("\n", "\r\n")}`)).toEqual([]);
});

const running = phase(
  "A",
  "",
  "      - { id: A.1, title: t, checks: [{ file: { path: a } }, { command: { run: b } }] }",
);

test("programs may be run where the policy allows them", () => {
  expect(mistakes(plan(running, "policy: { programs: allow }\n"))).toEqual([]);
});

const wrong: readonly (readonly [name: string, text: string, ...expected: string[]])[] = [
  ["an empty file", " \n", "1:1 The file is empty. — Write a plan, or run `phasegate init`."],
  [
    "a check that runs a program of the change, which the policy does not allow",
    plan(running),
    "9:64 `command` runs a program of the change; the policy of this plan refuses programs. — Set `programs: allow` in `policy:`",
  ],
  [
    "one that it refuses",
    plan(running, "policy: { programs: refuse }\n"),
    "10:64 `command` runs a program of the change; the policy of this plan refuses programs.",
  ],
  ["no YAML", "a: [", "1:5 This is no YAML"],
  [
    "a bracket that is not closed",
    plan().replace("{ version: 18 }", "\n  version: [18"),
    "5:1 This is no YAML: deficient indentation. — Correct the syntax at or before this line: a bracket, brace or quote that is not closed,",
  ],
  [
    "a quote that is not closed",
    plan().replace("name: n", 'name: "n'),
    "3:1 This is no YAML: deficient indentation. — Correct the syntax at or before this line: a bracket, brace or quote that is not closed,",
  ],
  [
    "an anchor, though nothing refers to it",
    plan().replace("name: n", "name: &x n"),
    "2:7 An anchor (`&…`) is no part of a plan: every gate is read where it stands. — Write the plain value.",
  ],
  ["an anchor of a list", plan(undefined, "policy: &p { plan-owners: &o [] }\n"), "4:9 An anchor", "4:27 An anchor"],
  [
    "a key that is misspelt",
    plan(undefined, "polcy: {}\n"),
    "4:1 `polcy` is no key of the plan. — Did you mean `policy`?",
  ],
  ["a duplicate key", plan(undefined, "name: again\n"), "4:1 The key `name` stands here twice. — Keep one of them."],
  [
    "`__proto__`",
    plan(undefined, "__proto__: { policy: { programs: allow } }\n"),
    "4:1 `__proto__` is no key of a plan.",
  ],
  [
    "an alias bomb",
    `a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\n`,
    "1:4 An anchor (`&…`) is no part of a plan",
    "2:4 An anchor",
    "2:8 An alias (`*…`) is no part of a plan",
    "2:12 An alias",
    "3:4 An anchor",
    "3:8 An alias",
    "3:12 An alias",
  ],
  ["a tag", plan(undefined, "documents: !!binary aGk=\n"), "4:12 A tag (`!…`) is no part of a plan."],
  ["a second document", `${plan()}---\na: 1\n`, "10:1 The file holds several YAML documents."],
  [
    "an enumeration with another value",
    plan(undefined, "policy: { predecessors: bace }\n"),
    '4:25 `policy.predecessors` is "bace"; allowed: "base", "head". — Did you mean `base`?',
  ],
  [
    "a plan owner whom nobody could find",
    plan(undefined, 'policy: { plan-owners: [ada, "@ada", organization/team] }\n'),
    '4:25 `policy.plan-owners[0]` ("ada") is nobody. — Write `@login` or `@organization/team`.',
    '4:38 `policy.plan-owners[2]` ("organization/team") is nobody.',
  ],
  [
    "a major version that is not supported",
    plan().replace("18", "14"),
    "3:22 `postgres.version` is 14; allowed: 15, 16, 17, 18.",
  ],
  [
    "a value of another type",
    plan().replace("title: t\n", "title: 3\n"),
    "6:12 `phases[0].title` is 3, which is not a text. — Write a text (in quotes).",
  ],
  ["a missing key", plan().replace("name: n\n", ""), "1:1 `name` is missing. — Add `name:`, a text."],
  ["no phases", plan(" []"), "4:1 `phases` is an empty list; at least one is asked."],
  [
    "a gate without checks",
    plan(phase("A", "", "      - { id: A.1, title: t, checks: [] }")),
    "9:30 `phases[0].gates[0].checks` is an empty list",
  ],
  [
    "a phase that owns nothing",
    plan().replace('{ migrations: ["*_a.sql"] }', "{}"),
    "7:11 `phases[0].owns` ({}) owns nothing. — Name at least one migration, file or object.",
  ],
  [
    "a check of no kind",
    plan().replace("file: { path: a }", "holds-before: x"),
    '9:39 `phases[0].gates[0].checks[0]` ({"holds-before":"x"}) names no check kind. — Check kinds: `column`, `file`, `command`.',
  ],
  [
    "a check of two kinds",
    plan().replace("file: { path: a }", "file: { path: a }, column: { table: a, name: b }"),
    "9:39 `phases[0].gates[0].checks[0]`",
  ],
  [
    "a check kind that is misspelt",
    plan().replace("file:", "fle:"),
    "9:41 `fle` is no key of `phases[0].gates[0].checks[0]`. — Did you mean `file`?",
  ],
  [
    "an absolute path",
    plan().replace("*_a.sql", "/etc/*"),
    '7:26 `phases[0].owns.migrations[0]` ("/etc/*") leaves the repository.',
  ],
  [
    "a path that climbs out",
    plan().replace("*_a.sql", "a/../../b"),
    '7:26 `phases[0].owns.migrations[0]` ("a/../../b") leaves the repository.',
  ],
  [
    "a path in another spelling",
    plan().replace("*_a.sql", "./a.sql"),
    '7:26 `phases[0].owns.migrations[0]` ("./a.sql") is another spelling of a path.',
  ],
  ["a Windows path", plan().replace('"*_a.sql"', "'C:\\a'"), "7:26 `phases[0].owns.migrations[0]`"],
  [
    "an id with letters that only look Latin",
    plan(phase("\u0410", "", gate("A.1"))),
    '5:9 `phases[0].id` ("\u0410") is no id.',
  ],
  [
    "two phases of one id",
    plan(phase("A") + phase("A", "", gate("B.1"))),
    "10:9 The phase `A` stands twice, first on line 5.",
  ],
  [
    "phases that differ only in case",
    plan(phase("a") + phase("A", "", gate("B.1"))),
    "10:9 The phase `A` differs from `a` on line 5 only in case.",
  ],
  [
    "two gates of one id",
    plan(phase("A", "", `${gate("A.1")}\n${gate("A.1")}`)),
    "10:15 The gate `A.1` stands twice, first on line 9.",
  ],
  [
    "a predecessor that is written below",
    plan(phase("A", "    after: [B]\n") + phase("B")),
    "8:13 Phase A comes after `B`, which is written below it; a phase may name only phases above it. — Move `B` above `A`.",
  ],
  [
    "a phase that comes after itself",
    plan(phase("A", "    after: [A]\n")),
    "8:13 Phase A comes after `A`, which is written here",
  ],
  [
    "a predecessor that does not exist",
    plan(phase("Abc") + phase("B", "    after: [Abd]\n")),
    "13:13 Phase B comes after `Abd`, which is no phase. — Did you mean `Abc`?",
  ],
  [
    "`until` that names no later phase",
    plan(phase("A") + phase("B", "", gate("B.1", ", until: A"))),
    "14:70 `until: A` names no later phase. — Remove it: no phase comes later.",
  ],
  [
    "a role that belongs to an unknown one",
    plan().replace("{ version: 18 }", "{ version: 18, roles: [{ name: a, member-of: [b] }] }"),
    "3:56 `a` is a member of `b`, which is no role above it.",
  ],
  [
    "a role of the system",
    plan().replace("{ version: 18 }", "{ version: 18, roles: [pg_read_server_files] }"),
    "3:34 `postgres.roles[0]`",
  ],
  [
    "documents without a place for the phase",
    plan(undefined, "documents: a.md\n"),
    '4:12 `documents` ("a.md") needs `{phase}` where the phase\'s id goes.',
  ],
];
test.each(wrong)("%s is a mistake with its place and what to write", (_name, text, ...expected) => {
  const found = mistakes(text);
  expect(found).toHaveLength(expected.length);
  expected.forEach((start, index) => {
    expect(found[index]?.slice(0, start.length)).toBe(start);
  });
});

test("every mistake is told at once, in the order of the file", () => {
  const text = plan(phase("A") + phase("a", "    after: [C]\n", "      - { id: x, titel: t, checks: [] }")).replace(
    "18",
    "9",
  );
  expect(mistakes(text).map((mistake) => mistake.replace(/ .*/s, ""))).toEqual([
    "3:22",
    "10:9",
    "13:13",
    "15:9",
    "15:18",
    "15:28",
  ]);
});

test("a file over the limit is refused before it is parsed", () => {
  expect(mistakes(`${plan()}# ${"x".repeat(1024 * 1024)}`)).toEqual([
    expect.stringContaining("a plan has at most 1048576"),
  ]);
});

test("deep nesting is refused", () => {
  expect(mistakes("[".repeat(5_000))).toEqual([expect.stringContaining("This is no YAML")]);
});

test("a place is that of the nearest parent where a path leads nowhere", () => {
  const reading = readYaml("a:\n  b: [1, 2]\n", "f");
  if ("mistakes" in reading) throw new Error("unreadable");
  expect(reading.yaml.at(["a", "b", 1])).toEqual({ file: "f", line: 2, column: 10 });
  expect(reading.yaml.key(["a", "b"])).toEqual({ file: "f", line: 2, column: 3 });
  expect(reading.yaml.at(["a", "nothing", "here"])).toEqual({ file: "f", line: 2, column: 3 });
});

/** Only what crosses from one place of the file to another is beyond a JSON Schema. */
const beyondSchema =
  /stands twice|runs a program|differs from|comes after|names no later phase|is no role above|owns nothing|needs `\{phase\}`|YAML|alias|anchor|tag|empty\.|prot|twice|documents\./;

test("the JSON Schema accepts and refuses the same plans as the reader does", () => {
  const validate = new Ajv2020({ strict: false, allErrors: true }).compile(planJsonSchema(kinds));
  const value = (text: string): unknown => {
    const reading = readYaml(text, "f");
    return "mistakes" in reading ? undefined : reading.yaml.value;
  };
  expect(validate(value(plan()))).toBe(true);
  const compared = wrong.filter(
    ([, text, ...expected]) => value(text) !== undefined && !expected.every((mistake) => beyondSchema.test(mistake)),
  );
  expect(compared.length).toBeGreaterThan(12);
  for (const [name, text] of compared) {
    expect([name, validate(value(text)), planSchema(kinds).safeParse(value(text)).success]).toEqual([
      name,
      false,
      false,
    ]);
  }
});
