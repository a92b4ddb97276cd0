/** THREATS 26 to 42: migrations and what they leave in the database. */

import { migrationOf, type Workshop } from "../support/workshop.ts";
import { type Attack, migration } from "./attacks.ts";

/** 4A, with more in its up. */
const with4AAnd = (sql: string) => (workshop: Workshop) => {
  workshop.add("4A");
  workshop.edit(migrationOf["4A"], (text) => text.replace("-- Down Migration", `${sql}\n\n-- Down Migration`));
};

export const attacksOnTheDatabase: readonly Attack[] = [
  {
    threat: 26,
    attack: "a verified migration is edited",
    stage: "4A",
    act: (workshop) => workshop.edit(migrationOf["4A"], (text) => text.replace("numeric(6, 5)", "numeric(7, 5)")),
    ends: {
      violations: ["verified-work-changed 4A", "regressed 4A.2"],
      says: ["20251113120000000_enhance-allocation-schema.sql was altered; 4A was verified with it"],
    },
  },
  {
    threat: 26,
    attack: "a verified migration is renamed",
    stage: "4A",
    act: (workshop) =>
      workshop.move(migrationOf["4A"], "migrations/20251113130000000_enhance-allocation-schema-again.sql"),
    ends: {
      violations: ["verified-work-changed 4A", "document-differs 4A"],
      says: [
        "20251113120000000_enhance-allocation-schema.sql is gone; 4A was verified with it",
        "enhance-allocation-schema-again.sql was added to 4A",
      ],
    },
  },
  {
    threat: 26,
    attack: "a verified migration is deleted",
    stage: "4A",
    act: (workshop) => workshop.remove(migrationOf["4A"]),
    ends: {
      violations: ["verified-work-changed 4A", "regressed 4A.2", "regressed 4A.5"],
      says: ["20251113120000000_enhance-allocation-schema.sql is gone; 4A was verified with it"],
    },
  },
  {
    threat: 26,
    attack: "a migration that does more than its phase owns is added to a verified phase",
    stage: "4A",
    act: (workshop) =>
      workshop.write(
        "migrations/20251201000000000_enhance-allocation-schema-more.sql",
        migration("ALTER TABLE revenue_ledger ADD COLUMN note text;", "ALTER TABLE revenue_ledger DROP COLUMN note;"),
      ),
    ends: {
      violations: ["verified-work-changed 4A", "document-differs 4A"],
      says: [
        "enhance-allocation-schema-more.sql was added to 4A",
        "what 4A does not own: column public.revenue_ledger.note (created)",
      ],
    },
  },
  {
    threat: 27,
    attack: "a migration is dated before one that is merged",
    stage: "ordinary",
    act: (workshop) =>
      workshop.write(
        "migrations/20251112091500000_notes.sql",
        migration("CREATE TABLE notes ();", "DROP TABLE notes;"),
      ),
    ends: {
      violations: ["verified-work-changed baseline", "document-differs baseline", "migration-out-of-order"],
      says: ["20251112091500000_notes.sql sorts before migrations/20251112100000000_create-materialized-views.sql"],
    },
  },
  {
    threat: 29,
    attack: "prose that is taken for the marker of the down part",
    stage: "adopted",
    act: (workshop) => {
      workshop.add("4A");
      workshop.edit(migrationOf["4A"], (text) =>
        text.replace("-- Up Migration\n", "-- Up Migration\n-- Down migration is not supported\n"),
      );
    },
    ends: {
      violations: ["gate-failed 4A.migrations", "gate-failed 4A.2", "gate-failed 4A.5"],
      says: ["`-- Down migration is not supported` reads as prose"],
    },
  },
  {
    threat: 36,
    attack: "a migration stores a setting for everybody who connects",
    stage: "adopted",
    act: with4AAnd("ALTER ROLE CURRENT_USER SET search_path = elsewhere;"),
    ends: {
      violations: ["gate-failed 4A.migrations"],
      says: ["`ALTER ROLE CURRENT_USER SET search_path = elsewhere` stores a setting for every later session"],
    },
  },
  {
    threat: 39,
    attack: "a migration records a later one as applied",
    stage: "adopted",
    act: with4AAnd(
      "INSERT INTO pgmigrations (name, run_on) VALUES ('20251114120000000_add-sum-equality-validation', now());",
    ),
    ends: { violations: ["migration-failed 4A.migrations"], says: ["`INSERT INTO pgmigrations"] },
  },
  {
    threat: 40,
    attack: "a migration ends its transaction and leaves half",
    stage: "adopted",
    act: with4AAnd("COMMIT;\nSELECT 1 / 0;"),
    ends: { violations: ["migration-failed 4A.migrations"], says: ["`COMMIT` ends or begins a transaction"] },
  },
  {
    threat: 41,
    attack: "a migration makes a role",
    stage: "adopted",
    act: with4AAnd("CREATE ROLE shadow;"),
    ends: { violations: ["migration-failed 4A.migrations"], says: ["`CREATE ROLE shadow` changes a role"] },
  },
  {
    threat: 42,
    attack: "a new check carries COMMIT",
    stage: "adopted",
    act: (workshop) =>
      workshop.edit("phasegate.yml", (text) =>
        text.replace(
          "\n  - id: 4A\n",
          `      - id: baseline.2
        title: A tenant can be written
        checks:
          - statement: { name: a tenant, sql: "INSERT INTO tenants (name) VALUES ('a'); COMMIT; SELECT 1", accepted: true, sabotage: REVOKE ALL ON tenants FROM CURRENT_USER }

  - id: 4A
`,
        ),
      ),
    ends: {
      violations: ["regressed baseline.2"],
      says: ['"a tenant": it is refused with syntax_error: cannot insert multiple commands'],
    },
  },
  {
    threat: 52,
    attack: "a migration runs a program of the server",
    stage: "adopted",
    act: with4AAnd("COPY (SELECT 1) TO PROGRAM 'cat > /tmp/phasegate-attack-52';"),
    unmade: "/tmp/phasegate-attack-52",
    ends: {
      violations: ["migration-failed 4A.migrations"],
      says: ["permission denied to COPY to or from an external program"],
    },
  },
  {
    threat: 52,
    attack: "a gate query reads a file of the server",
    stage: "adopted",
    act: newQuery("SELECT pg_read_file('/etc/passwd')"),
    ends: { violations: ["regressed baseline.2"], says: ["permission denied for function pg_read_file"] },
  },
  {
    threat: 53,
    attack: "a gate query writes",
    stage: "adopted",
    act: newQuery("INSERT INTO tenants (name) VALUES ('x') RETURNING true"),
    ends: {
      violations: ["regressed baseline.2"],
      says: ["baseline.2 could not be judged: cannot execute INSERT in a read-only transaction"],
    },
  },
  {
    threat: 53,
    attack: "a gate query returns a gigabyte",
    stage: "adopted",
    act: newQuery("SELECT repeat('x', 1000000) FROM generate_series(1, 1000)"),
    ends: {
      violations: ["regressed baseline.2"],
      says: ["baseline.2 could not be judged: The statement gave more than"],
    },
  },
];

/** A gate of the baseline, which is free to add. */
function newQuery(query: string) {
  return (workshop: Workshop): void =>
    workshop.edit("phasegate.yml", (text) =>
      text.replace(
        "\n  - id: 4A\n",
        `      - id: baseline.2
        title: A query
        checks:
          - sql: { name: it is so, query: "${query}", gives: true, sabotage: DROP TABLE dead_events }

  - id: 4A
`,
      ),
    );
}
