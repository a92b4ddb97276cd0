/** The check-run: for reading, with annotations where the work has to be done. What is required is the job. */

import type { GitHub } from "./github.ts";

export interface CheckIdentity {
  /** What people see: it has to tell plans and target branches apart. */
  readonly name: string;
  /** The same for machines. */
  readonly externalId: string;
  /** The commit that it is shown at. */
  readonly head: string;
  /** The page of the workflow's run. */
  readonly details: string | undefined;
}

export interface Annotation {
  readonly path: string;
  readonly start_line: number;
  readonly end_line: number;
  readonly annotation_level: "failure" | "warning" | "notice";
  readonly title: string;
  readonly message: string;
  readonly raw_details?: string;
}

export interface CheckOutput {
  readonly title: string;
  readonly summary: string;
  readonly text: string;
  readonly annotations: readonly Annotation[];
}

/** GitHub takes so many annotations with a request, and so many requests in a minute. */
const batch = 50;
const maxAnnotations = 500;

/**
 * Says that a verdict is being worked on. A check-run of an earlier run is used again, unless it has annotations: those
 * can only be added to.
 * @returns its number
 */
export async function beginCheck({ octokit, owner, repo }: GitHub, check: CheckIdentity): Promise<number> {
  const { name, externalId, head, details } = check;
  const page = details === undefined ? {} : { details_url: details };
  const progress = { status: "in_progress", external_id: externalId, ...page } as const;
  const known = await octokit.paginate(octokit.rest.checks.listForRef, {
    owner,
    repo,
    ref: head,
    check_name: name,
    filter: "latest",
    per_page: 100,
  });
  const own = known.find(({ external_id, output }) => external_id === externalId && output.annotations_count === 0);
  if (own) {
    await octokit.rest.checks.update({ owner, repo, check_run_id: own.id, ...progress });
    return own.id;
  }
  const { data } = await octokit.rest.checks.create({ owner, repo, name, head_sha: head, ...progress });
  // A proxy may answer something else.
  if (typeof data.id !== "number") throw new Error("the answer cannot be read");
  return data.id;
}

/** Annotations first, the conclusion last: what was posted by half is never green. */
export async function concludeCheck(
  { octokit, owner, repo }: GitHub,
  check_run_id: number,
  conclusion: "success" | "failure",
  { title, summary, text, annotations }: CheckOutput,
): Promise<void> {
  const told = annotations.slice(0, maxAnnotations);
  let rest: readonly Annotation[] = told;
  for (; rest.length > batch; rest = rest.slice(batch)) {
    const output = { title, summary: "More is being written.", annotations: rest.slice(0, batch).map(copied) };
    await octokit.rest.checks.update({ owner, repo, check_run_id, status: "in_progress", output });
  }
  await octokit.rest.checks.update({
    owner,
    repo,
    check_run_id,
    status: "completed",
    conclusion,
    output: { title, summary, text, annotations: rest.map(copied) },
  });
}

const copied = (annotation: Annotation) => ({ ...annotation });

/** Of a run that came to no end. */
export const abandoned: CheckOutput = {
  title: "It could not be judged",
  summary: "The run ended before there was a verdict; its log says how. Nothing was proven, so this is a failure.",
  text: "",
  annotations: [],
};
