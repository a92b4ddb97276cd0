/** Ways around the gate that the plan, and what it lets the judging job do, leave open. */

import { ownersOf } from "./code-owners.ts";
import type { Facts } from "./facts.ts";
import { inSettings, type Sight, unlessProtected, type Way } from "./sight.ts";
import { gatesOf } from "./workflow-ways.ts";

const readOnly = "permissions:\n  contents: read";
const reporting = "permissions:\n  contents: read\n  checks: write\n  pull-requests: write\n  actions: write";

/** What decides how a change is judged, workflows left out: the plan and what its checks compare with. */
const deciding = ({ plan }: Facts): readonly string[] => (plan.status === "none" ? [] : [plan.file, ...plan.oracles]);

const unowned = (facts: Facts): readonly string[] =>
  deciding(facts).filter((file) => !facts.codeOwners || ownersOf(facts.codeOwners, file).length === 0);

const firstOf = (files: readonly string[]): string =>
  files.length <= 3 ? files.join(", ") : `${files.slice(0, 3).join(", ")} and ${files.length - 3} more`;

const programs = (facts: Facts, look: (gate: ReturnType<typeof gatesOf>[number]) => readonly Sight[]) =>
  facts.plan.status === "read" && facts.plan.programs === "allow" ? gatesOf(facts).flatMap(look) : [];

export const planWays = {
  "no-plan": ({ plan }) =>
    plan.status === "read"
      ? []
      : [
          {
            status: "open",
            message: `There is no plan at ${plan.file}: nothing is asked of any change.`,
            help: "Write one; `phasegate init` begins it.",
          },
        ],

  "programs-with-token": (facts) =>
    programs(facts, ({ token, job, place }) => {
      if (token.says === "permissions" && token.writes.length === 0) return [];
      const may =
        token.says === "nothing" ? "do what the repository's settings let it" : `write ${token.writes.join(", ")}`;
      return [
        {
          status: "open",
          message: `The plan allows programs of the change, and they run in job ${job.id}, whose token may ${may}: a program that finds it can report, approve or push in its name.`,
          help: "Let the job's token read only; the verdict is the job's status and needs no more.",
          yaml: readOnly,
          place,
        },
      ];
    }),

  "programs-with-secrets": (facts) =>
    programs(facts, ({ secrets, job, place }) =>
      secrets.length === 0
        ? []
        : [
            {
              status: "open",
              message: `The plan allows programs of the change, and they run in job ${job.id} beside secrets (${secrets.join(", ")}).`,
              help: "Take the secrets out of this job, into one that needs it.",
              place,
            },
          ],
    ),

  "no-plan-owners": ({ plan }) =>
    plan.status === "none" || plan.owners.length > 0
      ? []
      : [
          {
            status: "advice",
            message:
              "The plan names no `plan-owners`: nobody can approve that it asks for less, not even where that is right.",
            help: "Name them in the change that brings the plan to base: from then on, naming one is itself a weakening that nobody can approve.",
            yaml: 'policy:\n  plan-owners: ["@<owner>"]',
            place: plan.place,
          },
        ],

  "rows-of-migrations": ({ plan }) =>
    plan.status === "none"
      ? []
      : plan.foundRows.map(({ gate, tables, place }) => ({
          status: "advice",
          message: `What gate ${gate} asks is decided by rows of ${tables.join(", ")}: a check of this kind brings no rows, so what its query finds is what migrations have put there.`,
          help: "Ask what the rows are to show with `statement` or a SQL test, which bring their own; where the rows themselves are asked for, let a person look at the migration that inserts them.",
          place,
        })),

  "no-code-owners": (facts) => {
    const files = unowned(facts);
    if (files.length === 0) return [];
    const owners =
      facts.plan.status === "read" && facts.plan.owners.length > 0 ? facts.plan.owners.join(" ") : "@<owner>";
    return [
      {
        status: "advice",
        message: `CODEOWNERS names nobody for ${firstOf(files)}: Phasegate compares them with base, but no person is asked to look.`,
        help: `Name who has to review them, and require review from code owners ${inSettings(facts)}.`,
        yaml: [
          "# .github/CODEOWNERS",
          ...files.slice(0, 8).map((file) => `/${file.replaceAll(" ", "\\ ")} ${owners}`),
        ].join("\n"),
        ...(facts.codeOwners ? { place: { file: facts.codeOwners.file, line: 1 } } : {}),
      },
    ];
  },

  "code-owners-not-asked": (facts) => {
    const { codeOwners } = facts;
    if (!codeOwners || deciding(facts).length === unowned(facts).length) return [];
    return unlessProtected(
      facts,
      ({ pullRequest }) => pullRequest?.codeOwners === true,
      () => [
        {
          status: "advice",
          message: `${codeOwners.file} names who should review the plan, and ${facts.branch} does not wait for them.`,
          help: `Turn on "Require review from Code Owners" ${inSettings(facts)}.`,
          place: { file: codeOwners.file, line: 1 },
        },
      ],
    );
  },

  "cannot-report": (facts) =>
    facts.plan.status === "read" && facts.plan.programs === "allow"
      ? []
      : gatesOf(facts).flatMap(({ call, token, place, job }): readonly Sight[] => {
          const lacking = ["checks", "pull-requests"].filter(
            (scope) => token.says === "nothing" || ![scope, "everything"].some((each) => token.writes.includes(each)),
          );
          if (call.kind === "command" || lacking.length === 0) return [];
          const found =
            token.says === "nothing"
              ? `Job ${job.id} does not say what its token may do`
              : `The token of job ${job.id} may not write ${lacking.join(" and ")}`;
          return [
            {
              status: "advice",
              message: `${found}: the verdict is the job's status all the same, but the check-run or the comment may be missing.`,
              help: "Give the job these permissions.",
              yaml: reporting,
              place,
            },
          ];
        }),
} satisfies Record<string, Way>;
