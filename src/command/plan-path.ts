import { existsSync } from "node:fs";
import { isAbsolute, join, relative, resolve, sep } from "node:path";
import { askGit, lineOf } from "../repository/git-command.ts";

/** What a command is about. */
export interface Place {
  /** The checkout. */
  readonly root: string;
  /** The path of the plan in it. */
  readonly plan: string;
  /** The folder that paths on the command line start from. */
  readonly from: string;
}

const usual = "phasegate.yml";

/**
 * The checkout, whichever of its folders the command is called in. A folder that has the plan itself is a root of its own:
 * its plan speaks of its files.
 *
 * @param given the plan, as it was typed, if it was
 */
export function placeOf(given: string | undefined, from: string): Place {
  const own = planPath(given ?? usual, from);
  const isHere = !leadsOut(own) && existsSync(join(from, own));
  const top = isHere || existsSync(join(from, ".git")) ? undefined : topOf(from);
  if (top === undefined) return { root: from, plan: own, from };
  return { root: top, plan: given === undefined ? usual : planPath(given, top, from), from };
}

function topOf(folder: string): string | undefined {
  const answer = askGit(folder, ["rev-parse", "--show-toplevel"]);
  const top = answer.status === "answered" ? lineOf(answer.out) : "";
  return top === "" ? undefined : top;
}

const leadsOut = (path: string): boolean => path === ".." || path.startsWith("../");

/**
 * The path of a plan as trees name it, whatever way it was typed: `./phasegate.yml`, `plans//a.phasegate.yml`, an absolute
 * path. Another spelling would be another plan, of which base knows nothing.
 *
 * @param root of the checkout
 * @param from the folder that it was typed in
 */
export function planPath(given: string, root: string, from = root): string {
  const inside = relative(root, resolve(from, given));
  // On another drive, or the root itself: what was typed is what is told to be no plan.
  return inside === "" || isAbsolute(inside) ? given : inside.split(sep).join("/");
}
