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

/** What a runner tells, as far as it decides what is judged. */
export interface Checkout {
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
  around: Checkout,
): Promise<Target | NoTarget> {
  if (event.kind === "whole")
    return whole(around.sha, around.ref.replace(/^refs\/heads\//, ""), "this run is of no pull request");
  const git = history(around.root);
  if ("none" in git)
    return git.none === "no-git"
      ? { reason: "There is no git checkout here.", help: checkOut }
      : { reason: git.reason, help: git.help };
  switch (event.kind) {
    case "pull-request":
      return ofPullRequest(event, around);
    case "merge-group":
      return ofGroup(event, around);
    case "push":
      return ofPush(event, around);
    case "branch":
      return ofBranch(event, around);
  }
}

const whole = (head: string, branch: string, why: string): Target => ({
  questions: [{ base: { kind: "audit" }, approvals: nobody(why) }],
  head,
  branch,
  notes: [],
});

/**
 * The status of the job is shown at the commit of the event, so this is what is judged, also when the run is started
 * again and the pull request has gone on: a verdict on another commit would be taken for one on this.
 */
async function ofPullRequest(
  { number, then: pull }: Extract<Event, { kind: "pull-request" }>,
  around: Checkout,
): Promise<Target | NoTarget> {
  const { github } = around;
  const live = github ? await answered(pullRequest(github, number)) : { refused: "there is no token" };
  const notes =
    "refused" in live
      ? [`GitHub could not be asked about #${number} (${live.refused}): its base is that of the event.`]
      : [];
  if ("base" in live && live.base !== pull.base)
    return {
      reason: `#${number} goes into ${live.base} now, and this run is about ${pull.base}.`,
      help: `The run that began when that was changed judges it; where there is none, add \`edited\` to the \`types\` of \`pull_request\`, and push again.`,
    };
  const tip = tipAtOrigin(around.root, `refs/heads/${pull.base}`, around.credentials);
  if ("none" in tip) return noTip(pull.base, tip.none);
  const missing = broughtFor(around, tip.commit, pull.head);
  if (missing !== undefined) return missing;
  const base = mergedInto(pull.base, tip.commit, pull.head, around);
  const approvals = github
    ? approvalsOf(github, async () => [pull], pull.head)
    : nobody("there is no token to ask GitHub with");
  return { questions: [{ base, approvals }], head: pull.head, branch: pull.base, pull, notes };
}

async function ofGroup(
  { head, parent, branch }: Extract<Event, { kind: "merge-group" }>,
  around: Checkout,
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

async function ofBranch({ into }: Extract<Event, { kind: "branch" }>, around: Checkout): Promise<Target | NoTarget> {
  const { root, credentials, sha: head } = around;
  const tip = tipAtOrigin(root, `refs/heads/${into}`, credentials);
  if ("none" in tip) return noTip(into, tip.none);
  const missing = broughtFor(around, tip.commit, head);
  if (missing !== undefined) return missing;
  const base = mergedInto(into, tip.commit, head, around);
  const approvals = nobody("a branch is no pull request");
  return { questions: [{ base, approvals }], head, branch: into, notes: [] };
}

/** What merging gives: GitHub's own merge, where the run has that of these two, or a trial. */
const mergedInto = (name: string, base: string, head: string, { sha: merge }: Checkout): BaseRequest => ({
  ...{ kind: "commits", name, base, head, judged: "merged", merge },
});

async function ofPush(
  { branch, head, before }: Extract<Event, { kind: "push" }>,
  around: Checkout,
): Promise<Target | NoTarget> {
  const { github } = around;
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
function broughtFor(around: Checkout, base: string, head: string): NoTarget | undefined {
  const { root, credentials, sha } = around;
  const git = history(root);
  const [ours, theirs] = "none" in git || !hasCommit(root, sha) ? [] : git.parents(sha);
  // The merge that GitHub made is here, and nothing is missing but the files of base.
  if (ours === base && theirs === head) return brought(around, base);
  if (!isShallow(root) && hasCommit(root, base) && hasCommit(root, head)) return undefined;
  const why = fetched(root, [base, head], "history", credentials);
  return why === undefined ? undefined : notBrought(why);
}

function brought({ root, credentials }: Checkout, commit: string): NoTarget | undefined {
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
