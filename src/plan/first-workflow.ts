import { scalar } from "./first-plan.ts";

/**
 * The workflow that judges every change by the plan.
 * @param branch the default branch
 * @param programs the plan allows programs of the change: then the token can only read, and nothing is reported with it
 */
export function firstWorkflow(branch: string, programs: boolean): string {
  const permissions = programs
    ? "  pull-requests: read # programs of the change run here, so the token can only read"
    : `  checks: write
  pull-requests: write
  actions: write # an approval starts the job that failed again`;
  const reports = programs ? "\n        with: { check-run: false, comment: false }" : "";
  return `name: Phasegate
on:
  pull_request:
    branches: [${scalar(branch)}]
    types: [opened, synchronize, reopened, edited]
  pull_request_review:
    types: [submitted, dismissed]
  merge_group:
  push:
    branches: [${scalar(branch)}]
permissions:
  contents: read
${permissions}
jobs:
  phasegate: # require this check, from GitHub Actions
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v6
        with: { persist-credentials: false }
      - uses: phasegate/phasegate@v1${reports}
`;
}
