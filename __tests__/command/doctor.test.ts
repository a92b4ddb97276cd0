import { afterEach, expect, test } from "@jest/globals";
import { closedFiles, edited, type Files, gate } from "../doctor/repository.ts";
import { type FakeGitHub, fakeGitHub } from "../github/server/fake-github.ts";
import { ruleset, workflowToken } from "../github/server/records.ts";
import type { Ruleset, State } from "../github/server/state.ts";
import { cli } from "../support/project.ts";
import { type Repository, repository } from "../support/repository.ts";

/** `doctor` as it is called: what it says, to whom, and how it ends. */

const opened: Repository[] = [];
const servers: FakeGitHub[] = [];
afterEach(async () => {
  for (const each of opened.splice(0)) each.dispose();
  await Promise.all(servers.splice(0).map((each) => each.close()));
});

/** The closed repository with a change; `undefined` takes a file away. */
function of(files: Files = {}): Repository {
  const all = Object.entries({ ...closedFiles, ...files }).flatMap(([path, text]) =>
    text === undefined ? [] : [[path, text] as const],
  );
  const made = repository(Object.fromEntries(all));
  opened.push(made);
  return made;
}

async function started(told: Partial<State>): Promise<FakeGitHub> {
  const admin = { login: "ada", app: undefined, permissions: { administration: "write", contents: "read" } } as const;
  const github = await fakeGitHub({ tokens: { admin, reader: workflowToken({ contents: "read" }) }, ...told });
  servers.push(github);
  return github;
}

const bare = {
  ...process.env,
  GITHUB_TOKEN: "",
  GH_TOKEN: "",
  GITHUB_REPOSITORY: "",
  GITHUB_API_URL: "",
  NO_COLOR: "1",
};
const doctor = ({ root }: Repository, args: readonly string[] = [], env: NodeJS.ProcessEnv = {}) =>
  cli(["doctor", ...args], { cwd: root, env: { ...bare, ...env } });

const closed: Ruleset = ruleset({
  id: 1,
  name: "main",
  rules: [
    {
      type: "required_status_checks",
      parameters: {
        strict_required_status_checks_policy: true,
        required_status_checks: [{ context: "phasegate", integration_id: 15368 }],
      },
    },
    {
      type: "pull_request",
      parameters: {
        dismiss_stale_reviews_on_push: true,
        require_code_owner_review: true,
        require_last_push_approval: true,
        required_approving_review_count: 1,
        required_review_thread_resolution: false,
      },
    },
    { type: "non_fast_forward" },
    { type: "deletion" },
  ],
});

test("nothing is open where the files and the settings close everything", async () => {
  const github = await started({ rulesets: [closed] });
  const { code, stdout } = await doctor(of(), ["--repository", "ada/shop"], {
    GH_TOKEN: "admin",
    GITHUB_API_URL: github.url,
  });
  expect(stdout).toBe(`  phasegate.yml guards main, judged by job phasegate (${gate}:15, the check
  "phasegate").

  Who may push a branch may run a workflow there that reports a check of the same name as GitHub
  Actions; only requiring the workflow itself, in a ruleset of an organisation, stops them.

No way around the gate is open, of those that are known.
`);
  expect(code).toBe(0);
});

test("settings that leave ways open are told, of the repository that origin names and its default branch", async () => {
  const github = await started({ defaultBranch: "trunk", branches: { trunk: "a".repeat(40) } });
  const here = of();
  here.git("remote", "add", "origin", "git@github.com:ada/shop.git");
  const env = { GITHUB_TOKEN: "admin", GITHUB_API_URL: github.url };
  const { code, stdout, stderr } = await doctor(here, ["--json"], env);
  expect(stderr).toBe("Asking GitHub\n");
  expect(code).toBe(1);
  const told = JSON.parse(stdout);
  expect(told).toMatchObject({ version: 1, plan: "phasegate.yml", branch: "trunk", conclusion: "open", unknown: [] });
  expect(told.gates).toEqual([{ place: { file: gate, line: 15 }, job: "phasegate", check: "phasegate" }]);
  expect(told.findings.map(({ code }: { readonly code: string }) => code)).toEqual([
    "not-required",
    "workflow-editable",
    "not-up-to-date",
    "push-without-pull-request",
    "force-push",
    "code-owners-not-asked",
    "deletion",
    "own-push-approved",
    "stale-approvals",
  ]);
});

test("a branch that is named is asked about, and no other", async () => {
  const github = await started({ rulesets: [closed], branches: { main: "a".repeat(40), lax: "b".repeat(40) } });
  const env = { GITHUB_TOKEN: "admin", GITHUB_API_URL: github.url, GITHUB_REPOSITORY: "ada/shop" };
  const { code, stdout } = await doctor(of(), ["--branch", "lax", "--json"], env);
  expect(JSON.parse(stdout)).toMatchObject({ branch: "lax", conclusion: "open" });
  expect(code).toBe(1);
});

