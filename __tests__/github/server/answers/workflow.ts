import type { RestEndpointMethodTypes } from "@octokit/rest";
import type { Site } from "../route.ts";
import type { Job, Workflow, WorkflowRun } from "../state.ts";
import { minimalPullAnswers } from "./pull-request.ts";
import { fullName, minimalRepositoryAnswer, repositoryPage, repositoryUrl } from "./repository.ts";
import { idOf, userAnswer } from "./user.ts";

type WorkflowAnswer = RestEndpointMethodTypes["actions"]["listRepoWorkflows"]["response"]["data"]["workflows"][number];
type WorkflowRunAnswer = RestEndpointMethodTypes["actions"]["getWorkflowRun"]["response"]["data"];
type JobAnswer = RestEndpointMethodTypes["actions"]["getJobForWorkflowRun"]["response"]["data"];

const someone = { name: "Eve", email: "eve@example.org" };

export const workflowAnswer = (site: Site, workflow: Workflow): WorkflowAnswer => ({
  id: workflow.id,
  node_id: `W_${workflow.id}`,
  name: workflow.name,
  path: workflow.path,
  state: workflow.state,
  created_at: "2025-01-05T10:00:00Z",
  updated_at: "2025-01-05T10:00:00Z",
  url: `${repositoryUrl(site)}/actions/workflows/${workflow.id}`,
  html_url: `${repositoryPage(site)}/blob/${site.state.defaultBranch}/${workflow.path}`,
  badge_url: `${repositoryPage(site)}/workflows/${encodeURIComponent(workflow.name)}/badge.svg`,
});

const workflowOf = ({ state }: Site, run: WorkflowRun): Workflow => {
  const found = state.workflows.find((one) => one.id === run.workflow);
  if (found === undefined) throw new Error(`run ${run.id} is of workflow ${run.workflow}, which is not in the state`);
  return found;
};

export const workflowRunAnswer = (site: Site, run: WorkflowRun): WorkflowRunAnswer => {
  const url = `${repositoryUrl(site)}/actions/runs/${run.id}`;
  const workflow = workflowOf(site, run);
  const suite = idOf(`suite ${run.id}`);
  return {
    id: run.id,
    node_id: `WFR_${run.id}`,
    name: workflow.name,
    path: workflow.path,
    workflow_id: workflow.id,
    workflow_url: `${repositoryUrl(site)}/actions/workflows/${workflow.id}`,
    display_title: run.title,
    run_number: run.id,
    run_attempt: run.attempt,
    event: run.event,
    status: run.status,
    conclusion: run.conclusion,
    head_sha: run.headSha,
    head_branch: run.headBranch,
    head_repository: minimalRepositoryAnswer(site, run.headRepository ?? fullName(site)),
    repository: minimalRepositoryAnswer(site, fullName(site)),
    head_commit: {
      id: run.headSha,
      tree_id: run.headSha,
      message: run.title,
      timestamp: run.createdAt,
      author: someone,
      committer: someone,
    },
    pull_requests: minimalPullAnswers(site, run.headSha),
    actor: userAnswer(site, run.actor),
    triggering_actor: userAnswer(site, run.actor),
    created_at: run.createdAt,
    updated_at: run.createdAt,
    run_started_at: run.createdAt,
    url,
    html_url: `${repositoryPage(site)}/actions/runs/${run.id}`,
    jobs_url: `${url}/jobs`,
    logs_url: `${url}/logs`,
    artifacts_url: `${url}/artifacts`,
    cancel_url: `${url}/cancel`,
    rerun_url: `${url}/rerun`,
    check_suite_id: suite,
    check_suite_url: `${repositoryUrl(site)}/check-suites/${suite}`,
  };
};

export const jobAnswer = (site: Site, run: WorkflowRun, job: Job): JobAnswer => ({
  id: job.id,
  node_id: `J_${job.id}`,
  run_id: run.id,
  run_url: `${repositoryUrl(site)}/actions/runs/${run.id}`,
  run_attempt: job.attempt,
  head_sha: run.headSha,
  head_branch: run.headBranch,
  workflow_name: workflowOf(site, run).name,
  name: job.name,
  url: `${repositoryUrl(site)}/actions/jobs/${job.id}`,
  html_url: `${repositoryPage(site)}/actions/runs/${run.id}/job/${job.id}`,
  check_run_url: `${repositoryUrl(site)}/check-runs/${job.id}`,
  status: job.status,
  conclusion: job.conclusion,
  created_at: job.startedAt,
  started_at: job.startedAt,
  completed_at: job.status === "completed" ? job.startedAt : null,
  steps: [],
  labels: ["ubuntu-latest"],
  runner_id: 1,
  runner_name: "GitHub Actions 1",
  runner_group_id: 0,
  runner_group_name: "GitHub Actions",
});
