/** What the command line, the action and the library share: the adapters put together into one run. */

import { performance } from "node:perf_hooks";
import { nobody } from "./approvals/nobody.ts";
import { kinds } from "./checks/table.ts";
import type { Derived } from "./documents/document.ts";
import { type BaseRequest, type Measure, measure, planOf } from "./measure.ts";
import { migrations } from "./migrate/tool.ts";
import { type Approvals, ConnectionLost, type Programs, type Server, type Tree } from "./model/ports.ts";
import type { Base, Finding, GateResult, Mistake, Report, Run, Violation } from "./model/report.ts";
import { isPlan } from "./plan/ratchet-plans.ts";
import type { ReadPlan } from "./plan/read.ts";
import { type BootOptions, boot, Unavailable } from "./postgres/boot.ts";
import { type Cluster, openCluster } from "./postgres/cluster.ts";
import { type OwnedPrograms, programs } from "./programs/programs.ts";
import { treeWriter } from "./repository/tree-writer.ts";
import { ownerApproval } from "./run/approved.ts";
import type { Against } from "./run/change.ts";
import type { Progress, World } from "./run/ports.ts";
import { type Judged, type RunOptions, run } from "./run/run.ts";
import { named } from "./sql/error.ts";
import { linter } from "./squawk/linter.ts";
import { version } from "./version.ts";

export interface JudgeOptions {
  /** Root of the checkout. */
  readonly root: string;
  /** Path of the plan in it. */
  readonly plan: string;
  readonly postgres: BootOptions["provider"];
  /** Another major version than the plan's, for a trial; such a run never verifies. */
  readonly major?: number;
  /** What the change is measured against. */
  readonly base: BaseRequest;
  /** Judge what merging the checked-out commit into the tip of base would give. */
  readonly merged?: boolean;
  /** Whether verification documents are asked for; a run that does not ask is a trial. */
  readonly documents: "asked" | "not-asked";
  /** Phases whose gates are run although they have not been started. */
  readonly phases: readonly string[];
  readonly env: BootOptions["env"];
  /** Who can be asked what reviewers said; nobody unless told. */
  readonly approvals?: Approvals;
  /** Writes the files that checks derive (results of SQL tests) into the checkout before it is judged. */
  readonly writeResults?: boolean;
  /** `pinned`: no program of an npm package is executed but those that are fetched with their hash; see `BootOptions`. */
  readonly packages?: "installed" | "pinned";
  readonly onProgress?: (progress: Progress | { readonly kind: "booting"; readonly message: string }) => void;
  /** Aborted when whoever asked does not want the answer any more; everything is removed before the run ends. */
  readonly signal?: AbortSignal;
}

/** Reads the plan of a tree, and finds every mistake in it. */
export function readPlanOf(
  tree: Tree,
  file: string,
): { readonly read: ReadPlan } | { readonly mistakes: readonly [Mistake, ...Mistake[]] } {
  const mistake = (message: string, help: string) => ({ mistakes: [{ message, help }] as const });
  if (/^\.\.(\/|$)/.test(file))
    return mistake(
      `${file} does not exist in the repository: the path leads out of it.`,
      "A plan lies in the repository whose changes it judges.",
    );
  let text: string | undefined;
  try {
    text = tree.read(file);
  } catch (error) {
    return mistake(`${wordsOf(error)}.`, "The plan is a UTF-8 text file in the repository, and no link.");
  }
  if (text !== undefined) return planOf(text, file);
  const files = tree.list();
  const plans = files.filter(isPlan);
  const isFolder = files.some((path) => path.startsWith(`${file.replace(/\/$/, "")}/`));
  return mistake(
    isFolder ? `${file} is a folder, and no plan.` : `${file} does not exist.`,
    plans.length === 0
      ? "`phasegate init` writes a first plan; one with another name is given with --plan."
      : `Give one of these with --plan: ${plans.join(", ")}.`,
  );
}

/** What a run gives, with what verification documents would record, and the paths that the change touches. */
export type Judgement =
  | Exclude<Run, { status: "judged" }>
  | (Extract<Run, { status: "judged" }> & {
      readonly derived: readonly Derived[];
      readonly changed: readonly string[];
    });

