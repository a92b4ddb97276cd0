/** What an event of GitHub asks to be judged, from what is true now: not from what was when it happened. DESIGN 4.1. */

import { nobody } from "./approvals/nobody.ts";
import { approvalsOf } from "./github/approvals.ts";
import type { Event, PullRequest } from "./github/event.ts";
import { type GitHub, refusalOf } from "./github/github.ts";
import { pullRequest, pullRequestsBehind, pullRequestsOfGroup } from "./github/pull-requests.ts";
import type { BaseRequest } from "./measure.ts";
import type { Approvals } from "./model/ports.ts";
import { history } from "./repository/git.ts";
import { type Credentials, fetched, hasCommit, isShallow, tipAtOrigin } from "./repository/remote.ts";

/** What is judged, and who is asked about it. */
export interface Question {
  readonly base: BaseRequest;
  readonly approvals: Approvals;
}

export interface Target {
  /** All of them have to end in order; there are two where a merge group waits behind another. */
  readonly questions: readonly [Question, ...Question[]];
  /** The commit that the verdict is about. */
  readonly head: string;
  /** The branch that it goes into. */
  readonly branch: string;
  /** The one to comment on. */
  readonly pull?: PullRequest;
  /** What a reader has to know of how it came about. */
  readonly notes: readonly string[];
}

export interface NoTarget {
  readonly reason: string;
  readonly help: string;
}

export interface Surroundings {
  readonly root: string;
  /** Absent: there is no token. */
  readonly github: GitHub | undefined;
  readonly credentials: Credentials | undefined;
  /** The commit that the workflow runs on, and its branch. */
  readonly sha: string;
  readonly ref: string;
}

