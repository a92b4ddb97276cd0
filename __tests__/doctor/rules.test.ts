import { afterEach, expect, test } from "@jest/globals";
import type { Protection, Settings } from "../../src/doctor/facts.ts";
import type { GitHub } from "../../src/github/github.ts";
import { defaultBranch, readSettings } from "../../src/github/rules.ts";
import { type FakeGitHub, fakeGitHub } from "../github/server/fake-github.ts";
import { protection, ruleset, workflowToken } from "../github/server/records.ts";
import { client, repo } from "../github/server/started.ts";
import type { Rule, State, Token } from "../github/server/state.ts";

/** What is read of GitHub's settings, from a server that answers as GitHub describes. */

const admin: Token = { login: "ada", app: undefined, permissions: { administration: "write", contents: "read" } };
const reader = workflowToken({ contents: "read" });

const open: FakeGitHub[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((github) => github.close()));
});

const start = async (told: Partial<State>): Promise<FakeGitHub> => {
  const github = await fakeGitHub({ tokens: { admin, reader }, ...told });
  open.push(github);
  return github;
};

/** Without the plugins that try again and wait. */
const connected = (github: FakeGitHub, token: string): GitHub => ({ ...repo, octokit: client(github, token) });

async function read(told: Partial<State>, token: "admin" | "reader" = "admin", branch = "main"): Promise<Settings> {
  return readSettings(connected(await start(told), token), branch);
}

const checks = (integration?: number, strict = true): Rule => ({
  type: "required_status_checks",
  parameters: {
    strict_required_status_checks_policy: strict,
    required_status_checks: [
      { context: "phasegate", ...(integration === undefined ? {} : { integration_id: integration }) },
    ],
  },
});

const reviews = (codeOwners: boolean, stale: boolean): Rule => ({
  type: "pull_request",
  parameters: {
    dismiss_stale_reviews_on_push: stale,
    require_code_owner_review: codeOwners,
    require_last_push_approval: false,
    required_approving_review_count: 1,
    required_review_thread_resolution: false,
  },
});

const queue: Rule = {
  type: "merge_queue",
  parameters: {
    check_response_timeout_minutes: 60,
    grouping_strategy: "ALLGREEN",
    max_entries_to_build: 5,
    max_entries_to_merge: 5,
    merge_method: "MERGE",
    min_entries_to_merge: 1,
    min_entries_to_merge_wait_minutes: 5,
  },
};

const none: Omit<Protection, "name" | "bypass"> = {
  checks: [],
  upToDate: false,
  workflows: [],
  mergeQueue: false,
  refusesForcePush: false,
  refusesDeletion: false,
};

test("a branch that nothing protects", async () => {
  expect(await read({})).toEqual({ protections: [], unread: [] });
});

test("a ruleset with everything", async () => {
  const rules: Rule[] = [
    checks(15368),
    reviews(true, true),
    queue,
    { type: "workflows", parameters: { workflows: [{ path: ".github/workflows/gate.yml", repository_id: 7 }] } },
    { type: "non_fast_forward" },
    { type: "deletion" },
    { type: "required_signatures" },
  ];
  expect(await read({ rulesets: [ruleset({ id: 1, name: "main", rules })] })).toEqual({
    protections: [
      {
        name: 'the ruleset "main"',
        checks: [{ context: "phasegate", app: 15368 }],
        upToDate: true,
        workflows: [{ path: ".github/workflows/gate.yml", repository: 7 }],
        mergeQueue: true,
        pullRequest: { codeOwners: true, dismissesStale: true, notByPusher: false, exempt: [] },
        refusesForcePush: true,
        refusesDeletion: true,
        bypass: { names: [] },
      },
    ],
    unread: [],
  });
});

test("what rulesets do not ask is not read into them", async () => {
  const rulesets = [
    ruleset({ id: 1, name: "a", rules: [checks(undefined, false), reviews(false, false)] }),
    ruleset({ id: 2, name: "of the organisation", rules: [checks(-1)], source: { type: "Organization", name: "org" } }),
    ruleset({ id: 3, rules: [{ type: "deletion" }], enforcement: "evaluate" }),
    ruleset({ id: 4, rules: [{ type: "deletion" }], include: ["refs/heads/other"] }),
    ruleset({ id: 5, name: "b", rules: [{ type: "deletion" }] }),
  ];
  expect((await read({ rulesets })).protections).toEqual([
    {
      ...none,
      name: 'the ruleset "a"',
      checks: [{ context: "phasegate", app: undefined }],
      pullRequest: { codeOwners: false, dismissesStale: false, notByPusher: false, exempt: [] },
      bypass: { names: [] },
    },
    {
      ...none,
      name: 'the ruleset "of the organisation"',
      checks: [{ context: "phasegate", app: undefined }],
      upToDate: true,
      bypass: { names: [] },
    },
    { ...none, name: 'the ruleset "b"', refusesDeletion: true, bypass: { names: [] } },
  ]);
});

