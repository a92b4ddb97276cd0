import { jobAnswer, workflowAnswer, workflowRunAnswer } from "../answers/workflow.ts";
import { listed } from "../pages.ts";
import { type Answer, answer, type Call, notFound, type Routes, refused } from "../route.ts";
import type { Job, WorkflowRun } from "../state.ts";

const runOf = ({ state }: Call, id: number): WorkflowRun | undefined => state.runs.find((run) => run.id === id);

const jobsOf = ({ state }: Call, run: WorkflowRun): readonly Job[] => state.jobs.filter((job) => job.run === run.id);

const withRun = (call: Call, then: (run: WorkflowRun) => Answer): Answer => {
  const found = runOf(call, Number(call.path.run_id));
  return found === undefined ? notFound() : then(found);
};

/** Starts a new attempt: the jobs chosen are queued again, of the others the results are taken over. */
const again = (call: Call, run: WorkflowRun, chosen: (job: Job) => boolean): Answer => {
  if (run.status !== "completed") return refused(403, "This workflow is already running");
  const last = jobsOf(call, run).filter((job) => job.attempt === run.attempt);
  run.attempt += 1;
  run.status = "queued";
  run.conclusion = null;
  for (const job of last) {
    const next = { ...job, id: call.newId(), attempt: run.attempt };
    call.state.jobs.push(chosen(job) ? { ...next, status: "queued", conclusion: null, startedAt: call.now } : next);
  }
  return answer(201, {});
};

const listRuns = (call: Call): Answer => {
  for (const filter of ["created", "check_suite_id"]) {
    if (call.query.has(filter)) throw new Error(`runs cannot be filtered by ${filter} here`);
  }
  const asked = (name: string, ...values: readonly (string | null)[]): boolean => {
    const wanted = call.query.get(name);
    return wanted === null || values.includes(wanted);
  };
  const runs = call.state.runs
    .filter((run) => asked("event", run.event) && asked("head_sha", run.headSha) && asked("branch", run.headBranch))
    .filter((run) => asked("status", run.status, run.conclusion) && asked("actor", run.actor))
    .sort((one, other) => other.id - one.id);
  return listed(
    call,
    runs,
    (run) => workflowRunAnswer(call, run),
    (workflow_runs, total_count) => ({ total_count, workflow_runs }),
  );
};

export const actionRoutes = {
  "GET /repos/{owner}/{repo}/actions/runs": { needs: "actions: read", answer: listRuns },
  "GET /repos/{owner}/{repo}/actions/runs/{run_id}": {
    needs: "actions: read",
    answer: (call) => withRun(call, (run) => answer(200, workflowRunAnswer(call, run))),
  },
  "GET /repos/{owner}/{repo}/actions/runs/{run_id}/jobs": {
    needs: "actions: read",
    answer: (call) =>
      withRun(call, (run) =>
        listed(
          call,
          jobsOf(call, run).filter((job) => call.query.get("filter") === "all" || job.attempt === run.attempt),
          (job) => jobAnswer(call, run, job),
          (jobs, total_count) => ({ total_count, jobs }),
        ),
      ),
  },
  "POST /repos/{owner}/{repo}/actions/runs/{run_id}/rerun-failed-jobs": {
    needs: "actions: write",
    answer: (call) =>
      withRun(call, (run) =>
        again(call, run, (job) => ["failure", "cancelled", "timed_out"].includes(job.conclusion ?? "")),
      ),
  },
  "POST /repos/{owner}/{repo}/actions/jobs/{job_id}/rerun": {
    needs: "actions: write",
    answer: (call) => {
      const wanted = call.state.jobs.find((job) => job.id === Number(call.path.job_id));
      const run = wanted && runOf(call, wanted.run);
      if (wanted === undefined || run === undefined) return notFound();
      if (wanted.attempt !== run.attempt) return refused(403, "This job is not of the latest attempt of its run");
      return again(call, run, (job) => job === wanted);
    },
  },
  "GET /repos/{owner}/{repo}/actions/workflows": {
    needs: "actions: read",
    answer: (call) =>
      listed(
        call,
        call.state.workflows,
        (workflow) => workflowAnswer(call, workflow),
        (workflows, total_count) => ({ total_count, workflows }),
      ),
  },
} as const satisfies Routes;
