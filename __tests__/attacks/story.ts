/** The story of docs/tutorial.md: what is told, and what is typed. `$P` is a checkout of Phasegate. */

export interface Chapter {
  readonly told: string;
  /** Each is typed as it stands; `quiet` ones are needed, and say nothing. */
  readonly typed: readonly (string | { readonly quiet: string })[];
}

const migration = "migrations/20251113120000000_enhance-allocation-schema.sql";

export const story: readonly Chapter[] = [
  {
    told: `# A plan, from its adoption to its first approval

This is one sitting with Phasegate: a repository that has migrations and no plan adopts one, works through a phase, begins the next one too early, edits what was verified, and weakens its plan. Everything below was typed, and what stands under it is what was said; a test types it again and compares.

\`$P\` is a checkout of Phasegate after its \`npm ci\`, and \`phasegate\` is \`$P/bin/phasegate.js\`. All you need beside it is git.

## A repository with migrations

Three migrations of the reference project, and a remote.`,
    typed: [
      { quiet: "git init -q --bare ../origin.git && git init -q -b main && git remote add origin ../origin.git" },
      "mkdir -p migrations && cp $P/migrations/20251112* migrations/ && ls migrations",
      "git add . && git commit -qm 'The schema as it is' && git push -q -u origin main && git remote set-head origin main",
    ],
  },
  {
    told: `## The plan is adopted

[The plan](tutorial/plan.yml) says what must be true, in which order: a baseline, then 4A, 4B and 4C. It goes into a change like any other.`,
    typed: ["git checkout -q -b adopt && cp $P/docs/tutorial/plan.yml phasegate.yml", "phasegate run"],
  },
  {
    told: `Base has no plan yet, so this change brings the first one. The gates of the baseline hold, and nothing records that. \`verify\` derives twice what they show, and writes the document that does.`,
    typed: ["phasegate verify baseline", "git add . && git commit -qm 'Adopt the plan' && phasegate run"],
  },
  {
    told: "It is merged, and the next phase may begin.",
    typed: [{ quiet: "git checkout -q main && git merge -q --no-ff --no-edit adopt && git push -q" }, "phasegate next"],
  },
  {
    told: `## 4A is begun

Somebody, or something, writes the migration of 4A and forgets one thing.`,
    typed: [
      {
        quiet:
          "git checkout -q -b 4A && mkdir -p db/docs/reviews db/fixtures db/tests && cp $P/db/docs/reviews/4A_migration_safety_review.md db/docs/reviews/ && cp $P/db/fixtures/one-event.sql $P/db/fixtures/allocations.sql $P/db/fixtures/allocations-after.sql db/fixtures/ && cp $P/docs/tutorial/test_idempotency.sql db/tests/",
      },
      `sed 's/^ *ALTER COLUMN allocation_ratio SET NOT NULL,//' $P/${migration} > ${migration}`,
      "git add . && git commit -qm 'Ratio and model version of allocations' && phasegate run",
    ],
  },
  {
    told: "What was found, what was asked, what to do. Nothing else keeps it from being merged, so it is repaired, verified and committed with its document.",
    typed: [
      `cp $P/${migration} migrations/`,
      "phasegate verify 4A",
      "git add . && git commit -qm '4A, verified' && phasegate run",
    ],
  },
  {
    told: `## 4B is begun too early

The next phase is begun on top of that branch, before anybody has merged it.`,
    typed: [
      "git checkout -q -b 4B && cp $P/migrations/20251114* migrations/ && cp $P/db/docs/ROUNDING_POLICY.md db/docs/",
      "git add . && git commit -qm 'The sum of allocations' && phasegate run",
    ],
  },
  {
    told: "That is the rule this tool exists for. `next` and `guard` would have said so before a line was written, without a database:",
    typed: ["phasegate guard migrations/20251114120000000_add-sum-equality-validation.sql"],
  },
  {
    told: "4A is merged, 4B rebased onto what base is now, and verified.",
    typed: [
      { quiet: "git checkout -q main && git merge -q --squash 4A >/dev/null && git commit -qm '4A' && git push -q" },
      { quiet: "git checkout -q 4B && git rebase -q --onto main 4A" },
      "phasegate verify 4B && git add . && git commit -qm '4B, verified'",
      "phasegate run",
    ],
  },
  {
    told: `## What was verified is edited

4A lies on base, verified. Somebody corrects its migration instead of writing a new one.`,
    typed: [
      { quiet: "git checkout -q main && git checkout -q -b corrected" },
      `sed -i 's/numeric(6, 5)/numeric(7, 5)/' ${migration}`,
      "git add . && git commit -qm 'More room for ratios' && phasegate run",
    ],
  },
  {
    told: `## The plan is weakened

The other way out: ask for less.`,
    typed: [
      { quiet: "git checkout -q main && git checkout -q -b weaker" },
      `sed -i 's/name: allocation_ratio, type: "numeric(6,5)", nullable: false/name: allocation_ratio, nullable: false/' phasegate.yml`,
      "git add . && git commit -qm 'Any numeric will do' && phasegate run",
    ],
  },
  {
    told: `Sometimes that is right. Then somebody whom the plan *on base* names says so, of this very commit, and is not its author. On GitHub that is a review; here it is a recorded file, and the report says where it came from. The document of 4A is issued again, because it says what was asked.`,
    typed: [
      "phasegate verify 4A && git add . && git commit -qm '4A, verified again'",
      `printf '{ "author": "@eve", "head": "%s", "reviews": [{ "reviewer": "@ada", "commit": "%s", "state": "approved" }] }' $(git rev-parse HEAD HEAD) > ../reviews.json`,
      "phasegate run --approvals ../reviews.json",
    ],
  },
  {
    told: `What else a team gets into (parallel phases, hotfixes, a revert, a branch that is behind) has its way out in [how-to.md](how-to.md).`,
    typed: ["phasegate status"],
  },
];
