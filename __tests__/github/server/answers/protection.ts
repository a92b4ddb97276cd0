import type { RestEndpointMethodTypes } from "@octokit/rest";
import type { Site } from "../route.ts";
import type { Protection, Rule, Ruleset } from "../state.ts";
import { commitAnswer } from "./commit.ts";
import { repositoryPage, repositoryUrl } from "./repository.ts";

type ProtectionAnswer = RestEndpointMethodTypes["repos"]["getBranchProtection"]["response"]["data"];
type BranchAnswer = RestEndpointMethodTypes["repos"]["getBranch"]["response"]["data"];
type RulesetAnswer = RestEndpointMethodTypes["repos"]["getRepoRuleset"]["response"]["data"];
type BranchRuleAnswer = RestEndpointMethodTypes["repos"]["getBranchRules"]["response"]["data"][number];

const branchUrl = (site: Site, branch: string): string =>
  `${repositoryUrl(site)}/branches/${encodeURIComponent(branch)}`;

const checksAnswer = (checks: NonNullable<Protection["checks"]>, url: string) => ({
  url: `${url}/required_status_checks`,
  contexts_url: `${url}/required_status_checks/contexts`,
  strict: checks.strict,
  contexts: checks.required.map((one) => one.context),
  checks: checks.required.map((one) => ({ context: one.context, app_id: one.app })),
});

/** The classic protection of a branch, as an administrator sees it. */
export const protectionAnswer = (site: Site, branch: string, found: Protection): ProtectionAnswer => {
  const url = `${branchUrl(site, branch)}/protection`;
  return {
    url,
    ...(found.checks ? { required_status_checks: checksAnswer(found.checks, url) } : {}),
    ...(found.reviews
      ? {
          required_pull_request_reviews: {
            url: `${url}/required_pull_request_reviews`,
            required_approving_review_count: found.reviews.approvals,
            dismiss_stale_reviews: found.reviews.dismissStale,
            require_code_owner_reviews: found.reviews.codeOwners,
            require_last_push_approval: found.reviews.lastPush,
          },
        }
      : {}),
    required_signatures: { url: `${url}/required_signatures`, enabled: false },
    enforce_admins: { url: `${url}/enforce_admins`, enabled: found.admins },
    required_linear_history: { enabled: found.linearHistory },
    allow_force_pushes: { enabled: found.forcePushes },
    allow_deletions: { enabled: found.deletions },
    block_creations: { enabled: false },
    required_conversation_resolution: { enabled: found.conversations },
    lock_branch: { enabled: false },
    allow_fork_syncing: { enabled: false },
  };
};

/** A branch, with what everybody may know of its classic protection. `ruled`: a ruleset holds for it. */
export const branchAnswer = (site: Site, branch: string, sha: string, ruled: boolean): BranchAnswer => {
  const url = branchUrl(site, branch);
  const found = site.state.protection[branch];
  return {
    name: branch,
    commit: commitAnswer(site, sha),
    _links: { self: url, html: `${repositoryPage(site)}/tree/${branch}` },
    protected: found !== undefined || ruled,
    protection: {
      enabled: found !== undefined,
      required_status_checks: {
        enforcement_level: found?.checks === undefined ? "off" : found.admins ? "everyone" : "non_admins",
        contexts: found?.checks?.required.map((one) => one.context) ?? [],
        checks: found?.checks?.required.map((one) => ({ context: one.context, app_id: one.app })) ?? [],
      },
    },
    protection_url: `${url}/protection`,
  };
};

/** What a list shows of a ruleset: neither its rules nor where they hold. */
export const simpleRulesetAnswer = (site: Site, ruleset: Ruleset): RulesetAnswer => ({
  id: ruleset.id,
  name: ruleset.name,
  target: ruleset.target,
  source_type: ruleset.source.type,
  source: ruleset.source.name,
  enforcement: ruleset.enforcement,
  node_id: `RRS_${ruleset.id}`,
  _links: {
    self: { href: `${repositoryUrl(site)}/rulesets/${ruleset.id}` },
    html: { href: `${repositoryPage(site)}/rules/${ruleset.id}` },
  },
  created_at: "2025-01-05T10:00:00Z",
  updated_at: "2025-01-05T10:00:00Z",
});

/** A whole ruleset. Who may bypass it is shown to those alone who may edit it. */
export const rulesetAnswer = (site: Site, ruleset: Ruleset, mayEdit: boolean): RulesetAnswer => ({
  ...simpleRulesetAnswer(site, ruleset),
  conditions: { ref_name: { include: ruleset.include, exclude: ruleset.exclude } },
  rules: ruleset.rules,
  current_user_can_bypass: "never",
  ...(mayEdit ? { bypass_actors: ruleset.bypass } : {}),
});

export const branchRuleAnswer = (ruleset: Ruleset, rule: Rule): BranchRuleAnswer =>
  // A rule of each kind, with the ruleset that it is from: a union that a spread loses.
  ({
    ...rule,
    ruleset_source_type: ruleset.source.type,
    ruleset_source: ruleset.source.name,
    ruleset_id: ruleset.id,
  }) as BranchRuleAnswer;