/** Judges a checkout, or what it would be after its merge. Whatever happens, the server that was booted is gone when this resolves. */
export async function judge(options: JudgeOptions): Promise<Judgement> {
  const begun = performance.now();
  try {
    const measuring = measure(options.root, options.plan, options.base, options.merged ? "merged" : "checkout");
    if ("mistakes" in measuring) return { status: "unusable", mistakes: measuring.mistakes };
    if ("notJudged" in measuring) return { status: "not-judged", reason: measuring.notJudged, help: measuring.help };
    const { tree, base, against } = measuring.measure;
    const listed = new Set(tree.list());
    const missing = (against?.plans ?? []).filter((path) => !listed.has(path));
    const changed = (against?.changes ?? []).map(({ path }) => path);
    const planFree = { base, begun, documents: options.documents };
    if (missing.includes(options.plan)) return { ...planMissing(missing, planFree), derived: [], changed };

    const reading = readPlanOf(tree, options.plan);
    if ("mistakes" in reading) return { status: "unusable", mistakes: reading.mistakes };
    const { read } = reading;
    const unknown = options.phases.filter((id) => !read.plan.phases.some((phase) => phase.id === id));
    if (unknown.length > 0) {
      const known = read.plan.phases.map(({ id }) => id).join(", ");
      return {
        status: "unusable",
        mistakes: [{ message: `The plan has no phase ${unknown.join(", ")}.`, help: `Its phases: ${known}.` }],
      };
    }
    const approvals = options.approvals ?? nobody("this run knows of no pull request");
    const judged = await judgeTree(
      read,
      tree,
      { ...options, approvals },
      {
        phases: options.phases,
        documents: options.documents,
        ...(against ? { against: { ...against, failing: () => failingAt(against, options) } satisfies Against } : {}),
      },
    );
    if ("mistakes" in judged) return { status: "unusable", mistakes: judged.mistakes };
    const { phases, differences, violations, derived, postgres, bootMs, ...timings } = judged;
    const all = [...missing.map(planGone), ...(await furtherPlan(read, against, approvals)), ...violations];
    const report: Report = {
      version: 1,
      tool: { name: "phasegate", version },
      plan: { name: read.plan.name, file: read.file },
      base,
      postgres,
      documents: options.documents,
      ...(approvals.source === undefined ? {} : { approvals: approvals.source }),
      phases,
      differences,
      violations: all,
      conclusion: all.length === 0 ? "in-order" : "must-not-be-merged",
      timings: { totalMs: performance.now() - begun, bootMs, ...timings },
    };
    return { status: "judged", report, derived, changed };
  } catch (error) {
    if (options.signal?.aborted) return { status: "not-judged", reason: "The run was stopped." };
    return notJudged(named(error));
  }
}

/** Boots, runs, and removes everything again. */
async function judgeTree(
  read: ReadPlan,
  tree: Tree,
  options: JudgeOptions & { readonly approvals: Approvals },
  asked: RunOptions,
): Promise<
  | (Judged & { readonly postgres: NonNullable<Report["postgres"]>; readonly bootMs: number })
  | { readonly mistakes: readonly [Mistake, ...Mistake[]] }
> {
  let server: Server | undefined;
  let cluster: Cluster | undefined;
  const running = programs(options.root);
  let clearing: Promise<void> | undefined;
  const clear = (): Promise<void> => {
    clearing ??= cleared(server, cluster, running);
    return clearing;
  };
  const booting = performance.now();
  try {
    options.onProgress?.({ kind: "booting", message: "" });
    server = await boot({
      provider: options.postgres,
      major: options.major ?? read.plan.postgres.version,
      env: options.env,
      ...(options.packages ? { packages: options.packages } : {}),
      onProgress: (message) => options.onProgress?.({ kind: "booting", message }),
    });
    const version = read.plan.postgres.version;
    const trial = server.major === version ? {} : { insteadOf: version };
    const bootMs = performance.now() - booting;
    const ended = Promise.race([server.died, aborted(options.signal)]);
    cluster = await unless(ended, openCluster(server, { roles: rolesOf(read), migrator: read.plan.postgres.migrator }));
    // Programs of the change are run where base's plan allows it; that the changed plan does is not enough.
    const allowed = asked.against?.plan?.plan.policy.programs ?? read.plan.policy.programs;
    const world: World = {
      databases: { ...cluster, major: server.major },
      migrations: migrations(cluster, { migrations: read.plan.migrations, policy: { programs: allowed } }),
      tree,
      linter: linter({ env: options.env, ...(options.packages ? { packages: options.packages } : {}) }),
      programs: allowed === "allow" ? running : refusedPrograms,
      approvals: options.approvals,
      ...(options.writeResults ? { writer: treeWriter(options.root) } : {}),
      now: () => performance.now(),
      progress: (progress) => options.onProgress?.(progress),
      died: ended,
    };
    const judged = await unless(ended, run(read, kinds, world, server.owned ? asked : givingBack(asked, clear)));
    if ("mistakes" in judged) return judged;
    return {
      ...judged,
      postgres: { provider: server.provider, version: server.version, why: server.why, ...trial },
      bootMs,
    };
  } finally {
    await clear();
  }
}

/** A lent server serves one run at a time: base is judged there once this run, which then needs it no more, has given it back. */
const givingBack = ({ against, ...asked }: RunOptions, clear: () => Promise<void>): RunOptions =>
  against ? { ...asked, against: { ...against, failing: () => clear().then(() => against.failing()) } } : asked;

