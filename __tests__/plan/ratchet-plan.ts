/** A small plan with its files, and what the ratchet says of edits to it. */

import { kinds } from "../../src/checks/table.ts";
import type { Tree } from "../../src/model/ports.ts";
import type { PlanDifference } from "../../src/model/report.ts";
import { type RatchetKinds, ratchet } from "../../src/plan/ratchet.ts";
import { type ReadPlan, readPlan } from "../../src/plan/read.ts";

export const plan = `version: 1
name: Orders
postgres:
  version: 18
  roles:
    - app_rw
    - app_ro
    - { name: refresher, bypassrls: true, member-of: [app_ro] }
  migrator: { bypassrls: true }
migrations: { dir: migrations }
policy:
  predecessors: base
  incomplete: block
  ordinary-migrations: refuse
  programs: allow
  plan-owners: ["@ada", "@grace"]
documents: docs/PHASE_{phase}.md
phases:
  - id: "1"
    title: The tables
    owns: { migrations: { through: 2_b } }
    gates:
      - id: "1.1"
        title: There are tables
        checks:
          - file: { path: README.md, contains: [orders, tables] }
          - contract: { file: db/api.yaml, schemas: { Order: v_orders }, load: db/rows.sql }
  - id: "2"
    title: The ledger
    after: ["1"]
    owns:
      migrations: ["*_ledger.sql", "*_sums.sql"]
      files: [db/ledger.md]
      objects: [ledger, ledger.cents]
    touches: [db/notes.md]
    gates:
      - id: "2.1"
        title: The amount
        requirement: exact to the cent
        checks:
          - column: { table: ledger, name: cents, type: "numeric(6,5)", nullable: false }
          - constraint: { table: ledger, type: check, columns: [cents], definition: "cents >= 0" }
          - statement:
              name: less than nothing is refused
              sql: INSERT INTO ledger VALUES (-1)
              fails-with: { condition: check_violation, constraint: ck_cents }
      - id: "2.2"
        title: Tested
        blocking: false
        until: "3"
        checks:
          - suite: { files: ["db/tests/*.sql"] }
          - coverage: { suites: ["db/tests/*.sql"], tables: [ledger] }
          - reversible: { data: db/rows.sql }
      - id: "2.3"
        title: Looked at
        checks:
          - checklist: { path: docs/list.md, at-least: 3 }
            holds-before: the list is older
          - grants: { role: app_ro, table: ledger, privileges: [select, insert] }
          - sql: { name: no row is negative, query: "SELECT FROM ledger WHERE cents < 0", gives: empty, sabotage: "SELECT 1" }
          - command: { run: [node, scripts/check.mjs], sabotage: { files: { scripts/check.mjs: "" } } }
  - id: "3"
    title: The sums
    after: ["2"]
    owns: { objects: [sums] }
    gates:
      - id: "3.1"
        title: Described
        checks:
          - column: { table: sums, name: total }
          - column: { table: sums, name: at, type: date }
          - stops: { on: ["db/rejected/*.sql"] }
          - indexes: { plan: db/index-plan.md }
  - id: "4"
    title: Reports
    after: ["1"]
    owns: { migrations: ["*_reports.sql"] }
    gates:
      - id: "4.1"
        title: There
        checks:
          - file: { path: db/reports.md }
`;

export const suite = `-- set: app.tenant = one
INSERT INTO ledger VALUES (1);

-- test: less than nothing is refused
-- expect error: check_violation on ck_cents
INSERT INTO ledger VALUES (-1);

-- test: it is counted
-- as: app_ro
-- sabotage: DELETE FROM ledger
SELECT count(*) = 1 FROM ledger;

-- test: two writers
-- session A
INSERT INTO ledger VALUES (2);
-- session B
INSERT INTO ledger VALUES (3);
-- commit
SELECT true;
`;

export const files: { readonly [path: string]: string } = {
  "phasegate.yml": plan,
  "README.md": "orders",
  "db/api.yaml": "openapi: 3.1.0\n",
  "db/rows.sql": "INSERT INTO ledger VALUES (1);\n",
  "db/tests/ledger.sql": suite,
  "db/index-plan.md": "# Indexes\n",
  "db/rejected/a.sql": "-- expect error: check_violation\nINSERT INTO ledger VALUES (-1);\n",
  "scripts/check.mjs": "process.exit(0);\n",
};

export type Files = { readonly [path: string]: string | undefined };

export const tree = (of: Files): Tree => ({
  read: (path) => of[path],
  list: () =>
    Object.keys(of)
      .filter((path) => of[path] !== undefined)
      .sort(),
});

export function readOf(text: string): ReadPlan {
  const reading = readPlan(text, "phasegate.yml", kinds);
  if ("mistakes" in reading) throw new Error(JSON.stringify(reading.mistakes, undefined, 1));
  return reading.read;
}

/** One place of a text, replaced; the place must be there, and once. */
export function edited(text: string, from: string, to: string): string {
  if (text.split(from).length !== 2) throw new Error(`stands ${text.split(from).length - 1} times: ${from}`);
  return text.replace(from, () => to);
}

export interface Situation {
  readonly base?: string;
  readonly head?: string;
  readonly kinds?: RatchetKinds;
  readonly baseFiles?: Files;
  readonly headFiles?: Files;
  readonly claimed?: readonly string[];
  readonly started?: readonly string[];
}

/** The differences between `plan` with `files`, and what is given instead. */
export const differencesOf = (given: Situation): Promise<readonly PlanDifference[]> =>
  ratchet({
    base: readOf(given.base ?? plan),
    head: readOf(given.head ?? plan),
    kinds: given.kinds ?? kinds,
    baseTree: tree({ ...files, ...given.baseFiles }),
    headTree: tree({ ...files, ...given.headFiles }),
    claimed: new Set(given.claimed ?? ["1", "2"]),
    started: new Set(given.started ?? ["1", "2", "3", "4"]),
  });

/** `weaker: 2.1 is gone` */
export const told = (differences: readonly PlanDifference[]): readonly string[] =>
  differences.map(({ direction, message }) => `${direction}: ${message}`);
