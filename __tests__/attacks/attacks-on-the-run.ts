/** THREATS 43, 44, 51, 55 and 62: test files, programs, paths and approvals. */

import { symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { documentOf, migrationOf, suite, type Workshop } from "../support/workshop.ts";
import { type Attack, migration, planFile, rewrite } from "./attacks.ts";

const program = (marker: string): string =>
  `import { writeFileSync } from "node:fs";\nwriteFileSync(${JSON.stringify(marker)}, "");\nexport const up = () => process.exit(0);\nexport const down = () => {};\n`;

const marker = "/tmp/phasegate-attack-51";

/** What needs an approval. */
const weaken = (workshop: Workshop) => rewrite(workshop, "policy:\n", "policy:\n  incomplete: allow\n");

/** A recording of reviews, where git does not look. */
function recording(
  workshop: Workshop,
  author: string,
  review: { readonly reviewer: string; readonly commit: string; readonly state: string },
): readonly string[] {
  const file = join(workshop.root, ".git", "reviews.json");
  writeFileSync(file, JSON.stringify({ author, head: workshop.git("rev-parse", "HEAD"), reviews: [review] }));
  return ["--approvals", file];
}

export const attacksOnTheRun: readonly Attack[] = [
  {
    threat: 43,
    attack: "a test file is deleted",
    stage: "4A",
    act: (workshop) => workshop.remove(suite),
    ends: {
      violations: ["plan-weakened", "regressed 4A.5"],
      says: ["db/tests/test_idempotency.sql (oracle of 4A.5) is gone"],
    },
  },
  {
    threat: 43,
    attack: "a case is deleted",
    stage: "4A",
    act: (workshop) => workshop.edit(suite, (text) => text.replace(/-- test: an event that its source[\s\S]*$/, "")),
    ends: {
      violations: ["plan-weakened"],
      says: ["the case “an event that its source sends again is refused” is gone"],
    },
  },
  {
    threat: 44,
    attack: "a test file is renamed out of the glob",
    stage: "4A",
    act: (workshop) => workshop.move(suite, "db/tests/old_idempotency.sql"),
    ends: {
      violations: ["plan-weakened", "regressed 4A.5"],
      says: ["db/tests/test_idempotency.sql (oracle of 4A.5) is gone"],
    },
  },
  {
    threat: 51,
    attack: "a migration is a program",
    stage: "adopted",
    act: (workshop) => workshop.write("migrations/20251201000000000_urgent.js", program(marker)),
    unmade: marker,
    ends: {
      violations: ["migration-failed", "unclaimed-migration"],
      says: ["20251201000000000_urgent.js is a program of the change; the plan refuses programs"],
    },
  },
  {
    threat: 51,
    attack: "a migration is a program, which the plan of the same change allows",
    stage: "adopted",
    act: (workshop) => {
      rewrite(workshop, "policy:\n", "policy:\n  programs: allow\n");
      workshop.write("migrations/20251201000000000_urgent.js", program(marker));
    },
    unmade: marker,
    ends: {
      violations: ["plan-weakened", "migration-failed", "unclaimed-migration"],
      says: ["`policy.programs`: refuse → allow", "20251201000000000_urgent.js is a program of the change"],
    },
  },
  {
    threat: 55,
    attack: "the plan lies outside of the repository",
    stage: "adopted",
    act: () => ["--plan", "../lax.phasegate.yml"],
    ends: { exit: 2, says: ["../lax.phasegate.yml does not exist"] },
  },
  {
    threat: 55,
    attack: "the plan is a link to a laxer one",
    stage: "adopted",
    act: (workshop) => {
      workshop.write(
        "db/lax.yml",
        workshop.read(planFile).replace("  - app_ro\n", "  - { name: app_ro, bypassrls: true }\n"),
      );
      workshop.remove(planFile);
      symlinkSync("db/lax.yml", join(workshop.root, planFile));
    },
    ends: { exit: 2, says: ["phasegate.yml is a symbolic link; the file itself is asked"] },
  },
  {
    threat: 55,
    attack: "a migration is a link that leads out of the repository",
    stage: "adopted",
    act: (workshop) => {
      workshop.add("4A");
      workshop.remove(migrationOf["4A"]);
      symlinkSync("/etc/hostname", join(workshop.root, migrationOf["4A"]));
    },
    ends: { exit: 2, says: ["20251113120000000_enhance-allocation-schema.sql leads out of the repository"] },
  },
  {
    threat: 55,
    attack: "a document is a link to that of another phase",
    stage: "4A",
    act: (workshop) => {
      workshop.add("4B");
      symlinkSync("PHASE_4A_EXIT_GATE_VERIFICATION.md", join(workshop.root, documentOf("4B")));
    },
    ends: { violations: ["document-differs 4B"], says: ["PHASE_4B_EXIT_GATE_VERIFICATION.md is a symbolic link"] },
  },
  {
    threat: 55,
    attack: "a document has a name that only looks right",
    stage: "adopted",
    act: (workshop, papers) => {
      workshop.add("4A");
      workshop.write(documentOf("4\u0410"), papers["4A"]);
    },
    ends: { violations: ["document-missing 4A"], says: ["db/docs/PHASE_4A_EXIT_GATE_VERIFICATION.md does not exist"] },
  },
  {
    threat: 55,
    attack: "migrations have names that only look right",
    stage: "adopted",
    act: (workshop) => {
      const text = migration("SELECT 1;");
      workshop.write("migrations/20251113120000000_enhance-allocation-s\u0441hema.sql", text);
      workshop.write("migrations/20251113120000001_Enhance-Allocation-Schema.sql", text);
    },
    ends: {
      violations: ["unclaimed-migration", "unclaimed-migration"],
      says: [
        "migrations/20251113120000000_enhance-allocation-sсhema.sql belongs to no phase",
        "migrations/20251113120000001_Enhance-Allocation-Schema.sql belongs to no phase",
      ],
    },
  },
  {
    threat: 55,
    attack: "the folder of the migrations is a link",
    stage: "adopted",
    act: (workshop) => {
      workshop.git("mv", "migrations", "db/other");
      symlinkSync("db/other", join(workshop.root, "migrations"));
    },
    ends: {
      violations: ["verified-work-changed baseline", "regressed baseline.1"],
      says: ["migrations/20251112090000000_create-core-tables.sql is gone; baseline was verified with it"],
    },
  },
  {
    threat: 62,
    attack: "a plan owner approves what he proposes himself",
    stage: "adopted",
    act: (workshop) => {
      weaken(workshop);
      const commit = workshop.commit("Weaker");
      return recording(workshop, "@ada", { reviewer: "@ada", commit, state: "approved" });
    },
    ends: {
      violations: ["plan-weakened"],
      says: ["`policy.incomplete`: block → allow", "@ada approves what @ada proposes, which does not count"],
    },
  },
  {
    threat: 62,
    attack: "an older commit was approved",
    stage: "adopted",
    act: (workshop) => {
      workshop.write("README.md", "Revenue\n");
      const commit = workshop.commit("Harmless");
      weaken(workshop);
      workshop.commit("Weaker");
      return recording(workshop, "@eve", { reviewer: "@ada", commit, state: "approved" });
    },
    ends: {
      violations: ["plan-weakened"],
      says: ["`policy.incomplete`: block → allow", "and the commit to be merged is"],
    },
  },
  {
    threat: 62,
    attack: "reviews are recorded before the change is what it is",
    stage: "adopted",
    act: (workshop) => {
      const file = workshop.approve("@ada");
      weaken(workshop);
      return ["--approvals", file];
    },
    ends: { violations: ["plan-weakened"], says: ["`policy.incomplete`: block → allow", "was recorded for commit"] },
  },
  {
    threat: 62,
    attack: "somebody approves whom the plan on base does not name",
    stage: "adopted",
    act: (workshop) => {
      rewrite(workshop, '["@ada", "@grace"]', '["@mallory"]');
      workshop.commit("Weaker");
      return ["--approvals", workshop.approve("@mallory")];
    },
    ends: {
      violations: ["plan-weakened"],
      says: ["@ada, @grace are gone, @mallory is new", "The approval of a plan owner (@ada or @grace) is missing"],
    },
  },
  {
    threat: 62,
    attack: "a plan owner has only commented",
    stage: "adopted",
    act: (workshop) => {
      weaken(workshop);
      const commit = workshop.commit("Weaker");
      return recording(workshop, "@eve", { reviewer: "@ada", commit, state: "commented" });
    },
    ends: {
      violations: ["plan-weakened"],
      says: ["`policy.incomplete`: block → allow", "nobody of them has approved"],
    },
  },
  {
    threat: "forged",
    attack: "the message of the commit says that a plan owner approved it",
    stage: "adopted",
    act: (workshop) => {
      weaken(workshop);
      workshop.commit("Weaker\n\nSigned-off-by: Ada <ada@example.org>\nApproved-by: @ada\n");
    },
    ends: { violations: ["plan-weakened"], says: ["`policy.incomplete`: block → allow", "who cannot be asked here"] },
  },
];
