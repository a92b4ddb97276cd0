import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Ran, Runner } from "../support/runner.ts";
import type { Workshop } from "../support/workshop.ts";
import { type FakeGitHub, fakeGitHub } from "./server/fake-github.ts";
import type { CheckRun, Pull, State, Token } from "./server/state.ts";

/** GitHub for a test: its API, the repository that is there, and jobs that run on checkouts as actions/checkout leaves them. */

export interface Service {
  readonly github: FakeGitHub;
  /** Where the repository is, as a checkout names it. */
  readonly origin: string;
  /** Pushes what is checked out as a branch; main unless told. */
  land(workshop: Workshop, branch?: string): void;
  /** Pushes what is checked out as a branch, and opens a pull request or moves its head. */
  propose(workshop: Workshop, number: number, about?: Partial<Pull>): Pull;
  /** What a merge queue makes of a pull request, on top of main or of another group. */
  group(workshop: Workshop, number: number, parent?: string): string;
  tip(branch: string): string;
  approve(number: number, login: string, commit?: string): void;
  /** A run of the workflow on a pull request. */
  pullRequest(number: number, about?: About): Promise<Ran>;
  /** A run on a merge group's head. */
  mergeGroup(head: string, parent: string, number: number, about?: About): Promise<Ran>;
  push(before: string, after: string, about?: About): Promise<Ran>;
  /** A run on any other event, on a commit. */
  on(event: string, commit: string, ref: string, payload?: Record<string, unknown>): Promise<Ran>;
  checks(head: string): readonly CheckRun[];
  /** Bodies of the comments that the workflow wrote. */
  comments(number: number): readonly string[];
  dispose(): Promise<void>;
}

export interface About {
  readonly env?: NodeJS.ProcessEnv;
  readonly token?: string;
  readonly event?: "pull_request" | "pull_request_review";
  readonly killedAt?: RegExp;
  /** The merge that GitHub made when the event happened; that of now unless told. */
  readonly checkout?: string;
  /** The action lies in this folder of the checkout. */
  readonly inside?: string;
  /** The checkout belongs to somebody else, as in a container. */
  readonly foreign?: boolean;
  readonly payload?: (payload: Record<string, unknown>) => Record<string, unknown>;
  /** All of the history is checked out. */
  readonly deep?: boolean;
}

const app = { id: 15368, slug: "github-actions", name: "GitHub Actions" };
export const writing: Token = {
  login: "github-actions[bot]",
  app,
  permissions: { actions: "write", checks: "write", contents: "read", "pull-requests": "write" },
};
/** What the workflow of a fork's pull request gets. */
export const reading: Token = {
  login: "github-actions[bot]",
  app,
  permissions: { actions: "read", checks: "read", contents: "read", "pull-requests": "read" },
};

