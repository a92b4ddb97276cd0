/** Ways around the gate that GitHub's settings of the branch leave open. */

import { ownersOf } from "./code-owners.ts";
import type { Facts, Protection, RequiredCheck } from "./facts.ts";
import { inSettings, type Sight, unlessProtected, type Way } from "./sight.ts";
import { requestGates } from "./workflow-ways.ts";

/** The checks of a protection that are a gate's. */
function gateChecks(facts: Facts, { checks }: Protection): readonly RequiredCheck[] {
  const names = requestGates(facts).map(({ job }) => job.check);
  return checks.filter(({ context }) => names.includes(context));
}

/** A required workflow of the same file name, or of Phasegate's name, is taken for the gate. */
function gateWorkflows(facts: Facts, { workflows }: Protection): Protection["workflows"] {
  const files = requestGates(facts).map(({ workflow }) => workflow.file);
  return workflows.filter(({ path }) => files.includes(path) || /phasegate[^/]*$/i.test(path));
}

const requires = (facts: Facts, protection: Protection): boolean =>
  gateChecks(facts, protection).length > 0 || gateWorkflows(facts, protection).length > 0;

/** Whether a workflow is required as such, and not by the name of its check. */
export const requiresWorkflow = (facts: Facts): boolean =>
  facts.settings.protections.some((protection) => gateWorkflows(facts, protection).length > 0);

/** Where nobody can tell what the check is called, nobody can tell what is asked of it. */
const unnamed = (facts: Facts): readonly Sight[] =>
  requestGates(facts)
    .filter(({ job }) => job.check === undefined)
    .map(({ job }) => ({
      status: "unknown" as const,
      because: `What the check of job ${job.id} is called is computed, by a matrix or an expression.`,
    }))
    .slice(0, 1);

const listed = (names: readonly string[]): string => [...new Set(names)].join(", ");

