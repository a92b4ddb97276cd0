import type { History } from "../../src/model/ports.ts";
import { history } from "../../src/repository/git.ts";

/** The history of a repository that has one. */
export function opened(root: string): History {
  const found = history(root);
  if ("none" in found) throw new Error(`no history: ${JSON.stringify(found)}`);
  return found;
}

/** Where what is staged differs from the commit that is checked out. */
export const stagedIn = (git: History): readonly string[] =>
  git.changes(git.head ?? "", git.staged().id).map(({ path }) => path);
