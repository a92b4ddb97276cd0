import { altersLater } from "./workflow-altering.ts";
import { executionsOf } from "./workflow-execution.ts";
import type { Job, Step, Workflow } from "./workflow-file.ts";

/** What the plan asks to be executed. */
export type Asked = {
  readonly runs?: string | undefined;
  readonly uses?: string | undefined;
  readonly "working-directory"?: string | undefined;
};

export type StepCode = "conditional" | "harmless" | "elsewhere" | "arguments" | "altered";

export interface StepTrouble {
  readonly code: StepCode;
  /** Completes "`npm test` …". */
  readonly found: string;
  readonly help: string;
  readonly line: number;
}

/** A step that executes what is asked for, with everything that speaks against it. */
export interface Candidate {
  readonly job: string;
  readonly line: number;
  readonly troubles: readonly StepTrouble[];
}

/** All steps that execute it, those with the fewest troubles first. */
export function candidates({ jobs }: Workflow, asked: Asked): readonly Candidate[] {
  const found = jobs.flatMap((job) =>
    job.steps.flatMap((step, at): Candidate[] => {
      const around = [...jobTroubles(job, jobs), ...earlierTroubles(job.steps.slice(0, at)), ...stepTroubles(step)];
      if (asked.uses !== undefined) {
        return usesAction(step, asked.uses) ? [{ job: job.id, line: step.line, troubles: around }] : [];
      }
      return executionsOf(step.run ?? "", asked.runs ?? "", shellOf(step, job).pipefail).map(
        ({ line, troubles, moves }) => {
          const at = step.runLine + line - 1;
          const inside = troubles.map((trouble) => ({ ...trouble, line: at }));
          return {
            job: job.id,
            line: at,
            troubles: [
              ...around,
              ...shellTroubles(step, job),
              ...envTroubles(step),
              ...placeTroubles(step, asked, moves),
              ...inside,
            ],
          };
        },
      );
    }),
  );
  return found.toSorted((a, b) => a.troubles.length - b.troubles.length);
}

/** `owner/action` whatever its version; with `@`, exactly this. */
export const usesAction = ({ uses }: Pick<Step, "uses">, asked: string): boolean =>
  uses !== null && (uses === asked || uses.split("@")[0]?.toLowerCase() === asked.toLowerCase());

/** Conditions under which a job or step runs although nothing was said about it: as good as none. */
const isAlways = (condition: string | null): boolean =>
  condition === null || /^(?:always\(\)|success\(\)|!\s*cancelled\(\)|true)$/i.test(bare(condition));

/** Runs also where a job that it needs was skipped. */
const isWhatever = (condition: string | null): boolean =>
  condition !== null && /^(?:always\(\)|!\s*cancelled\(\))$/i.test(bare(condition));

const bare = (condition: string): string => condition.replace(/^\s*\$\{\{([\s\S]*)\}\}\s*$/, "$1").trim();

function jobTroubles(job: Job, jobs: readonly Job[]): StepTrouble[] {
  const { id, line } = job;
  const troubles: StepTrouble[] = [];
  if (!isAlways(job.if)) {
    const found = `is in job ${id}, which runs only if \`${bare(job.if ?? "")}\``;
    troubles.push({ code: "conditional", found, help: `Take \`if:\` out of job ${id}.`, line });
  }
  const needed = isWhatever(job.if) ? undefined : conditionalNeed(job, jobs, new Set());
  if (needed) {
    const found = `is in job ${id}, which needs job ${needed.id}, which runs only if \`${bare(needed.if ?? "")}\``;
    const help = `Take \`if:\` out of job ${needed.id}, or do not let ${id} need it.`;
    troubles.push({ code: "conditional", found, help, line: needed.line });
  }
  if (!isOff(job.continueOnError)) {
    const found = `is in job ${id}, which has \`continue-on-error: ${job.continueOnError}\``;
    troubles.push({ code: "harmless", found, help: "Take `continue-on-error:` out of the job.", line });
  }
  return troubles;
}

/** A job that this one waits for, and that may be skipped: then this one is skipped too. */
function conditionalNeed(job: Job, jobs: readonly Job[], seen: Set<string>): Job | undefined {
  for (const id of job.needs) {
    const needed = jobs.find((other) => other.id === id);
    if (!needed || seen.has(id)) continue;
    seen.add(id);
    const further = isAlways(needed.if) ? conditionalNeed(needed, jobs, seen) : needed;
    if (further) return further;
  }
  return undefined;
}

const isOff = (value: string | null): boolean => value === null || /^false$/i.test(bare(value));

function stepTroubles(step: Step): StepTrouble[] {
  const { line } = step;
  const troubles: StepTrouble[] = [];
  if (!isAlways(step.if)) {
    const found = `is in a step that runs only if \`${bare(step.if ?? "")}\``;
    troubles.push({ code: "conditional", found, help: "Take `if:` out of the step.", line });
  }
  if (!isOff(step.continueOnError)) {
    const found = `is in a step with \`continue-on-error: ${step.continueOnError}\``;
    troubles.push({ code: "harmless", found, help: "Take `continue-on-error:` out of the step.", line });
  }
  if (step.background) {
    const found = "is in a step with `background: true`, which may be cancelled";
    troubles.push({ code: "harmless", found, help: "Take `background:` out of the step.", line });
  }
  return troubles;
}

