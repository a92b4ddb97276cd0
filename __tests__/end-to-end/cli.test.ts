import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { cli, type Project, referenceProject } from "../support/project.ts";

/** What the command line says without a database: help, explanations, and every way to ask it wrongly. */

let project: Project;
beforeAll(() => {
  project = referenceProject();
});
afterAll(() => project.dispose());

test("help shows the commands, the exit codes and examples that can be copied", async () => {
  const { code, stdout } = await cli(["--help"], { cwd: project.root });
  expect(stdout).toMatch(/^Examples:\n( {2}phasegate (run|explain) .+\n){3,}/m);
  expect(stdout).toMatch(/^Exit codes:\n {2}0 {2}.*\n {2}1 {2}.*\n {2}2 {2}.*\n {2}3 {2}/m);
  expect(code).toBe(0);
});

test.each<[what: string, args: readonly string[], said: RegExp]>([
  ["an unknown option names the nearest", ["run", "--adit"], /unknown option '--adit'\n\(Did you mean --audit\?\)/],
  ["an unknown command names the nearest", ["rnu"], /unknown command 'rnu'\n\(Did you mean run\?\)/],
  ["no command at all shows the usage", [], /^Usage: phasegate/],
  ["an argument too many is told", ["run", "4A"], /too many arguments/],
  [
    "an unknown phase names those that there are",
    ["run", "--audit", "--phase", "4a"],
    /no phase 4a\.\n.*baseline, 4A, 4B, 4C, 4D, 5A, 5B, sign-off\./,
  ],
  ["an unknown format names those that there are", ["run", "--format", "xml"], /'xml' is invalid.*text, json/],
  ["a report without a file shows how it is written", ["run", "--report", "json"], /FORMAT=FILE/],
  ["an unknown version names those that there are", ["run", "--postgres-version", "14"], /15, 16, 17, 18/],
  ["an unknown provider names those that there are", ["run", "--postgres", "embeded"], /auto, local, embedded, docker/],
  [
    "a plan that is not there names those that are",
    ["run", "--plan", "plan.yml"],
    /plan\.yml does not exist\.\n.*phasegate\.yml/,
  ],
  ["nothing to explain is told", ["explain"], /missing required argument 'id'/],
  ["no path to guard is told", ["guard"], /^error: name a path, or --staged\n\(phasegate guard --help shows how\)\n$/],
  [
    "paths beside --staged are told",
    ["guard", "--staged", "README.md"],
    /^error: not both: name a path, or --staged\n/,
  ],
  [
    "no phase to verify is told",
    ["verify"],
    /^error: name a phase, or --all\n\(phasegate verify --help shows how\)\n$/,
  ],
  ["a mistake in a command names its help", ["explain"], /\(phasegate explain --help shows how\)/],
  [
    "a folder is no plan",
    ["run", "--plan", "migrations"],
    /^migrations is a folder, and no plan\.\n.*: phasegate\.yml\.\n/,
  ],
  [
    "a plan outside of the repository is told where plans lie",
    ["run", "--audit", "--plan", "../e.yml"],
    /^\.\.\/e\.yml does not exist in the repository: the path leads out of it\.\n +A plan lies in the repository/,
  ],
  [
    "a report into a folder that is not there is told before anything is run",
    ["run", "--audit", "--report", "json=/nonexistent/x.json", "--report", "json=migrations"],
    /^The report \/nonexistent\/x\.json cannot be written: there is no folder \/nonexistent\.\n.*\n.*migrations cannot be written: it is a folder\.\n.*\n2 mistakes; nothing was run\.\n$/,
  ],
  ["the beginning of a phase names the phase", ["explain", "base"], /no phase or gate base\. Did you mean baseline\?/],
  ["an unknown gate names the nearest", ["explain", "4A.22"], /no phase or gate 4A\.22\. Did you mean 4A\.2\?/],
])("%s", async (_what, args, said) => {
  const { code, stdout, stderr } = await cli(args, { cwd: project.root });
  expect(stderr).toMatch(said);
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
});

test("a folder without any plan is told so", async () => {
  const empty = mkdtempSync(join(tmpdir(), "phasegate-empty-"));
  try {
    const { code, stderr } = await cli(["run", "--audit"], { cwd: empty });
    expect(stderr).toMatch(/^phasegate\.yml does not exist\.\n +`phasegate init` writes a first plan/);
    expect(code).toBe(2);
  } finally {
    rmSync(empty, { recursive: true });
  }
});

test("every mistake of a plan is told at once, with its place, and nothing is run", async () => {
  const mistaken = referenceProject();
  try {
    mistaken.edit("phasegate.yml", (text) =>
      text
        .replace("after: [baseline]", "after: [basline]")
        .replace("- column:", "- colunm:")
        .replace("dir: migrations", "dir: ../migrations"),
    );
    const lines = mistaken.read("phasegate.yml").split("\n");
    const lineOf = (part: string) => lines.findIndex((line) => line.includes(part)) + 1;
    const { code, stdout, stderr } = await cli(["run", "--audit"], { cwd: mistaken.root });
    expect(stderr.match(/^phasegate\.yml:\d+:\d+: /gm)).toEqual([
      `phasegate.yml:${lineOf("../migrations")}:8: `,
      `phasegate.yml:${lineOf("- colunm:")}:13: `,
      `phasegate.yml:${lineOf("[basline]")}:13: `,
    ]);
    expect(stderr).toMatch(/column/);
    expect(stderr).toMatch(/baseline/);
    expect(stderr).toMatch(/\n3 mistakes; nothing was run\.\n$/);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  } finally {
    mistaken.dispose();
  }
});

test("a gate is explained: what it asks, where it is looked at, how it can fail", async () => {
  const { code, stdout, stderr } = await cli(["explain", "4A.2"], { cwd: project.root });
  expect(stdout).toMatch(/^4A\.2 Allocation Ratio Column Added {3}phasegate\.yml:\d+\n/);
  expect(stdout).toContain(`
  column: attribution_allocations.allocation_ratio numeric(6,5) NOT NULL
    table: attribution_allocations
    name: allocation_ratio
    type: numeric(6,5)
    nullable: false
  constraint: `);
  expect(stdout).toMatch(
    /\n {2}statement: a ratio above 1 is refused\n {4}name: a ratio above 1 is refused\n {4}given:\n {6}file: .+\n {4}sql: .*INSERT INTO attribution_allocations \([\s\S]*?\n {4}fails-with:\n {6}condition: check_violation\n/,
  );
  expect(stdout).toContain(`
  column
    asks        A table has a column of this type, nullability and default.
    looked at   after the phase and at head; before the phase it must fail
    can fail as no-column, not-a-table, other-type, nullable, not-validated, not-nullable,
                other-default, other-identity, other-generated
`);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
});

test("a phase is explained gate by gate, for programs too", async () => {
  const { code, stdout } = await cli(["explain", "--json", "4A"], { cwd: project.root });
  expect(JSON.parse(stdout).map(({ id }: { readonly id: string }) => id)).toEqual(
    [1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map((number) => `4A.${number}`),
  );
  expect(JSON.parse(stdout)[5].checks[0].params).toHaveProperty("data");
  expect(code).toBe(0);
});
