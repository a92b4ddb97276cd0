import { z } from "zod";
import { defineFilesKind, type KindFinding } from "./kind.ts";
import { path } from "./params.ts";
import { fixed, ordered, superset } from "./strength.ts";
import { wordsOf } from "./workflow-execution.ts";
import { readWorkflow, type WorkflowFile } from "./workflow-file.ts";
import { narrowed } from "./workflow-filters.ts";
import { workflowMutants } from "./workflow-mutants.ts";
import { candidates } from "./workflow-steps.ts";

const codes = [
  "no-file",
  "invalid-workflow",
  "no-trigger",
  "filtered",
  "no-step",
  "conditional",
  "harmless",
  "elsewhere",
  "arguments",
  "altered",
] as const;
export type WorkflowCode = (typeof codes)[number];

const params = z
  .strictObject({
    file: path
      .refine((file) => /^\.github\/workflows\/[^/]+\.ya?ml$/.test(file), {
        error: "is no workflow that GitHub runs; those are `.github/workflows/<name>.yml`",
      })
      .describe("The workflow file."),
    on: z
      .array(z.string().regex(/^[a-z_]+$/, { error: "is no name of an event; write `pull_request` or the like" }))
      .min(1)
      .describe("Events that each must start it, whatever was changed: `[pull_request, merge_group]`."),
    branches: z
      .array(z.string().min(1))
      .min(1)
      .optional()
      .describe("Branches that it must run for; without it, no filter of branches is accepted."),
    runs: z
      .string()
      .min(1)
      .refine((command) => wordsOf(command) !== undefined, {
        error: "is no single command; write it as it stands on a line of the script, such as `npm test`",
      })
      .optional()
      .describe("The command that a step must execute: a command of its script is these words, and no argument more."),
    uses: z
      .string()
      .regex(/^[\w.-]+\/[\w./-]+(@[\w./-]+)?$/, { error: "is no action; write `owner/action`" })
      .optional()
      .describe(
        "Instead of `runs`: the action that a step must use, in any version unless one is given (`owner/action@v1`).",
      ),
    "working-directory": path.optional().describe("Where `runs` must be executed; without it, at the root."),
  })
  .superRefine(({ runs, uses, "working-directory": directory }, context) => {
    if ((runs === undefined) === (uses === undefined)) {
      const found = runs === undefined ? "neither `runs` nor `uses`" : "both `runs` and `uses`";
      context.addIssue({ code: "custom", path: [], message: `says ${found}; one of them is needed` });
    }
    if (uses !== undefined && directory !== undefined) {
      const message = "means nothing for an action; it belongs to `runs`";
      context.addIssue({ code: "custom", path: ["working-directory"], message });
    }
  });
export type WorkflowParams = z.output<typeof params>;

const what = ({ runs, uses }: WorkflowParams): string =>
  uses === undefined ? `\`${runs}\`` : `the action \`${uses}\``;

