import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { beginCheck, concludeCheck } from "../../src/github/check-run.ts";
import { writeComment } from "../../src/github/comment.ts";
import { connect } from "../../src/github/github.ts";
import { type Posting, posting, warningOf } from "../../src/github/publish.ts";
import { rerunFailed } from "../../src/github/rerun.ts";
import { conclusionOf, type Runner, runner } from "../support/runner.ts";
import { adopted, type Workshop } from "../support/workshop.ts";
import { fakeGitHub } from "./server/fake-github.ts";
import { type Fault, faults } from "./server/faults.ts";
import type { KnownEndpoint } from "./server/routes.ts";
import { type Service, service, writing } from "./service.ts";

/** Every call that posts something, with everything that can go wrong with it: told once, and never the verdict's concern. */

const kinds = Object.values(faults);
const repository = "ada/shop";
const head = "a".repeat(40);
const output = {
  title: "t",
  summary: "s",
  text: "",
  annotations: Array.from({ length: 60 }, (_, index) => ({
    path: "phasegate.yml",
    start_line: index + 1,
    end_line: index + 1,
    annotation_level: "failure" as const,
    title: "t",
    message: "m",
  })),
};

/** What a run posts, from beginning to end. */
async function posted(post: Posting): Promise<void> {
  const check = await post.attempt("the check-run", "checks", (to) =>
    beginCheck(to, { name: "phasegate report", externalId: "x", begun: 5, head, details: "https://github.com" }),
  );
  if (check !== undefined)
    await post.attempt("the check-run", "checks", (to) => concludeCheck(to, check, "failure", output));
  await post.attempt("the comment", "pull-requests", (to) =>
    writeComment(to, { number: 1, plan: "phasegate.yml", begun: 5 }, "## verdict\n"),
  );
  await post.attempt("a re-run", "actions", (to) => rerunFailed(to, ".github/workflows/phasegate.yml", head));
}

const endpoints: readonly KnownEndpoint[] = [
  "GET /repos/{owner}/{repo}/commits/{ref}/check-runs",
  "POST /repos/{owner}/{repo}/check-runs",
  "GET /repos/{owner}/{repo}/check-runs/{check_run_id}",
  "PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}",
  "POST /graphql",
  "GET /repos/{owner}/{repo}/issues/{issue_number}/comments",
  "POST /repos/{owner}/{repo}/issues/{issue_number}/comments",
  "PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}",
  "DELETE /repos/{owner}/{repo}/issues/comments/{comment_id}",
  "GET /repos/{owner}/{repo}/actions/runs",
  "POST /repos/{owner}/{repo}/actions/runs/{run_id}/rerun-failed-jobs",
];

const time = "2026-01-05T10:00:00Z";
const mine = (id: number) => ({
  id,
  pull: 1,
  login: "github-actions[bot]",
  body: `<!-- phasegate:phasegate.yml run ${id} -->\nold\n`,
  createdAt: time,
  updatedAt: time,
  visibleFrom: 0,
});

async function world() {
  const github = await fakeGitHub({
    owner: "ada",
    name: "shop",
    tokens: { t: writing },
    branches: { main: head },
    pulls: [
      {
        number: 1,
        title: "t",
        body: null,
        author: "eve",
        head: { ref: "work", sha: head },
        base: { ref: "main", sha: head },
        state: "open",
        draft: false,
        locked: false,
        mergeCommit: null,
        createdAt: time,
      },
    ],
    workflows: [{ id: 7, name: "Phasegate", path: ".github/workflows/phasegate.yml", state: "active" }],
    runs: [
      {
        id: 9,
        workflow: 7,
        title: "t",
        event: "pull_request",
        headSha: head,
        headBranch: "work",
        status: "completed",
        conclusion: "failure",
        attempt: 1,
        actor: "eve",
        createdAt: time,
      },
    ],
  });
  return github;
}

interface Outcome {
  readonly asked: number;
  readonly failures: Posting["failures"];
}

