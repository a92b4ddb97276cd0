import type { Json } from "../model/json.ts";
import { readData } from "./data-file.ts";
import type { Mutant } from "./kind.ts";
import type { WorkflowCode, WorkflowParams } from "./workflow.ts";
import { executionsOf } from "./workflow-execution.ts";
import type { WorkflowFile } from "./workflow-file.ts";
import { usesAction } from "./workflow-steps.ts";

type Mapping = { readonly [key: string]: Json };
type WorkflowMutant = Mutant<WorkflowCode, WorkflowFile>;

const isMapping = (value: Json | undefined): value is Mapping =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The workflow file, written anew with one thing changed: as JSON, which is YAML. */
export function workflowMutants(
  params: WorkflowParams,
  observed: WorkflowFile,
  text: string | undefined,
): readonly WorkflowMutant[] {
  const { file, on, runs, uses } = params;
  const data = readData(text ?? "");
  if (observed.status !== "workflow" || "mistake" in data || !isMapping(data.value)) return [];
  const root = data.value;
  const { events } = observed.workflow;
  const rewritten = (name: string, provokes: WorkflowCode, document: Json): WorkflowMutant => ({
    name,
    sabotage: { files: { [file]: JSON.stringify(document) } },
    provokes,
  });
  const withEvents = (on: Json) => ({ ...root, on });
  /** Each step that executes what is asked for, changed; or each job. */
  const withSteps = (change: (step: Mapping) => Mapping) => ({ ...root, jobs: steps(root.jobs, change, params) });
  const withJobs = (more: Mapping) => ({ ...root, jobs: mapped(root.jobs, (job) => ({ ...job, ...more })) });
  const inScripts = (change: (script: string, end: number) => string) =>
    withSteps((step) => ({ ...step, run: edited(String(step.run ?? ""), runs ?? "", change) }));

  const eventMutants = on.flatMap((event): readonly WorkflowMutant[] => {
    const { [event]: filters, ...others } = events;
    const rest = Object.keys(others).length === 0 ? { workflow_dispatch: null } : bare(root.on, Object.keys(others));
    const limited = { ...events, [event]: { ...filters, "branches-ignore": ["**"] } };
    const narrowing: WorkflowMutant = {
      name: `${event} starts it only for some branches`,
      sabotage: { evidence: { ...observed, workflow: { ...observed.workflow, events: limited } } },
      provokes: "filtered",
    };
    const paths = rewritten(
      `${event} starts it only where some paths were changed`,
      "filtered",
      withEvents({ ...bare(root.on, Object.keys(events)), [event]: { ...filters, paths: ["mutant"] } }),
    );
    const hasPaths = ["push", "pull_request", "pull_request_target"].includes(event);
    return [
      rewritten(`${event} does not start it`, "no-trigger", withEvents(rest)),
      hasPaths ? paths : narrowing,
      ...(params.branches ?? []).map(
        (branch): WorkflowMutant => ({
          name: `${event} does not start it for the branch ${branch}`,
          sabotage: {
            evidence: {
              ...observed,
              workflow: {
                ...observed.workflow,
                events: { ...events, [event]: { "branches-ignore": [branch] } },
              },
            },
          },
          provokes: "filtered",
        }),
      ),
    ];
  });

  const script: readonly WorkflowMutant[] =
    runs === undefined
      ? [
          rewritten(
            "no step uses the action",
            "no-step",
            withSteps(() => ({ run: `echo ${uses}` })),
          ),
        ]
      : [
          rewritten(
            "the command is only echoed",
            "no-step",
            withSteps((step) => ({ ...step, run: `echo ${runs}` })),
          ),
          rewritten(
            "the command is a comment",
            "no-step",
            withSteps((step) => ({ ...step, run: `# ${runs}\ntrue` })),
          ),
          rewritten(
            "the command is `if false` in its script",
            "conditional",
            withSteps((step) => ({ ...step, run: `if false; then\n${runs}\nfi` })),
          ),
          rewritten(
            "the command is followed by `|| true`",
            "harmless",
            inScripts((text, end) => `${text.slice(0, end)} || true${text.slice(end)}`),
          ),
          rewritten(
            "the command is given an argument more",
            "arguments",
            inScripts((text, end) => `${text.slice(0, end)} --help${text.slice(end)}`),
          ),
          rewritten(
            "its step chooses what is run",
            "altered",
            withSteps((step) => ({ ...step, env: { BASH_ENV: "mutant" } })),
          ),
          rewritten(
            `the command is run in another folder than ${params["working-directory"] ?? "the root"}`,
            "elsewhere",
            withSteps((step) => ({ ...step, "working-directory": "mutant" })),
          ),
        ];

  return [
    { name: "the file is gone", sabotage: { files: { [file]: undefined } }, provokes: "no-file" },
    rewritten("the workflow has no jobs", "invalid-workflow", { ...root, jobs: {} }),
    ...eventMutants,
    ...script,
    rewritten("its job is switched off", "conditional", withJobs({ if: false })),
    rewritten(
      "its step is switched off",
      "conditional",
      withSteps((step) => ({ ...step, if: false })),
    ),
    rewritten("its job may fail", "harmless", withJobs({ "continue-on-error": true })),
    rewritten(
      "its step may fail",
      "harmless",
      withSteps((step) => ({ ...step, "continue-on-error": true })),
    ),
  ];
}

/** The `on:` of a file as a mapping, with these events only. */
function bare(on: Json | undefined, events: readonly string[]): Mapping {
  const written = isMapping(on) ? on : {};
  return Object.fromEntries(events.map((event) => [event, written[event] ?? null]));
}

const mapped = (jobs: Json | undefined, change: (job: Mapping) => Mapping): Json =>
  Object.fromEntries(
    Object.entries(isMapping(jobs) ? jobs : {}).map(([id, job]) => [id, isMapping(job) ? change(job) : job]),
  );

function steps(jobs: Json | undefined, change: (step: Mapping) => Mapping, { runs, uses }: WorkflowParams): Json {
  const executes = ({ run, uses: action }: Mapping): boolean =>
    uses === undefined
      ? typeof run === "string" && executionsOf(run, runs ?? "", false).length > 0
      : usesAction({ uses: typeof action === "string" ? action : null }, uses);
  const changed = (step: Json): Json => {
    if (!isMapping(step)) return step;
    if (Array.isArray(step.parallel)) return { ...step, parallel: step.parallel.map(changed) };
    return executes(step) ? change(step) : step;
  };
  return mapped(jobs, (job) => (Array.isArray(job.steps) ? { ...job, steps: job.steps.map(changed) } : job));
}

/** Changes a script at the end of each command that is asked for, from the last to the first. */
function edited(text: string, command: string, change: (script: string, end: number) => string): string {
  return executionsOf(text, command, false).reduceRight((script, { end }) => change(script, end), text);
}
