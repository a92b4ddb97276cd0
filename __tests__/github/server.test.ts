import { expect, test } from "@jest/globals";
import { endpoints } from "./server/description.ts";
import {
  checkRun,
  comment,
  job,
  protection,
  pullRequest,
  review,
  ruleset,
  secret,
  sha,
  workflowRun,
  workflowToken,
} from "./server/records.ts";
import { restEndpoints } from "./server/routes.ts";
import { annotations, client, head, refusal, repo, start } from "./server/started.ts";
import type { Comparison, State } from "./server/state.ts";

test("every endpoint of the fake is one of GitHub's", () => {
  const described = new Set<string>(endpoints());
  expect(restEndpoints.filter((endpoint) => !described.has(endpoint))).toEqual([]);
});

test("a check-run is created, gets its annotations in turns, is concluded and found", async () => {
  const github = await start();
  const { rest, paginate } = client(github);
  const made = await rest.checks.create({ ...repo, name: "report", head_sha: head, status: "in_progress" });
  const check_run_id = made.data.id;
  expect(made.data).toMatchObject({ status: "in_progress", conclusion: null, pull_requests: [{ number: 7 }] });
  for (const from of [0, 50]) {
    const output = { title: "Report", summary: "…", annotations: annotations(50, from) };
    await rest.checks.update({ ...repo, check_run_id, output });
  }
  await rest.checks.update({ ...repo, check_run_id, conclusion: "failure", external_id: "run 1" });
  const { data } = await rest.checks.listForRef({ ...repo, ref: head, check_name: "report" });
  expect(data).toMatchObject({
    total_count: 1,
    check_runs: [{ status: "completed", conclusion: "failure", external_id: "run 1", app: { id: 15368 } }],
  });
  expect(data.check_runs[0]?.output.annotations_count).toBe(100);
  const found = await paginate(rest.checks.listAnnotations, { ...repo, check_run_id, per_page: 40 });
  expect(found.map((one) => one.start_line)).toEqual(Array.from({ length: 100 }, (_, index) => index + 1));
});

test("of check-runs of one name only the newest is listed, unless all are asked for", async () => {
  const of = { name: "report", headSha: head };
  const other = { id: 1, slug: "other", name: "Other" };
  const github = await start({
    checkRuns: [checkRun({ id: 1, ...of }), checkRun({ id: 2, ...of }), checkRun({ id: 3, ...of, app: other })],
  });
  const ids = async (asked: { filter?: "all"; app_id?: number }): Promise<readonly number[]> => {
    const { data } = await client(github).rest.checks.listForRef({ ...repo, ref: head, ...asked });
    return data.check_runs.map((check) => check.id);
  };
  expect(await ids({})).toEqual([3, 2]);
  expect(await ids({ filter: "all" })).toEqual([3, 2, 1]);
  expect(await ids({ app_id: 15368 })).toEqual([2]);
  const update = client(github).rest.checks.update({ ...repo, check_run_id: 3, name: "mine" });
  expect(await refusal(update)).toMatchObject({ status: 403, message: expect.stringContaining("Invalid app_id") });
});

test("a comment is created, listed, edited and deleted", async () => {
  const old = Array.from({ length: 35 }, (_, index) => comment({ id: index + 1, pull: 7, login: "bob", body: "hi" }));
  const github = await start({ comments: old });
  const { rest, paginate } = client(github);
  const on = { ...repo, issue_number: 7 };
  const { data } = await rest.issues.createComment({ ...on, body: "one" });
  expect(data.user?.login).toBe("github-actions[bot]");
  const first = await rest.issues.listComments(on);
  expect(first.data).toHaveLength(30);
  expect(first.headers.link).toContain('page=2>; rel="next"');
  expect(first.headers.link).toContain('page=2>; rel="last"');
  expect((await paginate(rest.issues.listComments, on)).at(-1)?.id).toBe(data.id);
  await rest.issues.updateComment({ ...repo, comment_id: data.id, body: "two" });
  expect((await rest.issues.getComment({ ...repo, comment_id: data.id })).data.body).toBe("two");
  await rest.issues.deleteComment({ ...repo, comment_id: data.id });
  expect(await refusal(rest.issues.getComment({ ...repo, comment_id: data.id }))).toMatchObject({ status: 404 });
  const writes = github.requests.filter((seen) => seen.method !== "GET").map((seen) => [seen.method, seen.status]);
  expect(writes).toEqual([
    ["POST", 201],
    ["PATCH", 200],
    ["DELETE", 204],
  ]);
});

