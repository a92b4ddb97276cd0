/** What GitHub's settings ask of a branch: rulesets, branch protection, merge queue. */

import type { RestEndpointMethodTypes } from "@octokit/rest";
import type { Protection, PullRequestRule, Settings } from "../doctor/facts.ts";
import { type GitHub, refusalOf } from "./github.ts";

type Rule = RestEndpointMethodTypes["repos"]["getBranchRules"]["response"]["data"][number];
type Ruleset = RestEndpointMethodTypes["repos"]["getRepoRuleset"]["response"]["data"];
type Classic = RestEndpointMethodTypes["repos"]["getBranchProtection"]["response"]["data"];
type Branch = RestEndpointMethodTypes["repos"]["getBranch"]["response"]["data"];

/** The branch that pull requests go into unless told otherwise; `none`: why nobody can say. */
export async function defaultBranch({
  owner,
  repo,
  octokit,
}: GitHub): Promise<{ readonly branch: string } | { readonly none: string }> {
  try {
    const { data } = await octokit.rest.repos.get({ owner, repo });
    return { branch: data.default_branch };
  } catch (error) {
    return { none: `${refusalOf(error).words}.` };
  }
}

/** Reads all that the token may see; what it may not, and what fails, is named in `unread`. Never throws. */
export async function readSettings(github: GitHub, branch: string): Promise<Settings> {
  const parts = await Promise.all([
    looked("The rulesets", () => rulesets(github, branch)),
    looked("The branch protection", () => branchProtection(github, branch)),
    looked("Whether there is a merge queue", () => mergeQueue(github, branch)),
  ]);
  return {
    protections: parts.flatMap(({ protections }) => protections),
    unread: parts.flatMap(({ unread }) => unread),
  };
}

async function looked(what: string, look: () => Promise<Settings>): Promise<Settings> {
  try {
    return await look();
  } catch (error) {
    return { protections: [], unread: [unread(what, error)] };
  }
}

const unread = (what: string, error: unknown): string => `${what} could not be read: ${refusalOf(error).words}.`;

async function rulesets(github: GitHub, branch: string): Promise<Settings> {
  const { owner, repo, octokit } = github;
  const rules = await octokit.paginate(octokit.rest.repos.getBranchRules, { owner, repo, branch, per_page: 100 });
  const ids = [...new Set(rules.map(({ ruleset_id: id }) => id))];
  const protections = ids.map((id) =>
    ruleset(
      github,
      id,
      rules.filter(({ ruleset_id: of }) => of === id),
    ),
  );
  return { protections: await Promise.all(protections), unread: [] };
}

/** Who may bypass it is told to those alone who may edit it. */
async function ruleset({ owner, repo, octokit }: GitHub, id: number | undefined, rules: readonly Rule[]) {
  const named = (name: string, bypass: Protection["bypass"]) => ofRules(rules, name, bypass);
  if (id === undefined) return named("a ruleset", { unread: "GitHub does not say which ruleset it is." });
  try {
    const { data } = await octokit.rest.repos.getRepoRuleset({ owner, repo, ruleset_id: id });
    const name = `the ruleset "${data.name}"`;
    const hidden = `Who may bypass ${name} is shown to those alone who may edit it (\`administration: write\`).`;
    return named(name, data.bypass_actors ? { names: data.bypass_actors.map(actor) } : { unread: hidden });
  } catch (error) {
    return named(`ruleset ${id}`, { unread: unread(`Who may bypass ruleset ${id}`, error) });
  }
}

/** GitHub's own numbers of its roles. */
const roles: { readonly [id: number]: string } = { 2: "maintainers", 4: "writers", 5: "administrators" };

function actor({ actor_type: type, actor_id: id }: NonNullable<Ruleset["bypass_actors"]>[number]): string {
  switch (type) {
    case "OrganizationAdmin":
      return "owners of the organisation";
    case "RepositoryRole":
      return roles[id ?? 0] ?? `the repository role ${id}`;
    case "DeployKey":
      return "deploy keys";
    case "Integration":
      return `the GitHub App ${id}`;
    default:
      // A team, or a user, whom the types do not know yet.
      return `the ${String(type).toLowerCase()} ${id}`;
  }
}

