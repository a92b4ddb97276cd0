import { globSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { dump, load } from "js-yaml";
import type { PhaseResult } from "../../src/model/report.ts";
import { judged, type Project, referenceProject } from "../support/project.ts";

/** The project as it was when phase 4 had not begun, and the gates of every later phase asked of it all the same. */

const later = ["4A", "4B", "4C", "4D", "5A", "5B"];

const workOfLaterPhases = [
  ".github/workflows/*",
  "migrations/2025111[34567]*",
  "db/docs/{ROUNDING_POLICY,SUM_EQUALITY_INVARIANT,IMMUTABILITY_POLICY,REFRESH_SLA,TEST_COVERAGE}.md",
  "db/docs/reviews/*",
  "db/docs/specs/ledger_corrections_ddl_spec.sql",
  "db/fixtures/{allocations,balanced,postings}*.sql",
  "db/fixtures/{one-event,one-allocation,read-models}.sql",
  "db/fixtures/rejected/*",
  "db/tests/test_{sum_equality,ledger_immutability,contract_compliance,read_models}*",
];

interface Mapping {
  readonly version: number;
  readonly tables: Readonly<Record<string, { readonly columns: Readonly<Record<string, unknown>> }>>;
}

/** What the mapping could say of the baseline: its tables and columns, no contract served, no invariant held. */
function mappingOfTheBaseline(text: string): string {
  const { version, tables } = load(text) as Mapping;
  const unknown = ["allocation_ratio", "model_version", "allocation_id", "posted_at"];
  const known = Object.entries(tables)
    .filter(([table]) => table !== "ledger_corrections")
    .map(([table, { columns, ...said }]) => [
      table,
      { ...said, columns: Object.fromEntries(Object.entries(columns).filter(([name]) => !unknown.includes(name))) },
    ]);
  return dump({ version, tables: Object.fromEntries(known) });
}

let project: Project;
let phases: readonly PhaseResult[];
beforeAll(async () => {
  project = referenceProject();
  for (const glob of workOfLaterPhases) {
    const paths = globSync(glob, { cwd: project.root });
    if (paths.length === 0) throw new Error(`${glob} matches nothing`);
    for (const path of paths) project.remove(path);
  }
  project.edit(join("db/docs", "contract_schema_mapping.yaml"), mappingOfTheBaseline);
  ({
    report: { phases },
  } = await judged(project, ...later.flatMap((id) => ["--phase", id])));
}, 240_000);
afterAll(() => project.dispose());

test("only the baseline has migrations", () => {
  expect(phases.filter(({ migrations }) => migrations.length > 0).map(({ id }) => id)).toEqual(["baseline"]);
});

test.each(later)("no gate of %s holds, and each says why", (id) => {
  const gates = phases.find((phase) => phase.id === id)?.gates ?? [];
  expect(gates.length).toBeGreaterThanOrEqual(3);
  for (const gate of gates) {
    const reasons = gate.checks.flatMap(({ verdict }) => {
      if (verdict.status === "passed") return [];
      return "findings" in verdict ? verdict.findings.map(({ message }) => message) : [verdict.reason];
    });
    expect({ gate: gate.id, status: gate.verdict.status, reasons }).toEqual({
      gate: gate.id,
      status: expect.stringMatching(/^(?:failed|errored|not-run)$/),
      reasons: expect.arrayContaining([expect.stringMatching(/\w+ \w+/)]),
    });
  }
});
