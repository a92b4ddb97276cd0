import { join } from "node:path";
import { expect } from "@jest/globals";
import { documentOf, suite } from "../support/workshop.ts";
import {
  begin,
  elsewhere,
  type Honest,
  inOrder,
  migrationText,
  refused,
  shopMigration,
  shopPlan,
  stateOf,
  verify,
  worked,
} from "./honest-world.ts";

/** What is verified is asked for more, corrected, repaired, changed and taken back; and life goes on beside the phases. */

const stricterGate = `      - id: names.3
        title: Nobody is without a name
        checks:
          - column: { table: tenants, name: full_name, default: "''" }
  - id: regions`;

const ordinary = (index: string, of: string): string =>
  migrationText(`CREATE INDEX ${index} ON ${of}`, `DROP INDEX ${index}`);

export const cases: readonly Honest[] = [
  {
    name: "a stricter gate that a verified phase holds",
    way: "Ask a verified phase for more",
    act: async ({ named }) => {
      const workshop = await named();
      workshop.branch("stricter");
      workshop.edit("phasegate.yml", (text) =>
        text.replace(
          "  - id: regions",
          `      - id: names.3
        title: A name may be missing
        checks:
          - column: { table: tenants, name: full_name, nullable: true }
  - id: regions`,
        ),
      );
      const asked = await inOrder(workshop);
      expect(asked.differences.map(({ direction }) => direction)).toEqual(["stronger"]);
      expect(stateOf(asked, "names")).toBe("in-progress");
      await verify(workshop, "names");
      workshop.commit("Names may be missing");
      const report = await inOrder(workshop);
      expect(stateOf(report, "names")).toBe("verified");
      workshop.land("Names may be missing");
      await worked(workshop, "regions");
      await inOrder(workshop);
    },
  },
  {
    name: "a case more in the SQL tests of a verified phase",
    way: "Ask a verified phase for more",
    act: async ({ with4A }) => {
      const workshop = await with4A();
      workshop.branch("one-more-case");
      workshop.edit(
        suite,
        (text) =>
          `${text}\n-- test: a tenant is not there twice\n-- expect error: unique_violation on tenants_pkey\nINSERT INTO tenants (id, name) VALUES ('a0000000-0000-4000-8000-000000000001', 'Again');\n`,
      );
      await inOrder(workshop);
      await verify(workshop, "4A");
      workshop.commit("One case more");
      const report = await inOrder(workshop);
      expect(stateOf(report, "4A")).toBe("verified");
    },
  },
  {
    name: "a case in the SQL tests of a verified phase asks in another way",
    way: "Rewrite a SQL test of a verified phase",
    act: async ({ with4A }) => {
      const workshop = await with4A();
      workshop.branch("clearer-case");
      workshop.edit(suite, (text) => text.replace("'order-1', '{}');\n", "'order-1', '{\"again\": true}');\n"));
      workshop.commit("The second delivery says what it is");
      const report = await inOrder(workshop);
      expect(report.differences.map(({ direction }) => direction)).toEqual(["neutral"]);
      expect(report.differences[0]?.message).toMatch(
        /is changed \(its statements\), and .* that failed it on base still do/,
      );
      expect(stateOf(report, "4A")).toBe("verified");
    },
  },
  {
    name: "a file that phases share is changed",
    way: "Change a file that phases share",
    act: async ({ named }) => {
      const workshop = await named();
      workshop.branch("schema-page");
      workshop.edit("docs/SCHEMA.md", (text) => `${text}\nregions, soon\n`);
      const report = await inOrder(workshop);
      expect(report.phases.flatMap(({ advancedBy }) => advancedBy)).toEqual([]);
      expect(stateOf(report, "names")).toBe("verified");
    },
  },
  {
    name: "a typo in a policy file of a verified phase",
    way: "Correct a typo",
    act: async ({ named }) => {
      const workshop = await named();
      workshop.branch("typo");
      workshop.edit("docs/NAMES.md", (text) => text.replace("register", "Register"));
      const report = await inOrder(workshop);
      expect(stateOf(report, "names")).toBe("verified");
    },
  },
  {
    name: "a typo in the title of a gate",
    way: "Correct a typo",
    act: async ({ named }) => {
      const workshop = await named();
      workshop.branch("typo");
      workshop.edit("phasegate.yml", (text) =>
        text.replace("title: What a full name is", "title: What full names are"),
      );
      const corrected = await inOrder(workshop);
      expect(corrected.differences.map(({ direction }) => direction)).toEqual(["neutral"]);
      expect(stateOf(corrected, "names")).toBe("in-progress");
      await verify(workshop, "--all");
      workshop.commit("A title");
      const report = await inOrder(workshop);
      expect(stateOf(report, "names")).toBe("verified");
    },
  },
  {
    name: "a phase is repaired while a later one lies on base too early",
    way: "Repair a phase that does not hold on base",
    act: async ({ named }) => {
      const workshop = await named();
      // What somebody merged in spite of the verdict.
      workshop.edit("phasegate.yml", (text) => text.replace("  - id: regions", stricterGate));
      await refused(workshop, ["regressed names.3"]);
      workshop.land("A gate that does not hold");
      workshop.branch("regions");
      begin(workshop, "regions");
      await refused(workshop, ["phase-advanced regions"]);
      workshop.land("Regions, too early");

      workshop.branch("repair");
      const broken = await inOrder(workshop);
      expect([stateOf(broken, "names"), stateOf(broken, "regions")]).toEqual(["regressed", "prohibited"]);
      workshop.write(
        "migrations/20260120090000000_name-tenants-by-default.sql",
        migrationText(
          "ALTER TABLE tenants ALTER COLUMN full_name SET DEFAULT ''",
          "ALTER TABLE tenants ALTER COLUMN full_name DROP DEFAULT",
        ),
      );
      await verify(workshop, "names");
      workshop.commit("Names hold again");
      const repaired = await inOrder(workshop);
      expect([stateOf(repaired, "names"), stateOf(repaired, "regions")]).toEqual(["verified", "prohibited"]);
      workshop.land("Names hold again");

      workshop.branch("regions-verified");
      await verify(workshop, "regions");
      workshop.commit("Verify regions");
      const whole = await inOrder(workshop);
      expect(stateOf(whole, "regions")).toBe("verified");
    },
  },
  {
    name: "a phase is withdrawn, with a plan owner's approval",
    way: "Take back a phase, or change what was verified",
    act: async ({ named }) => {
      const workshop = await named();
      workshop.branch("revert");
      workshop.git("revert", "--no-edit", "HEAD~1");
      await refused(workshop, ["verified-work-changed names", "regressed names"]);
      await inOrder(workshop, "--approvals", workshop.approve("@ada"));
      workshop.land("Names are withdrawn");
      const report = await inOrder(workshop);
      expect(stateOf(report, "names")).toBe("not-started");
      workshop.git("branch", "-q", "-D", "names");
      await worked(workshop, "names");
      await inOrder(workshop);
    },
  },
  {
    name: "a phase with tests and fixtures is withdrawn",
    way: "Take back a phase, or change what was verified",
    act: async ({ with4A }) => {
      const workshop = await with4A();
      workshop.branch("revert");
      workshop.git("revert", "--no-edit", "HEAD");
      await inOrder(workshop, "--approvals", workshop.approve("@grace"));
    },
  },
  {
    name: "a migration of verified work is edited, approved and verified anew",
    way: "Take back a phase, or change what was verified",
    act: async ({ whole }) => {
      const workshop = await whole();
      workshop.branch("edit");
      workshop.edit(shopMigration.names, (text) => text.replace("full_name text;", "full_name text DEFAULT 'Nobody';"));
      await refused(workshop, ["verified-work-changed names", "document-differs names"]);
      await verify(workshop, "names");
      workshop.commit("Nobody has a name");
      await refused(workshop, ["verified-work-changed names"]);
      await inOrder(workshop, "--approvals", workshop.approve("@ada"));
      workshop.land("Nobody has a name");
      const report = await inOrder(workshop);
      expect(report.phases.map(({ state }) => state)).toEqual(Array(5).fill("verified"));
    },
  },
  {
    name: "a hotfix between two phases",
    way: "A hotfix that belongs to no phase",
    act: async ({ shop }) => {
      const workshop = await shop();
      workshop.branch("policy");
      workshop.edit("phasegate.yml", (text) =>
        text.replace("  plan-owners", "  ordinary-migrations: allow\n  plan-owners"),
      );
      workshop.commit("Ordinary migrations are allowed");
      await refused(workshop, ["plan-weakened"]);
      await inOrder(workshop, "--approvals", workshop.approve("@ada"));
      workshop.land("Ordinary migrations are allowed");
      workshop.branch("hotfix");
      workshop.write(
        "migrations/20251230090000000_find-tenants.sql",
        ordinary("idx_tenants_by_name", "tenants (name)"),
      );
      workshop.commit("Tenants are found by their name");
      await inOrder(workshop);
      workshop.land("Tenants are found by their name");
      await worked(workshop, "names");
      const report = await inOrder(workshop);
      expect(stateOf(report, "names")).toBe("verified");
    },
  },
  {
    name: "an ordinary migration after the last phase, and a phase that comes after all",
    way: "After the last phase",
    act: async ({ bare }) => {
      const workshop = await bare();
      const first = shopPlan.slice(0, shopPlan.indexOf("  - id: regions"));
      workshop.write("phasegate.yml", first.replace("  plan-owners", "  ordinary-migrations: allow\n  plan-owners"));
      begin(workshop, "names");
      await verify(workshop, "--all");
      workshop.land("All of the plan is verified");
      workshop.branch("ordinary");
      workshop.write(
        "migrations/20260115090000000_find-tenants.sql",
        ordinary("idx_tenants_by_name", "tenants (name)"),
      );
      workshop.commit("Tenants are found by their name");
      await inOrder(workshop);
      workshop.land("Tenants are found by their name");
      workshop.branch("planned");
      workshop.edit(
        "phasegate.yml",
        (text) => `${text}  - id: parcels
    title: Parcels
    after: [names]
    owns: { migrations: ["*_add-parcels*.sql"], objects: [parcels] }
    gates:
      - id: parcels.1
        title: A parcel has a key
        checks:
          - constraint: { table: parcels, type: primary key, columns: [id] }
`,
      );
      const planned = await inOrder(workshop);
      expect(planned.differences.map(({ direction }) => direction)).toEqual(["neutral"]);
      workshop.land("Parcels are planned");
      workshop.branch("parcels");
      workshop.write(
        "migrations/20260116090000000_add-parcels.sql",
        migrationText("CREATE TABLE parcels (id integer PRIMARY KEY)", "DROP TABLE parcels"),
      );
      await verify(workshop, "parcels");
      workshop.commit("Parcels");
      await inOrder(workshop);
    },
  },
  {
    name: "a phase with SQL tests and a round trip, verified and merged",
    way: "Begin a phase, finish it, verify it",
    act: async ({ with4A }) => {
      const workshop = await with4A();
      const report = await inOrder(workshop);
      expect(stateOf(report, "4A")).toBe("verified");
      workshop.branch("4B");
      workshop.add("4B");
      await verify(workshop, "4B");
      workshop.commit("4B");
      await inOrder(workshop);
    },
  },
  {
    name: "a checkout with CRLF",
    way: "Line ends of Windows",
    act: async ({ with4A, folder }) => {
      const workshop = await with4A();
      workshop.git("checkout", "-q", "main");
      const root = join(folder(), "clone");
      workshop.git("clone", "-q", "--config", "core.autocrlf=true", workshop.root, root);
      const clone = elsewhere(root);
      const report = await inOrder(clone);
      expect(stateOf(report, "4A")).toBe("verified");
      workshop.git("-C", root, "checkout", "-q", "-b", "again");
      workshop.git("-C", root, "rm", "-q", documentOf("4A"));
      await verify(clone, "4A");
      workshop.git("-C", root, "add", "-A");
      await inOrder(clone);
    },
  },
];