/** Gates that fail on base itself. What cannot be judged there excuses nothing. */
async function failingAt(
  { plan, tree }: NonNullable<Measure["against"]>,
  { writeResults: _, ...options }: JudgeOptions,
): Promise<ReadonlySet<string>> {
  if (!plan) return new Set();
  const judged = await judgeTree(
    plan,
    tree,
    { ...options, approvals: nobody("base is judged alone") },
    { phases: [], documents: "not-asked" },
  );
  if ("mistakes" in judged) return new Set();
  const gates = judged.phases.flatMap((phase) => phase.gates);
  // Nobody can be asked for base, so what only people keep from holding there says nothing of it.
  const fails = ({ checks, verdict }: GateResult) =>
    verdict.status !== "passed" &&
    (checks.length === 0 || checks.some((check) => check.kind !== "approval" && check.verdict.status !== "passed"));
  return new Set(gates.filter(fails).map(({ id }) => id));
}

const refusedPrograms: Programs = {
  run: () =>
    Promise.reject(
      new Error("the plan on base refuses programs of the change; they run once `programs: allow` is merged"),
    ),
};

const planGone = (file: string): Violation => ({
  code: "plan-missing",
  findings: [
    {
      code: "plan-missing",
      message: `${file} is gone; base has it.`,
      help: "Put it back. A plan is taken away by an administrator, and by no change that it would judge.",
      place: { file, line: 1 },
    },
  ],
  place: { file, line: 1 },
  consequences: [],
});

function planMissing(
  missing: readonly string[],
  { base, begun, documents }: { readonly base: Base; readonly begun: number; readonly documents: Report["documents"] },
): Extract<Run, { status: "judged" }> {
  const [file = ""] = missing;
  const report: Report = {
    version: 1,
    tool: { name: "phasegate", version },
    plan: { name: file, file },
    base,
    documents,
    phases: [],
    differences: [],
    violations: missing.map(planGone),
    conclusion: "must-not-be-merged",
    timings: { totalMs: performance.now() - begun, bootMs: 0, replayMs: 0, checksMs: 0, proofMs: 0, phasesMs: {} },
  };
  return { status: "judged", report };
}

/** This plan is new, and base has others: whoever owns those has to agree to one more. */
async function furtherPlan(
  read: ReadPlan,
  against: Measure["against"],
  approvals: Approvals,
): Promise<readonly Violation[]> {
  if (!against || against.plan || against.plans.length === 0) return [];
  const owners = against.plans.flatMap((path) => {
    const reading = readPlanOf(against.tree, path);
    return "read" in reading ? reading.read.plan.policy["plan-owners"] : [];
  });
  const approval = await ownerApproval(approvals, [...new Set(owners)]);
  if (approval.approved) return [];
  const place = { file: read.file, line: 1 };
  const finding: Finding = {
    code: "plan-weakened",
    message: `${read.file} is a further plan beside ${against.plans.join(", ")}, which base has.`,
    help: `Put its phases into the plan that is there, or have it approved. ${approval.why}`,
    place,
  };
  return [{ code: "plan-weakened", findings: [finding], place, consequences: [] }];
}

/**
 * Removes what the run made. On a server of our own, whatever could not be removed goes with the server.
 * @throws where something stays behind on a server that was lent
 */
async function cleared(
  server: Server | undefined,
  cluster: Cluster | undefined,
  running: OwnedPrograms,
): Promise<void> {
  const [closed] = await Promise.allSettled([cluster?.close(), running.stop()]);
  await server?.stop();
  if (closed.status === "rejected" && server && !server.owned) {
    throw new Error(`What the run made on the lent server could not be removed: ${wordsOf(closed.reason)}`, {
      cause: closed.reason,
    });
  }
}

const rolesOf = ({ plan }: ReadPlan) =>
  plan.postgres.roles.map(({ name, bypassrls, "member-of": memberOf }) => ({ name, bypassrls, memberOf }));

const wordsOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

function notJudged(error: unknown): Extract<Run, { status: "not-judged" }> {
  // Its message says what to do already.
  if (error instanceof Unavailable) return { status: "not-judged", reason: error.message };
  if (error instanceof ConnectionLost) {
    return {
      status: "not-judged",
      reason: `PostgreSQL went away before everything was judged: ${error.message}`,
      help: "Run again; if it happens again, look at the memory and the limits of this machine.",
    };
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return {
    status: "not-judged",
    reason: wordsOf(error),
    help: `If this is a defect of Phasegate, report it with these lines:\n${stack}`,
  };
}

/** Waits for the work, but no longer than the server lives. */
async function unless<Result>(ended: Promise<string>, work: Promise<Result>): Promise<Result> {
  // What is still under way fails by itself when its connection ends; nobody waits for it any more.
  work.catch(() => undefined);
  return Promise.race([work, ended.then((reason) => Promise.reject(new ConnectionLost(reason)))]);
}

const aborted = (signal: AbortSignal | undefined): Promise<string> =>
  new Promise((resolve) => {
    const tell = () => resolve("the run was stopped");
    // It may have been aborted while the server booted, and then says so no more.
    if (signal?.aborted) tell();
    signal?.addEventListener("abort", tell, { once: true });
  });
