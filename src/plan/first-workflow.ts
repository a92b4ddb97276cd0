import { scalar } from "./first-plan.ts";

/**
 * The workflow that judges every change by the plan.
 * @param branch the default branch
 * @param programs the plan allows programs of the change: then the token can only read, and nothing is reported with it
 */
export function firstWorkflow(branch: string, programs: boolean): string {
  const writing = `
  checks: write
  pull-requests: write
  actions: write # an approval starts the job that failed again`;
  return `name: Phasegate
on:
  pull_request:
    types: [opened, synchronize, reopened, edited]
  pull_request_review:
    types: [submitted, dismissed]
  merge_group:
  push:
    branches: [${scalar(branch)}]
permissions:
  contents: read${programs ? "" : writing}
jobs:
  phasegate: # require this check, from GitHub Actions
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v6
      - uses: phasegate/phasegate@v1
`;
}
