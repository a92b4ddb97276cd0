import { kinds } from "../../src/checks/table.ts";
import type { Facts, Protection, Settings } from "../../src/doctor/facts.ts";
import { readFacts } from "../../src/doctor/read-facts.ts";
import { type Diagnosis, diagnose, type WayCode } from "../../src/doctor/ways.ts";
import { readPlan } from "../../src/plan/read.ts";

/** A repository in which no way around the gate is open, and what makes it another one. */

export type Files = { readonly [path: string]: string | undefined };

export const commit = "0123456789abcdef0123456789abcdef01234567";

export const gate = ".github/workflows/gate.yml";

export const closedFiles = {
  "phasegate.yml": `version: 1
name: Orders
postgres: { version: 18 }
policy:
  plan-owners: ["@ada"]
phases:
  - id: baseline
    title: What was there
    owns: { migrations: ["*.sql"] }
    gates:
      - id: baseline.1
        title: Orders are tested
        checks:
          - suite: { files: [tests/orders.sql] }
`,
  "tests/orders.sql": "-- test: there is one\nSELECT true;\n",
  ".github/CODEOWNERS": "* @lin\n",
  [gate]: `name: Gate
on:
  pull_request:
    types: [opened, synchronize, reopened, edited]
  merge_group:
permissions:
  contents: read
  checks: write
  pull-requests: write
jobs:
  phasegate:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v6
      - uses: phasegate/phasegate@${commit}
`,
} as const satisfies Files;

export const closedProtection: Protection = {
  name: 'the ruleset "main"',
  checks: [{ context: "phasegate", app: 15368 }],
  upToDate: true,
  workflows: [],
  mergeQueue: false,
  pullRequest: { codeOwners: true, dismissesStale: true, notByPusher: true, exempt: [] },
  refusesForcePush: true,
  refusesDeletion: true,
  bypass: { names: [] },
};

export const closedSettings: Settings = { protections: [closedProtection], unread: [] };

export const withProtection = (change: Partial<Protection>): Settings => ({
  protections: [{ ...closedProtection, ...change }],
  unread: [],
});

/** The facts of a repository of these files, on the branch main. */
export async function factsOf(files: Files, settings: Settings = closedSettings): Promise<Facts> {
  const paths = Object.keys(files).filter((path) => files[path] !== undefined);
  const tree = { list: () => paths.toSorted(), read: (path: string) => files[path] };
  const text = files["phasegate.yml"];
  const reading = text === undefined ? undefined : readPlan(text, "phasegate.yml", kinds);
  if (reading && "mistakes" in reading) throw new Error(reading.mistakes[0].message);
  return readFacts(tree, reading?.read ?? "phasegate.yml", kinds, "main", settings);
}

/** What is found of the closed repository after a change of it. */
export async function diagnosed(files: Files, settings: Settings = closedSettings): Promise<Diagnosis> {
  return diagnose(await factsOf({ ...closedFiles, ...files }, settings));
}

/** A file of the closed repository with one thing replaced; fails where that is not there. */
export function edited(path: keyof typeof closedFiles, from: string, to: string): Files {
  const before = closedFiles[path];
  if (!before.includes(from)) throw new Error(`${path} has no ${from}`);
  return { [path]: before.replace(from, to) };
}

/** An expression of GitHub's. */
export const expression = (text: string) => `\${{ ${text} }}`;

/** What opens a way in it, and what is then found. */
export interface Opened {
  readonly files?: Files;
  readonly settings?: Settings;
  /** The codes that are found, open ones first. */
  readonly open?: readonly WayCode[];
  readonly advice?: readonly WayCode[];
  readonly unknown?: readonly WayCode[];
  /** What the first finding, or the first reason, says. */
  readonly says: RegExp;
  /** What another one says. */
  readonly and?: RegExp;
  /** What the first finding gives to paste; `null`: nothing. */
  readonly pastes?: RegExp | null;
  /** Where it is. */
  readonly at?: string;
}
