import { spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { load } from "js-yaml";
import { type Project, referenceProject } from "../support/project.ts";
import { migrationOf, type Workshop, with4A } from "../support/workshop.ts";

/** The action as a runner starts it: nothing of this repository but what ships, no PostgreSQL, no packages installed. */

const root = fileURLToPath(new URL("../..", import.meta.url));
let place: string;
beforeAll(() => {
  place = mkdtempSync(join(tmpdir(), "phasegate-action-"));
  mkdirSync(join(place, "action"));
  for (const part of ["dist", "action.yml", "package.json"])
    cpSync(join(root, part), join(place, "action", part), { recursive: true });
  mkdirSync(join(place, "bin"));
  for (const program of ["npm", "sh", "env", "cp", "mkdir", "chmod"])
    symlinkSync(found(program), join(place, "bin", program));
  symlinkSync(process.execPath, join(place, "bin", "node"));
});
afterAll(() => rmSync(place, { recursive: true }));

function found(program: string): string {
  const path = (process.env.PATH ?? "").split(delimiter).map((folder) => join(folder, program));
  const first = path.find((each) => existsSync(each));
  if (first === undefined) throw new Error(`${program} is not on this machine`);
  return first;
}

interface Ran {
  readonly code: number | null;
  readonly log: string;
  readonly summary: string;
  readonly output: string;
}

/** The defaults of action.yml, which the runner gives in capital letters. */
function inputs(): Record<string, string> {
  // Only what this test reads; what the file is, GitHub says.
  const { inputs: declared } = load(readFileSync(join(root, "action.yml"), "utf8")) as {
    readonly inputs: Record<string, { readonly default: string }>;
  };
  return Object.fromEntries(
    Object.entries(declared).map(([name, input]) => [`INPUT_${name.toUpperCase()}`, input.default]),
  );
}

async function run(project: Pick<Project, "root">, given: Record<string, string> = {}): Promise<Ran> {
  const [summary, output] = [join(project.root, ".summary"), join(project.root, ".output")];
  for (const file of [summary, output]) writeFileSync(file, "");
  const work = mkdtempSync(join(place, "work-"));
  const child = spawn(process.execPath, [join(place, "action", "dist", "index.js")], {
    cwd: work,
    env: {
      ...process.env,
      ...inputs(),
      ...given,
      PATH: join(place, "bin"),
      GITHUB_ACTIONS: "true",
      GITHUB_WORKSPACE: project.root,
      GITHUB_STEP_SUMMARY: summary,
      GITHUB_OUTPUT: output,
      RUNNER_TOOL_CACHE: join(place, "tools"),
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let log = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => {
      log += text;
    });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  return { code, log, summary: readFileSync(summary, "utf8"), output: readFileSync(output, "utf8") };
}

/** The commands that a runner would carry out, read as it reads: line by line, none while they are stopped. */
function commands(log: string): readonly string[] {
  let token: string | undefined;
  const carriedOut: string[] = [];
  for (const line of log.split(/\r\n|\n|\r/)) {
    const [, name = "", data = ""] = /^\s*::([^\s:]+)[^:]*::(.*)$/.exec(line) ?? /##\[([^\]]+)\](.*)$/.exec(line) ?? [];
    if (token !== undefined) {
      if (name === token) token = undefined;
    } else if (name === "stop-commands") token = data;
    else if (name !== "") carriedOut.push(`${name}: ${data}`);
  }
  return carriedOut;
}

const conclusionOf = ({ output }: Ran): string | undefined => /^conclusion<<(.*)\n(.*)\n\1\n$/m.exec(output)?.[2];

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
  expect(ran.log).toMatch(/In order: 2 of 2 started phases are verified\./);
  expect(ran.code).toBe(0);
  expect(ran.summary).toMatch(/baseline[\s\S]*4A/);
  expect(ran.summary).toMatch(/In order/);
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
    expect(ran.summary).toMatch(said);
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