async function outcomeOf(endpoint: KnownEndpoint, fault: Fault): Promise<Outcome> {
  const github = await world();
  // Two of ours, so that one is edited and one is deleted; none, so that one is created.
  if (/comments\/\{comment_id\}/.test(endpoint)) github.state.comments.push(mine(1), mine(2));
  github.fault(endpoint, fault, { times: "always" });
  const callMs = fault.kind === "hanging" ? 4000 : 20_000;
  const post = posting(connect("t", repository, github.url, { callMs, retryMs: 1 }));
  await posted(post);
  const asked = github.requests.filter((request) => request.endpoint === endpoint).length;
  github.breaches.splice(0);
  await github.close();
  return { asked, failures: post.failures };
}

const table = endpoints.flatMap((endpoint) => kinds.map((fault) => [endpoint, fault.kind, fault] as const));
/** All at once: most of the time is spent waiting. */
let outcomes: Promise<Outcome>[];
beforeAll(() => {
  outcomes = table.map(([endpoint, , fault]) => outcomeOf(endpoint, fault));
  for (const outcome of outcomes) outcome.catch(() => undefined);
});

test.each(table.map(([endpoint, kind], index) => [endpoint, kind, index] as const))(
  "%s, %s: told, and the rest goes on",
  async (endpoint, kind, index) => {
    const outcome = await outcomes[index];
    expect(outcome?.asked).toBeGreaterThan(0);
    const warning = warningOf(outcome?.failures ?? [], false);
    // Who the token is of is guessed where GitHub does not say.
    // Of what was done nothing is read but the number of the check-run: an answer that says nothing is as good.
    const isDone = kind === "garbage" && !endpoint.startsWith("GET") && !endpoint.endsWith("/check-runs");
    // That nobody has taken over the check-run is assumed, too.
    if (endpoint === "POST /graphql" || endpoint === "GET /repos/{owner}/{repo}/check-runs/{check_run_id}" || isDone)
      expect(warning).toBeUndefined();
    else expect(warning).toMatch(/^Could not post /);
    // What was refused for good is not attempted again.
    if (
      ["forbidden", "not-found", "refused"].includes(kind) &&
      !endpoint.startsWith("GET /repos/{owner}/{repo}/issues")
    )
      expect(outcome?.asked).toBe(1);
  },
  60_000,
);

test("without a fault everything is posted", async () => {
  const github = await world();
  const post = posting(connect("t", repository, github.url));
  await posted(post);
  expect(post.failures).toEqual([]);
  expect(github.state.checkRuns).toMatchObject([{ conclusion: "failure" }]);
  expect(github.state.checkRuns[0]?.annotations).toHaveLength(60);
  expect(github.state.comments).toHaveLength(1);
  expect(github.state.runs[0]?.status).not.toBe("completed");
  await github.close();
});

describe("a whole run, while GitHub answers nothing as it should", () => {
  let action: Runner;
  let workshop: Workshop;
  let at: Service;
  beforeAll(async () => {
    action = runner();
    workshop = await adopted();
    at = await service(action);
    at.land(workshop);
    workshop.branch("work");
    workshop.write("README.md", "Revenue\n");
    workshop.commit("Say what this is");
    at.propose(workshop, 1);
    workshop.branch("looser");
    workshop.edit("phasegate.yml", (text) => text.replace("policy:\n", "policy:\n  incomplete: allow\n"));
    workshop.commit("Looser");
    at.propose(workshop, 2);
  }, 60_000);
  afterAll(async () => {
    action.dispose();
    workshop.dispose();
    at.github.breaches.splice(0);
    await at.dispose();
  });

  const inOrder = [1, { code: 0, conclusion: "in-order" }] as const;
  const refused = [2, { code: 1, conclusion: "must-not-be-merged" }] as const;

  test.each([
    ["forbidden", ...inOrder],
    ["secondary-limit", ...inOrder],
    ["bad-gateway", ...inOrder],
    ["reset", ...inOrder],
    ["garbage", ...inOrder],
    ["forbidden", ...refused],
    ["primary-limit", ...refused],
    ["garbage", ...refused],
  ] as const)(
    "%s, pull request %i: the verdict is the same, and told with one warning",
    async (kind, number, verdict) => {
      at.github.fault("*", faults[kind], { times: "always" });
      const ran = await at.pullRequest(number);
      expect({ code: ran.code, conclusion: conclusionOf(ran) }).toEqual(verdict);
      expect(ran.log.match(/^::warning/gm)).toHaveLength(1);
      expect(ran.log).not.toMatch(/unhandled|node:internal/i);
    },
    60_000,
  );
});
