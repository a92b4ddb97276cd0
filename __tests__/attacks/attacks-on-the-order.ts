/** THREATS 1, 2, 9 to 11, 14 and 15: work that comes before its time, or in nobody's. */

import { documentOf, migrationOf, type Workshop } from "../support/workshop.ts";
import { type Attack, migration, planFile, rewrite } from "./attacks.ts";

/** The migration of 4A, with a gate that fails. */
export function begin4AWrong(workshop: Workshop): void {
  workshop.add("4A");
  workshop.edit(migrationOf["4A"], (text) => text.replace("ALTER COLUMN allocation_ratio SET NOT NULL,", ""));
}

const hotfix = (after: string, owns: string): string => `
  - id: hotfix
    title: Urgent
    after: [${after}]
    owns: ${owns}
    gates:
      - id: hotfix.1
        title: There is a note
        checks:
          - file: { path: NOTE.md }
`;

export const attacksOnTheOrder: readonly Attack[] = [
  {
    threat: 1,
    attack: "4B is started while a gate of 4A fails",
    stage: "adopted",
    act: (workshop) => {
      begin4AWrong(workshop);
      workshop.add("4B");
    },
    ends: {
      violations: ["gate-failed 4A.2", "phase-advanced 4B"],
      says: ["4B is advanced", "20251114120000000_add-sum-equality-validation.sql (added)", "4A does not hold (4A.2)"],
    },
  },
  {
    threat: 2,
    attack: "4A is verified and 4B started in one change",
    stage: "adopted",
    act: (workshop, papers) => {
      workshop.add("4A");
      workshop.write(documentOf("4A"), papers["4A"]);
      workshop.add("4B");
      workshop.write(documentOf("4B"), papers["4B"]);
    },
    ends: {
      violations: ["phase-advanced 4B"],
      says: ["20251114120000000_add-sum-equality-validation.sql (added)", "4A is verified in this change"],
    },
  },
  {
    threat: 9,
    attack: "the migration of a later phase becomes an earlier one's",
    stage: "4A",
    act: (workshop) => {
      rewrite(
        workshop,
        '["*_enhance-allocation-schema*.sql"]',
        '["*_enhance-allocation-schema*.sql", "*_enhance-revenue-ledger*.sql"]',
      );
      rewrite(workshop, '["*_enhance-revenue-ledger*.sql"]', '["*_revenue-ledger-later*.sql"]');
      workshop.add("4C");
    },
    ends: {
      violations: ["plan-weakened", "regressed 4A.migrations"],
      says: ["4A `owns.migrations`: *_enhance-revenue-ledger*.sql is new"],
    },
  },
  {
    threat: 10,
    attack: "the migration of 4A makes the objects of 4B",
    stage: "adopted",
    act: (workshop) => {
      workshop.add("4A");
      workshop.edit(migrationOf["4A"], (text) =>
        text
          .replace(
            "-- Down Migration",
            "CREATE MATERIALIZED VIEW mv_allocation_summary AS SELECT 1 AS tenant_id, 1 AS event_id, 1 AS model_version;\n\n-- Down Migration",
          )
          .concat("\nDROP MATERIALIZED VIEW mv_allocation_summary;\n"),
      );
    },
    ends: {
      violations: ["document-missing 4A", "phase-advanced 4B"],
      says: [
        "materialized view public.mv_allocation_summary (created by migrations/20251113120000000_enhance-allocation-schema.sql)",
      ],
    },
  },
  {
    threat: 11,
    attack: "a migration is added that no phase owns",
    stage: "adopted",
    act: (workshop) =>
      workshop.write("migrations/20251201000000000_urgent.sql", migration("CREATE TABLE a ();", "DROP TABLE a;")),
    ends: {
      violations: ["unclaimed-migration"],
      says: ["migrations/20251201000000000_urgent.sql belongs to no phase"],
    },
  },
  {
    threat: 14,
    attack: "a phase without predecessors is added, with the work of a later one under new names",
    stage: "adopted",
    act: (workshop) => {
      workshop.edit(planFile, (text) => `${text}${hotfix("", '{ migrations: ["*_hotfix.sql"] }')}`);
      workshop.write("NOTE.md", "urgent\n");
      workshop.write(
        "migrations/20251201000000000_hotfix.sql",
        migration(
          "ALTER TABLE revenue_ledger ADD COLUMN allocation_ref uuid;",
          "ALTER TABLE revenue_ledger DROP COLUMN allocation_ref;",
        ),
      );
    },
    ends: { violations: ["plan-weakened", "document-missing hotfix"], says: ["hotfix is new, and started already"] },
  },
  {
    threat: 14,
    attack: "a phase without predecessors is added, to be started in the next change",
    stage: "adopted",
    act: (workshop) => workshop.edit(planFile, (text) => `${text}${hotfix("", '{ migrations: ["*_hotfix.sql"] }')}`),
    ends: { violations: ["plan-weakened"], says: ["hotfix is new, and does not come after baseline, 4A, 4B"] },
  },
  {
    threat: 14,
    attack: "a phase that was added after all others is started before them",
    stage: "adopted",
    act: (workshop) => {
      workshop.git("checkout", "-q", "main");
      workshop.edit(planFile, (text) => `${text}${hotfix("4C", '{ migrations: ["*_hotfix.sql"] }')}`);
      workshop.land("Plan a hotfix");
      workshop.branch("hotfix");
      workshop.write("NOTE.md", "urgent\n");
      workshop.write("migrations/20251201000000000_hotfix.sql", migration("CREATE TABLE a ();", "DROP TABLE a;"));
    },
    ends: {
      violations: ["phase-advanced hotfix"],
      says: ["migrations/20251201000000000_hotfix.sql (added)", "4C has not been started"],
    },
  },
  {
    threat: 15,
    attack: "an ordinary migration makes what an unverified phase owns",
    stage: "ordinary",
    act: (workshop) =>
      workshop.write(
        "migrations/20251201000000000_notes.sql",
        migration(
          "ALTER TABLE attribution_allocations ADD COLUMN allocation_ratio numeric;",
          "ALTER TABLE attribution_allocations DROP COLUMN allocation_ratio;",
        ),
      ),
    ends: {
      violations: ["gate-failed 4A.2", "gate-failed 4A.5", "gate-failed 4A.9", "unclaimed-migration"],
      says: [
        "notes.sql belongs to no phase and changes what 4A owns and has not verified: column public.attribution_allocations.allocation_ratio (created)",
      ],
    },
  },
];
