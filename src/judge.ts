/** What the command line, the action and the library share: the adapters put together into one run. */

import { performance } from "node:perf_hooks";
import { nobody } from "./approvals/nobody.ts";
import { kinds } from "./checks/table.ts";
import { migrations } from "./migrate/tool.ts";
import { type Approvals, ConnectionLost, type Server, type Tree } from "./model/ports.ts";
import type { Mistake, Report, Run } from "./model/report.ts";
import { type ReadPlan, readPlan } from "./plan/read.ts";
import { type BootOptions, boot, Unavailable } from "./postgres/boot.ts";
import { type Cluster, openCluster } from "./postgres/cluster.ts";
import { type OwnedPrograms, programs } from "./programs/programs.ts";
import { treeWriter } from "./repository/tree-writer.ts";
import { workingTree } from "./repository/working-tree.ts";
import type { Progress, World } from "./run/ports.ts";
import { run } from "./run/run.ts";
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
  /** Phases whose gates are run although they have not been started. */
  readonly phases: readonly string[];
  readonly env: BootOptions["env"];
  /** Who can be asked what reviewers said; nobody unless told. */
  readonly approvals?: Approvals;
  /** Writes the files that checks derive (results of SQL tests) into the checkout before it is judged. */
  readonly writeResults?: boolean;
  /** Folders whose `node_modules` may hold PostgreSQL's binaries; the working directory unless told. */
  readonly projects?: readonly string[];
  readonly onProgress?: (progress: Progress | { readonly kind: "booting"; readonly message: string }) => void;
  /** Aborted when whoever asked does not want the answer any more; everything is removed before the run ends. */
  readonly signal?: AbortSignal;
}

/** Reads the plan of a tree, and finds every mistake in it. */
export function readPlanOf(
  tree: Tree,
  file: string,
): { readonly read: ReadPlan } | { readonly mistakes: readonly [Mistake, ...Mistake[]] } {
  let text: string | undefined;
  try {
    text = tree.read(file);
  } catch (error) {
    return { mistakes: [{ message: wordsOf(error), help: "The plan is a UTF-8 text file." }] };
  }
  if (text !== undefined) return readPlan(text, file, kinds);
  const plans = tree.list().filter((path) => /(^|\/|\.)phasegate\.ya?ml$/.test(path));
  return {
    mistakes: [
      {
        message: `${file} does not exist.`,
        help:
          plans.length === 0
            ? "Write a plan, or give its path with --plan."
            : `Give one of these with --plan: ${plans.join(", ")}.`,
      },
    ],
  };
}

/** Judges a checkout. Whatever happens, the server that was booted is gone when this resolves. */
export async function judge(options: JudgeOptions): Promise<Run> {
  const begun = performance.now();
  const tree = workingTree(options.root);
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

  let server: Server | undefined;
  let cluster: Cluster | undefined;
  const running = programs(options.root);
  const approvals = options.approvals ?? nobody("this run knows of no pull request");
  try {
    options.onProgress?.({ kind: "booting", message: "" });
    server = await boot({
      provider: options.postgres,
      major: options.major ?? read.plan.postgres.version,
      env: options.env,
      ...(options.projects === undefined ? {} : { projects: options.projects }),
      onProgress: (message) => options.onProgress?.({ kind: "booting", message }),
    });
    const asked = read.plan.postgres.version;
    const trial = server.major === asked ? {} : { insteadOf: asked };
    const bootMs = performance.now() - begun;
    const ended = Promise.race([server.died, aborted(options.signal)]);
    cluster = await unless(ended, openCluster(server, { roles: rolesOf(read), migrator: read.plan.postgres.migrator }));
    const world: World = {
      databases: { ...cluster, major: server.major },
      migrations: migrations(cluster, read.plan),
      tree,
      linter: linter(),
      programs: running,
      approvals,
      ...(options.writeResults ? { writer: treeWriter(options.root) } : {}),
      now: () => performance.now(),
      progress: (progress) => options.onProgress?.(progress),
      died: ended,
    };
    const judged = await unless(ended, run(read, kinds, world, { phases: options.phases }));
    if ("mistakes" in judged) return { status: "unusable", mistakes: judged.mistakes };
    const { phases, violations, ...timings } = judged;
    const report: Report = {
      version: 1,
      tool: { name: "phasegate", version },
      plan: { name: read.plan.name, file: read.file },
      base: { kind: "audit" },
      postgres: { provider: server.provider, version: server.version, why: server.why, ...trial },
      ...(approvals.source === undefined ? {} : { approvals: approvals.source }),
      phases,
      violations,
      conclusion: violations.length === 0 ? "in-order" : "must-not-be-merged",
      timings: { totalMs: performance.now() - begun, bootMs, ...timings },
    };
    return { status: "judged", report };
  } catch (error) {
    if (options.signal?.aborted) return { status: "not-judged", reason: "The run was stopped." };
    return notJudged(named(error));
  } finally {
    await cleared(server, cluster, running);
  }
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

function notJudged(error: unknown): Run {
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