export const workflow = defineFilesKind({
  kind: "workflow",
  summary:
    "CI really runs this: a valid workflow of GitHub Actions, started by every event named, in which some step executes just the command, on no condition, on what was pushed, and cannot fail unnoticed. Reusable workflows, composite actions and what scripts call are not followed.",
  params,
  codes,

  claim: (params) => {
    const { file, on, branches, "working-directory": directory } = params;
    const where = directory === undefined ? "" : ` in ${directory}`;
    return `${file} runs ${what(params)}${where} on ${on.join(", ")}${branches ? ` for ${branches.join(", ")}` : ""}`;
  },

  async observe({ tree }, { file }) {
    return { examined: 1, observed: await readWorkflow(file, tree.read(file)) };
  },

  judge(params, observed: WorkflowFile): KindFinding<WorkflowCode>[] {
    const { file } = params;
    if (observed.status === "no-file") {
      const message = `${file} does not exist; the plan asks that it run ${what(params)}.`;
      return [{ code: "no-file", message, help: "Write the workflow." }];
    }
    if (observed.status === "invalid") {
      return observed.mistakes.map(({ line, message }) => ({
        code: "invalid-workflow" as const,
        message: `${file} is no valid workflow: ${message.replace(/\.$/, "")}; the plan asks for one that GitHub runs.`,
        help: "Correct the file.",
        place: { file, line },
      }));
    }
    return [...triggers(params, observed), ...steps(params, observed)];
  },

  mutants: (params, observed: WorkflowFile, { tree }) => workflowMutants(params, observed, tree.read(params.file)),

  strength: (base, head) =>
    ordered(base, head, {
      file: fixed,
      on: superset,
      runs: fixed,
      uses: fixed,
      "working-directory": fixed,
      // None named asks for all.
      branches: (base, head) => {
        if (base === undefined || head === undefined)
          return base === head ? "same" : base === undefined ? "weaker" : "stronger";
        return superset(base, head);
      },
    }),

  examples: [
    {
      files: {
        ".github/workflows/ci.yml":
          "on: [pull_request, merge_group]\njobs:\n  test:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v5\n      - run: npm test\n",
      },
      params: { file: ".github/workflows/ci.yml", on: ["pull_request"], runs: "npm test" },
    },
    {
      files: {
        ".github/workflows/ci.yaml":
          "on:\n  pull_request:\n    branches: ['release/**', main]\n  push: { branches: ['*', 'release/*'], tags: ['v*'] }\njobs:\n  lint:\n    runs-on: ubuntu-latest\n    steps:\n      - run: npm run lint\n  test:\n    needs: lint\n    runs-on: ubuntu-latest\n    defaults: { run: { working-directory: app } }\n    steps:\n      - run: |\n          npm ci\n          CI=1 npm test -- --ci > log.txt # all of them\n",
      },
      params: {
        file: ".github/workflows/ci.yaml",
        on: ["pull_request", "push"],
        branches: ["main", "release/1"],
        runs: "npm test -- --ci",
        "working-directory": "app",
      },
    },
    {
      files: {
        ".github/workflows/gate.yml":
          "on: { merge_group: { types: [checks_requested] } }\njobs:\n  gate:\n    runs-on: ubuntu-latest\n    if: always()\n    steps:\n      - uses: example/phasegate@v1\n",
      },
      params: { file: ".github/workflows/gate.yml", on: ["merge_group"], uses: "example/phasegate" },
    },
  ],
});

function triggers(params: WorkflowParams, { workflow: { events } }: Read): KindFinding<WorkflowCode>[] {
  const { file, on, branches } = params;
  const place = { file, line: 1 };
  return on.flatMap((event): KindFinding<WorkflowCode>[] => {
    const filters = Object.hasOwn(events, event) ? events[event] : undefined;
    if (!filters) {
      const is = Object.keys(events).join(", ");
      const message = `${file} is started by ${is}; the plan asks that ${event} start it.`;
      return [{ code: "no-trigger", message, help: `Add \`${event}\` to \`on:\`.`, place }];
    }
    return narrowed(event, filters, branches).map((filter) => {
      const all = branches === undefined ? "every one" : `every one for ${branches.join(", ")}`;
      const message = `${file} is started by ${event} only for ${filter}; the plan asks for ${all}.`;
      const isOfBranches = filter.startsWith("`branches") && branches === undefined;
      const or = isOfBranches ? ", or name in the check the `branches` that count" : "";
      return { code: "filtered" as const, message, help: `Take the filter out of \`on.${event}\`${or}.`, place };
    });
  });
}

type Read = Extract<WorkflowFile, { status: "workflow" }>;

function steps(params: WorkflowParams, { workflow }: Read): KindFinding<WorkflowCode>[] {
  const { file } = params;
  const [best] = candidates(workflow, params);
  if (!best) {
    const reusing = workflow.jobs.filter(({ reuses }) => reuses !== null).map(({ id }) => id);
    const beyond = reusing.length === 0 ? "" : ` (what ${reusing.join(", ")} reuses is not followed)`;
    const message = `No step of ${file} executes ${what(params)}${beyond}; the plan asks for a step that does.`;
    const help =
      params.uses === undefined
        ? `Add a step with \`run: ${params.runs}\`.`
        : `Add a step with \`uses: ${params.uses}\`.`;
    return [{ code: "no-step", message, help, place: { file, line: 1 } }];
  }
  return best.troubles.map(({ code, found, help, line }) => ({
    code,
    message: `${what(params).replace(/^t/, "T")} ${found}; the plan asks that just this always run, and that its failure fail CI.`,
    help,
    place: { file, line },
  }));
}
