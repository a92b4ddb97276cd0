import { spawnSync } from "node:child_process";
import { chmodSync, readFileSync, renameSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { documentOf, migrationOf, plan, unplanned, type Workshop } from "../support/workshop.ts";

/**
 * The hooks of docs/agents.md, as they are copied from there, started as they are in a repository where npm has installed
 * the program, which is not on the PATH; against a plan of which nothing is verified.
 */

const product = fileURLToPath(new URL("../..", import.meta.url));
const page = readFileSync(join(product, "docs/agents.md"), "utf8");
const hook = (begins: string): string => {
  const block = [...page.matchAll(/^```\w+\n([\s\S]*?)^```$/gm)].find(([, text]) => text?.includes(begins));
  if (!block?.[1]) throw new Error(`docs/agents.md has no ${begins}`);
  return block[1];
};

const settings = JSON.parse(hook('"PreToolUse"'));
const [onEdit] = settings.hooks.PreToolUse[0].hooks.map(({ command }: { readonly command: string }) => command);
const program = "node_modules/.bin/phasegate";
const path = (process.env.PATH ?? "").split(delimiter).filter((folder) => !folder.includes("node_modules"));
let env: NodeJS.ProcessEnv;
let workshop: Workshop;

beforeAll(() => {
  workshop = unplanned();
  env = { ...process.env, PATH: path.join(delimiter), CLAUDE_PROJECT_DIR: workshop.root };
  workshop.write("phasegate.yml", plan);
  workshop.write(".gitignore", "node_modules\n");
  const cli = process.env.PHASEGATE_CLI ?? join(product, "dist/cli.js");
  workshop.write(program, `#!/bin/sh\nexec "${process.execPath}" "${cli}" "$@"\n`);
  chmodSync(join(workshop.root, program), 0o755);
  workshop.write(".claude/hooks/phasegate-guard.mjs", hook("// pre-edit"));
  workshop.land("A plan");
  workshop.write(".git/hooks/pre-commit", hook("# pre-commit"));
  chmodSync(join(workshop.root, ".git/hooks/pre-commit"), 0o755);
});
afterAll(() => workshop.dispose());

/** The outcome of what is done while the plan has a mistake, or the program is not there. */
function whileBroken<Outcome>(what: "plan" | "program", act: () => Outcome): Outcome {
  const file = what === "plan" ? "phasegate.yml" : program;
  const there = join(workshop.root, file);
  renameSync(there, `${there}.kept`);
  if (what === "plan") workshop.write(file, plan.replace("after: [baseline]", "after: [basline]"));
  try {
    return act();
  } finally {
    renameSync(`${there}.kept`, there);
  }
}

const committed = (...paths: readonly string[]) => {
  workshop.git("add", ...paths);
  const { status, stderr } = spawnSync(
    "git",
    ["-c", "user.name=Eve", "-c", "user.email=e@example.org", "commit", "-m", "Work"],
    {
      // Git starts the hook at the top, wherever it is called.
      cwd: join(workshop.root, "migrations"),
      env,
      encoding: "utf8",
    },
  );
  return { status, stderr };
};

test("a commit of a prohibited phase is refused, with the reason", () => {
  workshop.add("4A");
  const { status, stderr } = committed(`:/${migrationOf["4A"]}`);
  expect(stderr).toContain(`${migrationOf["4A"]}: it belongs to 4A, which is prohibited: baseline has no document`);
  expect(status).toBe(1);
  workshop.git("reset", "-q");
});

test("a commit of anything else is made", () => {
  workshop.write("README.md", "Revenue\n");
  expect(committed(":/README.md")).toMatchObject({ status: 0 });
});

test.each([
  ["a plan with a mistake", "plan", /`basline`[\s\S]*Nothing could be judged \(exit 2\)/],
  ["no program", "program", /phasegate: .*not found\nNothing could be judged \(exit 127\)/],
] as const)("a commit with %s is not made, and why is told apart from a refusal", (_name, what, said) => {
  workshop.write("docs/later.md", "Later\n");
  const { status, stderr } = whileBroken(what, () => committed(":/docs/later.md", ":/phasegate.yml"));
  expect(stderr).toMatch(said);
  expect(status).toBe(1);
  workshop.git("reset", "-q");
});

/** An edit by an agent that has gone into a folder. */
const edited = (path: string) => {
  const { status, stderr } = spawnSync("sh", ["-c", onEdit], {
    cwd: join(workshop.root, "migrations"),
    env,
    encoding: "utf8",
    input: JSON.stringify({ tool_name: "Edit", tool_input: { file_path: join(workshop.root, path) } }),
  });
  return { status, stderr };
};

test.each([
  ["of a prohibited phase is refused", migrationOf["4B"], 2, /which is prohibited/],
  ["of a verification document is refused", documentOf("baseline"), 2, /`phasegate verify baseline` writes it/],
  ["of the baseline, which is in progress, is made", "migrations/20251112090000000_create-core-tables.sql", 0, /^$/],
  ["of a file of nobody is made", "README.md", 0, /^$/],
])("an edit %s", (_name, path, status, said) => {
  expect(edited(path)).toEqual({ status, stderr: expect.stringMatching(said) });
});

test.each([
  ["the plan has a mistake", "plan", /^Nothing can be judged, .*:\nphasegate\.yml:\d+:\d+: .*`basline`/],
  ["there is no program", "program", /^Nothing can be judged, .*:\n.*ENOENT/],
] as const)("where %s, nothing is edited but the plan, so that nobody is stuck", (_name, what, said) => {
  whileBroken(what, () => {
    expect(edited("README.md")).toEqual({ status: 2, stderr: expect.stringMatching(said) });
    expect(edited(migrationOf["4B"])).toMatchObject({ status: 2 });
    expect(edited("db/phasegate.yml")).toMatchObject({ status: 2 });
    expect(edited("phasegate.yml")).toMatchObject({ status: 0 });
  });
});
