import { closedFiles, closedProtection, edited, expression, gate, type Opened, withProtection } from "./repository.ts";

/** Ways that GitHub's settings of the branch open. */
export const openSettings: { readonly [sentence: string]: Opened } = {
  "the change may edit the workflow, and code owners need not be asked": {
    settings: withProtection({
      pullRequest: { codeOwners: false, dismissesStale: true, notByPusher: true, exempt: [] },
    }),
    open: ["workflow-editable"],
    advice: ["code-owners-not-asked"],
    says: /its code owners need not be asked/,
    pastes: null,
  },
  "the change may edit the workflow, which nobody owns": {
    files: { ".github/CODEOWNERS": "* @lin\n/.github/workflows/\n" },
    open: ["workflow-editable"],
    says: /CODEOWNERS names nobody for \.github\/workflows\/gate\.yml/,
  },
  "another required workflow may have the gate, and is not read": {
    files: { ".github/CODEOWNERS": "* @lin\n/.github/workflows/\n" },
    settings: withProtection({ workflows: [{ path: ".github/workflows/org.yml", repository: 7 }] }),
    unknown: ["workflow-editable"],
    says: /org\.yml, which is not read here/,
  },
  "the check is not required": {
    settings: withProtection({ checks: [{ context: "test", app: 15368 }] }),
    open: ["not-required"],
    says: /^main requires "test", and not "phasegate"/,
    at: `${gate}:11`,
  },
  "no check is required": {
    settings: withProtection({ checks: [] }),
    open: ["not-required", "not-up-to-date"],
    says: /requires no check at all/,
  },
  "anybody may report the check": {
    settings: withProtection({ checks: [{ context: "phasegate", app: undefined }] }),
    open: ["check-from-anybody"],
    says: /"phasegate" may come from any source/,
  },
  "branches need not be up to date": {
    settings: withProtection({ upToDate: false }),
    open: ["not-up-to-date"],
    says: /need not be up to date/,
  },
  "administrators may pass by": {
    settings: withProtection({ bypass: { names: ["administrators", "@bot"] } }),
    open: ["bypass"],
    says: /^administrators, @bot may pass by the ruleset "main"/,
  },
  "who may pass by is not shown": {
    settings: withProtection({ bypass: { unread: "It is not shown." } }),
    unknown: ["bypass"],
    says: /not shown/,
  },
  "commits are pushed without a pull request": {
    settings: {
      protections: [withProtection({}).protections.map(({ pullRequest: _, ...rest }) => rest)[0] ?? closedProtection],
      unread: [],
    },
    open: ["workflow-editable", "push-without-pull-request"],
    advice: ["code-owners-not-asked", "own-push-approved", "stale-approvals"],
    says: /may edit/,
    and: /^Commits can be pushed to main/m,
  },
  "somebody needs no pull request": {
    settings: withProtection({
      pullRequest: { codeOwners: true, dismissesStale: true, notByPusher: true, exempt: ["@ada"] },
    }),
    open: ["push-without-pull-request"],
    says: /^Commits of @ada can be pushed/,
  },
  "the branch can be force-pushed": {
    settings: withProtection({ refusesForcePush: false }),
    open: ["force-push"],
    says: /force-pushed/,
  },
  "the branch can be deleted": {
    settings: withProtection({ refusesDeletion: false }),
    advice: ["deletion"],
    says: /can be deleted/,
  },
  "whoever pushed last may approve": {
    settings: withProtection({
      pullRequest: { codeOwners: true, dismissesStale: true, notByPusher: false, exempt: [] },
    }),
    advice: ["own-push-approved"],
    says: /may push to somebody else's pull request and approve it/,
  },
  "approvals outlive later pushes": {
    settings: withProtection({
      pullRequest: { codeOwners: true, dismissesStale: false, notByPusher: true, exempt: [] },
    }),
    advice: ["stale-approvals"],
    says: /outlive/,
  },
  "no workflow has Phasegate judge, and the settings cannot be read": {
    files: { [gate]: undefined },
    settings: { protections: [], unread: ["There is no token."] },
    open: ["no-gate"],
    unknown: [
      "code-owners-not-asked",
      "not-up-to-date",
      "push-without-pull-request",
      "force-push",
      "deletion",
      "own-push-approved",
      "stale-approvals",
    ],
    says: /^No workflow/,
    pastes: /- uses: phasegate\/phasegate@v1$/,
  },
  "what the check is called depends on a matrix": {
    files: edited(gate, "    runs-on", "    strategy: { matrix: { a: [1, 2] } }\n    runs-on"),
    unknown: ["not-required", "check-from-anybody", "bypass"],
    says: /^What the check of job phasegate is called is computed/,
  },
  "what the check is called depends on a matrix of the workflow that is called": {
    files: {
      [gate]: closedFiles[gate].replace(/jobs:[\s\S]*/, "jobs:\n  gate:\n    uses: ./.github/workflows/called.yml\n"),
      ".github/workflows/called.yml": closedFiles[gate]
        .replace(/on:[\s\S]*(?=jobs:)/, "on: workflow_call\n")
        .replace("    runs-on", "    strategy: { matrix: { a: [1, 2] } }\n    runs-on"),
    },
    unknown: ["not-required", "check-from-anybody", "bypass"],
    says: /^What the check of job gate is called is computed/,
  },
  "what the check is called is computed": {
    files: edited(gate, "    runs-on", `    name: ${expression("github.event_name")}\n    runs-on`),
    unknown: ["not-required", "check-from-anybody", "bypass"],
    says: /is computed, by a matrix or an expression/,
  },
  "there is no CODEOWNERS": {
    files: { ".github/CODEOWNERS": undefined },
    open: ["workflow-editable"],
    advice: ["no-code-owners"],
    says: /may edit .*: CODEOWNERS names nobody/,
    pastes: /^# \.github\/CODEOWNERS\n\/\.github\/ @<owner>$/,
  },
  "the settings cannot be read": {
    settings: { protections: [], unread: ["There is no token."] },
    unknown: [
      "code-owners-not-asked",
      "not-required",
      "check-from-anybody",
      "workflow-editable",
      "not-up-to-date",
      "bypass",
      "push-without-pull-request",
      "force-push",
      "deletion",
      "own-push-approved",
      "stale-approvals",
    ],
    says: /There is no token/,
  },
};
