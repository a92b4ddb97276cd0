import type { Settings } from "../../src/doctor/facts.ts";
import {
  closedFiles,
  closedProtection,
  commit,
  edited,
  expression,
  type Files,
  gate,
  withProtection,
} from "./repository.ts";

/** What looks like a way, and is none. */
export const closed: {
  readonly [sentence: string]: { readonly files?: Files; readonly settings?: Settings };
} = {
  "a merge queue instead of branches that are up to date": {
    settings: withProtection({ upToDate: false, mergeQueue: true }),
  },
  "two rulesets, of which one closes what the other leaves open": {
    settings: {
      protections: [
        closedProtection,
        { ...closedProtection, checks: [], refusesForcePush: false, bypass: { names: ["administrators"] } },
      ],
      unread: [],
    },
  },
  "a ruleset that may be passed by beside one that may not": {
    settings: {
      protections: [{ ...closedProtection, bypass: { names: ["administrators"] } }, closedProtection],
      unread: [],
    },
  },
  "a required workflow instead of code owners": {
    files: { ".github/CODEOWNERS": "* @lin\n/.github/\n" },
    settings: withProtection({
      checks: [{ context: "test", app: 1 }],
      workflows: [{ path: ".github/workflows/phasegate.yml", repository: 7 }],
    }),
  },
  "the settings of a protection that could not be read, where another closes everything": {
    settings: { protections: [closedProtection], unread: ["The branch protection could not be read."] },
  },
  "branches that are named, with main among them": {
    files: edited(gate, "    types:", "    branches: [main, 'release/**']\n    types:"),
  },
  "a job that runs whatever happened before it": {
    files: edited(gate, "    runs-on", "    if: always()\n    runs-on"),
  },
  "a job that is called otherwise than its id": {
    files: edited(gate, "    runs-on", "    name: The gate\n    runs-on"),
    settings: withProtection({ checks: [{ context: "The gate", app: 15368 }] }),
  },
  "a reusable workflow of Phasegate": {
    files: {
      [gate]: closedFiles[gate].replace(
        /jobs:[\s\S]*/,
        `jobs:\n  gate:\n    name: DB\n    uses: phasegate/phasegate/.github/workflows/gate.yml@${commit}\n`,
      ),
    },
    settings: withProtection({ checks: [{ context: "DB / phasegate", app: 15368 }] }),
  },
  "a workflow of this repository that another one calls": {
    files: {
      [gate]: closedFiles[gate].replace(/jobs:[\s\S]*/, "jobs:\n  gate:\n    uses: ./.github/workflows/called.yml\n"),
      ".github/workflows/called.yml": closedFiles[gate].replace(/on:[\s\S]*(?=jobs:)/, "on: workflow_call\n"),
    },
    settings: withProtection({ checks: [{ context: "gate / phasegate", app: 15368 }] }),
  },
  "base's own action, checked out beside": {
    files: {
      ...edited(
        gate,
        `- uses: phasegate/phasegate@${commit}`,
        `- uses: actions/checkout@v6\n        with: { path: base, ref: '${expression("github.event.pull_request.base.sha")}' }\n      - uses: ./base`,
      ),
      "action.yml": "name: Phasegate\n",
    },
  },
  "base's own command, checked out beside, with the whole history of what it looks into": {
    files: edited(
      gate,
      `- uses: actions/checkout@v6\n      - uses: phasegate/phasegate@${commit}`,
      `- uses: actions/checkout@v6\n        with: { fetch-depth: 0 }\n      - uses: actions/checkout@v6\n        with: { path: base, ref: '${expression("github.event.pull_request.base.sha")}' }\n      - run: |\n          npm ci --prefix base\n          node ./base/bin/phasegate.js run --base origin/main --merge`,
    ),
  },
  "a workflow that can also be called": { files: edited(gate, "  merge_group:", "  merge_group:\n  workflow_call:") },
  "no merge group where there is no merge queue": { files: edited(gate, "  merge_group:\n", "") },
  "a change of base where one of two rulesets has a merge queue, which judges again": {
    files: edited(gate, "[opened, synchronize, reopened, edited]", "[opened, synchronize, reopened]"),
    settings: { protections: [closedProtection, ...withProtection({ mergeQueue: true }).protections], unread: [] },
  },
  "another workflow for the merge group": {
    files: {
      ...edited(gate, "  merge_group:\n", ""),
      ".github/workflows/queue.yml": closedFiles[gate].replace(/on:[\s\S]*(?=permissions:)/, "on: merge_group\n"),
    },
    settings: withProtection({ mergeQueue: true }),
  },
  "a required workflow, whose check anybody could report": {
    settings: withProtection({
      checks: [{ context: "phasegate", app: undefined }],
      workflows: [{ path: ".github/workflows/phasegate.yml", repository: 7 }],
    }),
  },
  "a command in a folder": {
    files: edited(
      gate,
      `- uses: actions/checkout@v6\n      - uses: phasegate/phasegate@${commit}`,
      `- uses: actions/checkout@v6\n        with: { fetch-depth: 0 }\n      - uses: actions/checkout@v6\n        with: { path: judge, repository: phasegate/phasegate, ref: ${commit} }\n      - run: ../judge/bin/phasegate.js run --merge\n        working-directory: app`,
    ),
  },
  "an action in a folder of base, checked out beside": {
    files: {
      ...edited(
        gate,
        `- uses: phasegate/phasegate@${commit}`,
        `- uses: actions/checkout@v6\n        with: { path: ./base/, ref: '${expression("github.base_ref")}' }\n      - uses: ./base/tools/gate`,
      ),
      "tools/gate/action.yaml": "runs:\n  steps:\n    - run: npx phasegate run\n",
    },
  },
  "Phasegate itself, checked out beside at a commit": {
    files: edited(
      gate,
      `- uses: phasegate/phasegate@${commit}`,
      `- uses: actions/checkout@v6\n        with: { path: judge, repository: phasegate/phasegate, ref: ${commit} }\n      - uses: ./judge`,
    ),
  },
  "a token that can read everything, beside programs": {
    files: {
      ...edited("phasegate.yml", "policy:", "policy:\n  programs: allow"),
      ...edited(
        gate,
        "permissions:\n  contents: read\n  checks: write\n  pull-requests: write\n",
        "permissions: read-all\n",
      ),
    },
  },
  "programs in a job that can only read": {
    files: {
      ...edited("phasegate.yml", "policy:", "policy:\n  programs: allow"),
      ...edited(gate, "  checks: write\n  pull-requests: write\n", ""),
    },
  },
};