export const branchWays = {
  "not-required": (facts) => {
    const gates = requestGates(facts);
    const [first] = gates;
    if (!first) return [];
    return unlessProtected(
      facts,
      (protection) => requires(facts, protection),
      (): readonly Sight[] => {
        const computed = unnamed(facts);
        if (computed.length > 0) return computed;
        const names = listed(gates.map(({ job }) => `"${job.check}"`));
        const others = facts.settings.protections.flatMap(({ checks }) => checks.map(({ context }) => `"${context}"`));
        const instead = others.length === 0 ? "no check at all" : listed(others);
        return [
          {
            status: "open",
            message: `${facts.branch} requires ${instead}, and not ${names}: a change is merged whatever Phasegate says.`,
            help: `Require the status check ${names} ${inSettings(facts)}, with GitHub Actions as its source.`,
            place: first.job.place,
          },
        ];
      },
    );
  },

  "check-from-anybody": (facts) => {
    const { protections } = facts.settings;
    const required = protections.flatMap((protection) => gateChecks(facts, protection));
    if (requestGates(facts).length === 0) return [];
    return unlessProtected(
      facts,
      (protection) =>
        gateChecks(facts, protection).some(({ app }) => app !== undefined) ||
        gateWorkflows(facts, protection).length > 0,
      () =>
        required.length === 0
          ? unnamed(facts)
          : [
              {
                status: "open",
                message: `The required check ${listed(required.map(({ context }) => `"${context}"`))} may come from any source: whoever can write a commit status can report its success.`,
                help: `Choose GitHub Actions as the source of the check ${inSettings(facts)}.`,
              },
            ],
    );
  },

  "workflow-editable": (facts) => {
    const gates = requestGates(facts);
    const [first] = gates;
    if (!first) return [];
    const { codeOwners } = facts;
    const files = [...new Set(gates.flatMap(({ workflow, place }) => [workflow.file, place.file]))];
    const unowned = files.filter((file) => !codeOwners || ownersOf(codeOwners, file).length === 0);
    return unlessProtected(
      facts,
      (protection) =>
        gateWorkflows(facts, protection).length > 0 ||
        (unowned.length === 0 && protection.pullRequest?.codeOwners === true),
      (): readonly Sight[] => {
        const others = facts.settings.protections.flatMap(({ workflows }) => workflows.map(({ path }) => path));
        if (others.length > 0) {
          const because = `The branch requires the workflow ${listed(others)}, which is not read here: if it has Phasegate judge the change, this is closed.`;
          return [{ status: "unknown", because }];
        }
        const owned =
          unowned.length === 0 ? "its code owners need not be asked" : `CODEOWNERS names nobody for ${listed(unowned)}`;
        return [
          {
            status: "open",
            message: `A change may edit ${listed(files)}, and so decide whether it is judged: ${owned}.`,
            help: `Give the workflows code owners and require their review ${inSettings(facts)}; or require a workflow of another repository (a ruleset of the organisation, "Require workflows to pass").`,
            ...(unowned.length === 0 ? {} : { yaml: "# .github/CODEOWNERS\n/.github/ @<owner>" }),
            place: first.workflow.on,
          },
        ];
      },
    );
  },

  "not-up-to-date": (facts) =>
    unlessProtected(
      facts,
      ({ upToDate, checks, mergeQueue }) => mergeQueue || (upToDate && checks.length > 0),
      () => [
        {
          status: "open",
          message: `Branches need not be up to date when they are merged into ${facts.branch}, and there is no merge queue: two changes that are each in order are merged without anybody having judged them together.`,
          help: `Turn on "Require branches to be up to date before merging", or a merge queue, ${inSettings(facts)}.`,
        },
      ],
    ),

  bypass: (facts) => {
    if (requestGates(facts).length === 0) return [];
    const requiring = facts.settings.protections.filter((protection) => requires(facts, protection));
    if (requiring.some(({ bypass }) => "names" in bypass && bypass.names.length === 0)) return [];
    const unread = requiring.flatMap(({ bypass }) => ("unread" in bypass ? [bypass.unread] : []));
    const unseen = [...unread, ...facts.settings.unread];
    if (unseen.length > 0) return [{ status: "unknown", because: unseen.join(" ") }];
    if (requiring.length === 0) return unnamed(facts);
    return requiring.map(({ name, bypass }) => ({
      status: "open",
      message: `${listed("names" in bypass ? bypass.names : [])} may pass by ${name}, which requires the check.`,
      help: `Take them out of its bypass list; in branch protection, turn on "Do not allow bypassing the above settings".`,
    }));
  },

  "push-without-pull-request": (facts) =>
    unlessProtected(
      facts,
      ({ pullRequest, mergeQueue }) => mergeQueue || pullRequest?.exempt.length === 0,
      () => {
        const exempt = facts.settings.protections.flatMap(({ pullRequest }) => pullRequest?.exempt ?? []);
        const who = exempt.length === 0 ? "Commits" : `Commits of ${listed(exempt)}`;
        return [
          {
            status: "open",
            message: `${who} can be pushed to ${facts.branch} without a pull request: nobody is asked to approve what they weaken.`,
            help: `Turn on "Require a pull request before merging", for everybody, ${inSettings(facts)}.`,
          },
        ];
      },
    ),

  "force-push": (facts) =>
    unlessProtected(
      facts,
      ({ refusesForcePush }) => refusesForcePush,
      () => [
        {
          status: "open",
          message: `${facts.branch} can be force-pushed: verified work, its documents and the plan can be taken back to what they were.`,
          help: `Turn on "Block force pushes" ${inSettings(facts)}.`,
        },
      ],
    ),

  deletion: (facts) =>
    unlessProtected(
      facts,
      ({ refusesDeletion }) => refusesDeletion,
      () => [
        {
          status: "advice",
          message: `${facts.branch} can be deleted, and made anew with other work, once it is not the default branch.`,
          help: `Turn on "Restrict deletions" ${inSettings(facts)}.`,
        },
      ],
    ),

  "own-push-approved": (facts) =>
    facts.plan.status === "none" || facts.plan.owners.length === 0
      ? []
      : unlessProtected(
          facts,
          ({ pullRequest }) => pullRequest?.notByPusher === true,
          () => [
            {
              status: "advice",
              message:
                "A plan owner may push to somebody else's pull request and approve it then: nobody but the one who opened it counts as its author.",
              help: `Turn on "Require approval of the most recent reviewable push" ${inSettings(facts)}.`,
            },
          ],
        ),

  "stale-approvals": (facts) =>
    unlessProtected(
      facts,
      ({ pullRequest }) => pullRequest?.dismissesStale === true,
      () => [
        {
          status: "advice",
          message:
            "Approvals outlive later pushes. Phasegate itself counts only those of the head commit; GitHub goes on showing the others.",
          help: `Turn on "Dismiss stale pull request approvals when new commits are pushed" ${inSettings(facts)}.`,
        },
      ],
    ),
} satisfies Record<string, Way>;
