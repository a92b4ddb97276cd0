/** Ways around the gate that a workflow leaves open. */

import { narrowed } from "../checks/workflow-filters.ts";
import type { Facts, GateJob, WorkflowFacts } from "./facts.ts";
import type { Sight, Way } from "./sight.ts";

interface Gate extends GateJob {
  readonly workflow: WorkflowFacts;
}

/** One that others call is looked at where they do. */
const isStarted = ({ events }: WorkflowFacts): boolean =>
  Object.keys(events).some((event) => event !== "workflow_call");

/** Where this plan is judged, by whatever event. */
export const gatesOf = ({ workflows, plan }: Facts): readonly Gate[] =>
  workflows
    .filter(isStarted)
    .flatMap((workflow) =>
      workflow.gates.flatMap((gate) =>
        gate.plan === undefined || gate.plan === plan.file ? [{ ...gate, workflow }] : [],
      ),
    );

/** Those that judge pull requests, which is what a branch can require. */
export const requestGates = (facts: Facts): readonly Gate[] =>
  gatesOf(facts).filter(({ workflow }) => Object.hasOwn(workflow.events, "pull_request"));

/** What every gate on pull requests shows. */
const ofEach =
  (look: (gate: Gate, facts: Facts) => readonly Sight[]): Way =>
  (facts) =>
    requestGates(facts).flatMap((gate) => look(gate, facts));

type TroubleCode = GateJob["troubles"][number]["code"];

/** @param so what the trouble lets happen */
const troubles = (so: string, ...codes: readonly TroubleCode[]): Way =>
  ofEach((gate) =>
    gate.troubles
      .filter(({ code }) => codes.includes(code))
      .map(({ found, help, place }) => ({ status: "open", message: `Phasegate ${found}: ${so}.`, help, place })),
  );

const privileged = ["pull_request_target", "workflow_run"] as const;

const steps = `steps:
  - uses: actions/checkout@v6
  - uses: phasegate/phasegate@v1`;

