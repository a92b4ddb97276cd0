/** Where a job calls Phasegate. */

import { posix } from "node:path";
import type { Job, Step, Workflow } from "../checks/workflow-file.ts";
import { readScript, withoutAssignments } from "../checks/workflow-script.ts";
import { candidates, type StepTrouble } from "../checks/workflow-steps.ts";
import type { Tree } from "../model/ports.ts";
import type { Call, Version } from "./facts.ts";
import { textAt } from "./text-at.ts";
import { child, items, text, type Written } from "./written.ts";

/** A workflow as the parser reads it, and as it is written. */
export interface Read {
  readonly file: string;
  readonly text: string;
  readonly workflow: Workflow;
  readonly written: Written;
}

export interface CallIn {
  readonly line: number;
  readonly call: Call;
  /** The steps before it that run something, by their lines. */
  readonly earlier: readonly { readonly line: number; readonly what: string }[];
  /** The plan that it names; `undefined` where an expression does. */
  readonly plan: string | undefined;
  readonly troubles: readonly StepTrouble[];
}

/** The calls in the steps of a job, or in the reusable workflow of Phasegate that it calls. */
export function callsIn(job: Job, read: Read, tree: Tree): readonly CallIn[] {
  const written = child(child(read.written, "jobs"), job.id);
  const { reuses } = job;
  if (reuses !== null) {
    if (!/^[^/]+\/phasegate\/\.github\/workflows\//i.test(reuses)) return [];
    const call = { kind: "reusable", uses: reuses, version: versionOf(reuses) } as const;
    return [{ line: job.line, call, earlier: [], plan: planIn(child(written, "with")), troubles: calledBy(job, read) }];
  }
  const steps = flattened(items(child(written, "steps")));
  return job.steps.flatMap((step, at) => [
    ...actionIn(step, planIn(child(steps[at], "with")), job, read, tree),
    ...commandsIn(step, job, read, tree),
  ]);
}

/** What may keep a job from calling a reusable workflow. */
export function calledBy(job: Job, { workflow }: Read): readonly StepTrouble[] {
  const uses = job.reuses ?? "";
  const jobs = workflow.jobs.map((each) => (each.id === job.id ? { ...job, steps: [{ ...noStep, uses }] } : each));
  return candidates({ ...workflow, jobs }, { uses }).find((found) => found.job === job.id)?.troubles ?? [];
}

/** A job that calls a workflow has no step, and the same may keep it from doing so as if it had one. */
const noStep: Step = {
  line: 1,
  run: null,
  runLine: 1,
  uses: null,
  if: null,
  continueOnError: null,
  background: false,
  shell: null,
  workingDirectory: null,
  env: {},
  with: {},
};

/** In the order in which the parser gives them. */
const flattened = (steps: readonly Written[]): readonly Written[] =>
  steps.flatMap((step) => {
    const group = child(step, "parallel");
    return group === undefined ? [step] : flattened(items(group));
  });

function planIn(inputs: Written): string | undefined {
  const given = text(child(inputs, "plan")) ?? "phasegate.yml";
  return given.includes("${{") ? undefined : given.replace(/^\.\//, "");
}

function actionIn(step: Step, plan: string | undefined, job: Job, { workflow }: Read, tree: Tree): readonly CallIn[] {
  const uses = step.uses ?? "";
  const version = uses.startsWith("./") ? localVersion(uses, step, job, tree) : remoteVersion(uses);
  if (version === undefined) return [];
  const { troubles = [] } = found(workflow, { uses }, job, step.line) ?? {};
  const earlier = job.steps.slice(0, job.steps.indexOf(step)).flatMap(runBy);
  return [{ line: step.line, call: { kind: "action", uses, version }, earlier, plan, troubles }];
}

/** Actions that execute nothing of a checkout. */
const harmless = /^actions\/(checkout|setup-[\w-]+|cache|upload-artifact|download-artifact)@/i;

/** What a step runs. */
function runBy({ line, run, uses }: Step): readonly { readonly line: number; readonly what: string }[] {
  if (run !== null) return [{ line, what: `run: ${run.trim().split("\n")[0]}` }];
  return uses === null || harmless.test(uses) ? [] : [{ line, what: `uses: ${uses}` }];
}

const remoteVersion = (uses: string): Version | undefined =>
  /^[^/]+\/phasegate(?:\/[^@]*)?@/i.test(uses) ? versionOf(uses) : undefined;

const versionOf = (uses: string): Version => (isCommit(uses.replace(/^.*@/, "")) ? "commit" : "movable");
const isCommit = (ref: string): boolean => /^[0-9a-f]{40}$/i.test(ref);

/** `undefined` where it is another action. What lies in the checkout is the change's, unless another checkout put it there. */
function localVersion(uses: string, step: Step, job: Job, tree: Tree): Version | undefined {
  const folder = plain(uses);
  const beside = besideIn(folder, step, job);
  if (!beside) return isPhasegate(tree, folder) ? "local" : undefined;
  const { repository = "", path = "" } = beside;
  if (/\/phasegate$/i.test(repository)) return versionIn(beside);
  const inner = folder.slice(plain(path).length + 1);
  return repository !== "" || !isPhasegate(tree, inner) ? undefined : versionIn(beside);
}

const plain = (folder: string): string => folder.replace(/^\.\/+/, "").replace(/\/+$/, "");

/** What the step is given that checks out what lies in a folder, beside the change. */
const besideIn = (folder: string, step: Step, job: Job): Step["with"] | undefined =>
  job.steps
    .slice(0, job.steps.indexOf(step))
    .map(({ with: given }) => given)
    .findLast(({ path = "." }) => {
      const place = plain(path);
      return place !== "." && (folder === place || folder.startsWith(`${place}/`));
    });

/** An expression for the repository may name that of the change. */
function versionIn({ repository = "", ref = "" }: Step["with"]): Version {
  if (repository !== "") return !/^[^/$]+\/phasegate$/i.test(repository) ? "local" : versionOf(ref);
  // Of base, the change chooses nothing.
  return isCommit(ref) || /\bbase[._]|base_ref|default_branch/.test(ref) ? "commit" : "local";
}

/** A command that is called by its path in another checkout is of that one; what is installed is what the change says. */
function commandVersion(words: readonly string[], step: Step, job: Job): Version {
  const place = words.find((word) => word.includes("/"));
  const beside = place && besideIn(plain(posix.join(step.workingDirectory ?? "", place)), step, job);
  return beside ? versionIn(beside) : "local";
}

/** What runs before a command and could put something of the change into its place: everything but installing beside. */
function runBefore(step: Step, line: number, job: Job): CallIn["earlier"] {
  const before = job.steps.slice(0, job.steps.indexOf(step) + 1);
  return before.flatMap((each) =>
    each.run === null
      ? runBy(each)
      : readScript(each.run)
          .commands.map(({ words, line }) => ({ words, line: each.runLine + line - 1 }))
          .filter((command) => (each !== step || command.line < line) && !isInstallBeside(command.words, step, job))
          .map(({ words, line }) => ({ line, what: `run: ${words.join(" ")}` })),
  );
}

function isInstallBeside(words: readonly string[], step: Step, job: Job): boolean {
  const folder = optionOf(words, "--prefix");
  return (
    words[0] === "npm" &&
    words.some((word) => word === "ci" || word === "install") &&
    folder !== undefined &&
    besideIn(plain(folder), step, job) !== undefined
  );
}

/** A command that works in another checkout judges that one. */
function workElsewhere(step: Step, line: number, job: Job): readonly StepTrouble[] {
  const folder = step.workingDirectory;
  if (folder === null || !besideIn(plain(folder), step, job)) return [];
  const help = "Let it work at the top of the change's checkout, and call it by its path in the other one.";
  return [{ code: "elsewhere", found: `works in ${folder}, which is another checkout`, help, line }];
}

function isPhasegate(tree: Tree, folder: string): boolean {
  const files = ["action.yml", "action.yaml"].map((name) => (folder === "" ? name : `${folder}/${name}`));
  const action = files.map((file) => textAt(tree, file)).find((found) => found !== undefined) ?? "";
  return /^name:\s*["']?phasegate\b/im.test(action) || /\/phasegate@|\bphasegate(?:\.js)? run\b/.test(action);
}

/** Options with which a run proves less than the job is there for. */
const trials = ["--no-documents", "--approvals", "--postgres-version"];

function commandsIn(step: Step, job: Job, { workflow }: Read, tree: Tree): readonly CallIn[] {
  const script = step.run ?? "";
  return readScript(script).commands.flatMap((command): readonly CallIn[] => {
    const words = withoutAssignments(command.words);
    const run = runIn(words, tree);
    if (!run) return [];
    const line = step.runLine + command.line - 1;
    const asked = {
      runs: words.slice(0, run.end).join(" "),
      ...(step.workingDirectory === null ? {} : { "working-directory": step.workingDirectory }),
    };
    const { troubles = [] } = found(workflow, asked, job, line) ?? {};
    const version = commandVersion(words.slice(0, run.end), step, job);
    const plan = optionOf(run.options, "--plan") ?? "phasegate.yml";
    const base = optionOf(run.options, "--base");
    const trial = [
      ...trials.filter((option) => run.options.some((word) => word === option || word.startsWith(`${option}=`))),
      ...(base !== undefined && /^HEAD$|github\.sha\b/.test(base) ? [`--base ${base}`] : []),
    ];
    return [
      {
        line,
        call: {
          kind: "command",
          runs: asked.runs,
          version,
          trial,
          deep: isDeep(job.steps.slice(0, job.steps.indexOf(step))),
        },
        // One of the change needs nothing to go before it.
        earlier: version === "local" ? [] : runBefore(step, line, job),
        plan: /[$]/.test(plan) ? undefined : plan.replace(/^\.\//, ""),
        troubles: [...troubles.filter(({ code }) => code !== "arguments"), ...workElsewhere(step, line, job)],
      },
    ];
  });
}

/** `npx phasegate run …`, `node bin/phasegate.js run …`, or an npm script that says so. */
function runIn(
  words: readonly string[],
  tree: Tree,
): { readonly end: number; readonly options: readonly string[] } | undefined {
  const at = words.findIndex((word) => /(?:^|\/)phasegate(?:@[\w.-]+)?(?:\.js)?$/.test(word));
  if (at >= 0) return words[at + 1] === "run" ? { end: at + 2, options: words.slice(at + 2) } : undefined;
  if (!/^(?:npm|pnpm|yarn|bun)$/.test(words[0] ?? "")) return undefined;
  const name = words.slice(1).find((word) => word !== "run" && word !== "run-script" && !word.startsWith("-"));
  const script = name === undefined ? undefined : scriptsOf(tree)[name];
  const options = /\bphasegate(?:\.js)? run\b(.*)$/s.exec(script ?? "")?.[1];
  if (options === undefined || name === undefined) return undefined;
  return { end: words.indexOf(name) + 1, options: [...options.trim().split(/\s+/), ...words] };
}

function scriptsOf(tree: Tree): { readonly [name: string]: string } {
  try {
    const { scripts = {} } = JSON.parse(textAt(tree, "package.json") ?? "{}") as { scripts?: Record<string, string> }; // npm's
    return scripts;
  } catch {
    return {}; // npm would not run any
  }
}

const optionOf = (words: readonly string[], option: string): string | undefined => {
  const at = words.findIndex((word) => word === option || word.startsWith(`${option}=`));
  return at < 0 ? undefined : words[at] === option ? words[at + 1] : words[at]?.slice(option.length + 1);
};

/** The last checkout at the root brings the whole history. */
const isDeep = (before: readonly Step[]): boolean =>
  before.findLast(({ uses, with: given }) => /^actions\/checkout@/i.test(uses ?? "") && (given.path ?? ".") === ".")
    ?.with["fetch-depth"] === "0";

const found = (workflow: Workflow, asked: Parameters<typeof candidates>[1], job: Job, line: number) =>
  candidates(workflow, asked).find((one) => one.job === job.id && one.line === line);
