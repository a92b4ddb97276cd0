import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { type Answer, askGit, lineOf, toldByGit } from "./git-command.ts";

/** What keeps git from being asked. */
export type NoHistory =
  /** There is no repository here. */
  | { readonly none: "no-git" }
  | { readonly none: "not-the-top" | "refused"; readonly reason: string; readonly help: string };

export interface Located {
  /** Not all of its history is here. */
  readonly shallow: boolean;
  /** `undefined` before the first commit. */
  readonly head: string | undefined;
}

/** Where in a repository a folder is; it has to be the top of the checkout. The folder's path is its real one. */
export function located(folder: string): Located | NoHistory {
  const asked = ["rev-parse", "--is-inside-work-tree", "--is-shallow-repository", "--show-prefix", "--verify"];
  const answer = askGit(folder, [...asked, "HEAD^{commit}"]);
  if (answer.status === "no-program") return withoutProgram(folder);
  // It also refuses where there is no commit yet, after it has told the rest.
  const [inside, shallow, ...rest] = answer.out.toString("utf8").split("\n");
  if (inside === undefined || rest.length < 2) return refusal(folder, answer);
  if (inside !== "true") {
    return { none: "refused", reason: "This folder belongs to git itself.", help: "Run at the top of a checkout." };
  }
  if (rest[0] !== "") {
    const top = lineOf(toldByGit(folder, ["rev-parse", "--show-toplevel"]));
    return {
      none: "not-the-top",
      reason: `This folder is part of the repository at ${top}.`,
      help: "Run there, and give the plan's path with --plan; or judge this folder as a whole with --audit.",
    };
  }
  return { shallow: shallow === "true", head: answer.status === "answered" ? rest[1] : undefined };
}

const audit = "judge the whole checkout with --audit";

function withoutProgram(folder: string): NoHistory {
  const top = topAbove(folder);
  if (top === undefined) return { none: "no-git" };
  return {
    none: "refused",
    reason: `There is a git repository at ${top}, but no git program.`,
    help: `Install git, or ${audit}.`,
  };
}

function topAbove(folder: string): string | undefined {
  if (existsSync(join(folder, ".git"))) return folder;
  return dirname(folder) === folder ? undefined : topAbove(dirname(folder));
}

function refusal(folder: string, answer: Exclude<Answer, { status: "no-program" }>): NoHistory {
  const said = answer.status === "refused" ? answer.said : answer.aside;
  const [first = "git gives no reason"] = said.split("\n");
  const reason = `Git refuses to be asked here: ${first.replace(/^fatal: /, "")}.`;
  if (/dubious ownership|unsafe repository/.test(said)) {
    const repository = /'([^']+)'/.exec(first)?.[1] ?? folder;
    return {
      none: "refused",
      reason,
      help: `Say that you trust it: git config --global --add safe.directory '${repository}'`,
    };
  }
  if (/not a git repository/.test(said) && !existsSync(join(folder, ".git"))) return { none: "no-git" };
  return { none: "refused", reason, help: `Repair the repository, or ${audit}.` };
}
