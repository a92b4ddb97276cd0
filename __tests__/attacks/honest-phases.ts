import { expect } from "@jest/globals";
import {
  begin,
  type Honest,
  inOrder,
  refused,
  shopDocument,
  shopMigration,
  shopPlan,
  stateOf,
  verify,
  worked,
} from "./honest-world.ts";

/** A plan is adopted, and phases are worked: one after another, and beside each other. */
export const cases: readonly Honest[] = [
  {
    name: "plan and documents in one change",
    way: "Adopt a plan in a repository that has migrations",
    act: async ({ bare }) => {
      const workshop = await bare();
      workshop.branch("adopt");
      workshop.write("phasegate.yml", shopPlan);
      const planned = await inOrder(workshop);
      expect(planned.base).toMatchObject({ kind: "commit", adoption: true });
      expect(stateOf(planned, "baseline")).toBe("in-progress");
      await verify(workshop, "baseline");
      workshop.commit("Adopt the plan");
      await inOrder(workshop);
      workshop.land("Adopt the plan");
      await inOrder(workshop);
    },
  },
  {
    name: "a plan of work that is half done already",
    way: "Adopt a plan in a repository that has migrations",
    act: async ({ bare }) => {
      const workshop = await bare();
      begin(workshop, "names");
      begin(workshop, "regions");
      workshop.land("Work from before there was a plan");
      workshop.branch("adopt");
      workshop.write("phasegate.yml", shopPlan);
      await verify(workshop, "--all");
      workshop.commit("Adopt the plan");
      const report = await inOrder(workshop);
      expect(report.phases.map(({ state }) => state)).toEqual([
        "verified",
        "verified",
        "verified",
        "not-started",
        "not-started",
      ]);
    },
  },
  {
    name: "the plan is on base before any document",
    way: "The plan was merged before anything was verified",
    act: async ({ bare }) => {
      const workshop = await bare();
      workshop.write("phasegate.yml", shopPlan);
      workshop.land("A plan");
      await inOrder(workshop);
      workshop.branch("verified");
      await verify(workshop, "baseline");
      workshop.commit("Verify the baseline");
      const report = await inOrder(workshop);
      expect(stateOf(report, "baseline")).toBe("verified");
      workshop.land("Verify the baseline");
      await worked(workshop, "names");
      await inOrder(workshop);
    },
  },
  {
    name: "a phase begun, finished, verified and merged",
    way: "Begin a phase, finish it, verify it",
    act: async ({ shop }) => {
      const workshop = await shop();
      workshop.branch("names");
      begin(workshop, "names");
      workshop.edit("docs/NAMES.md", () => "# Something else\n");
      await refused(workshop, ["gate-failed names.2"]);
      workshop.edit("docs/NAMES.md", () => "# Names\n\nAs the register of companies has them.\n");
      await refused(workshop, ["document-missing names"]);
      await verify(workshop, "names");
      await inOrder(workshop);
      workshop.land("Names");
      const report = await inOrder(workshop);
      expect(stateOf(report, "names")).toBe("verified");
    },
  },
  {
    name: "a phase of files only",
    way: "A phase without migrations",
    act: async ({ named }) => {
      const workshop = await named();
      for (const phase of ["regions", "currencies"] as const) {
        await worked(workshop, phase);
        workshop.land(phase);
      }
      workshop.branch("runbook");
      workshop.write("docs/RUNBOOK.md", "# Who is called\n");
      await refused(workshop, ["gate-failed runbook.1"]);
      workshop.write("docs/RUNBOOK.md", "# Who is called\n\nGrace.\n");
      await verify(workshop, "runbook");
      workshop.commit("Runbook");
      await inOrder(workshop);
    },
  },
  {
    name: "a migration of one's own is renamed before it is merged",
    way: "Rename or edit a migration that is not merged yet",
    act: async ({ shop }) => {
      const workshop = await shop();
      await worked(workshop, "names");
      workshop.git("mv", shopMigration.names, "migrations/20260109090000000_name-tenants.sql");
      await refused(workshop, ["document-differs names"]);
      await verify(workshop, "names");
      workshop.commit("A later time");
      await inOrder(workshop);
    },
  },
  {
    name: "two phases in parallel, merged in the order of their migrations",
    way: "Two phases in parallel",
    act: async ({ named }) => {
      const workshop = await named();
      await worked(workshop, "currencies");
      await worked(workshop, "regions");
      workshop.git("checkout", "-q", "main");
      workshop.git("merge", "-q", "--no-ff", "--no-edit", "regions");
      workshop.land("Regions are merged");
      workshop.git("checkout", "-q", "currencies");
      await inOrder(workshop);
      await inOrder(workshop, "--merge");
      workshop.git("merge", "-q", "--no-edit", "main");
      const report = await inOrder(workshop);
      expect(stateOf(report, "currencies")).toBe("verified");
      expect(stateOf(report, "regions")).toBe("verified");
    },
  },
  {
    name: "two phases in parallel, the later migration merged first",
    way: "Two phases in parallel",
    act: async ({ named }) => {
      const workshop = await named();
      await worked(workshop, "regions");
      await worked(workshop, "currencies");
      workshop.land("Currencies");
      workshop.git("checkout", "-q", "regions");
      await inOrder(workshop);
      await refused(workshop, ["migration-out-of-order"], "--merge");
      workshop.git("rebase", "-q", "main");
      await refused(workshop, ["migration-out-of-order"]);
      workshop.git("mv", shopMigration.regions, "migrations/20260104090000000_add-regions.sql");
      await verify(workshop, "regions");
      workshop.commit("Regions come after currencies");
      await inOrder(workshop);
      workshop.land("Regions");
      await worked(workshop, "runbook");
      await inOrder(workshop);
    },
  },
  {
    name: "unfinished work waits on base, and is finished there",
    way: "Merge unfinished work",
    act: async ({ bare }) => {
      const workshop = await bare();
      workshop.write("phasegate.yml", shopPlan.replace("  plan-owners", "  incomplete: allow\n  plan-owners"));
      await verify(workshop, "baseline");
      workshop.land("Adopt the plan");
      workshop.branch("half");
      begin(workshop, "names");
      workshop.write("docs/NAMES.md", "# To do\n");
      workshop.commit("Half of it");
      const report = await inOrder(workshop);
      expect(stateOf(report, "names")).toBe("in-progress");
      workshop.land("Half of it");
      workshop.branch("readme");
      workshop.write("README.md", "A shop\n");
      await inOrder(workshop);
      workshop.git("checkout", "-q", "-f", "main");
      workshop.branch("too-early");
      begin(workshop, "regions");
      await refused(workshop, ["phase-advanced regions"]);
      workshop.git("clean", "-qfd");
      workshop.git("checkout", "-q", "main");
      workshop.branch("rest");
      begin(workshop, "names");
      await verify(workshop, "names");
      workshop.commit("The rest of it");
      await inOrder(workshop);
      workshop.land("The rest of it");
      await worked(workshop, "regions");
      await inOrder(workshop);
    },
  },
  {
    name: "two phases verified in one change, where the plan asks no more",
    way: "Two phases in one change",
    act: async ({ bare }) => {
      const workshop = await bare();
      workshop.write("phasegate.yml", shopPlan.replace("  plan-owners", "  predecessors: head\n  plan-owners"));
      await verify(workshop, "baseline");
      workshop.land("Adopt the plan");
      workshop.branch("both");
      begin(workshop, "names");
      begin(workshop, "regions");
      await verify(workshop, "names", "regions");
      workshop.commit("Names and regions");
      await inOrder(workshop);
    },
  },
  {
    name: "a phase that somebody has to approve",
    way: "A phase that somebody has to approve",
    act: async ({ bare }) => {
      const workshop = await bare();
      const gate = `      - id: names.3
        title: Legal has read it
        checks:
          - approval: { title: Legal, any-of: ["@lin"] }
  - id: regions`;
      workshop.write("phasegate.yml", shopPlan.replace("  - id: regions", gate));
      await verify(workshop, "baseline");
      workshop.land("Adopt the plan");
      await worked(workshop, "names");
      await refused(workshop, ["gate-not-run names.3"]);
      await inOrder(workshop, "--approvals", workshop.approve("@lin"));
      workshop.land("Names");
      // Settled: whoever builds on it asks nobody again.
      await inOrder(workshop);
      await worked(workshop, "regions");
      await inOrder(workshop);
    },
  },
  {
    name: "a file that a verified phase was verified with is put back",
    way: "Repair a phase that does not hold on base",
    act: async ({ named }) => {
      const workshop = await named();
      workshop.write("docs/NAMES.md", "# Gone\n");
      workshop.land("Broken by force");
      await worked(workshop, "regions").catch((error: Error) =>
        expect(error.message).toContain("regions comes after names, which is not verified"),
      );
      workshop.git("clean", "-qfd");
      workshop.git("checkout", "-q", "main");
      workshop.branch("repair");
      workshop.write("docs/NAMES.md", "# Names\n\nAs the register of companies has them.\n");
      workshop.commit("Put it back");
      const report = await inOrder(workshop);
      expect(stateOf(report, "names")).toBe("verified");
    },
  },
  {
    name: "unverified work on base is repaired in its own migration",
    way: "Repair a phase that does not hold on base",
    act: async ({ shop }) => {
      const workshop = await shop();
      begin(workshop, "names");
      workshop.edit(shopMigration.names, (text) => text.replaceAll("full_name", "name_in_full"));
      begin(workshop, "regions");
      workshop.land("Merged in spite of the verdict");
      workshop.branch("repair");
      await inOrder(workshop);
      begin(workshop, "names");
      await verify(workshop, "names");
      workshop.commit("Names hold");
      const report = await inOrder(workshop);
      expect([stateOf(report, "names"), stateOf(report, "regions")]).toEqual(["verified", "prohibited"]);
      expect(workshop.exists(shopDocument("regions"))).toBe(false);
    },
  },
];
