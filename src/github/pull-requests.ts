/** Pull requests as they are now, and those behind a commit that is no pull request's. */

import { setTimeout as delay } from "node:timers/promises";
import type { Review } from "../model/ports.ts";
import { type PullRequest, pullRequestSchema } from "./event.ts";
import type { GitHub } from "./github.ts";

/** @throws where GitHub does not say */
export async function pullRequest({ octokit, owner, repo }: GitHub, number: number): Promise<PullRequest> {
  const { data } = await octokit.rest.pulls.get({ owner, repo, pull_number: number });
  return pullRequestSchema.parse(data);
}

const states: { readonly [state: string]: Review["state"] } = {
  APPROVED: "approved",
  CHANGES_REQUESTED: "changes-requested",
  DISMISSED: "dismissed",
};

/** All reviews, in the order in which they were given. @throws where GitHub does not say */
export async function reviewsOf({ octokit, owner, repo }: GitHub, number: number): Promise<readonly Review[]> {
  const all = await octokit.paginate(octokit.rest.pulls.listReviews, {
    owner,
    repo,
    pull_number: number,
    per_page: 100,
  });
  return all.flatMap(({ user, commit_id: commit, state }): readonly Review[] =>
    // Of a review whose commit is gone the word still counts against an earlier one.
    user ? [{ reviewer: `@${user.login}`, commit: commit ?? "", state: states[state] ?? "commented" }] : [],
  );
}

/**
 * Those that brought what a branch has got: a pull request into another branch says nothing about this one.
 * @throws where GitHub does not say, or a commit came in without a pull request
 */
export async function pullRequestsBehind(
  github: GitHub,
  branch: string,
  from: string,
  to: string,
): Promise<readonly PullRequest[]> {
  const { octokit, owner, repo } = github;
  const basehead = `${from}...${to}`;
  const { data } = await octokit.rest.repos.compareCommitsWithBasehead({ owner, repo, basehead, per_page: maxCommits });
  if (data.total_commits > maxCommits)
    throw new Error(`${data.total_commits} commits were pushed at once; of more than ${maxCommits} nobody is asked`);
  const found = new Map<number, PullRequest>();
  for (const { sha } of data.commits) {
    const ask = async () => {
      const { data } = await octokit.rest.repos.listPullRequestsAssociatedWithCommit({ owner, repo, commit_sha: sha });
      return data.filter(({ merged_at: at, base }) => at !== null && base.ref === branch);
    };
    let merged = await ask();
    // Right after a merge GitHub may not know yet what belongs together.
    if (merged.length === 0) merged = await delay(associationMs).then(ask);
    if (merged.length === 0) throw new Error(`${sha.slice(0, 10)} came without a pull request into ${branch}`);
    for (const each of merged) found.set(each.number, pullRequestSchema.parse(each));
  }
  return [...found.values()];
}

const maxCommits = 100;
const associationMs = 3_000;

interface Queue {
  readonly repository: {
    readonly mergeQueue: {
      readonly entries: {
        readonly nodes: readonly {
          readonly position: number;
          readonly headCommit: { readonly oid: string } | null;
          readonly pullRequest: { readonly number: number } | null;
        }[];
        readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
      };
    } | null;
  };
}

const queueQuery = `query ($owner: String!, $name: String!, $branch: String!, $after: String) {
  repository(owner: $owner, name: $name) {
    mergeQueue(branch: $branch) {
      entries(first: 100, after: $after) {
        nodes { position headCommit { oid } pullRequest { number } }
        pageInfo { hasNextPage endCursor }
      }
    }
  }
}`;

/** The pull requests that a merge group has: its own, and those before it in the queue. @throws where GitHub does not say */
export async function pullRequestsOfGroup(
  github: GitHub,
  branch: string,
  head: string,
): Promise<readonly PullRequest[]> {
  const entries: Entry[] = [];
  let after: string | null = null;
  do {
    const answer: Queue = await github.octokit.graphql<Queue>(queueQuery, {
      owner: github.owner,
      name: github.repo,
      branch,
      after,
    });
    const page = answer.repository.mergeQueue?.entries;
    entries.push(...(page?.nodes ?? []));
    after = page?.pageInfo.hasNextPage ? page.pageInfo.endCursor : null;
  } while (after !== null);
  const own = entries.find(({ headCommit }) => headCommit?.oid === head);
  if (!own) throw new Error(`the merge queue of ${branch} does not know ${head.slice(0, 10)} any more`);
  const numbers = entries
    .filter(({ position }) => position <= own.position)
    .flatMap(({ pullRequest: pull }) => (pull ? [pull.number] : []));
  return Promise.all(numbers.map((number) => pullRequest(github, number)));
}

type Entry = NonNullable<Queue["repository"]["mergeQueue"]>["entries"]["nodes"][number];
