import type { RestEndpointMethodTypes } from "@octokit/rest";
import type { Site } from "../route.ts";
import type { Pull, Review } from "../state.ts";
import { fullName, repositoryAnswer, repositoryPage, repositoryUrl } from "./repository.ts";
import { idOf, userAnswer } from "./user.ts";

type PullAnswer = RestEndpointMethodTypes["pulls"]["get"]["response"]["data"];
type SimplePullAnswer =
  RestEndpointMethodTypes["repos"]["listPullRequestsAssociatedWithCommit"]["response"]["data"][number];
type MinimalPullAnswer = NonNullable<
  RestEndpointMethodTypes["actions"]["getWorkflowRun"]["response"]["data"]["pull_requests"]
>[number];
type ReviewAnswer = RestEndpointMethodTypes["pulls"]["listReviews"]["response"]["data"][number];

const ownerOf = (repository: string): string => repository.split("/")[0] ?? "";

/** `owner/name` of the repository that its head lies in; null where that was deleted. */
const headRepository = (site: Site, pull: Pull): string | null =>
  pull.head.repository === undefined ? fullName(site) : pull.head.repository;

const end = (site: Site, ref: string, sha: string, repository: string) => ({
  label: `${ownerOf(repository)}:${ref}`,
  ref,
  sha,
  user: userAnswer(site, ownerOf(repository)),
  repo: repositoryAnswer(site, repository),
});

const urls = (site: Site, pull: Pull) => {
  const url = `${repositoryUrl(site)}/pulls/${pull.number}`;
  const issue = `${repositoryUrl(site)}/issues/${pull.number}`;
  const page = `${repositoryPage(site)}/pull/${pull.number}`;
  return {
    url,
    html_url: page,
    diff_url: `${page}.diff`,
    patch_url: `${page}.patch`,
    issue_url: issue,
    commits_url: `${url}/commits`,
    review_comments_url: `${url}/comments`,
    review_comment_url: `${repositoryUrl(site)}/pulls/comments{/number}`,
    comments_url: `${issue}/comments`,
    statuses_url: `${repositoryUrl(site)}/statuses/${pull.head.sha}`,
  };
};

/** What a list shows of a pull request. A deleted fork leaves an end whose `repo` is null. */
export const simplePullAnswer = (site: Site, pull: Pull) => {
  const at = urls(site, pull);
  const repository = headRepository(site, pull);
  const closedAt = pull.state === "open" ? null : pull.createdAt;
  return {
    ...at,
    id: idOf(`pull ${pull.number}`),
    node_id: `PR_${pull.number}`,
    number: pull.number,
    state: pull.state === "open" ? ("open" as const) : ("closed" as const),
    locked: pull.locked,
    draft: pull.draft,
    title: pull.title,
    body: pull.body,
    user: userAnswer(site, pull.author),
    author_association: "CONTRIBUTOR" as const,
    assignee: null,
    assignees: [],
    requested_reviewers: [],
    requested_teams: [],
    labels: [],
    milestone: null,
    auto_merge: null,
    created_at: pull.createdAt,
    updated_at: pull.createdAt,
    closed_at: closedAt,
    merged_at: pull.state === "merged" ? closedAt : null,
    merge_commit_sha: pull.mergeCommit,
    head:
      repository === null
        ? // GitHub does so, although its description says that the repository is always there.
          { ...end(site, pull.head.ref, pull.head.sha, "ghost/gone"), label: pull.head.ref, repo: null as never }
        : end(site, pull.head.ref, pull.head.sha, repository),
    base: end(site, pull.base.ref, pull.base.sha, fullName(site)),
    _links: {
      self: { href: at.url },
      html: { href: at.html_url },
      issue: { href: at.issue_url },
      comments: { href: at.comments_url },
      commits: { href: at.commits_url },
      statuses: { href: at.statuses_url },
      review_comments: { href: at.review_comments_url },
      review_comment: { href: at.review_comment_url },
    },
  } satisfies SimplePullAnswer;
};

export const pullAnswer = (site: Site, pull: Pull): PullAnswer => ({
  ...simplePullAnswer(site, pull),
  additions: 1,
  deletions: 0,
  changed_files: 1,
  commits: 1,
  comments: site.state.comments.filter((one) => one.pull === pull.number).length,
  review_comments: 0,
  maintainer_can_modify: false,
  mergeable: pull.state === "open" ? pull.mergeCommit !== null : null,
  mergeable_state: pull.state === "open" && pull.mergeCommit !== null ? "clean" : "unknown",
  merged: pull.state === "merged",
  merged_by: pull.state === "merged" ? userAnswer(site, site.state.owner) : null,
});

/**
 * The pull requests that GitHub names beside a run or a check of a commit: the open ones whose head it is, and only
 * those from the repository itself. For forks the list is empty.
 */
export const minimalPullAnswers = (site: Site, sha: string): MinimalPullAnswer[] => {
  const repo = { id: idOf(fullName(site)), url: repositoryUrl(site), name: site.state.name };
  return site.state.pulls
    .filter((pull) => pull.state === "open" && pull.head.sha === sha && headRepository(site, pull) === fullName(site))
    .map((pull) => ({
      id: idOf(`pull ${pull.number}`),
      number: pull.number,
      url: urls(site, pull).url,
      head: { ref: pull.head.ref, sha: pull.head.sha, repo },
      base: { ref: pull.base.ref, sha: pull.base.sha, repo },
    }));
};

export const reviewAnswer = (site: Site, review: Review): ReviewAnswer => {
  const page = `${repositoryPage(site)}/pull/${review.pull}#pullrequestreview-${review.id}`;
  const pull = `${repositoryUrl(site)}/pulls/${review.pull}`;
  return {
    id: review.id,
    node_id: `PRR_${review.id}`,
    user: review.login === null ? null : userAnswer(site, review.login),
    body: review.body,
    state: review.state,
    html_url: page,
    pull_request_url: pull,
    author_association: review.association,
    _links: { html: { href: page }, pull_request: { href: pull } },
    commit_id: review.commit,
    ...(review.state === "PENDING" ? {} : { submitted_at: review.submittedAt }),
  };
};
