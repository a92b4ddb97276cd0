import { expect, test } from "@jest/globals";
import { cli, judged, type Project, referenceProject } from "../support/project.ts";

/** What cannot fail proves nothing: a run finds it, says which check or case it is, and the change must not be merged. */

const suite = "db/tests/test_idempotency.sql";

/** One more gate at the end of 4A. */
const gate = (check: string) => (project: Project) =>
  project.edit("phasegate.yml", (text) =>
    text.replace(/^ {2}- id: 4B$/m, (next) =>
      [
        "      - id: 4A.99",
        "        title: What cannot fail",
        "        checks:",
        `          - ${check}`,
        "",
        next,
      ].join("\n"),
    ),
  );

const oneMoreCase = (sql: string) => (project: Project) =>
  project.edit(suite, (text) => `${text.trimEnd()}\n\n-- test: the sun rises\n${sql};\n`);

const rows: readonly [what: string, judgedGate: string, add: (project: Project) => void, named: string, why: RegExp][] =
  [
    [
      "a query for a count that is never below nothing",
      "4A.99",
      gate(
        "sql: { name: there are allocations, query: SELECT count(*) >= 0 FROM attribution_allocations, gives: 'true', sabotage: TRUNCATE attribution_allocations }",
      ),
      "there are allocations",
      /still holds when its own sabotage is done/,
    ],
    [
      "a query that asks for at least nothing",
      "4A.99",
      gate(
        "sql: { name: there are some, query: SELECT id FROM attribution_allocations, gives: { count: { at-least: 0 } }, sabotage: TRUNCATE attribution_allocations }",
      ),
      "there are some",
      /still holds when its own sabotage is done/,
    ],
    [
      "a pattern that every text matches",
      "4A.99",
      gate("file: { path: db/docs/DECISIONS.md, contains: ['[^€]'] }"),
      "db/docs/DECISIONS.md contains /[^€]/",
      /still holds when everything that matches .* is gone/,
    ],
    [
      "a column that was there before the phase",
      "4A.99",
      gate("column: { table: attribution_allocations, name: channel, type: text, nullable: false }"),
      "attribution_allocations.channel",
      /holds before its phase already/,
    ],
    [
      "a statement that is accepted whatever is done",
      "4A.99",
      gate(
        "statement: { name: one is one, sql: SELECT 1, accepted: true, sabotage: TRUNCATE attribution_allocations }",
      ),
      "one is one",
      /still holds when its own sabotage is done/,
    ],
    [
      "a case that asserts a constant",
      "4A.5",
      oneMoreCase("SELECT true"),
      `case "the sun rises" of ${suite}`,
      /still holds when .* is shown \d+ mutants of the schema/,
    ],
    [
      "a case that asserts what is always so",
      "4A.5",
      oneMoreCase("SELECT count(*) >= 0 FROM attribution_allocations"),
      `case "the sun rises" of ${suite}`,
      /still holds when .* is shown \d+ mutants of the schema/,
    ],
  ];

test.each(rows)("%s is found", async (_what, id, add, named, why) => {
  const project = referenceProject();
  try {
    add(project);
    project.keepGates(id);
    const { code, report } = await judged(project);
    expect(report.violations.map((violation) => [violation.code, violation.gate])).toEqual([["vacuous-check", id]]);
    const messages = report.violations.flatMap(({ findings }) => findings.map(({ message }) => message)).join("\n");
    expect(messages).toContain(named);
    expect(messages).toMatch(why);
    expect(code).toBe(1);
  } finally {
    project.dispose();
  }
});

test("a pattern that says itself that everything matches is a mistake in the plan", async () => {
  const project = referenceProject();
  try {
    gate("file: { path: db/docs/DECISIONS.md, contains: ['.*'] }")(project);
    const { code, stdout, stderr } = await cli(["run", "--audit"], { cwd: project.root });
    expect(stderr).toMatch(/^phasegate\.yml:\d+:\d+: .*\.\*/m);
    expect(stdout).toBe("");
    expect(code).toBe(2);
  } finally {
    project.dispose();
  }
});
