/** THREATS 3 to 8, 12, 13 and 16 to 18: the plan, and what it compares with. */

import { documentOf, suite } from "../support/workshop.ts";
import { type Attack, planFile, rewrite } from "./attacks.ts";
import { begin4AWrong } from "./attacks-on-the-order.ts";

/** Up to the next gate or phase. */
const gate4A9 = / {6}- id: 4A\.9\n(?:.*\n)*?(?=\n| {6}- id: )/;

export const attacksOnThePlan: readonly Attack[] = [
  {
    threat: 3,
    attack: "a gate, a check, a phase and what a phase comes after are removed",
    stage: "adopted",
    act: (workshop) => {
      rewrite(workshop, gate4A9, "");
      rewrite(workshop, "          - suite: { files: [db/tests/test_*.sql] }\n", "");
      rewrite(workshop, /\n {2}- id: 4C\n[\s\S]*$/, "");
      rewrite(workshop, "after: [4A]", "after: [baseline]");
    },
    ends: {
      violations: ["plan-weakened"],
      says: ["4A.9 is gone", "4A.5 `suite` is gone", "4C is gone, with its gate", "4B `after`: 4A is gone"],
    },
  },
  {
    threat: 3,
    attack: "a phase comes after nothing any more, and is started",
    stage: "adopted",
    act: (workshop) => {
      rewrite(workshop, "after: [4A]", "after: []");
      workshop.add("4B");
    },
    ends: { violations: ["plan-weakened", "migration-failed 4B.migrations"], says: ["4B `after`: 4A is gone"] },
  },
  {
    threat: 4,
    attack: "a gate blocks no more",
    stage: "adopted",
    act: (workshop) =>
      rewrite(
        workshop,
        "title: Allocation ratio column added\n",
        "title: Allocation ratio column added\n        blocking: false\n",
      ),
    ends: { violations: ["plan-weakened"], says: ["4A.2 `blocking`: true → false"] },
  },
  {
    threat: 5,
    attack: "a type, a condition and a number ask for less",
    stage: "adopted",
    act: (workshop) => {
      rewrite(workshop, 'type: "numeric(6,5)", nullable: false', "type: numeric, nullable: false");
      rewrite(workshop, "allocation_ratio >= 0 AND allocation_ratio <= 1", "allocation_ratio >= 0");
      rewrite(workshop, "at-least: 2", "at-least: 1");
    },
    ends: {
      violations: ["plan-weakened"],
      says: [
        "4A.2 column `type`: numeric(6,5) → numeric.",
        "4A.2 constraint `definition`: allocation_ratio >= 0 AND allocation_ratio <= 1 → allocation_ratio >= 0.",
        "4A.9 checklist `at-least`: 2 → 1",
      ],
    },
  },
  {
    threat: 5,
    attack: "a verified gate asks for less, and its document is left as it is",
    stage: "4A",
    act: (workshop) => rewrite(workshop, "at-least: 2", "at-least: 1"),
    ends: { violations: ["plan-weakened"], says: ["4A.9 checklist `at-least`: 2 → 1"] },
  },
  {
    threat: 6,
    attack: "a check is excused for holding before its phase, and a gate left to a later one",
    stage: "adopted",
    act: (workshop) => {
      rewrite(
        workshop,
        "nullable: false }\n          - constraint: { table: attribution_allocations",
        "nullable: false }\n            holds-before: it was always so\n          - constraint: { table: attribution_allocations",
      );
      rewrite(workshop, "title: Materialized view exists\n", "title: Materialized view exists\n        until: 4C\n");
    },
    ends: {
      violations: ["plan-weakened"],
      says: ["4A.2 column `holds-before`: not given → it was always so", "4B.1 `until`: not given → 4C"],
    },
  },
  {
    threat: 7,
    attack: "every field of the policy is loosened, and the author becomes a plan owner",
    stage: "adopted",
    act: (workshop) => {
      const lax = { predecessors: "head", incomplete: "allow", "ordinary-migrations": "allow", programs: "allow" };
      const lines = Object.entries(lax).map(([field, value]) => `  ${field}: ${value}\n`);
      rewrite(workshop, "policy:\n", `policy:\n${lines.join("")}`);
      rewrite(workshop, '["@ada", "@grace"]', '["@ada", "@grace", "@eve"]');
    },
    ends: {
      violations: ["plan-weakened"],
      says: [
        "`policy.predecessors`: base → head",
        "`policy.incomplete`: block → allow",
        "`policy.ordinary-migrations`: refuse → allow",
        "`policy.programs`: refuse → allow",
        "`policy.plan-owners`: @eve is new",
      ],
    },
  },
  {
    threat: 7,
    attack: "the policy is loosened in the change that needs it",
    stage: "adopted",
    act: (workshop, papers) => {
      rewrite(workshop, "policy:\n", "policy:\n  predecessors: head\n");
      workshop.add("4A");
      workshop.write(documentOf("4A"), papers["4A"]);
      workshop.add("4B");
    },
    ends: { violations: ["plan-weakened", "document-missing 4B"], says: ["`policy.predecessors`: base → head"] },
  },
  {
    threat: 8,
    attack: "a phase is renamed, so that nothing knows its document",
    stage: "4A",
    act: (workshop) =>
      workshop.edit(planFile, (text) =>
        text.replace("- id: 4A\n", "- id: 4A-2\n").replace("after: [4A]", "after: [4A-2]"),
      ),
    ends: { violations: ["plan-weakened"], says: ["4A is gone, with its 3 gates", "4A-2 is new, and started already"] },
  },
  {
    threat: 8,
    attack: "the documents are looked for elsewhere",
    stage: "4A",
    act: (workshop) => rewrite(workshop, "documents: db/docs/", "documents: docs/"),
    ends: {
      violations: ["plan-weakened", "regressed baseline", "regressed 4A"],
      says: ["`documents`: db/docs/PHASE_{phase}", "docs/PHASE_4A_EXIT_GATE_VERIFICATION.md is gone"],
    },
  },
  {
    threat: 12,
    attack: "the plan is deleted",
    stage: "adopted",
    act: (workshop) => workshop.remove(planFile),
    ends: { violations: ["plan-missing"], says: ["phasegate.yml is gone; base has it"] },
  },
  {
    threat: 12,
    attack: "the plan is moved, and the run is pointed at where it went",
    stage: "adopted",
    act: (workshop) => {
      workshop.move(planFile, "lax.phasegate.yml");
      return ["--plan", "lax.phasegate.yml"];
    },
    ends: {
      violations: ["plan-missing", "plan-weakened"],
      says: ["phasegate.yml is gone", "lax.phasegate.yml is a further plan"],
    },
  },
  {
    threat: 12,
    attack: "the plan is made unreadable",
    stage: "adopted",
    act: (workshop) => workshop.edit(planFile, (text) => `${text}\n  - {`),
    ends: { exit: 2, says: ["phasegate.yml:94:6: This is no YAML"] },
  },
  {
    threat: 12,
    attack: "the run is pointed at a plan that is new",
    stage: "adopted",
    act: (workshop) => {
      workshop.write("db/lax.yml", workshop.read(planFile).replace(/\n {2}- id: 4A\n[\s\S]*$/, ""));
      return ["--plan", "db/lax.yml"];
    },
    ends: { violations: ["plan-weakened"], says: ["db/lax.yml is a further plan beside phasegate.yml"] },
  },
  {
    threat: 13,
    attack: "a weaker plan is used by the commit after it",
    stage: "adopted",
    act: (workshop) => {
      rewrite(workshop, 'type: "numeric(6,5)", nullable: false', 'type: "numeric(6,5)"');
      workshop.commit("Correct the plan");
      begin4AWrong(workshop);
    },
    ends: { violations: ["plan-weakened", "document-missing 4A"], says: ["4A.2 column `nullable`: false → not given"] },
  },
  {
    threat: 16,
    attack: "a case of a suite is gutted",
    stage: "4A",
    act: (workshop) =>
      workshop.edit(suite, (text) => text.replace(/-- expect error: .*external_event_id\n[\s\S]*$/, "SELECT true;\n")),
    ends: {
      violations: ["plan-weakened", "regressed 4A.5"],
      says: [
        "db/tests/test_idempotency.sql (oracle of 4A.5): the case “an event that its source sends again is refused” is changed",
      ],
    },
  },
  {
    threat: 16,
    attack: "a case of a suite raises itself the refusal that it expects",
    stage: "4A",
    act: (workshop) =>
      workshop.edit(suite, (text) =>
        text.replace(
          /(?<=external_event_id\n)INSERT INTO attribution_events[\s\S]*$/,
          () =>
            "DO $$ BEGIN RAISE unique_violation USING CONSTRAINT = 'idx_attribution_events_tenant_external_event_id'; END $$;\n",
        ),
      ),
    ends: {
      violations: ["plan-weakened", "regressed 4A.5"],
      says: ["is changed (its statements): it holds now with"],
    },
  },
  {
    threat: 16,
    attack: "the rows that a round trip is made on are taken away",
    stage: "round trip",
    act: (workshop) => workshop.write("db/fixtures/allocations-after.sql", "SELECT 1;\n"),
    ends: {
      violations: ["plan-weakened", "regressed 4A.6"],
      says: ["db/fixtures/allocations-after.sql (oracle of 4A.6): it is changed"],
    },
  },
  {
    threat: 17,
    attack: "a role passes by row-level security, and migrations run as superuser",
    stage: "adopted",
    act: (workshop) => {
      rewrite(workshop, "    - app_ro\n", "    - { name: app_ro, bypassrls: true }\n");
      rewrite(workshop, "migrator: { bypassrls: true }", "migrator: { bypassrls: true, superuser: true }");
    },
    ends: {
      violations: ["plan-weakened"],
      says: ["role `app_ro` `bypassrls`: false → true", "`postgres.migrator.superuser`: false → true"],
    },
  },
  {
    threat: 17,
    attack: "migrations are taken from another folder",
    stage: "adopted",
    act: (workshop) => {
      workshop.git("mv", "migrations", "other");
      rewrite(workshop, "policy:\n", "migrations: { dir: other }\n\npolicy:\n");
    },
    ends: { violations: ["plan-weakened"], says: ["`migrations.dir`: migrations → other"] },
  },
  {
    threat: 18,
    attack: "the plan has no phases",
    stage: "adopted",
    act: (workshop) => rewrite(workshop, /phases:\n[\s\S]*$/, "phases: []\n"),
    ends: { exit: 2, says: ["`phases` is an empty list"] },
  },
  {
    threat: 18,
    attack: "a glob matches nothing that is there",
    stage: "adopted",
    act: (workshop) => {
      workshop.add("4A");
      rewrite(workshop, '["*_enhance-allocation-schema*.sql"]', '["*_no-such.sql"]');
    },
    ends: { exit: 2, says: ["`*_no-such.sql` matches no file in migrations/"] },
  },
  {
    threat: 18,
    attack: "a file is no longer owned by its phase",
    stage: "4A",
    act: (workshop) => rewrite(workshop, "files: [db/docs/reviews/4A_migration_safety_review.md, ", "files: ["),
    ends: {
      violations: ["plan-weakened"],
      says: ["4A `owns.files`: db/docs/reviews/4A_migration_safety_review.md is gone"],
    },
  },
];
