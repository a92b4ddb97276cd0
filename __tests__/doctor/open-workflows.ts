import {
  closedFiles,
  closedProtection,
  commit,
  edited,
  expression,
  gate,
  type Opened,
  withProtection,
} from "./repository.ts";

/** Ways that a workflow opens. */
export const openWorkflows: { readonly [sentence: string]: Opened } = {
  "no workflow has Phasegate judge": {
    files: edited(gate, `phasegate/phasegate@${commit}`, "actions/setup-node@v6"),
    open: ["no-gate"],
    says: /^No workflow has Phasegate judge phasegate\.yml: nothing stops/,
  },
  "a workflow judges another plan": {
    files: edited(gate, `phasegate@${commit}`, `phasegate@${commit}\n        with: { plan: lax.phasegate.yml }`),
    open: ["no-gate"],
    says: /\(\.github\/workflows\/gate\.yml judges lax\.phasegate\.yml\)/,
  },
  "the only workflow that may judge cannot be read": {
    files: edited(gate, "jobs:", "jobbs:"),
    unknown: ["no-gate"],
    says: /gate\.yml cannot be read/,
  },
  "the branch requires a workflow of another repository, and there is none here": {
    files: { [gate]: undefined },
    settings: withProtection({ workflows: [{ path: ".github/workflows/org.yml", repository: 7 }] }),
    unknown: ["no-gate"],
    says: /requires \.github\/workflows\/org\.yml/,
  },
  "the change's own scripts run before it": {
    files: edited(
      gate,
      "- uses: phasegate",
      "- run: npm ci && npm test\n      - uses: ./tool\n      - uses: phasegate",
    ),
    open: ["earlier-steps", "earlier-steps"],
    says: /`run: npm ci && npm test`.*another judge/,
    and: /`uses: \.\/tool`/,
  },
  "it runs after the merge only": {
    files: edited(gate, "pull_request:\n    types: [opened, synchronize, reopened, edited]", "push:"),
    open: ["no-pull-request"],
    says: /started by push, merge_group and not by `pull_request`/,
    at: `${gate}:2`,
  },
  "it runs with a token that can write": {
    files: edited(gate, "  merge_group:", "  merge_group:\n  pull_request_target:"),
    open: ["privileged-trigger"],
    says: /`pull_request_target` starts Phasegate with a token/,
    at: `${gate}:2`,
  },
  "it runs after another workflow, with a token that can write": {
    files: edited(gate, "  merge_group:", "  merge_group:\n  workflow_run: { workflows: [CI] }"),
    open: ["privileged-trigger"],
    says: /`workflow_run` starts/,
  },
  "only some paths start it": {
    files: edited(gate, "    types:", "    paths: [migrations/**]\n    types:"),
    open: ["filtered"],
    says: /only for `paths: \[migrations\/\*\*\]`/,
    at: `${gate}:2`,
  },
  "some paths do not start it": {
    files: edited(gate, "    types:", "    paths-ignore: [docs/**]\n    types:"),
    open: ["filtered"],
    says: /paths-ignore/,
  },
  "the branch is left out": {
    files: edited(gate, "    types:", "    branches-ignore: [ma*]\n    types:"),
    open: ["filtered"],
    says: /branches-ignore: \[ma\*\]`, which leaves out main/,
  },
  "other branches are named": {
    files: edited(gate, "    types:", "    branches: [develop]\n    types:"),
    open: ["filtered"],
    says: /leaves out main/,
  },
  "pushes to a pull request do not start it": {
    files: edited(gate, "[opened, synchronize, reopened, edited]", "[opened, reopened, edited]"),
    open: ["filtered"],
    says: /`types: \[opened, reopened, edited\]`/,
  },
  "the job runs on a condition": {
    files: edited(gate, "    runs-on", "    if: github.actor != 'bot'\n    runs-on"),
    open: ["conditional"],
    says: /job phasegate, which runs only if `github\.actor != 'bot'`: where it is skipped/,
    at: `${gate}:11`,
  },
  "the step runs on a condition": {
    files: edited(gate, `@${commit}`, `@${commit}\n        if: github.ref != 'x'`),
    open: ["conditional"],
    says: /in a step that runs only if/,
    at: `${gate}:15`,
  },
  "a job that it needs may be skipped": {
    files: edited(
      gate,
      "jobs:\n  phasegate:",
      "jobs:\n  changes:\n    if: github.actor != 'bot'\n    runs-on: ubuntu-latest\n    steps: [{ run: 'true' }]\n  phasegate:\n    needs: changes",
    ),
    open: ["conditional"],
    says: /needs job changes, which runs only if/,
    at: `${gate}:11`,
  },
  "the job's failure is ignored": {
    files: edited(gate, "    runs-on", "    continue-on-error: true\n    runs-on"),
    open: ["failure-ignored"],
    says: /continue-on-error: true`: where it says no the job may pass/,
  },
  "the step's failure is ignored": {
    files: edited(gate, `@${commit}`, `@${commit}\n        continue-on-error: true`),
    open: ["failure-ignored"],
    says: /in a step with `continue-on-error/,
  },
  "another commit is checked out": {
    files: edited(gate, "checkout@v6", "checkout@v6\n        with: { ref: main }"),
    open: ["other-work-judged"],
    says: /`ref: main` checks out/,
  },
  "the matrix is computed": {
    files: edited(
      gate,
      "    runs-on",
      `    strategy: { matrix: { plan: '${expression("fromJSON(vars.PLANS)")}' } }\n    runs-on`,
    ),
    open: ["empty-matrix"],
    unknown: ["not-required", "check-from-anybody", "bypass"],
    says: /matrix of job phasegate is computed/,
  },
  "another job has the name of the check": {
    files: {
      ".github/workflows/docs.yml":
        "on: pull_request\njobs:\n  skip:\n    name: phasegate\n    runs-on: ubuntu-latest\n    steps: [{ run: 'true' }]\n",
    },
    open: ["same-check-name"],
    says: /Job skip is called "phasegate" as well/,
    at: ".github/workflows/docs.yml:3",
  },
  "the change brings its own judge along": {
    files: { ...edited(gate, `phasegate/phasegate@${commit}`, "./"), "action.yml": "name: Phasegate\n" },
    open: ["own-judge"],
    says: /`uses: \.\/` is an action of the checkout/,
  },
  "the change installs its own judge": {
    files: edited(
      gate,
      `- uses: actions/checkout@v6\n      - uses: phasegate/phasegate@${commit}`,
      "- uses: actions/checkout@v6\n        with: { fetch-depth: 0 }\n      - run: |\n          npm ci\n          npx phasegate run --base origin/main --merge",
    ),
    open: ["own-judge"],
    says: /`npx phasegate run` runs what the checkout says or installs/,
    at: `${gate}:18`,
  },
  "a script of the change is the judge": {
    files: {
      ...edited(
        gate,
        `- uses: actions/checkout@v6\n      - uses: phasegate/phasegate@${commit}`,
        "- uses: actions/checkout@v6\n        with: { fetch-depth: 0 }\n      - run: npm run --silent gate",
      ),
      "package.json": '{ "scripts": { "gate": "phasegate run --merge" } }',
    },
    open: ["own-judge"],
    says: /`npm run --silent gate` runs/,
  },
  "the change's command is called from beside what it is held against": {
    files: edited(
      gate,
      `- uses: actions/checkout@v6\n      - uses: phasegate/phasegate@${commit}`,
      "- uses: actions/checkout@v6\n        with: { fetch-depth: 0 }\n      - uses: actions/checkout@v6\n        with: { path: beside }\n      - run: node beside/bin/phasegate.js run --merge",
    ),
    open: ["own-judge"],
    says: /`node beside\/bin\/phasegate\.js run`/,
  },
  "the judge is checked out from wherever the change comes from": {
    files: edited(
      gate,
      `- uses: actions/checkout@v6\n      - uses: phasegate/phasegate@${commit}`,
      `- uses: actions/checkout@v6\n        with: { fetch-depth: 0 }\n      - uses: actions/checkout@v6\n        with: { path: judge, repository: '${expression("github.event.pull_request.head.repo.full_name")}', ref: '${expression("github.head_ref")}' }\n      - run: node judge/bin/phasegate.js run --merge`,
    ),
    open: ["own-judge"],
    says: /`node judge\/bin\/phasegate\.js run`/,
  },
  "a command works in what is checked out beside": {
    files: edited(
      gate,
      `- uses: actions/checkout@v6\n      - uses: phasegate/phasegate@${commit}`,
      `- uses: actions/checkout@v6\n        with: { fetch-depth: 0 }\n      - uses: actions/checkout@v6\n        with: { path: base, ref: '${expression("github.base_ref")}' }\n      - run: npx phasegate run --merge\n        working-directory: base`,
    ),
    open: ["other-work-judged", "own-judge"],
    says: /works in base, which is another checkout/,
  },
  "something of the change is put into the place of base's command": {
    files: edited(
      gate,
      `- uses: actions/checkout@v6\n      - uses: phasegate/phasegate@${commit}`,
      `- uses: actions/checkout@v6\n        with: { fetch-depth: 0 }\n      - uses: actions/checkout@v6\n        with: { path: base, ref: '${expression("github.base_ref")}' }\n      - run: |\n          npm ci --prefix base\n          cp -r bin base/\n          node base/bin/phasegate.js run --merge`,
    ),
    open: ["earlier-steps"],
    says: /a step before Phasegate \(`run: cp -r bin base\/`\)/,
  },
  "a command is of a branch that others move": {
    files: edited(
      gate,
      `- uses: actions/checkout@v6\n      - uses: phasegate/phasegate@${commit}`,
      "- uses: actions/checkout@v6\n        with: { fetch-depth: 0 }\n      - uses: actions/checkout@v6\n        with: { path: judge, repository: phasegate/phasegate, ref: v1 }\n      - run: node judge/bin/phasegate.js run --merge",
    ),
    advice: ["not-pinned"],
    says: /`node judge\/bin\/phasegate\.js run` is of a checkout by a name/,
  },
  "a command takes recorded approvals": {
    files: edited(
      gate,
      `uses: phasegate/phasegate@${commit}`,
      "run: npx phasegate run --merge --approvals reviews.json",
    ),
    open: ["own-judge", "trial"],
    advice: ["shallow"],
    says: /the change brings its own judge along/,
    and: /`--approvals`, which is for trials/,
  },
  "a command compares the commit with itself": {
    files: edited(gate, `uses: phasegate/phasegate@${commit}`, "run: npx phasegate run --base HEAD"),
    open: ["own-judge", "trial"],
    advice: ["shallow"],
    says: /the change brings its own judge along/,
    and: /`--base HEAD`/,
  },
  "groups of the merge queue are not judged": {
    files: edited(gate, "  merge_group:\n", ""),
    settings: withProtection({ mergeQueue: true }),
    open: ["no-merge-group"],
    says: /main has a merge queue, and no `merge_group`/,
  },
  "a merge queue that cannot be looked for would not be judged": {
    files: edited(gate, "  merge_group:\n", ""),
    settings: { protections: [closedProtection], unread: ["Nobody answers."] },
    advice: ["no-merge-group"],
    says: /if main has a merge queue/,
  },
  "a change of base is not judged": {
    files: edited(gate, "[opened, synchronize, reopened, edited]", "[opened, synchronize, reopened]"),
    advice: ["base-changed"],
    says: /when its base branch is changed/,
  },
  "the action is a tag that moves": {
    files: edited(gate, commit, "v1"),
    advice: ["not-pinned"],
    says: /`phasegate\/phasegate@v1` is a name/,
  },
  "a command has no history to look into": {
    files: edited(gate, `uses: phasegate/phasegate@${commit}`, "run: npx phasegate run --merge"),
    open: ["own-judge"],
    advice: ["shallow"],
    says: /the change brings its own judge along/,
    and: /does not fetch/,
  },
  "the job is one that calls Phasegate's workflow, on a condition": {
    files: {
      [gate]: closedFiles[gate].replace(
        /jobs:[\s\S]*/,
        `jobs:\n  first:\n    runs-on: ubuntu-latest\n    steps: [{ run: 'true' }]\n  gate:\n    if: github.actor\n    uses: phasegate/phasegate/.github/workflows/gate.yml@${commit}\n`,
      ),
    },
    settings: withProtection({ checks: [{ context: "gate / phasegate", app: 15368 }] }),
    open: ["conditional"],
    says: /in job gate, which runs only if/,
    at: `${gate}:14`,
  },
  "a workflow of this repository is called on a condition": {
    files: {
      [gate]: closedFiles[gate].replace(
        /jobs:[\s\S]*/,
        "jobs:\n  first:\n    runs-on: ubuntu-latest\n    steps: [{ run: 'true' }]\n  gate:\n    if: github.actor\n    uses: ./.github/workflows/called.yml\n",
      ),
      ".github/workflows/called.yml": closedFiles[gate].replace(/on:[\s\S]*(?=jobs:)/, "on: workflow_call\n"),
    },
    settings: withProtection({ checks: [{ context: "gate / phasegate", app: 15368 }] }),
    open: ["conditional"],
    says: /in job gate, which runs only if/,
    at: `${gate}:14`,
  },
  "a command's failure is passed over": {
    files: edited(
      gate,
      `- uses: actions/checkout@v6\n      - uses: phasegate/phasegate@${commit}`,
      "- uses: actions/checkout@v6\n        with: { fetch-depth: 0 }\n      - run: npx phasegate run --merge || true",
    ),
    open: ["failure-ignored", "own-judge"],
    says: /is followed by `\|\| true`/,
  },
  "the matrix leaves something out": {
    files: edited(gate, "    runs-on", "    strategy: { matrix: { a: [1], exclude: [{ a: 1 }] } }\n    runs-on"),
    open: ["empty-matrix"],
    unknown: ["not-required", "check-from-anybody", "bypass"],
    says: /matrix of job phasegate is computed, or has an `exclude`/,
  },
  "another job of the same workflow has the name of the check": {
    files: edited(
      gate,
      "jobs:\n",
      "jobs:\n  skip:\n    name: phasegate\n    runs-on: ubuntu-latest\n    steps: [{ run: 'true' }]\n",
    ),
    open: ["same-check-name"],
    says: /Job skip is called "phasegate" as well/,
  },
  "base is checked out beside, and the change's action used all the same": {
    files: {
      ...edited(
        gate,
        `- uses: phasegate/phasegate@${commit}`,
        `- uses: actions/checkout@v6\n        with: { path: base, ref: '${expression("github.base_ref")}' }\n      - uses: ./`,
      ),
      "action.yml": "name: Phasegate\n",
    },
    open: ["own-judge"],
    says: /`uses: \.\/`/,
  },
  "the change's commit is checked out beside, and its action used": {
    files: {
      ...edited(
        gate,
        `- uses: phasegate/phasegate@${commit}`,
        "- uses: actions/checkout@v6\n        with: { path: beside }\n      - uses: ./beside",
      ),
      "action.yml": "name: Phasegate\n",
    },
    open: ["own-judge"],
    says: /`uses: \.\/beside`/,
  },
  "an action of another repository is used, which only looks like Phasegate": {
    files: {
      ...edited(
        gate,
        `- uses: phasegate/phasegate@${commit}`,
        "- uses: actions/checkout@v6\n        with: { path: other, repository: eve/other }\n      - uses: ./other",
      ),
      "action.yml": "name: Phasegate\n",
    },
    open: ["no-gate"],
    says: /^No workflow/,
  },
  "a queue of one of two rulesets": {
    files: edited(gate, "  merge_group:\n", ""),
    settings: { protections: [closedProtection, ...withProtection({ mergeQueue: true }).protections], unread: [] },
    open: ["no-merge-group"],
    says: /has a merge queue/,
  },
  "the whole history is checked out beside what a command looks into": {
    files: edited(
      gate,
      `uses: phasegate/phasegate@${commit}`,
      "uses: actions/checkout@v6\n        with: { path: other, fetch-depth: 0 }\n      - run: npx phasegate run --merge",
    ),
    open: ["own-judge"],
    advice: ["shallow"],
    says: /the change brings its own judge along/,
    and: /does not fetch/,
  },
};
