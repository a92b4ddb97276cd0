import { readData } from "../checks/data-file.ts";
import { type Job, readWorkflow } from "../checks/workflow-file.ts";
import type { StepTrouble } from "../checks/workflow-steps.ts";
import type { Json } from "../model/json.ts";
import type { Tree } from "../model/ports.ts";
import type { Place } from "../model/report.ts";
import type { Facts, GateJob, JobFacts, WorkflowFacts } from "./facts.ts";
import { type CallIn, calledBy, callsIn, type Read } from "./gate-calls.ts";
import { child, items, type Written } from "./written.ts";

/** Reads every workflow of a tree, and where in them Phasegate judges. Reusable workflows of the same tree are followed, once. */
export async function readWorkflows(tree: Tree): Promise<Pick<Facts, "workflows" | "unreadable">> {
  const files = tree.list().filter((path) => /^\.github\/workflows\/[^/]+\.ya?ml$/.test(path));
  const read: Read[] = [];
  const unreadable: { readonly place: Place; readonly message: string }[] = [];
  for (const file of files) {
    const found = await one(tree, file);
    if ("message" in found) unreadable.push(found);
    else read.push(found);
  }
  return { workflows: read.map((workflow) => factsOf(workflow, read, tree)), unreadable };
}

async function one(tree: Tree, file: string): Promise<Read | Facts["unreadable"][number]> {
  let text: string | undefined;
  try {
    text = tree.read(file);
  } catch (error) {
    return { place: { file, line: 1 }, message: error instanceof Error ? error.message : String(error) };
  }
  const found = await readWorkflow(file, text);
  if (found.status === "workflow")
    return { file, text: text ?? "", workflow: found.workflow, written: writtenIn(text) };
  const [mistake] = found.status === "invalid" ? found.mistakes : [];
  const message = mistake?.message.replace(/\.$/, "") ?? "It is not there";
  return { place: { file, line: mistake?.line ?? 1 }, message };
}

const writtenIn = (text = ""): Json => {
  const data = readData(text);
  return "value" in data ? data.value : null;
};

function factsOf(read: Read, all: readonly Read[], tree: Tree): WorkflowFacts {
  const { file, text, workflow } = read;
  const on = text.split("\n").findIndex((line) => /^(?:on|'on'|"on")\s*:/.test(line)) + 1;
  return {
    file,
    events: workflow.events,
    on: { file, line: Math.max(1, on) },
    jobs: workflow.jobs.map((job) => jobOf(job, read)),
    gates: workflow.jobs.flatMap((job) => gatesOf(job, read, all, tree)),
  };
}

/** Phasegate in a job: in its steps, or in those of the workflow of this tree that it calls. */
function gatesOf(job: Job, read: Read, all: readonly Read[], tree: Tree): readonly GateJob[] {
  const own = callsIn(job, read, tree).map((call): GateJob => {
    const gate = gateOf(call, job, read);
    // The job of the reusable workflow that Phasegate publishes is called so.
    return call.call.kind === "reusable" ? { ...gate, job: calledIn(gate.job, "phasegate") } : gate;
  });
  const called = all.find(({ file }) => job.reuses === `./${file}`);
  if (!called) return own;
  const caller = jobOf(job, read);
  const around = calledBy(job, read).map(placed(read));
  return [
    ...own,
    ...called.workflow.jobs.flatMap((inner) =>
      callsIn(inner, called, tree).map((call): GateJob => {
        const gate = gateOf(call, inner, called);
        // A called workflow can only lose what its caller's token may do; what it leaves unsaid is the caller's.
        const token = gate.token.says === "nothing" ? tokenOf(job, read) : gate.token;
        return { ...gate, job: calledIn(caller, gate.job.check), token, troubles: [...around, ...gate.troubles] };
      }),
    ),
  ];
}

/** GitHub calls the check of a job in a called workflow by both names. */
const calledIn = (caller: JobFacts, check: string | undefined): JobFacts => ({
  ...caller,
  check: caller.check === undefined || check === undefined ? undefined : `${caller.check} / ${check}`,
});

function jobOf(job: Job, read: Read): JobFacts {
  const { id, line } = job;
  const written = writtenJob(job, read);
  const name = child(written, "name");
  const isPlain = child(written, "strategy") === undefined && !String(name ?? "").includes("${{");
  return { id, check: isPlain ? String(name ?? id) : undefined, place: { file: read.file, line } };
}

function gateOf({ line, call, earlier, plan, troubles }: CallIn, job: Job, read: Read): GateJob {
  return {
    job: jobOf(job, read),
    place: { file: read.file, line },
    call,
    earlier: earlier.map(({ line, what }) => ({ what, place: { file: read.file, line } })),
    plan,
    troubles: troubles.map(placed(read)),
    matrix: matrixOf(writtenJob(job, read)),
    token: tokenOf(job, read),
    secrets: secretsOf(job, read),
  };
}

const placed =
  ({ file }: Read) =>
  ({ line, ...trouble }: StepTrouble): GateJob["troubles"][number] => ({ ...trouble, place: { file, line } });

const writtenJob = ({ id }: Job, { written }: Read): Written => child(child(written, "jobs"), id);

/** Of one that is computed, or that something is taken out of, nobody can tell here that anything is left. */
function matrixOf(job: Written): GateJob["matrix"] {
  const matrix = child(child(job, "strategy"), "matrix");
  if (matrix === undefined) return "none";
  return JSON.stringify(matrix).includes("${{") || child(matrix, "exclude") !== undefined ? "may-be-empty" : "fixed";
}

function tokenOf(job: Job, read: Read): GateJob["token"] {
  const permissions = child(writtenJob(job, read), "permissions") ?? child(read.written, "permissions");
  if (permissions === undefined || permissions === null) return { says: "nothing" };
  if (typeof permissions === "string")
    return { says: "permissions", writes: permissions === "write-all" ? ["everything"] : [] };
  const writes = Object.entries(permissions).flatMap(([scope, access]) => (access === "write" ? [scope] : []));
  return { says: "permissions", writes };
}

/** What the steps find in their environment; an input of an action is there too. */
function secretsOf(job: Job, read: Read): readonly string[] {
  const written = writtenJob(job, read);
  const steps = items(child(written, "steps"));
  const places = [child(read.written, "env"), child(written, "env"), child(child(written, "container"), "env")];
  const given = JSON.stringify([...places, ...steps.flatMap((step) => [child(step, "env"), child(step, "with")])]);
  const names = [...given.matchAll(/\bsecrets\.(\w+)/gi)].map(([, name = ""]) => name);
  const all = child(written, "secrets") === "inherit" || /toJSON\(\s*secrets\s*\)/i.test(given) ? ["all"] : [];
  return [...new Set([...names.filter((name) => !/^GITHUB_TOKEN$/i.test(name)), ...all])];
}