export async function service(runner: Runner, told: Partial<State> = {}): Promise<Service> {
  const place = mkdtempSync(join(tmpdir(), "phasegate-service-"));
  const origin = join(place, "origin.git");
  const git = (cwd: string, ...args: readonly string[]): string =>
    execFileSync("git", args, {
      cwd,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
      env: {
        ...process.env,
        GIT_CONFIG_GLOBAL: "/dev/null",
        GIT_AUTHOR_NAME: "GitHub",
        GIT_AUTHOR_EMAIL: "noreply@github.com",
        GIT_COMMITTER_NAME: "GitHub",
        GIT_COMMITTER_EMAIL: "noreply@github.com",
      },
    }).trimEnd();
  git(place, "init", "-q", "--bare", "-b", "main", origin);
  // As GitHub does: any commit may be asked for.
  git(origin, "config", "uploadpack.allowAnySHA1InWant", "true");
  git(origin, "config", "uploadpack.allowFilter", "true");
  const github = await fakeGitHub({ tokens: { "t-write": writing, "t-read": reading }, ...told });
  const { state } = github;
  const [owner, name] = [state.owner, state.name];

  const tip = (branch: string): string => git(origin, "rev-parse", `refs/heads/${branch}`);
  const branches = () => {
    const lines = git(origin, "for-each-ref", "--format=%(refname:short) %(objectname)", "refs/heads/").split("\n");
    state.branches = Object.fromEntries(lines.map((line) => line.split(" ") as [string, string]));
  };
  /** A merge commit, as GitHub makes it. */
  const merge = (base: string, head: string): string => {
    const [tree = ""] = git(origin, "merge-tree", "--write-tree", base, head).split("\n");
    return git(origin, "commit-tree", tree, "-p", base, "-p", head, "-m", `Merge ${head} into ${base}`);
  };
  const pullOf = (number: number): Pull => {
    const pull = state.pulls.find((each) => each.number === number);
    if (!pull) throw new Error(`no pull request ${number}`);
    return pull;
  };

  /** As actions/checkout leaves it. */
  const checkout = (commit: string, deep = false): string => {
    const workspace = mkdtempSync(join(place, "workspace-"));
    git(workspace, "init", "-q");
    git(workspace, "remote", "add", "origin", `file://${origin}`);
    git(
      workspace,
      ...["-c", "protocol.version=2", "fetch", "-q", "--no-tags", "--prune", "--no-recurse-submodules"],
      ...(deep ? [] : ["--depth=1"]),
      ...["origin", ...(deep ? ["+refs/heads/*:refs/remotes/origin/*"] : []), `+${commit}:refs/remotes/pull/1/merge`],
    );
    git(workspace, "checkout", "-q", "--force", "refs/remotes/pull/1/merge");
    return workspace;
  };

  let runs = 100;
  const start = (
    eventName: string,
    payload: Record<string, unknown>,
    commit: string,
    ref: string,
    { env = {}, token = "t-write", killedAt, inside, foreign, deep, payload: change = (same) => same }: About,
  ): Promise<Ran> => {
    runs += 1;
    const workspace = checkout(commit, deep);
    if (foreign) execFileSync("chown", ["-R", "65534:65534", workspace]);
    return runner.run({
      workspace,
      event: {
        name: eventName,
        payload: change({ repository: { full_name: `${owner}/${name}`, default_branch: "main" }, ...payload }),
      },
      env: {
        "INPUT_GITHUB-TOKEN": token,
        GITHUB_API_URL: github.url,
        GITHUB_SERVER_URL: "https://github.com",
        GITHUB_REPOSITORY: `${owner}/${name}`,
        GITHUB_RUN_ID: String(runs),
        GITHUB_RUN_ATTEMPT: "1",
        GITHUB_SHA: commit,
        GITHUB_REF: ref,
        GITHUB_WORKFLOW_REF: `${owner}/${name}/.github/workflows/phasegate.yml@${ref}`,
        ...env,
      },
      ...(killedAt ? { killedAt } : {}),
      ...(inside === undefined ? {} : { inside }),
    });
  };

  const pullPayload = (pull: Pull) => ({
    number: pull.number,
    user: { login: pull.author },
    head: {
      ref: pull.head.ref,
      sha: pull.head.sha,
      repo: pull.head.repository === null ? null : { full_name: pull.head.repository ?? `${owner}/${name}` },
    },
    base: { ref: pull.base.ref, sha: pull.base.sha, repo: { full_name: `${owner}/${name}` } },
  });

  return {
    github,
    origin: `file://${origin}`,
    tip,
    land(workshop, branch = "main") {
      workshop.git("push", "-q", "-f", origin, `HEAD:refs/heads/${branch}`);
      branches();
    },
    propose(workshop, number, about = {}) {
      const head = workshop.git("rev-parse", "HEAD");
      const base = about.base?.ref ?? "main";
      const branch = `work-${number}`;
      const isFork = about.head?.repository !== undefined;
      workshop.git("push", "-q", "-f", origin, `HEAD:refs/pull/${number}/head`);
      if (!isFork) workshop.git("push", "-q", "-f", origin, `HEAD:refs/heads/${branch}`);
      branches();
      const mergeCommit = merge(tip(base), head);
      git(origin, "update-ref", `refs/pull/${number}/merge`, mergeCommit);
      const pull: Pull = {
        number,
        title: `Work ${number}`,
        body: null,
        author: "eve",
        base: { ref: base, sha: tip(base) },
        state: "open",
        draft: false,
        locked: false,
        mergeCommit,
        createdAt: "2026-01-05T10:00:00Z",
        ...about,
        head: { ref: branch, ...about.head, sha: head },
      };
      state.pulls = [...state.pulls.filter((each) => each.number !== number), pull];
      return pull;
    },
    group(workshop, number, parent = tip("main")) {
      const commit = merge(parent, pullOf(number).head.sha);
      git(origin, "update-ref", `refs/heads/gh-readonly-queue/main/pr-${number}-${parent}`, commit);
      branches();
      workshop.git("fetch", "-q", origin, commit);
      return commit;
    },
    approve(number, login, commit = pullOf(number).head.sha) {
      state.reviews.push({
        id: state.reviews.length + 1,
        pull: number,
        login,
        association: "MEMBER",
        commit,
        state: "APPROVED",
        body: "",
        submittedAt: "2026-01-06T10:00:00Z",
      });
    },
    pullRequest(number, about = {}) {
      const pull = pullOf(number);
      const commit = about.checkout ?? pull.mergeCommit ?? "";
      const review = about.event === "pull_request_review" ? { action: "submitted", review: {} } : { action: "opened" };
      return start(
        about.event ?? "pull_request",
        { ...review, number, pull_request: pullPayload(pull) },
        commit,
        `refs/pull/${number}/merge`,
        about,
      );
    },
    mergeGroup(head, parent, number, about = {}) {
      const ref = `refs/heads/gh-readonly-queue/main/pr-${number}-${parent}`;
      const merge_group = { head_sha: head, head_ref: ref, base_sha: parent, base_ref: "refs/heads/main" };
      return start("merge_group", { action: "checks_requested", merge_group }, head, ref, about);
    },
    push: (before, after, about = {}) =>
      start("push", { ref: "refs/heads/main", before, after, deleted: false }, after, "refs/heads/main", about),
    on: (event, commit, ref, payload = {}) => start(event, { ref, ...payload }, commit, ref, {}),
    checks: (head) => state.checkRuns.filter(({ headSha }) => headSha === head),
    comments: (number) =>
      state.comments
        .filter(({ pull, login }) => pull === number && login === "github-actions[bot]")
        .map(({ body }) => body),
    async dispose() {
      rmSync(place, { recursive: true, force: true });
      await github.close();
    },
  };
}
