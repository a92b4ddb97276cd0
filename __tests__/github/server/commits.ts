import type { Site } from "./route.ts";
import type { Pull, State } from "./state.ts";

/** All commits that anything in the state names. */
const known = (state: State): ReadonlySet<string> =>
  new Set([
    ...Object.values(state.branches),
    ...state.pulls.flatMap((pull) => [pull.head.sha, pull.base.sha, pull.mergeCommit ?? ""]),
    ...Object.values(state.queues)
      .flat()
      .flatMap((entry) => [entry.headCommit ?? "", entry.baseCommit ?? ""]),
    ...Object.keys(state.commitPulls),
    ...state.checkRuns.map((check) => check.headSha),
    ...state.runs.map((run) => run.headSha),
    ...Object.keys(state.comparisons).flatMap((basehead) => basehead.split("...")),
  ]);

/** The branch or commit that a reference without `refs/` means, as a commit; undefined where there is none. */
export const commitOf = ({ state }: Site, reference: string): string | undefined => {
  const name = reference.replace(/^(refs\/)?heads\//, "");
  const tip = state.branches[name];
  if (tip !== undefined) return tip;
  return /^[0-9a-f]{40}$/.test(reference) && known(state).has(reference) ? reference : undefined;
};

/** The commit of a reference below `refs/`, written in full: `heads/main`, `pull/7/head`, `pull/7/merge`. */
export const commitOfRef = ({ state }: Site, ref: string): string | undefined => {
  const branch = /^heads\/(.+)$/.exec(ref)?.[1];
  if (branch !== undefined) return state.branches[branch];
  const [, number, end] = /^pull\/(\d+)\/(head|merge)$/.exec(ref) ?? [];
  const pull = state.pulls.find((one) => one.number === Number(number));
  return end === "head" ? pull?.head.sha : (pull?.mergeCommit ?? undefined);
};

export const pullsOf = ({ state }: Site, sha: string): readonly Pull[] =>
  state.pulls.filter(
    (pull) => pull.head.sha === sha || pull.mergeCommit === sha || state.commitPulls[sha]?.includes(pull.number),
  );
