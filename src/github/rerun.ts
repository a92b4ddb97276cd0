/** A review can turn a verdict; the job that gave it has to be run again for that. */

import { type GitHub, refusalOf } from "./github.ts";

/**
 * Runs the failed jobs of this workflow for this commit again.
 * @param workflow its path in the repository
 * @returns the page of the run that goes again; `undefined` where none failed
 */
export async function rerunFailed(
  { octokit, owner, repo }: GitHub,
  workflow: string,
  head: string,
): Promise<string | undefined> {
  const run = await failedRun({ octokit, owner, repo }, workflow, head);
  if (!run) return undefined;
  try {
    await octokit.rest.actions.reRunWorkflowFailedJobs({ owner, repo, run_id: run.id });
  } catch (error) {
    // Another job of this review, about another plan, was first.
    if (!/already running/i.test(refusalOf(error).words)) throw error;
  }
  return run.html_url;
}

async function failedRun({ octokit, owner, repo }: GitHub, workflow: string, head: string) {
  const { data } = await octokit.rest.actions.listWorkflowRunsForRepo({
    owner,
    repo,
    event: "pull_request",
    head_sha: head,
    per_page: 100,
  });
  const [newest] = data.workflow_runs
    .filter(({ path }) => path.split("@")[0] === workflow)
    .toSorted((one, other) => other.id - one.id);
  return newest?.status === "completed" && newest.conclusion === "failure" ? newest : undefined;
}