test("pull requests and their reviews, from forks too", async () => {
  const many = Array.from({ length: 120 }, (_, index) =>
    review({ id: index, pull: 7, login: `user${index}`, state: "APPROVED" }),
  );
  const forked = pullRequest({ number: 8, head: { ref: "work", sha: sha("c"), repository: "eve/shop" } });
  const gone = pullRequest({ number: 9, head: { ref: "work", sha: sha("d"), repository: null }, state: "merged" });
  const github = await start({
    pulls: [pullRequest({ number: 7, head: { ref: "work", sha: head }, mergeCommit: sha("e") }), forked, gone],
    reviews: [...many, review({ id: 500, pull: 7, login: "bob", state: "PENDING" })],
  });
  const { rest, paginate } = client(github);
  const reviews = await paginate(rest.pulls.listReviews, { ...repo, pull_number: 7, per_page: 100 });
  expect(reviews).toHaveLength(120);
  const fork = await rest.pulls.get({ ...repo, pull_number: 8 });
  expect(fork.data.head).toMatchObject({ label: "eve:work", repo: { full_name: "eve/shop", fork: true } });
  const merged = await rest.pulls.get({ ...repo, pull_number: 9 });
  expect(merged.data).toMatchObject({ state: "closed", merged: true, head: { repo: null } });
  const of = await rest.repos.listPullRequestsAssociatedWithCommit({ ...repo, commit_sha: sha("e") });
  expect(of.data.map((pull) => pull.number)).toEqual([7]);
  const check = await rest.checks.create({ ...repo, name: "report", head_sha: sha("c") });
  expect(check.data.pull_requests).toEqual([]);
});

test("the repository, its branches, references and how commits lie to each other", async () => {
  const ahead: Comparison = { status: "ahead", mergeBase: sha("a"), ahead: [head], behindBy: 0 };
  const github = await start({
    branches: { main: sha("a"), "feature/x": head },
    comparisons: { [`${sha("a")}...${head}`]: ahead },
  });
  const { rest } = client(github);
  expect((await rest.repos.get(repo)).data.default_branch).toBe("main");
  expect((await rest.repos.getBranch({ ...repo, branch: "feature/x" })).data.commit.sha).toBe(head);
  expect((await rest.git.getRef({ ...repo, ref: "heads/feature/x" })).data.object.sha).toBe(head);
  const unencoded = await client(github).request("GET /repos/ada/shop/git/ref/heads/feature/x");
  expect(unencoded.data.ref).toBe("refs/heads/feature/x");
  const compared = await rest.repos.compareCommitsWithBasehead({ ...repo, basehead: "main...feature/x" });
  expect(compared.data).toMatchObject({ status: "ahead", ahead_by: 1, merge_base_commit: { sha: sha("a") } });
  expect(await refusal(rest.repos.getBranch({ ...repo, branch: "none" }))).toMatchObject({ status: 404 });
});

test("rulesets and protection, as far as the token may see them", async () => {
  const rules: State["rulesets"][number]["rules"] = [
    {
      type: "required_status_checks",
      parameters: {
        required_status_checks: [{ context: "gate", integration_id: 15368 }],
        strict_required_status_checks_policy: true,
      },
    },
  ];
  const bypass = [{ actor_id: 5, actor_type: "RepositoryRole", bypass_mode: "always" }] as const;
  const github = await start({
    rulesets: [
      ruleset({ id: 1, rules, bypass: [...bypass] }),
      ruleset({ id: 2, rules: [{ type: "deletion" }], include: ["refs/heads/release/*"] }),
      ruleset({ id: 3, rules: [{ type: "deletion" }], enforcement: "evaluate" }),
    ],
    protection: { main: protection({ checks: { strict: true, required: [{ context: "gate", app: null }] } }) },
    tokens: { admin: workflowToken({ administration: "write" }), [secret]: workflowToken({ contents: "read" }) },
  });
  const { rest } = client(github);
  expect((await rest.repos.getRepoRulesets(repo)).data.map((one) => one.rules)).toEqual(Array(3).fill(undefined));
  const one = await rest.repos.getRepoRuleset({ ...repo, ruleset_id: 1 });
  expect(one.data).toMatchObject({ rules, conditions: { ref_name: { include: ["~DEFAULT_BRANCH"] } } });
  expect(one.data.bypass_actors).toBeUndefined();
  const seen = await client(github, "admin").rest.repos.getRepoRuleset({ ...repo, ruleset_id: 1 });
  expect(seen.data.bypass_actors).toEqual(bypass);
  const onMain = await rest.repos.getBranchRules({ ...repo, branch: "main" });
  expect(onMain.data.map((rule) => [rule.type, rule.ruleset_id])).toEqual([["required_status_checks", 1]]);
  expect(await refusal(rest.repos.getBranchProtection({ ...repo, branch: "main" }))).toMatchObject({ status: 403 });
  const found = await client(github, "admin").rest.repos.getBranchProtection({ ...repo, branch: "main" });
  expect(found.data).toMatchObject({ enforce_admins: { enabled: true }, required_status_checks: { strict: true } });
});