/** A ruleset may hold several rules of a sort: all of them are asked. */
function ofRules(rules: readonly Rule[], name: string, bypass: Protection["bypass"]): Protection {
  const of = <Type extends Rule["type"]>(type: Type) =>
    rules.filter((rule): rule is Extract<Rule, { type: Type }> => rule.type === type);
  const checks = of("required_status_checks").flatMap(({ parameters }) => parameters ?? []);
  const reviews = of("pull_request").map(({ parameters }) => parameters);
  return {
    name,
    checks: checks.flatMap(({ required_status_checks: required }) =>
      required.map(({ context, integration_id: id }) => ({ context, app: appOf(id) })),
    ),
    upToDate: checks.some(({ strict_required_status_checks_policy: strict }) => strict),
    workflows: of("workflows").flatMap(({ parameters }) =>
      (parameters?.workflows ?? []).map(({ path, repository_id: repository }) => ({ path, repository })),
    ),
    mergeQueue: of("merge_queue").length > 0,
    ...(reviews.length === 0
      ? {}
      : {
          pullRequest: {
            codeOwners: reviews.some((asked) => asked?.require_code_owner_review === true),
            dismissesStale: reviews.some((asked) => asked?.dismiss_stale_reviews_on_push === true),
            notByPusher: reviews.some((asked) => asked?.require_last_push_approval === true),
            exempt: [],
          },
        }),
    refusesForcePush: of("non_fast_forward").length > 0,
    refusesDeletion: of("deletion").length > 0,
    bypass,
  };
}

/** GitHub writes "any source" as nothing, null or -1. */
const appOf = (id: number | null | undefined): number | undefined =>
  id === null || id === undefined || id < 0 ? undefined : id;

const nothing: Omit<Protection, "name" | "bypass"> = {
  checks: [],
  upToDate: false,
  workflows: [],
  mergeQueue: false,
  refusesForcePush: false,
  refusesDeletion: false,
};

async function branchProtection({ owner, repo, octokit }: GitHub, branch: string): Promise<Settings> {
  const asking = { owner, repo, branch };
  const classic = await octokit.rest.repos.getBranchProtection(asking).then(
    ({ data }) => data,
    (error: unknown) => ({ error }),
  );
  if (!("error" in classic)) return { protections: [ofClassic(classic)], unread: [] };
  // The branch itself tells everybody whether it is protected so, and by which checks.
  const { data } = await octokit.rest.repos.getBranch(asking);
  if (data.protection.enabled !== true) return { protections: [], unread: [] };
  const what = "The branch protection beyond its checks";
  return { protections: [ofBranch(data)], unread: [unread(what, classic.error)] };
}

function ofClassic(classic: Classic): Protection {
  const { required_status_checks: checks, required_pull_request_reviews: reviews } = classic;
  const pullRequest: PullRequestRule | undefined = reviews && {
    codeOwners: reviews.require_code_owner_reviews,
    dismissesStale: reviews.dismiss_stale_reviews,
    notByPusher: reviews.require_last_push_approval === true,
    exempt: exempt(reviews.bypass_pull_request_allowances),
  };
  return {
    ...nothing,
    name: "the branch protection",
    checks: requiredChecks(checks),
    upToDate: checks?.strict === true,
    ...(pullRequest ? { pullRequest } : {}),
    refusesForcePush: classic.allow_force_pushes?.enabled !== true,
    refusesDeletion: classic.allow_deletions?.enabled !== true,
    bypass: { names: classic.enforce_admins?.enabled === true ? [] : ["administrators"] },
  };
}

function ofBranch({ protection }: Branch): Protection {
  const level = protection.required_status_checks?.enforcement_level;
  return {
    ...nothing,
    name: "the branch protection",
    checks: level === "off" ? [] : requiredChecks(protection.required_status_checks),
    bypass: { names: level === "everyone" ? [] : ["administrators"] },
  };
}

/** Older answers name contexts only. */
function requiredChecks(given: Classic["required_status_checks"]): Protection["checks"] {
  const { checks, contexts } = given ?? {};
  const required = checks ?? contexts?.map((context) => ({ context, app_id: null })) ?? [];
  return required.map(({ context, app_id: app }) => ({ context, app: appOf(app) }));
}

function exempt(
  given: NonNullable<Classic["required_pull_request_reviews"]>["bypass_pull_request_allowances"],
): readonly string[] {
  const { users = [], teams = [], apps = [] } = given ?? {};
  return [
    ...users.map(({ login }) => `@${login}`),
    ...teams.map(({ slug }) => `the team ${slug}`),
    ...apps.map((app) => `the GitHub App ${app?.slug}`),
  ];
}

const queueQuery = `query ($owner: String!, $name: String!, $branch: String!) {
  repository(owner: $owner, name: $name) {
    mergeQueue(branch: $branch) { entries(first: 1) { nodes { position } pageInfo { hasNextPage } } }
  }
}`;

/** A queue of branch protection is in no answer of the REST API. */
async function mergeQueue({ owner, repo, octokit }: GitHub, branch: string): Promise<Settings> {
  const answer = await octokit.graphql<{ readonly repository: { readonly mergeQueue: object | null } | null }>(
    queueQuery,
    { owner, name: repo, branch },
  );
  if (!answer.repository?.mergeQueue) return { protections: [], unread: [] };
  // Only that there is one is known here: who may pass by it is said by what asks for it.
  const queue: Protection = { ...nothing, name: "the merge queue", mergeQueue: true, bypass: { names: [] } };
  return { protections: [queue], unread: [] };
}
