import { join } from "node:path";
import { expect } from "@jest/globals";
import type { Report } from "../../src/model/report.ts";
import {
  begin,
  copiedTo,
  elsewhere,
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

/** The same verdict whatever way the work is merged, checked out, and issued by whatever version. */

/** What a report says of the work, without where and when it was said. */
const verdicts = ({ phases, violations }: Report) => ({
  phases: phases.map(({ id, state, gates }) => ({ id, state, gates: gates.map(({ verdict }) => verdict.status) })),
  violations,
});

/** What is said to type, as it is said. */
function wayOut(said: string): readonly string[] {
  const [, way] = /This clone is shallow: .*`git (fetch --unshallow [^`]+)`/.exec(said) ?? [];
  if (way === undefined) throw new Error(`no way out of a shallow clone is said: ${said}`);
  return way.replaceAll("'", "").split(" ");
}

export const cases: readonly Honest[] = [
  ...(["merge --no-ff", "merge --squash", "rebase"] as const).map(
    (way): Honest => ({
      name: `merged with git ${way}`,
      way: "Merge commits, squashed merges, rebases",
      act: async ({ shop }) => {
        const workshop = await shop();
        workshop.branch("names");
        begin(workshop, "names");
        workshop.commit("The work");
        await verify(workshop, "names");
        workshop.commit("Its document");
        workshop.git("checkout", "-q", "main");
        workshop.write("README.md", "A shop\n");
        workshop.land("Somebody else's work");
        if (way === "rebase") {
          workshop.git("checkout", "-q", "names");
          workshop.git("rebase", "-q", "main");
          workshop.git("checkout", "-q", "main");
          workshop.git("merge", "-q", "--ff-only", "names");
        } else if (way === "merge --squash") workshop.git("merge", "-q", "--squash", "names");
        else workshop.git("merge", "-q", "--no-ff", "--no-edit", "names");
        workshop.land("Names");
        expect(workshop.git("rev-list", "--merges", "--count", "HEAD")).toBe(way === "merge --no-ff" ? "1" : "0");
        await worked(workshop, "regions");
        const report = await inOrder(workshop);
        expect([stateOf(report, "names"), stateOf(report, "regions")]).toEqual(["verified", "verified"]);
      },
    }),
  ),
  {
    name: "a branch that is behind",
    way: "A branch that is behind",
    act: async ({ shop }) => {
      const workshop = await shop();
      await worked(workshop, "names");
      workshop.git("checkout", "-q", "main");
      workshop.write("README.md", "A shop\n");
      workshop.land("Somebody else's work");
      workshop.git("checkout", "-q", "names");
      const { base } = await inOrder(workshop);
      expect(base).toMatchObject({ behind: 1 });
      const { stdout } = await workshop.phasegate("run");
      expect(stdout).toMatch(/1 commit/);
      const merged = await inOrder(workshop, "--merge");
      expect(merged.base).toMatchObject({ behind: 0 });
    },
  },
  {
    name: "a merge that conflicts is told, and then resolved",
    way: "A branch that is behind",
    act: async ({ shop }) => {
      const workshop = await shop();
      await worked(workshop, "names");
      workshop.git("checkout", "-q", "main");
      workshop.write("docs/SCHEMA.md", "# Tables\n\nnone\n");
      workshop.land("Somebody else's work");
      workshop.git("checkout", "-q", "names");
      const { code, said } = await workshop.judge("--merge");
      expect(code).toBe(3);
      expect(said).toContain("Merging into origin/main conflicts in docs/SCHEMA.md.");
      expect(said).toContain("Rebase onto origin/main");
      workshop.git("rebase", "-q", "-X", "theirs", "main");
      await inOrder(workshop, "--merge");
    },
  },
  {
    name: "a phase begun on a branch that was squashed since",
    way: "A phase begun on top of a branch",
    act: async ({ shop }) => {
      const workshop = await shop();
      await worked(workshop, "names");
      workshop.git("checkout", "-q", "-b", "regions");
      begin(workshop, "regions");
      await verify(workshop, "regions");
      workshop.commit("Regions");
      await refused(workshop, ["phase-advanced regions"]);
      workshop.git("checkout", "-q", "main");
      workshop.git("merge", "-q", "--squash", "names");
      workshop.land("Names");
      workshop.git("checkout", "-q", "regions");
      await inOrder(workshop, "--merge");
      workshop.git("rebase", "-q", "--onto", "main", "names");
      await inOrder(workshop);
    },
  },
  {
    name: "work before it is committed",
    way: "Before anything is committed",
    act: async ({ shop }) => {
      const workshop = await shop();
      workshop.branch("names");
      begin(workshop, "names");
      const open = await refused(workshop, ["document-missing names"]);
      workshop.git("add", shopMigration.names);
      expect(verdicts(await refused(workshop, ["document-missing names"]))).toEqual(verdicts(open));
      workshop.commit("The work");
      expect(verdicts(await refused(workshop, ["document-missing names"]))).toEqual(verdicts(open));
      await verify(workshop, "names");
      const uncommitted = await inOrder(workshop);
      workshop.commit("Its document");
      expect(verdicts(await inOrder(workshop))).toEqual(verdicts(uncommitted));
    },
  },
  {
    name: "a detached head, and a worktree",
    way: "Worktrees and detached heads",
    act: async ({ shop, folder }) => {
      const workshop = await shop();
      await worked(workshop, "names");
      const attached = verdicts(await inOrder(workshop));
      workshop.git("checkout", "-q", "--detach");
      expect(verdicts(await inOrder(workshop))).toEqual(attached);
      const root = join(folder(), "names");
      workshop.git("worktree", "add", "-q", root, "names");
      const worktree = elsewhere(root);
      expect(verdicts(await inOrder(worktree))).toEqual(attached);
      await verify(worktree, "--all");
      expect(workshop.git("-C", root, "status", "--porcelain")).toBe("");
    },
  },
  {
    name: "a change of README alone",
    way: "A change that has nothing to do with the database",
    act: async ({ named }) => {
      const workshop = await named();
      workshop.branch("readme");
      workshop.write("README.md", "A shop\n");
      workshop.commit("Read me");
      const report = await inOrder(workshop);
      expect(report.differences).toEqual([]);
      expect(report.phases.flatMap(({ advancedBy }) => advancedBy)).toEqual([]);
    },
  },
  {
    name: "a path with blanks and umlauts",
    way: "Folders with blanks and letters beyond ASCII",
    act: async ({ shop, folder }) => {
      const workshop = await shop();
      await worked(workshop, "names");
      const root = join(folder("Größe & Maß – "), "Läden, 2 Stück");
      const report = await inOrder(copiedTo(workshop, root));
      expect(stateOf(report, "names")).toBe("verified");
    },
  },
  {
    name: "a plan in a folder with blanks and umlauts",
    way: "Folders with blanks and letters beyond ASCII",
    act: async ({ bare }) => {
      const workshop = await bare();
      const plan = "Pläne für alle/läden.phasegate.yml";
      workshop.write(plan, shopPlan.replace("policy:", 'documents: "Pläne für alle/Prüfung {phase}.md"\npolicy:'));
      await verify(workshop, "baseline", "--plan", plan);
      workshop.land("Adopt the plan");
      workshop.branch("names");
      begin(workshop, "names");
      await verify(workshop, "names", "--plan", plan);
      workshop.commit("Names");
      const report = await inOrder(workshop, "--plan", plan);
      expect(stateOf(report, "names")).toBe("verified");
      expect(verdicts(await inOrder(workshop, "--plan", `./${plan}`))).toEqual(verdicts(report));
    },
  },
  {
    name: "a shallow clone of one branch",
    way: "A shallow clone",
    act: async ({ shop, folder }) => {
      const workshop = await shop();
      await worked(workshop, "names");
      workshop.git("checkout", "-q", "main");
      const root = join(folder(), "clone");
      workshop.git("clone", "-q", "--depth", "1", "--branch", "names", `file://${workshop.root}`, root);
      const clone = elsewhere(root);
      const { code, said } = await clone.judge();
      expect(code).toBe(3);
      workshop.git("-C", root, ...wayOut(said));
      const report = await inOrder(clone);
      expect(stateOf(report, "names")).toBe("verified");
    },
  },
  {
    name: "a shallow clone of every branch",
    way: "A shallow clone",
    act: async ({ shop, folder }) => {
      const workshop = await shop();
      await worked(workshop, "names");
      workshop.git("checkout", "-q", "main");
      const root = join(folder(), "clone");
      workshop.git("clone", "-q", "--depth", "1", "--no-single-branch", `file://${workshop.root}`, root);
      workshop.git("-C", root, "checkout", "-q", "names");
      const clone = elsewhere(root);
      const { code, said } = await clone.judge();
      expect(code).toBe(3);
      expect(said).toContain("have no commit in common");
      workshop.git("-C", root, ...wayOut(said));
      await inOrder(clone);
    },
  },
  ...(["0.0.9", "17.3.0"] as const).map(
    (other): Honest => ({
      name: `documents that ${other} has written`,
      way: "Another version of Phasegate",
      act: async ({ named }) => {
        const workshop = await named();
        for (const phase of ["baseline", "names"]) {
          workshop.edit(shopDocument(phase), (text) =>
            text.replace(/^(\| Phasegate \| ).* \|$/m, `$1${other} |`).replace(/^( *"tool": ).*,$/m, `$1"${other}",`),
          );
        }
        workshop.land("What another version wrote");
        await worked(workshop, "regions");
        const report = await inOrder(workshop);
        expect(report.phases.map(({ state }) => state).slice(0, 3)).toEqual(Array(3).fill("verified"));
        const { stdout } = await workshop.phasegate("verify", "--all");
        expect(stdout).toContain("Nothing to write");
        // A version that tries one mutant more derives the same document.
        expect(workshop.read(shopDocument("names"))).not.toMatch(/mutant/i);
      },
    }),
  ),
];
