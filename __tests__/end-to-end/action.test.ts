import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { type Project, referenceProject } from "../support/project.ts";
import { commands, conclusionOf, type Ran, type Runner, runner } from "../support/runner.ts";
import { migrationOf, type Workshop, with4A } from "../support/workshop.ts";

/** The action without GitHub: a checkout is judged as a whole, as when the clock starts the workflow. */

let action: Runner;
beforeAll(() => {
  action = runner("none");
});
afterAll(() => action.dispose());

const run = (project: Pick<Project, "root">, env: Record<string, string> = {}): Promise<Ran> =>
  action.run({ workspace: project.root, event: { name: "schedule", payload: {} }, env });

async function withProject(
  change: (project: Project) => void,
  then: (project: Project) => Promise<void>,
): Promise<void> {
  const project = referenceProject();
  try {
    project.keepGates("4A.2", "4A.9");
    change(project);
    await then(project);
  } finally {
    project.dispose();
  }
}

/** 4A is verified, and its document says so: what an audit asks for. */
let verified: Workshop;
beforeAll(async () => {
  verified = await with4A();
}, 240_000);
afterAll(() => verified.dispose());

test("a checkout that is in order passes, with the phases in the summary", async () => {
  const ran = await run(verified);
  expect(ran.log).toMatch(/^Phasegate \d+\.\d+\.\d+, on schedule\n/);
  expect(ran.log).toMatch(/In order: 2 of 2 started phases are verified\./);
  expect(ran.code).toBe(0);
  expect(ran.summary).toMatch(/baseline[\s\S]*4A/);
  expect(ran.summary).toMatch(/^## ✅ /);
  expect(conclusionOf(ran)).toBe("in-order");
  expect(commands(ran.log)).toEqual([]);
});

test("a gate that fails fails the job, and says why in the log and in the summary", async () => {
  const broken = verified.copy();
  try {
    broken.edit("db/docs/reviews/4A_migration_safety_review.md", (text) => text.replace("- [x]", "- [ ]"));
    const ran = await run(broken);
    expect(ran.code).toBe(1);
    expect(commands(ran.log)).toEqual(["error: Must not be merged: gate 4A.9 fails (1 violation)."]);
    expect(ran.log).toMatch(/is not\s+ticked/);
    expect(ran.summary).toMatch(/4A\.9[\s\S]*is not ticked/);
    expect(conclusionOf(ran)).toBe("must-not-be-merged");
  } finally {
    broken.dispose();
  }
});

test.each<
  [what: string, given: Record<string, string>, change: (project: Project) => void, conclusion: string, said: RegExp]
>([
  [
    "a plan that cannot be used",
    {},
    (project) => project.edit("phasegate.yml", (text) => text.replace("- column:", "- colunm:")),
    "unusable",
    /phasegate\.yml:\d+:\d+: .*colunm/,
  ],
  ["a plan that is not there", { INPUT_PLAN: "plan.yml" }, () => undefined, "unusable", /plan\.yml does not exist/],
  [
    "a PostgreSQL that is not there",
    { INPUT_POSTGRES: "local" },
    () => undefined,
    "not-judged",
    /local has no PostgreSQL|local has \d/,
  ],
])("%s fails the job, and the summary says so", (_what, given, change, conclusion, said) =>
  withProject(change, async (project) => {
    const ran = await run(project, given);
    expect(ran.code).toBe(1);
    expect(commands(ran.log)).toEqual([
      expect.stringMatching(/^error: (The plan cannot be used|It could not be judged): ./),
    ]);
    expect(ran.log).toMatch(said);
    expect(ran.summary).toMatch(/^## ⛔ (The plan cannot be used|It could not be judged)/);
    expect(conclusionOf(ran)).toBe(conclusion);
  }),
);

test("nothing of the change is taken for a command of the workflow", async () => {
  const hostile = verified.copy();
  try {
    const trick = "::set-output name=conclusion::in-order";
    const tricks = `x\\n${trick}\\r${trick}\\n::add-mask::4A\\n##[error]y\\n::stop-commands::z\\n::z::`;
    hostile.edit("phasegate.yml", (text) =>
      text
        .replace("title: Allocation ratio column added", `title: "${tricks}"`)
        .replace("name: a ratio above 1 is refused", `name: "${tricks}"`),
    );
    hostile.edit("db/docs/reviews/4A_migration_safety_review.md", (text) => text.replace("- [x]", `- [ ] ${trick}`));
    hostile.edit(migrationOf["4A"], (text) =>
      text.replace(
        "-- Down Migration",
        `ALTER TABLE attribution_allocations ADD CONSTRAINT "\n${trick}\n" CHECK (true), DROP CONSTRAINT ck_attribution_allocations_allocation_ratio;\n\n-- Down Migration`,
      ),
    );
    const ran = await run(hostile);
    expect(ran.log).toMatch(/set-output/);
    expect(commands(ran.log)).toEqual([expect.stringMatching(/^error: Must not be merged: /)]);
    expect(conclusionOf(ran)).toBe("must-not-be-merged");
    expect(ran.code).toBe(1);
  } finally {
    hostile.dispose();
  }
}, 120_000);
