/** What reviewers said on the pull requests of a change. DESIGN 4.4. */

import type { Approvals, Review, Reviews } from "../model/ports.ts";
import type { PullRequest } from "./event.ts";
import { type GitHub, refusalOf } from "./github.ts";
import { reviewsOf } from "./pull-requests.ts";

/**
 * Asks GitHub, once.
 * @param behind the pull requests that the change consists of
 * @param head the commit that is judged
 */
export function approvalsOf(github: GitHub, behind: () => Promise<readonly PullRequest[]>, head: string): Approvals {
  let asked: Promise<Omit<Reviews, "teams">> | undefined;
  return {
    async ask(teams) {
      asked ??= behind().then((pulls) => ofAll(github, pulls, head));
      asked.catch(() => undefined);
      try {
        const reviews = await asked;
        const known: [team: string, members: readonly string[]][] = [];
        const unreadTeams: string[] = [];
        for (const team of teams) {
          const members = await membersOf(github, team);
          if ("none" in members) unreadTeams.push(members.none);
          else known.push([team, members.members]);
        }
        return { ...reviews, teams: Object.fromEntries(known), unread: unreadTeams };
      } catch (error) {
        // What cannot be read is not there; the rest of the verdict does not depend on it.
        return { none: unread(error) };
      }
    },
  };
}

function unread(error: unknown): string {
  if (error instanceof Error && !("status" in error)) return error.message;
  const { isForbidden, words } = refusalOf(error);
  return isForbidden ? `${words}; the job needs \`permissions: pull-requests: read\`` : words;
}

/** Of several pull requests, who approves has approved each of them as it is, and proposes none. */
async function ofAll(github: GitHub, pulls: readonly PullRequest[], head: string): Promise<Omit<Reviews, "teams">> {
  const [only, ...others] = pulls;
  if (!only) throw new Error("no pull request is known that this change came with");
  if (others.length === 0)
    return { author: `@${only.author}`, head: only.head, reviews: await reviewsOf(github, only.number) };
  const each = await Promise.all(
    pulls.map(async (pull) => ({ pull, approving: approving(await reviewsOf(github, pull.number), pull.head) })),
  );
  const authors = new Set(pulls.map(({ author }) => `@${author}`.toLowerCase()));
  const candidates = new Set(each.flatMap(({ approving }) => approving));
  const reviews = [...candidates]
    .filter((name) => !authors.has(name) && each.every(({ approving }) => approving.includes(name)))
    .map((reviewer): Review => ({ reviewer, commit: head, state: "approved" }));
  return { author: pulls.map(({ author }) => `@${author}`).join(", "), head, reviews };
}

/** Whose last word on this commit is an approval, in lower case, as logins are compared. */
function approving(reviews: readonly Review[], head: string): readonly string[] {
  const last = new Map<string, Review>();
  for (const review of reviews) if (review.state !== "commented") last.set(review.reviewer.toLowerCase(), review);
  return [...last].flatMap(([name, { state, commit }]) => (state === "approved" && commit === head ? [name] : []));
}

/** @param team `@organization/team` */
async function membersOf(
  { octokit }: GitHub,
  team: string,
): Promise<{ readonly members: readonly string[] } | { readonly none: string }> {
  const [org = "", slug = ""] = team.replace(/^@/, "").split("/");
  try {
    const members = await octokit.paginate(octokit.rest.teams.listMembersInOrg, {
      org,
      team_slug: slug,
      per_page: 100,
    });
    return { members: members.map(({ login }) => `@${login}`) };
  } catch (error) {
    return {
      none: `who belongs to ${team} cannot be read (${refusalOf(error).words}): the token of a workflow knows no teams, so name people in the plan, or give \`github-token\` a token of a GitHub App, or one with \`read:org\``,
    };
  }
}
