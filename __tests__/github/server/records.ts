import type {
  App,
  CheckRun,
  Comment,
  Job,
  Protection,
  Pull,
  Review,
  Ruleset,
  State,
  Token,
  Workflow,
  WorkflowRun,
} from "./state.ts";

/** What a test says of a thing; the rest has ordinary values. */

const someTime = "2026-01-05T10:00:00Z";

/** A commit's name for tests: forty hexadecimal digits that repeat what is given, which must be hexadecimal. */
export const sha = (digits: string): string => digits.repeat(40).slice(0, 40);

export const githubActions: App = { id: 15368, slug: "github-actions", name: "GitHub Actions" };

/** The GITHUB_TOKEN of a workflow, with the permissions that its job asked for. */
export const workflowToken = (permissions: Token["permissions"]): Token => ({
  login: "github-actions[bot]",
  app: githubActions,
  permissions,
});

/** The secret of the token that there is unless a test says otherwise. */
export const secret = "ghs_fake";

export const pullRequest = (of: Pick<Pull, "number" | "head"> & Partial<Pull>): Pull => ({
  title: `Pull request ${of.number}`,
  body: null,
  author: "eve",
  base: { ref: "main", sha: sha("a") },
  state: "open",
  draft: false,
  locked: false,
  mergeCommit: null,
  createdAt: someTime,
  ...of,
});

export const review = (of: Pick<Review, "id" | "pull" | "login" | "state"> & Partial<Review>): Review => ({
  association: "MEMBER",
  commit: sha("b"),
  body: "",
  submittedAt: someTime,
  ...of,
});

export const comment = (of: Pick<Comment, "id" | "pull" | "login" | "body"> & Partial<Comment>): Comment => ({
  createdAt: someTime,
  updatedAt: of.createdAt ?? someTime,
  visibleFrom: 0,
  ...of,
});

export const checkRun = (of: Pick<CheckRun, "id" | "name" | "headSha"> & Partial<CheckRun>): CheckRun => ({
  status: "completed",
  conclusion: "success",
  externalId: "",
  detailsUrl: "https://github.com",
  startedAt: someTime,
  completedAt: someTime,
  title: null,
  summary: null,
  text: null,
  annotations: [],
  app: githubActions,
  ...of,
});

export const workflow = (of: Pick<Workflow, "id" | "path"> & Partial<Workflow>): Workflow => ({
  name: of.path,
  state: "active",
  ...of,
});

export const workflowRun = (of: Pick<WorkflowRun, "id" | "headSha" | "event"> & Partial<WorkflowRun>): WorkflowRun => ({
  workflow: 1,
  title: `Run ${of.id}`,
  headBranch: "work",
  status: "completed",
  conclusion: "success",
  attempt: 1,
  actor: "eve",
  createdAt: someTime,
  ...of,
});

export const job = (of: Pick<Job, "id" | "run"> & Partial<Job>): Job => ({
  attempt: 1,
  name: "gate",
  status: "completed",
  conclusion: "success",
  startedAt: someTime,
  ...of,
});

export const ruleset = (of: Pick<Ruleset, "id" | "rules"> & Partial<Ruleset>): Ruleset => ({
  name: `Ruleset ${of.id}`,
  target: "branch",
  enforcement: "active",
  source: { type: "Repository", name: "ada/shop" },
  include: ["~DEFAULT_BRANCH"],
  exclude: [],
  bypass: [],
  ...of,
});

export const protection = (of: Partial<Protection> = {}): Protection => ({
  admins: true,
  linearHistory: false,
  forcePushes: false,
  deletions: false,
  conversations: false,
  ...of,
});

/** A public repository `ada/shop` where nothing has happened, and a token that may do what a gate needs. */
export const quietState = (): State => ({
  owner: "ada",
  name: "shop",
  private: false,
  defaultBranch: "main",
  branches: { main: sha("a") },
  pulls: [],
  reviews: [],
  teams: {},
  commitPulls: {},
  comparisons: {},
  queues: {},
  checkRuns: [],
  comments: [],
  commentLag: 0,
  workflows: [workflow({ id: 1, path: ".github/workflows/gate.yml", name: "gate" })],
  runs: [],
  jobs: [],
  rulesets: [],
  protection: {},
  tokens: {
    [secret]: workflowToken({ actions: "write", checks: "write", contents: "read", "pull-requests": "write" }),
  },
  rate: { limit: 1000, remaining: 1000, resetsInS: 3600 },
  content: { perMinute: 80, perHour: 500 },
  now: () => new Date(),
});