export const workflowWays = {
  "no-gate": (facts) => {
    const { plan, workflows, unreadable, settings } = facts;
    if (gatesOf(facts).length > 0) return [];
    const elsewhere = settings.protections.flatMap(({ workflows }) => workflows.map(({ path }) => path));
    if (elsewhere.length > 0) {
      const because = `The branch requires ${elsewhere.join(", ")} of another place, which is not read here.`;
      return [{ status: "unknown", because }];
    }
    if (unreadable.length > 0) {
      const because = `${unreadable.map(({ place }) => place.file).join(", ")} cannot be read, and may have it.`;
      return [{ status: "unknown", because }];
    }
    const others = workflows.flatMap(({ gates }) => gates.map(({ plan, place }) => `${place.file} judges ${plan}`));
    const message = `No workflow has Phasegate judge ${plan.file}${others.length === 0 ? "" : ` (${others.join(", ")})`}: nothing stops a change.`;
    const help = "Add a workflow with these steps, on `pull_request` and `merge_group`; `phasegate init` writes one.";
    const yaml = plan.file === "phasegate.yml" ? steps : `${steps}\n    with: { plan: ${plan.file} }`;
    return [{ status: "open", message, help, yaml }];
  },

  "no-pull-request": (facts) => {
    const gates = gatesOf(facts);
    const [first] = gates;
    if (!first || requestGates(facts).length > 0) return [];
    const events = [...new Set(gates.flatMap(({ workflow }) => Object.keys(workflow.events)))].join(", ");
    return [
      {
        status: "open",
        message: `Phasegate is started by ${events} and not by \`pull_request\`: it judges nothing before it is merged.`,
        help: "Add `pull_request` to `on:`.",
        yaml: "on:\n  pull_request:\n  merge_group:",
        place: first.workflow.on,
      },
    ];
  },

  "privileged-trigger": (facts) =>
    gatesOf(facts).flatMap(({ workflow }) =>
      privileged
        .filter((event) => Object.hasOwn(workflow.events, event))
        .map((event) => ({
          status: "open",
          message: `\`${event}\` starts Phasegate with a token that can write, and secrets, while it runs the SQL of the change; the action refuses to.`,
          help: `Take \`${event}\` out of \`on:\`, and use \`pull_request\`.`,
          place: workflow.on,
        })),
    ),

  filtered: ofEach(({ workflow }, { branch }) =>
    narrowed("pull_request", workflow.events.pull_request ?? {}, [branch]).map((filter) => ({
      status: "open",
      message: `Pull requests start Phasegate only for ${filter}: what is left out is not judged, or waits for a check that never comes, until somebody adds an empty job of the same name.`,
      help: "Take the filter out of `on.pull_request`; a change that touches nothing of the plan is judged in seconds.",
      place: workflow.on,
    })),
  ),

  conditional: troubles("where it is skipped it judges nothing, and what is skipped passes", "conditional"),

  "failure-ignored": troubles("where it says no the job may pass all the same", "harmless"),

  "other-work-judged": troubles("what it judges need not be what is merged", "elsewhere", "altered"),

  "empty-matrix": ofEach(({ matrix, job }) =>
    matrix !== "may-be-empty"
      ? []
      : [
          {
            status: "open",
            message: `The matrix of job ${job.id} is computed, or has an \`exclude\`: when nothing is left of it the job is skipped, and skipped passes.`,
            help: "Write the matrix out, or let Phasegate run in a job without one.",
            place: job.place,
          },
        ],
  ),

  "same-check-name": (facts) => {
    const own = requestGates(facts);
    return facts.workflows.filter(isStarted).flatMap(({ jobs }) =>
      jobs.flatMap((job): readonly Sight[] => {
        const twin = own.find(({ job: gate }) => gate.check !== undefined && gate.check === job.check);
        const isGate = gatesOf(facts).some(({ job: gate }) => gate.place.file === job.place.file && gate.id === job.id);
        if (!twin || isGate) return [];
        return [
          {
            status: "open",
            message: `Job ${job.id} is called "${job.check}" as well, and its success is taken for that of ${twin.job.place.file}.`,
            help: "Give it another `name:`.",
            place: job.place,
          },
        ];
      }),
    );
  },

  "own-judge": ofEach(({ call, place }) => {
    if (call.version !== "local") return [];
    const found =
      call.kind === "command"
        ? `\`${call.runs}\` runs what the checkout says or installs`
        : `\`uses: ${call.uses}\` is an action of the checkout`;
    return [
      {
        status: "open",
        message: `${found}: the change brings its own judge along.`,
        help: "Use the published action, or check base out beside and use that.",
        yaml: "- uses: phasegate/phasegate@v1",
        place,
      },
    ];
  }),

  "earlier-steps": ofEach(({ earlier }) =>
    earlier.map(({ what, place }) => ({
      status: "open",
      message: `The job has a step before Phasegate (\`${what}\`): where that executes anything of the change, it can put another judge, another git or another origin in the place of this one.`,
      help: "Let Phasegate run in a job of its own, after nothing but the checkout.",
      place,
    })),
  ),

  trial: ofEach(({ call, place }) =>
    call.kind !== "command" || call.trial.length === 0
      ? []
      : [
          {
            status: "open",
            message: `Phasegate is run with \`${call.trial.join(" ")}\`, which is for trials: it does not ask what base asks for.`,
            help: `Take \`${call.trial.join(" ")}\` out.`,
            place,
          },
        ],
  ),

  "no-merge-group": (facts) => {
    const gates = requestGates(facts);
    const [first] = gates;
    if (!first || gatesOf(facts).some(({ workflow }) => Object.hasOwn(workflow.events, "merge_group"))) return [];
    const isQueue = facts.settings.protections.some(({ mergeQueue }) => mergeQueue);
    if (!isQueue && facts.settings.unread.length === 0) return [];
    const found = isQueue
      ? `${facts.branch} has a merge queue, and no \`merge_group\` starts Phasegate: groups are not judged, and where the check is required they wait for it until they time out.`
      : `No \`merge_group\` starts Phasegate; if ${facts.branch} has a merge queue, groups are not judged.`;
    return [
      {
        status: isQueue ? "open" : "advice",
        message: found,
        help: "Add `merge_group` to `on:`.",
        yaml: "on:\n  pull_request:\n  merge_group:",
        place: first.workflow.on,
      },
    ];
  },

  "base-changed": ofEach(({ workflow }, { settings }) => {
    const { types } = workflow.events.pull_request ?? {};
    const isQueue = settings.protections.some(({ mergeQueue }) => mergeQueue);
    if (types?.includes("edited") || isQueue) return [];
    return [
      {
        status: "advice",
        message:
          "Nothing judges a pull request again when its base branch is changed: until the next push it has the verdict against the branch that it went into before.",
        help: "Name the types, with `edited`.",
        yaml: "on:\n  pull_request:\n    types: [opened, synchronize, reopened, edited]",
        place: workflow.on,
      },
    ];
  }),

  "not-pinned": ofEach(({ call, place }) =>
    call.version !== "movable"
      ? []
      : call.kind === "command"
        ? [
            {
              status: "advice",
              message: `\`${call.runs}\` is of a checkout by a name that its owners can move to other code.`,
              help: "Give that checkout the full commit as its `ref`.",
              place,
            },
          ]
        : [
            {
              status: "advice",
              message: `\`${call.uses}\` is a name that its owners can move to other code.`,
              help: "Write the full commit in its place, with the version as a comment; Dependabot keeps both up to date.",
              yaml: `uses: ${call.uses.replace(/@.*$/, "")}@<commit> # ${call.uses.replace(/^.*@/, "")}`,
              place,
            },
          ],
  ),

  shallow: ofEach(({ call, place }) =>
    call.kind !== "command" || call.deep
      ? []
      : [
          {
            status: "advice",
            message:
              "The command does not fetch what the checkout left out: without the history of base it can only say that it could not judge.",
            help: "Give the checkout `fetch-depth: 0`, or use the action, which fetches what is missing.",
            yaml: "- uses: actions/checkout@v6\n  with: { fetch-depth: 0 }",
            place,
          },
        ],
  ),
} satisfies Record<string, Way>;