test("who may pass by a ruleset, in words", async () => {
  const bypass: State["rulesets"][number]["bypass"] = [
    { actor_type: "OrganizationAdmin", actor_id: 1, bypass_mode: "always" },
    { actor_type: "RepositoryRole", actor_id: 5, bypass_mode: "pull_request" },
    { actor_type: "RepositoryRole", actor_id: 77, bypass_mode: "always" },
    { actor_type: "DeployKey", actor_id: null, bypass_mode: "always" },
    { actor_type: "Integration", actor_id: 9, bypass_mode: "always" },
    { actor_type: "Team", actor_id: 3, bypass_mode: "always" },
  ];
  const { protections } = await read({ rulesets: [ruleset({ id: 1, rules: [checks()], bypass })] });
  expect(protections[0]?.bypass).toEqual({
    names: [
      "owners of the organisation",
      "administrators",
      "the repository role 77",
      "deploy keys",
      "the GitHub App 9",
      "the team 3",
    ],
  });
});

test("branch protection, as an administrator sees it", async () => {
  const strict = protection({
    checks: { strict: true, required: [{ context: "phasegate", app: 15368 }] },
    reviews: { approvals: 1, dismissStale: true, codeOwners: true, lastPush: false },
  });
  const whole: Protection = {
    ...none,
    name: "the branch protection",
    checks: [{ context: "phasegate", app: 15368 }],
    upToDate: true,
    pullRequest: { codeOwners: true, dismissesStale: true, notByPusher: false, exempt: [] },
    refusesForcePush: true,
    refusesDeletion: true,
    bypass: { names: [] },
  };
  expect(await read({ protection: { main: strict } })).toEqual({ protections: [whole], unread: [] });
  const lax = protection({ admins: false, forcePushes: true, deletions: true });
  expect((await read({ protection: { main: lax } })).protections).toEqual([
    { ...none, name: "the branch protection", bypass: { names: ["administrators"] } },
  ]);
});

test("a token that may not see branch protection is told of its checks, and that there is more", async () => {
  const found = protection({
    admins: false,
    checks: { strict: true, required: [{ context: "phasegate", app: null }] },
    reviews: { approvals: 1, dismissStale: true, codeOwners: true, lastPush: false },
  });
  const { protections, unread } = await read({ protection: { main: found } }, "reader");
  expect(protections).toEqual([
    {
      ...none,
      name: "the branch protection",
      checks: [{ context: "phasegate", app: undefined }],
      bypass: { names: ["administrators"] },
    },
  ]);
  expect(unread).toEqual([expect.stringMatching(/^The branch protection beyond its checks could not be read: .*403/)]);
});

test("a token that may not see branch protection is told where there is none", async () => {
  expect(await read({}, "reader")).toEqual({ protections: [], unread: [] });
});

test("who may bypass a ruleset is unread, and not nobody, where it is not shown", async () => {
  const { protections } = await read({ rulesets: [ruleset({ id: 1, name: "main", rules: [checks()] })] }, "reader");
  expect(protections[0]).toMatchObject({
    checks: [{ context: "phasegate" }],
    bypass: { unread: expect.stringContaining('Who may bypass the ruleset "main" is shown to those alone') },
  });
});

test("a merge queue of branch protection is found, which the REST API does not tell", async () => {
  const { protections } = await read({ queues: { main: [] } });
  expect(protections).toEqual([{ ...none, name: "the merge queue", mergeQueue: true, bypass: { names: [] } }]);
});

test("many rules are read to the last page", async () => {
  const rulesets = Array.from({ length: 130 }, (_, id) => ruleset({ id, rules: [{ type: "deletion" }] }));
  expect((await read({ rulesets })).protections).toHaveLength(130);
});

test.each([
  ["GET /repos/{owner}/{repo}/rules/branches/{branch}", /^The rulesets could not be read: GitHub answers 502/],
  ["GET /repos/{owner}/{repo}/branches/{branch}", /^The branch protection could not be read: GitHub answers 502/],
  ["POST /graphql", /^Whether there is a merge queue could not be read: GitHub answers 502/],
] as const)("%s fails: what it would tell is unread, and the rest is there", async (endpoint, said) => {
  const github = await start({ rulesets: [ruleset({ id: 1, name: "main", rules: [{ type: "deletion" }] })] });
  github.fault(endpoint, { kind: "bad-gateway" });
  const { protections, unread } = await readSettings(connected(github, "reader"), "main");
  expect(unread).toEqual([expect.stringMatching(said)]);
  expect(protections.length).toBe(endpoint.includes("rules") ? 0 : 1);
});

test("a ruleset that cannot be opened is asked all the same, and who may bypass it is unread", async () => {
  const github = await start({ rulesets: [ruleset({ id: 1, rules: [checks()] })] });
  github.fault("GET /repos/{owner}/{repo}/rulesets/{ruleset_id}", { kind: "not-found" });
  const { protections } = await readSettings(connected(github, "admin"), "main");
  expect(protections[0]).toMatchObject({ name: "ruleset 1", upToDate: true, bypass: { unread: expect.any(String) } });
});

test("the default branch, or why nobody can say", async () => {
  const github = await start({ defaultBranch: "trunk" });
  expect(await defaultBranch(connected(github, "reader"))).toEqual({ branch: "trunk" });
  expect(await defaultBranch(connected(github, "unknown"))).toEqual({ none: expect.stringMatching(/401/) });
});
