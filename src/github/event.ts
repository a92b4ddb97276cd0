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
    }
  /** The default branch has gone on. */
  | {
      readonly kind: "push";
      readonly branch: string;
      readonly head: string;
      /** What the branch was before; `undefined` where it was made by this push. */
      readonly before: string | undefined;
    }
  /** Another branch was pushed, or somebody asks about it: as if it were to be merged into the default branch. */
  | { readonly kind: "branch"; readonly into: string }
  /** The default branch as a whole: by the clock, or by hand. */
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
const repository = z.object({ default_branch: z.string() });

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
  merge_group: z.object({ head_sha: hash, base_sha: hash, base_ref: z.string() }),
});
const pushEvent = z.object({ ref: z.string(), before: hash, after: hash, repository });
const dispatchEvent = z.object({ ref: z.string(), repository });

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
      const { head_sha: head, base_sha: parent, base_ref } = mergeGroupEvent.parse(payload).merge_group;
      return { kind: "merge-group", head, parent, branch: branchOf(base_ref) };
    }
    case "push": {
      const { ref, before, after, repository } = pushEvent.parse(payload);
      if (/^0+$/.test(after)) return refused("nothing that is left: the ref was deleted");
      return ofRef(ref, repository.default_branch, {
        kind: "push",
        branch: branchOf(ref),
        head: after,
        before: /^0+$/.test(before) ? undefined : before,
      });
    }
    case "workflow_dispatch": {
      const { ref, repository } = dispatchEvent.parse(payload);
      return ofRef(ref, repository.default_branch, { kind: "whole" });
    }
    case "schedule":
      return { kind: "whole" };
    case "pull_request_target":
    case "workflow_run":
      return {
        kind: "refused",
        reason: `Phasegate does not run on \`${name}\`: the token and the secrets of such a run can write, and what would be judged is somebody else's.`,
        help: "Run it on `pull_request`, `merge_group` and `push`. A pull request of a fork gets its verdict there too: it is the status of the job, for which no token is needed.",
      };
    default:
      return refused(`\`${name}\``);
  }
}

/** What is not the default branch has base to answer to: a tag of the same commit would have the same status, and no base. */
function ofRef(ref: string, into: string, ifDefault: Event): Event {
  if (!ref.startsWith("refs/heads/")) return refused(`a tag (${ref})`);
  return branchOf(ref) === into ? ifDefault : { kind: "branch", into };
}

const refused = (what: string): Event => ({
  kind: "refused",
  reason: `Phasegate does not judge ${what}: nothing says what it would be merged into, and its status would be taken for that of a pull request.`,
  help: "Run it on `pull_request`, `pull_request_review`, `merge_group`, `push` to branches, `schedule` or `workflow_dispatch`.",
});

const branchOf = (ref: string): string => ref.replace(/^refs\/heads\//, "");