test("without a token it says what was not looked at, and that is no success of all ways", async () => {
  const { code, stdout } = await doctor(of());
  expect(stdout).toMatch(
    /\n {2}\? not looked at\n {4}ways {5}code-owners-not-asked, not-required, [\s\S]*?\n {4}why {6}The settings of the branch were not read: there is no token\. Set GITHUB_TOKEN or/,
  );
  expect(stdout).toMatch(
    /\nNo way around the gate was found open, but not all were looked at\. 11 ways could not be looked at\.\n$/,
  );
  expect(code).toBe(0);
});

test("with a token and nothing that names the repository it says so", async () => {
  const { stdout } = await doctor(of(), [], { GITHUB_TOKEN: "admin" });
  expect(stdout).toContain("nothing says which repository this is.");
});

test.each([
  ["a token that is none", "nobody", /The settings of the branch were not read: GitHub answers 401/],
  ["a token that may read only", "reader", /Who may bypass the ruleset "main" is shown to those alone/],
])("%s: what could not be read is told with the reason", async (_what, token, said) => {
  const github = await started({ rulesets: [closed] });
  const env = { GITHUB_TOKEN: token, GITHUB_API_URL: github.url, GITHUB_REPOSITORY: "ada/shop" };
  const { code, stdout } = await doctor(of(), [], env);
  expect(stdout.replace(/\s+/g, " ")).toMatch(said);
  expect(code).toBe(0);
});

test("a way that is open is told with what was found, what to do, what to paste, and where", async () => {
  const here = of(edited(gate, "    types: [opened, synchronize, reopened, edited]\n", "    paths: [migrations/**]\n"));
  const { code, stdout } = await doctor(here);
  expect(stdout).toContain(`
  ✘ filtered
    found    Pull requests start Phasegate only for \`paths: [migrations/**]\`: what is left out
             is not judged, or waits for a check that never comes, until somebody adds an empty
             job of the same name.
    do       Take the filter out of \`on.pull_request\`; a change that touches nothing of the plan
             is judged in seconds.
    at       ${gate}:2
`);
  expect(stdout).toContain(`
    paste    on:
               pull_request:
                 types: [opened, synchronize, reopened, edited]
    at       ${gate}:2
`);
  expect(stdout).toMatch(/\n1 way around the gate is open\. 11 ways could not be looked at\.\n$/);
  expect(code).toBe(1);
});

test("a workflow that cannot be read ends with 3, or with 1 where a way is open all the same", async () => {
  const broken = { ".github/workflows/broken.yml": "on: push\njobs: [\n" };
  const three = await doctor(of(broken));
  expect(three.stdout).toMatch(
    /✘ not readable\n {4}found {4}.*\n {4}do {7}Correct it.*\n {4}at {7}\.github\/workflows\/broken\.yml:3\n/,
  );
  expect(three.stdout).toMatch(/\nIt could not be told: 1 workflow cannot be read\./);
  expect(three.code).toBe(3);
  const one = await doctor(of({ ...broken, ...edited(gate, "    runs-on", "    if: github.actor\n    runs-on") }));
  expect(one.code).toBe(1);
});

test("a repository without a plan and without workflows", async () => {
  const { code, stdout } = await doctor(of({ "phasegate.yml": undefined, [gate]: undefined }));
  expect(stdout).toMatch(/✘ no-plan\n[\s\S]*✘ no-gate\n/);
  expect(code).toBe(1);
});

test("the mistakes of a plan are told, and nothing else is looked at", async () => {
  const { code, stdout, stderr } = await doctor(of(edited("phasegate.yml", "plan-owners", "plan-owner")));
  expect(stderr).toMatch(/^phasegate\.yml:5:\d+: `plan-owner` is no key/);
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
});

test("a folder below the top gives the same answer as the top, where the workflows are", async () => {
  const { root } = of();
  const [below, top] = await Promise.all([`${root}/.github`, root].map((cwd) => cli(["doctor"], { cwd, env: bare })));
  expect(below).toEqual(top);
});

test("a folder below the top with a plan of its own is refused: the workflows are not there", async () => {
  const { root } = of({ "billing/phasegate.yml": "version: 1\n" });
  const { code, stdout, stderr } = await cli(["doctor"], { cwd: `${root}/billing`, env: bare });
  expect(stderr).toMatch(/^This folder is part of the repository at .*\nRun doctor at the top/);
  expect({ code, stdout }).toEqual({ code: 3, stdout: "" });
});

test("a name that is no repository is refused", async () => {
  const { code, stderr } = await doctor(of(), ["--repository", "shop"]);
  expect(stderr).toMatch(/Write OWNER\/NAME\./);
  expect(code).toBe(2);
});

test("what a file of the change says cannot move the cursor or colour anything", async () => {
  const here = of(edited(gate, "    runs-on", "    if: \"github.actor != '\\e[32m✔ all closed'\"\n    runs-on"));
  const { stdout } = await doctor(here);
  expect(stdout.replace(/\s+/g, " ")).toContain("✔ all closed");
  expect(stdout).not.toContain("\u001b");
});
