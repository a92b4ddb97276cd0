/** The check-run: for reading, with annotations where the work has to be done. What is required is the job. */

import type { Annotation } from "../report/annotations.ts";
import type { CheckOutput } from "../report/check-output.ts";
import { type GitHub, refusalOf } from "./github.ts";

export interface CheckIdentity {
  /** What people see: it has to tell plans and target branches apart. */
  readonly name: string;
  /** The same for machines. */
  readonly externalId: string;
  /** When the run began, in milliseconds. */
  readonly begun: number;
  /** The commit that it is shown at. */
  readonly head: string;
  /** The page of the workflow's run. */
  readonly details: string | undefined;
}

/** A check-run that is worked on. */
export interface BegunCheck {
  readonly number: number;
  /** What it carries as long as no other run has taken it over. */
  readonly mark: string;
}

/** GitHub takes so many annotations with a request, and so many requests in a minute. */
const batch = 50;
const maxAnnotations = 500;

/**
 * Says that a verdict is being worked on. A check-run of an earlier run is used again, unless it has annotations: those
 * can only be added to.
 */
export async function beginCheck({ octokit, owner, repo }: GitHub, check: CheckIdentity): Promise<BegunCheck> {
  const { name, externalId, begun, head, details } = check;
  const mark = `${externalId} ${begun}`;
  const page = details === undefined ? {} : { details_url: details };
  const progress = { status: "in_progress", external_id: mark, ...page } as const;
  const known = await octokit.paginate(octokit.rest.checks.listForRef, {
    owner,
    repo,
    ref: head,
    check_name: name,
    filter: "latest",
    per_page: 100,
  });
  const own = known.find(
    ({ external_id, output }) => external_id?.startsWith(`${externalId} `) && output.annotations_count === 0,
  );
  // A run that began later is at work on it already, and will have the last word.
  if (own && begunAt(own.external_id) > begun) return { number: own.id, mark };
  if (own) {
    try {
      await octokit.rest.checks.update({ owner, repo, check_run_id: own.id, ...progress });
      return { number: own.id, mark };
    } catch (error) {
      // Somebody else's, who gave it the same identity: only its App may change it.
      if (!refusalOf(error).isForbidden) throw error;
    }
  }
  const { data } = await octokit.rest.checks.create({ owner, repo, name, head_sha: head, ...progress });
  // A proxy may answer something else.
  if (typeof data.id !== "number") throw new Error("the answer cannot be read");
  return { number: data.id, mark };
}

/**
 * Annotations first, the conclusion last: what was posted by half is never green.
 * @returns whether it was concluded: a run that began later may have taken it over, and says what there is to say
 */
export async function concludeCheck(
  github: GitHub,
  { number: check_run_id, mark }: BegunCheck,
  conclusion: "success" | "failure",
  { title, summary, text, annotations }: CheckOutput,
): Promise<boolean> {
  const { octokit, owner, repo } = github;
  if (await isTakenOver(github, check_run_id, mark)) return false;
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
  return true;
}

/** Where GitHub does not say, it is not. */
async function isTakenOver({ octokit, owner, repo }: GitHub, check_run_id: number, mark: string): Promise<boolean> {
  try {
    const { data } = await octokit.rest.checks.get({ owner, repo, check_run_id });
    return begunAt(data.external_id) > begunAt(mark);
  } catch {
    return false;
  }
}

/** 0 of what is no mark. */
const begunAt = (mark: string | null): number => Number(/ (\d+)$/.exec(mark ?? "")?.[1] ?? 0);

const copied = (annotation: Annotation) => ({ ...annotation });

/** Of a run that came to no end. */
export const abandoned: CheckOutput = {
  title: "It could not be judged",
  summary: "The run ended before there was a verdict; its log says how. Nothing was proven, so this is a failure.",
  text: "",
  annotations: [],
};
