/** What `doctor` has to know of a repository to tell which ways around the gate are open. */

import type { StepTrouble } from "../checks/workflow-steps.ts";
import type { Place } from "../model/report.ts";

export interface Facts {
  /** The branch that the gate is to guard. */
  readonly branch: string;
  readonly plan: PlanFacts;
  readonly workflows: readonly WorkflowFacts[];
  /** Workflows that GitHub refuses, or that cannot be read: nobody knows what they do. */
  readonly unreadable: readonly { readonly place: Place; readonly message: string }[];
  readonly codeOwners: CodeOwners | undefined;
  readonly settings: Settings;
}

export type PlanFacts =
  | { readonly status: "none"; readonly file: string }
  | {
      readonly status: "read";
      readonly file: string;
      readonly owners: readonly string[];
      readonly programs: "refuse" | "allow";
      /** Where `policy:` stands, or would. */
      readonly place: Place;
      /** Files that are the expectation of a check. */
      readonly oracles: readonly string[];
      readonly foundRows: readonly FoundRows[];
    };

/** A gate that a query decides by rows of the project's own tables. */
export interface FoundRows {
  readonly gate: string;
  /** As the query calls them. */
  readonly tables: readonly string[];
  readonly place: Place;
}

/** One workflow file. */
export interface WorkflowFacts {
  readonly file: string;
  /** Events that start it, with what narrows them. */
  readonly events: { readonly [event: string]: { readonly [filter: string]: readonly string[] } };
  /** Where `on:` stands. */
  readonly on: Place;
  readonly jobs: readonly JobFacts[];
  readonly gates: readonly GateJob[];
}

export interface JobFacts {
  readonly id: string;
  /** What branch protection calls it; `undefined` where an expression or a matrix makes it. */
  readonly check: string | undefined;
  readonly place: Place;
}

/** A place where a workflow has Phasegate judge the change. */
export interface GateJob {
  /** Of the workflow that events start. */
  readonly job: JobFacts;
  /** The step, or the job where it calls a reusable workflow. */
  readonly place: Place;
  readonly call: Call;
  /** What the job runs before it that could be the change's own, each as it is written. */
  readonly earlier: readonly { readonly what: string; readonly place: Place }[];
  /** The plan that it judges; `undefined` where an expression says which. */
  readonly plan: string | undefined;
  /** What may keep it from judging what was pushed, or its failure from being noticed. */
  readonly troubles: readonly (Omit<StepTrouble, "line"> & { readonly place: Place })[];
  readonly matrix: "none" | "fixed" | "may-be-empty";
  readonly token: TokenFacts;
  /** Secrets in the environment of the job's steps, the job's own token left out. */
  readonly secrets: readonly string[];
}

/** Whose judge it is: of a commit that nobody can move, under a name that its owners can, or of the change itself. */
export type Version = "commit" | "movable" | "local";

export type Call =
  | { readonly kind: "action" | "reusable"; readonly uses: string; readonly version: Version }
  | {
      readonly kind: "command";
      /** As it is written, without its options: `npx phasegate run`. */
      readonly runs: string;
      readonly version: Version;
      /** Options with which it does not judge what base asks for. */
      readonly trial: readonly string[];
      /** Whether the whole history is checked out before it. */
      readonly deep: boolean;
    };

/** What the token of a job may do. */
export type TokenFacts =
  /** Nothing is said: what the settings of the repository say, which may be everything. */
  { readonly says: "nothing" } | { readonly says: "permissions"; readonly writes: readonly string[] };

/** CODEOWNERS, in the order of the file: the last pattern that matches decides. */
export interface CodeOwners {
  readonly file: string;
  readonly rules: readonly { readonly pattern: string; readonly owners: readonly string[]; readonly line: number }[];
}

/** What GitHub's settings say of the branch. What is not there is not asked, unless something could not be read. */
export interface Settings {
  readonly protections: readonly Protection[];
  /** What could not be read, and why, one sentence each: then nobody knows whether it closes a way. */
  readonly unread: readonly string[];
}

/** A ruleset, or the branch protection of old. */
export interface Protection {
  /** For people: `the ruleset "main"`. */
  readonly name: string;
  readonly checks: readonly RequiredCheck[];
  /** Branches have to be up to date before they are merged. */
  readonly upToDate: boolean;
  readonly workflows: readonly RequiredWorkflow[];
  readonly mergeQueue: boolean;
  /** What it asks of pull requests; absent where it lets commits be pushed without one. */
  readonly pullRequest?: PullRequestRule;
  readonly refusesForcePush: boolean;
  readonly refusesDeletion: boolean;
  /** Who may pass by all of it. */
  readonly bypass: { readonly names: readonly string[] } | { readonly unread: string };
}

export interface PullRequestRule {
  readonly codeOwners: boolean;
  readonly dismissesStale: boolean;
  /** Somebody else than whoever pushed last has to approve. */
  readonly notByPusher: boolean;
  /** Who needs none. */
  readonly exempt: readonly string[];
}

export interface RequiredCheck {
  readonly context: string;
  /** The GitHub App that must report it; `undefined`: anybody may. */
  readonly app: number | undefined;
}

export interface RequiredWorkflow {
  readonly path: string;
  /** The repository that it lies in. */
  readonly repository: number;
}
