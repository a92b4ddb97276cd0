import type { RestEndpointMethodTypes } from "@octokit/rest";

/**
 * What the fake GitHub knows. Nothing of it is readonly: a test is the rest of the world, and changes it between two
 * requests (somebody pushes, a review is dismissed, another run comments).
 */
export interface State {
  /** Of the one repository that there is. */
  owner: string;
  name: string;
  private: boolean;
  defaultBranch: string;
  /** Branch → commit at its tip. */
  branches: { [branch: string]: string };
  pulls: Pull[];
  reviews: Review[];
  /** `organisation/team` → logins. */
  teams: { [team: string]: string[] };
  /** Commit → numbers of its pull requests, beside those whose head or merge commit it is. */
  commitPulls: { [sha: string]: number[] };
  /** `base...head`, as commits → how they lie to each other. */
  comparisons: { [basehead: string]: Comparison };
  /** Branch → its merge queue; a branch that is not named has none. */
  queues: { [branch: string]: QueueEntry[] };
  checkRuns: CheckRun[];
  comments: Comment[];
  /** How many later requests are answered before lists hold a comment that was just created. */
  commentLag: number;
  workflows: Workflow[];
  runs: WorkflowRun[];
  jobs: Job[];
  rulesets: Ruleset[];
  /** Branch → its protection (the classic one). */
  protection: { [branch: string]: Protection };
  /** Secret → who asks with it. */
  tokens: { [secret: string]: Token };
  /** The primary rate limit. */
  rate: { limit: number; remaining: number; resetsInS: number };
  /** The secondary limit: how many requests that create content are accepted. */
  content: { perMinute: number; perHour: number };
  now: () => Date;
}

/** As a workflow spells them; `administration` and `members` cannot be given to GITHUB_TOKEN. */
export type Permission = "actions" | "administration" | "checks" | "contents" | "issues" | "members" | "pull-requests";

export interface Token {
  login: string;
  /** Undefined for a person's token. */
  app: App | undefined;
  permissions: { [P in Permission]?: "read" | "write" };
}

export interface App {
  id: number;
  slug: string;
  name: string;
}

export interface Pull {
  number: number;
  title: string;
  body: string | null;
  author: string;
  /** `repository` is the full name of a fork, or null where it was deleted; undefined in the repository itself. */
  head: { ref: string; sha: string; repository?: string | null };
  base: { ref: string; sha: string };
  state: "open" | "closed" | "merged";
  draft: boolean;
  locked: boolean;
  mergeCommit: string | null;
  createdAt: string;
}

export interface Review {
  id: number;
  pull: number;
  /** Null where the account is gone. */
  login: string | null;
  association: Association;
  commit: string | null;
  state: "APPROVED" | "CHANGES_REQUESTED" | "COMMENTED" | "DISMISSED" | "PENDING";
  body: string;
  submittedAt: string;
}

export type Association = RestEndpointMethodTypes["issues"]["getComment"]["response"]["data"]["author_association"] &
  string;

export interface Comparison {
  status: "ahead" | "behind" | "diverged" | "identical";
  mergeBase: string;
  ahead: string[];
  behindBy: number;
}

export interface QueueEntry {
  pull: number;
  headCommit: string | null;
  baseCommit: string | null;
  position: number;
}

export interface Annotation {
  path: string;
  start_line: number;
  end_line: number;
  start_column?: number;
  end_column?: number;
  annotation_level: "notice" | "warning" | "failure";
  message: string;
  title?: string;
  raw_details?: string;
}

export interface CheckRun {
  id: number;
  name: string;
  headSha: string;
  status: "queued" | "in_progress" | "completed";
  conclusion: NonNullable<RestEndpointMethodTypes["checks"]["get"]["response"]["data"]["conclusion"]> | null;
  externalId: string;
  detailsUrl: string;
  startedAt: string;
  completedAt: string | null;
  title: string | null;
  summary: string | null;
  text: string | null;
  annotations: Annotation[];
  app: App;
}

export interface Comment {
  id: number;
  pull: number;
  login: string;
  body: string;
  createdAt: string;
  updatedAt: string;
  /** The number of the request from which on lists hold it. */
  visibleFrom: number;
}

export interface Workflow {
  id: number;
  name: string;
  path: string;
  state: RestEndpointMethodTypes["actions"]["listRepoWorkflows"]["response"]["data"]["workflows"][number]["state"];
}

export interface WorkflowRun {
  id: number;
  workflow: number;
  title: string;
  event: string;
  headSha: string;
  headBranch: string | null;
  /** The full name of a fork; undefined for the repository itself. */
  headRepository?: string;
  status: "queued" | "in_progress" | "completed" | "waiting";
  conclusion: "success" | "failure" | "cancelled" | "skipped" | "timed_out" | "action_required" | null;
  attempt: number;
  actor: string;
  createdAt: string;
}

export interface Job {
  id: number;
  run: number;
  attempt: number;
  name: string;
  status: "queued" | "in_progress" | "completed";
  conclusion: "success" | "failure" | "cancelled" | "skipped" | "timed_out" | null;
  startedAt: string;
}

type RulesetAnswer = RestEndpointMethodTypes["repos"]["getRepoRuleset"]["response"]["data"];

export type Rule = NonNullable<RulesetAnswer["rules"]>[number];

export interface Ruleset {
  id: number;
  name: string;
  target: "branch" | "tag" | "push";
  enforcement: RulesetAnswer["enforcement"];
  /** Who made it; an organisation's is shown to its repositories. */
  source: { type: "Repository" | "Organization"; name: string };
  include: string[];
  exclude: string[];
  rules: Rule[];
  bypass: NonNullable<RulesetAnswer["bypass_actors"]>;
}

export interface Protection {
  checks?: { strict: boolean; required: { context: string; app: number | null }[] };
  reviews?: { approvals: number; dismissStale: boolean; codeOwners: boolean; lastPush: boolean };
  admins: boolean;
  linearHistory: boolean;
  forcePushes: boolean;
  deletions: boolean;
  conversations: boolean;
}