test("workflow runs and their jobs, and one that is run again", async () => {
  const github = await start({
    runs: [workflowRun({ id: 5, headSha: head, event: "pull_request", conclusion: "failure" })],
    jobs: [job({ id: 51, run: 5, name: "lint" }), job({ id: 52, run: 5, conclusion: "failure" })],
  });
  const { rest } = client(github);
  const runs = await rest.actions.listWorkflowRunsForRepo({ ...repo, event: "pull_request", head_sha: head });
  expect(runs.data.workflow_runs.map((run) => run.id)).toEqual([5]);
  const none = await rest.actions.listWorkflowRunsForRepo({ ...repo, event: "push" });
  expect(none.data.total_count).toBe(0);
  await rest.actions.reRunWorkflowFailedJobs({ ...repo, run_id: 5 });
  const { data } = await rest.actions.getWorkflowRun({ ...repo, run_id: 5 });
  expect(data).toMatchObject({ run_attempt: 2, status: "queued", conclusion: null });
  const jobs = await rest.actions.listJobsForWorkflowRun({ ...repo, run_id: 5 });
  expect(jobs.data.jobs.map((one) => [one.name, one.status])).toEqual([
    ["lint", "completed"],
    ["gate", "queued"],
  ]);
  const again = rest.actions.reRunWorkflowFailedJobs({ ...repo, run_id: 5 });
  expect(await refusal(again)).toMatchObject({ status: 403, message: expect.stringContaining("already running") });
  expect(await refusal(rest.actions.reRunJobForWorkflowRun({ ...repo, job_id: 52 }))).toMatchObject({ status: 403 });
  expect((await rest.actions.listRepoWorkflows(repo)).data.workflows[0]?.path).toBe(".github/workflows/gate.yml");
});

const queueQuery = `query ($owner: String!, $name: String!, $branch: String!, $after: String) {
  repository(owner: $owner, name: $name) {
    mergeQueue(branch: $branch) {
      entries(first: 1, after: $after) {
        nodes { headCommit { oid } baseCommit { oid } position pullRequest { number } }
        pageInfo { hasNextPage endCursor }
      }
    }
  }
}`;
interface Queue {
  readonly repository: {
    readonly mergeQueue: {
      readonly entries: { readonly nodes: readonly object[]; readonly pageInfo: { readonly endCursor: string } };
    } | null;
  };
}

test("the merge queue of a branch, page by page, and who asks", async () => {
  const entry = { headCommit: sha("c"), baseCommit: sha("a") };
  const pulls = [7, 8].map((number) => pullRequest({ number, head: { ref: `w${number}`, sha: sha(`${number}`) } }));
  const queue = [
    { ...entry, pull: 8, position: 2 },
    { ...entry, pull: 7, position: 1 },
  ];
  const { graphql } = client(await start({ pulls, queues: { main: queue } }));
  const of = { owner: "ada", name: "shop", branch: "main" };
  const page = async (after: string | null): Promise<Queue> => graphql<Queue>(queueQuery, { ...of, after });
  const first = (await page(null)).repository.mergeQueue?.entries;
  const node = { headCommit: { oid: sha("c") }, baseCommit: { oid: sha("a") } };
  expect(first).toMatchObject({
    nodes: [{ ...node, position: 1, pullRequest: { number: 7 } }],
    pageInfo: { hasNextPage: true },
  });
  const second = (await page(first?.pageInfo.endCursor ?? null)).repository.mergeQueue?.entries;
  expect(second).toMatchObject({ nodes: [{ pullRequest: { number: 8 } }], pageInfo: { hasNextPage: false } });
  const other = await graphql<Queue>(queueQuery, { ...of, branch: "other" });
  expect(other.repository.mergeQueue).toBeNull();
  expect(await graphql("{ viewer { login } }")).toEqual({ viewer: { login: "github-actions[bot]" } });
  await expect(graphql(queueQuery, { ...of, name: "none" })).rejects.toThrow("Could not resolve to a Repository");
});

test("what happens between two requests", async () => {
  const github = await start({ commentLag: 1 });
  const { rest } = client(github);
  const on = { ...repo, issue_number: 7 };
  github.onRequest(({ endpoint }) => {
    if (endpoint !== "POST /repos/{owner}/{repo}/issues/{issue_number}/comments") return;
    github.state.comments.push(comment({ id: 1, pull: 7, login: "github-actions[bot]", body: "the same" }));
  });
  await rest.issues.createComment({ ...on, body: "the same" });
  const listed = async () => (await rest.issues.listComments(on)).data.length;
  expect([await listed(), await listed()]).toEqual([1, 2]);
});
