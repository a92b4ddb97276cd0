/** What started the workflow, as far as a verdict depends on it. Pure. */

import { z } from "zod";

export type Event =
  | {
      readonly kind: "pull-request";
      readonly number: number;
      /** Somebody has reviewed it: what was missing may be there now. */
      readonly isReview: boolean;
      /** As it was when the event happened; GitHub is asked again, and this is for when it does not answer. */
      readonly then: PullRequest;
    }
  /** What a merge queue would make of the target branch. */
  | {
      readonly kind: "merge-group";
      readonly head: string;
      /** The group before it, or the tip of the target branch. */
      readonly parent: string;
      /** The target branch: `main`. */
      readonly branch: string;
      /** The pull request that the group was made for. */
      readonly number: number | undefined;
    }
  | {
      readonly kind: "push";
      readonly branch: string;
      readonly head: string;
      /** What the branch was before; `undefined` where it was made by this push. */
      readonly before: string | undefined;
      /** The default branch of the repository. */
      readonly into: string;
    }
  /** By hand, by the clock: the checkout as a whole. */
  | { readonly kind: "whole" }
  | { readonly kind: "refused"; readonly reason: string; readonly help: string };

export interface PullRequest {
  readonly number: number;
  /** `eve` */
  readonly author: string;
  readonly head: string;
  /** The branch that it goes into. */
  readonly base: string;
  /** Its branch is in another repository, so a token for it can only read. */
  readonly isFork: boolean;
}

const hash = z.string().regex(/^[0-9a-f]{40}([0-9a-f]{24})?$/);
const repository = z.object({ full_name: z.string(), default_branch: z.string() });

export const pullRequestSchema = z
  .object({
    number: z.int(),
    // An account that was deleted is nobody.
    user: z.object({ login: z.string() }).nullish(),
    head: z.object({ sha: hash, repo: z.object({ full_name: z.string() }).nullish() }),
    base: z.object({ ref: z.string(), repo: z.object({ full_name: z.string() }) }),
  })
  .transform(
    ({ number, user, head, base }): PullRequest => ({
      number,
      author: user?.login ?? "ghost",
      head: head.sha,
      base: base.ref,
      isFork: head.repo?.full_name !== base.repo.full_name,
    }),
  );

const pullRequestEvent = z.object({ pull_request: pullRequestSchema });
const mergeGroupEvent = z.object({
  merge_group: z.object({ head_sha: hash, base_sha: hash, base_ref: z.string(), head_ref: z.string() }),
});
const pushEvent = z.object({
  ref: z.string(),
  before: hash,
  after: hash,
  deleted: z.boolean().default(false),
  repository,
});

/**
 * @param name of the event, as `GITHUB_EVENT_NAME` has it
 * @throws where the payload is not what GitHub describes
 */
export function eventOf(name: string, payload: unknown): Event {
  switch (name) {
    case "pull_request":
    case "pull_request_review": {
      const then = pullRequestEvent.parse(payload).pull_request;
      return { kind: "pull-request", number: then.number, isReview: name === "pull_request_review", then };
    }
    case "merge_group": {
      const { head_sha: head, base_sha: parent, base_ref, head_ref } = mergeGroupEvent.parse(payload).merge_group;
      const number = /\/pr-(\d+)-[0-9a-f]+$/.exec(head_ref)?.[1];
      return {
        kind: "merge-group",
        head,
        parent,
        branch: branchOf(base_ref),
        number: number === undefined ? undefined : Number(number),
      };
    }
    case "push": {
      const { ref, before, after, deleted, repository } = pushEvent.parse(payload);
      if (deleted || !ref.startsWith("refs/heads/")) return { kind: "whole" };
      return {
        kind: "push",
        branch: branchOf(ref),
        head: after,
        before: /^0+$/.test(before) ? undefined : before,
        into: repository.default_branch,
      };
    }
    case "pull_request_target":
    case "workflow_run":
      return {
        kind: "refused",
        reason: `Phasegate does not run on \`${name}\`: the token and the secrets of such a run can write, and what would be judged is somebody else's.`,
        help: "Run it on `pull_request`, `merge_group` and `push`. A pull request of a fork gets its verdict there too: it is the status of the job, for which no token is needed.",
      };
    default:
      return { kind: "whole" };
  }
}

const branchOf = (ref: string): string => ref.replace(/^refs\/heads\//, "");
