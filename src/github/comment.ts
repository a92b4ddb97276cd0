/** The one comment that a pull request has for a plan. It is written anew each time, and nothing is ever read from it but whose it is. */

import type { GitHub } from "./github.ts";

export interface CommentIdentity {
  readonly number: number;
  /** Path of the plan. */
  readonly plan: string;
  /** When the run began, in milliseconds: a run that is started again is newer than one that came between. */
  readonly begun: number;
}

interface Written {
  readonly id: number;
  readonly body: string;
}

/** GitHub takes so many bytes of a comment. */
const maxBytes = 65_536;

/** The beginning of a comment, which nobody sees. */
export const markerOf = ({ plan, begun }: CommentIdentity): string => `${markOf(plan)}${begun} -->\n`;

/** What is left of a comment after its marker, in bytes. */
export const roomOf = (identity: CommentIdentity): number => maxBytes - Buffer.byteLength(markerOf(identity));

const markOf = (plan: string): string => `<!-- phasegate:${encodeURIComponent(plan).replaceAll("-", "%2D")} run `;

/**
 * Writes the comment, or writes it anew.
 * @returns whether it was written: a newer run may have been first
 */
export async function writeComment(github: GitHub, identity: CommentIdentity, text: string): Promise<boolean> {
  const { octokit, owner, repo } = github;
  const body = markerOf(identity) + text;
  const author = await whoIsAsking(github);
  const before = await commentsOf(github, identity, author);
  if (before.some((each) => isNewer(each, identity))) return false;
  if (before.length === 0)
    await octokit.rest.issues.createComment({ owner, repo, issue_number: identity.number, body });
  // Two runs may have begun one at the same time: both keep the oldest, with what the newer run has to say.
  const [kept, ...surplus] = before.length > 0 ? before : await commentsOf(github, identity, author);
  const newer = surplus.find((each) => isNewer(each, identity));
  if (newer) return false;
  if (kept && isNewer(kept, identity)) {
    for (const { id } of surplus) await octokit.rest.issues.deleteComment({ owner, repo, comment_id: id });
    return false;
  }
  if (kept && kept.body !== body) await octokit.rest.issues.updateComment({ owner, repo, comment_id: kept.id, body });
  for (const { id } of surplus) await octokit.rest.issues.deleteComment({ owner, repo, comment_id: id });
  return true;
}

/** Ours, the oldest first: with the marker, and by whom the token is of. */
async function commentsOf(
  { octokit, owner, repo }: GitHub,
  { number, plan }: CommentIdentity,
  author: string,
): Promise<readonly Written[]> {
  const all = await octokit.paginate(octokit.rest.issues.listComments, {
    owner,
    repo,
    issue_number: number,
    per_page: 100,
  });
  return all
    .flatMap(({ id, body, user }): readonly Written[] =>
      body?.startsWith(markOf(plan)) && user?.login === author ? [{ id, body }] : [],
    )
    .toSorted((one, other) => one.id - other.id);
}

const isNewer = ({ body }: Written, { plan, begun }: CommentIdentity): boolean =>
  Number(/^(\d+) -->/.exec(body.slice(markOf(plan).length))?.[1] ?? 0) > begun;

/** Where GitHub does not say, the token is the one that every job has. */
async function whoIsAsking({ octokit }: GitHub): Promise<string> {
  try {
    const { viewer } = await octokit.graphql<{ readonly viewer: { readonly login: string } }>("{ viewer { login } }");
    return viewer.login;
  } catch {
    return "github-actions[bot]";
  }
}
