import picomatch from "picomatch";
import type { Ruleset, State } from "./state.ts";

const names = (patterns: readonly string[], branch: string, state: State): boolean =>
  patterns.some((pattern) => {
    if (pattern === "~ALL") return true;
    if (pattern === "~DEFAULT_BRANCH") return branch === state.defaultBranch;
    return picomatch.isMatch(`refs/heads/${branch}`, pattern);
  });

/** The rulesets that hold for a branch now: not those that are switched off or only evaluated. */
export const rulesetsOf = (state: State, branch: string): readonly Ruleset[] =>
  state.rulesets.filter(
    (ruleset) =>
      ruleset.enforcement === "active" &&
      ruleset.target === "branch" &&
      names(ruleset.include, branch, state) &&
      !names(ruleset.exclude, branch, state),
  );