/** What runs the script: without `shell:` bash with -e, except on Windows. */
function shellOf(
  { shell }: Step,
  { windows }: Job,
): { readonly name: string; readonly ends: boolean; readonly pipefail: boolean } {
  const name = shell ?? (windows ? "pwsh" : "bash -e {0}");
  const ends = name === "bash" || name === "sh" || isEnding(name);
  return { name, ends, pipefail: name === "bash" || (ends && name.includes("pipefail")) };
}

/** Options that make bash read something else, or nothing (`-n`, `-c`, a file), are none of these. */
const isEnding = (shell: string): boolean =>
  /^(?:ba)?sh(?: (?:-[euxlpv]+|-[euxv]*o (?:errexit|nounset|pipefail|xtrace)|--(?:noprofile|norc|posix|login)))* \{0\}$/.test(
    shell,
  ) && /(?:-[uxlpv]*e| errexit )/.test(shell);

function shellTroubles(step: Step, job: Job): StepTrouble[] {
  const { name, ends } = shellOf(step, job);
  if (ends) return [];
  const found = `is run by the shell \`${name}\`, which is not known to end where a command fails`;
  return [{ code: "harmless", found, help: "Give the step `shell: bash`.", line: step.line }];
}

/** What was checked out, or altered, before it. */
function earlierTroubles(steps: readonly Step[]): StepTrouble[] {
  return steps.flatMap((step): StepTrouble[] => {
    const { line } = step;
    const later = step.run === null ? [] : altersLater(step.run);
    const other = otherTree(step);
    return [
      ...later.map((one): StepTrouble => ({ code: "altered", ...one, line })),
      ...(other === undefined
        ? []
        : [
            {
              code: "elsewhere" as const,
              found: `is run on what \`${other}\` checks out, which is not what was pushed`,
              help: `Take \`${other}\` out of the step that checks out.`,
              line,
            },
          ]),
    ];
  });
}

/** What makes a checkout at the root one of something else than what the event is about. */
function otherTree(step: Step): string | undefined {
  const { ref = "", repository = "", path = "." } = step.with;
  if (!usesAction(step, "actions/checkout") || !isRoot(path)) return undefined;
  const own =
    /github\.(?:sha|ref|head_ref|ref_name|event\.(?:after|pull_request\.(?:head|merge_commit_sha)|merge_group\.head))/;
  const foreign = /base_ref|\.base\b|default_branch|event\.before|'[^']+'/;
  if (ref !== "" && (!own.test(ref) || foreign.test(ref))) return `ref: ${ref}`;
  const ours = /^\$\{\{\s*(?:github\.repository|github\.event\.pull_request\.head\.repo\.full_name)\s*\}\}$/;
  return repository === "" || ours.test(repository) ? undefined : `repository: ${repository}`;
}

const envTroubles = ({ env, line }: Step): StepTrouble[] =>
  Object.keys(env).map((name) => ({
    code: "altered",
    found: `is given ${name}, which chooses what is run`,
    help: `Take ${name} out.`,
    line,
  }));

/** A folder of the repository without what says nothing; `null` where nobody can tell. */
function normal(folder: string): string | null {
  const own = folder.replace(
    /^(?:\$\{\{\s*github\.workspace\s*\}\}|\$GITHUB_WORKSPACE|\$\{GITHUB_WORKSPACE\})(?=\/|$)/,
    ".",
  );
  if (/^[/~]|[$`]/.test(own)) return null;
  const parts: string[] = [];
  for (const part of own.split("/")) {
    if (part === "" || part === ".") continue;
    if (part !== "..") parts.push(part);
    else if (parts.pop() === undefined) return null;
  }
  return parts.join("/") || ".";
}

const isRoot = (folder: string): boolean => normal(folder) === ".";

/** Where a `cd` leads to. */
function after(folder: string | null, to: string | null): string | null {
  if (to === null) return null;
  return /^\$/.test(to) ? normal(to) : folder === null ? null : /^[/~]/.test(to) ? null : normal(`${folder}/${to}`);
}

function placeTroubles(
  { workingDirectory, line }: Step,
  asked: Asked,
  moves: readonly (string | null)[],
): StepTrouble[] {
  const is = moves.reduce(after, normal(workingDirectory ?? "."));
  const should = normal(asked["working-directory"] ?? ".") ?? ".";
  if (is === should) return [];
  const words = (folder: string | null) =>
    folder === null ? "a folder that nobody can tell" : folder === "." ? "the root of the repository" : `\`${folder}\``;
  const found = `is run in ${words(is)}, and not in ${words(should)}`;
  const help =
    moves.length > 0
      ? `Take \`cd\` out, and let the step run in ${words(should)} (\`working-directory\`).`
      : `Let the step run in ${words(should)} (\`working-directory\`).`;
  return [{ code: "elsewhere", found, help, line }];
}
