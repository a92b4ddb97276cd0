import type { RestEndpointMethodTypes } from "@octokit/rest";
import type { Site } from "../route.ts";
import { idOf, type UserAnswer, userAnswer } from "./user.ts";

type FullRepositoryAnswer = RestEndpointMethodTypes["repos"]["get"]["response"]["data"];
export type RepositoryAnswer = RestEndpointMethodTypes["pulls"]["get"]["response"]["data"]["base"]["repo"];
type MinimalRepositoryAnswer = RestEndpointMethodTypes["actions"]["getWorkflowRun"]["response"]["data"]["repository"];

/** `owner/name` of the repository that there is. */
export const fullName = ({ state }: Site): string => `${state.owner}/${state.name}`;

/** Where the API shows the repository that there is. */
export const repositoryUrl = (site: Site): string => `${site.api}/repos/${fullName(site)}`;

/** Where people see it. */
export const repositoryPage = (site: Site): string => `https://github.com/${fullName(site)}`;

/** What all three sizes of a repository have. `full` is `owner/name`, of the repository or of a fork. */
export const minimalRepositoryAnswer = (site: Site, full: string) => {
  const [owner = "", name = ""] = full.split("/");
  const url = `${site.api}/repos/${full}`;
  return {
    id: idOf(full),
    node_id: `R_${idOf(full)}`,
    name,
    full_name: full,
    owner: userAnswer(site, owner) satisfies UserAnswer,
    private: site.state.private,
    html_url: `https://github.com/${full}`,
    description: null,
    fork: full !== fullName(site),
    url,
    archive_url: `${url}/{archive_format}{/ref}`,
    assignees_url: `${url}/assignees{/user}`,
    blobs_url: `${url}/git/blobs{/sha}`,
    branches_url: `${url}/branches{/branch}`,
    collaborators_url: `${url}/collaborators{/collaborator}`,
    comments_url: `${url}/comments{/number}`,
    commits_url: `${url}/commits{/sha}`,
    compare_url: `${url}/compare/{base}...{head}`,
    contents_url: `${url}/contents/{+path}`,
    contributors_url: `${url}/contributors`,
    deployments_url: `${url}/deployments`,
    downloads_url: `${url}/downloads`,
    events_url: `${url}/events`,
    forks_url: `${url}/forks`,
    git_commits_url: `${url}/git/commits{/sha}`,
    git_refs_url: `${url}/git/refs{/sha}`,
    git_tags_url: `${url}/git/tags{/sha}`,
    hooks_url: `${url}/hooks`,
    issue_comment_url: `${url}/issues/comments{/number}`,
    issue_events_url: `${url}/issues/events{/number}`,
    issues_url: `${url}/issues{/number}`,
    keys_url: `${url}/keys{/key_id}`,
    labels_url: `${url}/labels{/name}`,
    languages_url: `${url}/languages`,
    merges_url: `${url}/merges`,
    milestones_url: `${url}/milestones{/number}`,
    notifications_url: `${url}/notifications{?since,all,participating}`,
    pulls_url: `${url}/pulls{/number}`,
    releases_url: `${url}/releases{/id}`,
    stargazers_url: `${url}/stargazers`,
    statuses_url: `${url}/statuses/{sha}`,
    subscribers_url: `${url}/subscribers`,
    subscription_url: `${url}/subscription`,
    tags_url: `${url}/tags`,
    teams_url: `${url}/teams`,
    trees_url: `${url}/git/trees{/sha}`,
  } satisfies MinimalRepositoryAnswer;
};

/** A repository as a pull request shows it. */
export const repositoryAnswer = (site: Site, full: string) => {
  const page = `https://github.com/${full}`;
  return {
    ...minimalRepositoryAnswer(site, full),
    clone_url: `${page}.git`,
    git_url: `git://github.com/${full}.git`,
    ssh_url: `git@github.com:${full}.git`,
    svn_url: page,
    mirror_url: null,
    homepage: null,
    language: "TypeScript",
    license: null,
    default_branch: site.state.defaultBranch,
    visibility: site.state.private ? "private" : "public",
    archived: false,
    disabled: false,
    has_downloads: true,
    has_issues: true,
    has_projects: true,
    has_wiki: true,
    has_pages: false,
    has_discussions: false,
    forks: 0,
    forks_count: 0,
    open_issues: 0,
    open_issues_count: 0,
    size: 108,
    stargazers_count: 0,
    watchers: 0,
    watchers_count: 0,
    created_at: "2025-01-05T10:00:00Z",
    updated_at: "2026-01-05T10:00:00Z",
    pushed_at: "2026-01-05T10:00:00Z",
  } satisfies RepositoryAnswer;
};

/** A repository as it shows itself. */
export const fullRepositoryAnswer = (site: Site): FullRepositoryAnswer => ({
  ...repositoryAnswer(site, fullName(site)),
  network_count: 0,
  subscribers_count: 0,
});
