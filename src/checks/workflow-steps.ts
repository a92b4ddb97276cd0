import { executionsOf } from "./workflow-execution.ts";
import type { Job, Step, Workflow } from "./workflow-file.ts";

/** What the plan asks to be executed. */
export type Asked = {
  readonly runs?: string | undefined;
  readonly uses?: string | undefined;
  readonly "working-directory"?: string | undefined;
};

export type StepCode = "conditional" | "harmless" | "elsewhere";

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
    job.steps.flatMap((step): Candidate[] => {
      const around = [...jobTroubles(job, jobs), ...stepTroubles(step)];
      if (asked.uses !== undefined) {
        return usesAction(step, asked.uses) ? [{ job: job.id, line: step.line, troubles: around }] : [];
      }
      return executionsOf(step.run ?? "", asked.runs ?? "", shellOf(step, job).pipefail).map(({ line, troubles }) => {
        const at = step.runLine + line - 1;
        const inside = troubles.map((trouble) => ({ ...trouble, line: at }));
        return {
          job: job.id,
          line: at,
          troubles: [...around, ...shellTroubles(step, job), ...placeTroubles(step, asked), ...inside],
        };
      });
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
  const ends = name === "bash" || name === "sh" || /^(?:ba)?sh (?:.* )?-[a-z]*e[a-z]*(?: .*)? \{0\}$/.test(name);
  return { name, ends, pipefail: name === "bash" || (ends && name.includes("pipefail")) };
}

function shellTroubles(step: Step, job: Job): StepTrouble[] {
  const { name, ends } = shellOf(step, job);
  if (ends) return [];
  const found = `is run by the shell \`${name}\`, which is not known to end where a command fails`;
  return [{ code: "harmless", found, help: "Give the step `shell: bash`.", line: step.line }];
}

function placeTroubles({ workingDirectory, line }: Step, asked: Asked): StepTrouble[] {
  const normal = (folder: string) => folder.replace(/^\.\/|\/$/g, "") || ".";
  const [is, should] = [normal(workingDirectory ?? "."), normal(asked["working-directory"] ?? ".")];
  if (is === should) return [];
  const words = (folder: string) => (folder === "." ? "the root of the repository" : `\`${folder}\``);
  const found = `is run in ${words(is)}, and not in ${words(should)}`;
  const help = `Let the step run in ${words(should)} (\`working-directory\`).`;
  return [{ code: "elsewhere", found, help, line }];
}