export async function targetOf(
  event: Exclude<Event, { kind: "refused" }>,
  around: Surroundings,
): Promise<Target | NoTarget> {
  switch (event.kind) {
    case "pull-request":
      return ofPullRequest(event, around);
    case "merge-group":
      return ofGroup(event, around);
    case "push":
      return ofPush(event, around);
    case "whole":
      return whole(around.sha, around.ref.replace(/^refs\/heads\//, ""), "this run is of no pull request");
  }
}

const whole = (head: string, branch: string, why: string): Target => ({
  questions: [{ base: { kind: "audit" }, approvals: nobody(why) }],
  head,
  branch,
  notes: [],
});

async function ofPullRequest(
  { number, then }: Extract<Event, { kind: "pull-request" }>,
  around: Surroundings,
): Promise<Target | NoTarget> {
  const { github } = around;
  const live = github ? await answered(pullRequest(github, number)) : { refused: "there is no token" };
  const pull = "refused" in live ? then : live;
  const notes =
    "refused" in live
      ? [`GitHub could not be asked about #${number} (${live.refused}): its head and its base are those of the event.`]
      : [];
  const tip = tipAtOrigin(around.root, `refs/heads/${pull.base}`, around.credentials);
  if ("none" in tip) return noTip(pull.base, tip.none);
  const missing = broughtFor(around, tip.commit, pull.head);
  if (missing !== undefined) return missing;
  const base = { kind: "commits", name: pull.base, base: tip.commit, head: pull.head, judged: "merged" } as const;
  const approvals = github
    ? approvalsOf(github, async () => [pull], pull.head)
    : nobody("there is no token to ask GitHub with");
  return { questions: [{ base, approvals }], head: pull.head, branch: pull.base, pull, notes };
}

async function ofGroup(
  { head, parent, branch }: Extract<Event, { kind: "merge-group" }>,
  around: Surroundings,
): Promise<Target | NoTarget> {
  const { root, github, credentials } = around;
  const tip = tipAtOrigin(root, `refs/heads/${branch}`, credentials);
  if ("none" in tip) return noTip(branch, tip.none);
  const bases = [...new Set([tip.commit, parent])];
  for (const commit of [...bases, head]) {
    const missing = brought(around, commit);
    if (missing) return missing;
  }
  const group = once(async () => pullRequestsOfGroup(asked(github), branch, head));
  const [first = tip.commit, ...behind] = bases;
  const question = (base: string, pulls: () => Promise<readonly PullRequest[]>): Question => ({
    base: { kind: "commits", name: branch, base, head, judged: "itself" },
    approvals: github ? approvalsOf(github, pulls, head) : nobody("there is no token to ask GitHub with"),
  });
  return {
    questions: [
      question(first, group),
      // Against the group before it the change is that of its own pull request alone.
      ...behind.map((base) => question(base, async () => (await group()).slice(-1))),
    ],
    head,
    branch,
    notes: [],
  };
}

async function ofPush(
  { branch, head, before, into }: Extract<Event, { kind: "push" }>,
  around: Surroundings,
): Promise<Target | NoTarget> {
  const { root, github, credentials } = around;
  if (branch !== into) {
    const tip = tipAtOrigin(root, `refs/heads/${into}`, credentials);
    if ("none" in tip) return noTip(into, tip.none);
    const missing = broughtFor(around, tip.commit, head);
    if (missing !== undefined) return missing;
    const base = { kind: "commits", name: into, base: tip.commit, head, judged: "merged" } as const;
    return {
      questions: [{ base, approvals: nobody("a push to a branch is no pull request") }],
      head,
      branch: into,
      notes: [],
    };
  }
  if (before === undefined) return whole(head, branch, "this branch is new");
  const missing = brought(around, before) ?? brought(around, head);
  if (missing) return missing;
  const approvals = github
    ? approvalsOf(github, () => pullRequestsBehind(github, branch, before, head), head)
    : nobody("there is no token to ask GitHub with");
  const base = { kind: "commits", name: branch, base: before, head, judged: "itself" } as const;
  return { questions: [{ base, approvals }], head, branch, notes: [] };
}

/** Of two commits what a merge of them takes. */
function broughtFor(around: Surroundings, base: string, head: string): NoTarget | undefined {
  const { root, credentials } = around;
  const git = history(root);
  if ("none" in git)
    return { reason: git.none === "no-git" ? "There is no git checkout here." : git.reason, help: checkOut };
  const [ours, theirs] = git.head === undefined ? [] : git.parents(git.head);
  // The merge that GitHub made is checked out, and nothing is missing but the files of base.
  if (ours === base && theirs === head) return brought(around, base);
  if (!isShallow(root) && hasCommit(root, base) && hasCommit(root, head)) return undefined;
  const why = fetched(root, [base, head], "history", credentials);
  return why === undefined ? undefined : notBrought(why);
}

function brought({ root, credentials }: Surroundings, commit: string): NoTarget | undefined {
  if (hasCommit(root, commit)) return undefined;
  const why = fetched(root, [commit], "files", credentials);
  return why === undefined ? undefined : notBrought(why);
}

const checkOut = "Put `- uses: actions/checkout@v6` before this step.";
const notBrought = (why: string): NoTarget => ({
  reason: `What the change has to be compared with is not in this clone, and could not be fetched: ${why}.`,
  help: "Give the job `permissions: contents: read`, or actions/checkout `fetch-depth: 0`.",
});
const noTip = (branch: string, why: string): NoTarget => ({
  reason: `Nobody says what ${branch} is now: ${why}.`,
  help: `${checkOut} It needs \`permissions: contents: read\`.`,
});

async function answered<Result>(asking: Promise<Result>): Promise<Result | { readonly refused: string }> {
  try {
    return await asking;
  } catch (error) {
    return { refused: refusalOf(error).words };
  }
}

function asked(github: GitHub | undefined): GitHub {
  if (!github) throw new Error("there is no token to ask GitHub with");
  return github;
}

function once<Result>(act: () => Promise<Result>): () => Promise<Result> {
  let result: Promise<Result> | undefined;
  return () => {
    result ??= act();
    return result;
  };
}
