import type { RestEndpointMethodTypes } from "@octokit/rest";
import type { Site } from "../route.ts";
import type { Comparison } from "../state.ts";
import { repositoryPage, repositoryUrl } from "./repository.ts";

type CommitAnswer = RestEndpointMethodTypes["repos"]["getCommit"]["response"]["data"];
type ComparisonAnswer = RestEndpointMethodTypes["repos"]["compareCommitsWithBasehead"]["response"]["data"];
type GitRefAnswer = RestEndpointMethodTypes["git"]["getRef"]["response"]["data"];

const someone = { name: "Eve", email: "eve@example.org", date: "2026-01-05T10:00:00Z" };

/** A commit of which nothing is known but its name: no parents, a message that says which it is. */
export const commitAnswer = (site: Site, sha: string): CommitAnswer => ({
  sha,
  node_id: `C_${sha}`,
  url: `${repositoryUrl(site)}/commits/${sha}`,
  html_url: `${repositoryPage(site)}/commit/${sha}`,
  comments_url: `${repositoryUrl(site)}/commits/${sha}/comments`,
  commit: {
    url: `${repositoryUrl(site)}/git/commits/${sha}`,
    author: someone,
    committer: someone,
    message: `Commit ${sha.slice(0, 7)}`,
    comment_count: 0,
    tree: { sha, url: `${repositoryUrl(site)}/git/trees/${sha}` },
  },
  author: null,
  committer: null,
  parents: [],
});

export const gitRefAnswer = (site: Site, ref: string, sha: string): GitRefAnswer => ({
  ref,
  node_id: `REF_${sha}`,
  url: `${repositoryUrl(site)}/git/${ref}`,
  object: { type: "commit", sha, url: `${repositoryUrl(site)}/git/commits/${sha}` },
});

/** How the commit `head` lies to the commit `base`. */
export const comparisonAnswer = (site: Site, base: string, head: string, found: Comparison): ComparisonAnswer => {
  const page = `${repositoryPage(site)}/compare/${base}...${head}`;
  return {
    url: `${repositoryUrl(site)}/compare/${base}...${head}`,
    html_url: page,
    permalink_url: page,
    diff_url: `${page}.diff`,
    patch_url: `${page}.patch`,
    base_commit: commitAnswer(site, base),
    merge_base_commit: commitAnswer(site, found.mergeBase),
    status: found.status,
    ahead_by: found.ahead.length,
    behind_by: found.behindBy,
    total_commits: found.ahead.length,
    commits: found.ahead.map((sha) => commitAnswer(site, sha)),
    files: [],
  };
};
