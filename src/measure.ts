/** Finds what a change is measured against: base, its plan, and what is different. DESIGN 4.1. */

import { kinds } from "./checks/table.ts";
import type { FileChange, History, Tree } from "./model/ports.ts";
import type { Base, Mistake } from "./model/report.ts";
import { isPlan } from "./plan/ratchet-plans.ts";
import { type ReadPlan, readPlan } from "./plan/read.ts";
import { history } from "./repository/git.ts";
import { workingTree } from "./repository/working-tree.ts";

/** Which base is asked for. */
export type BaseRequest =
  | { readonly kind: "audit" }
  /** The default branch of origin. */
  | { readonly kind: "default" }
  | { readonly kind: "revision"; readonly revision: string }
  /** What a service says: whole hashes, which are here. */
  | {
      readonly kind: "commits";
      /** As people call it: `main`. */
      readonly name: string;
      readonly base: string;
      readonly head: string;
      /** `merged`: what merging head into base gives; `itself`: head as it is. */
      readonly judged: "merged" | "itself";
      /** The merge that the service has made; used where it is here, and of these two. */
      readonly merge?: string;
    };

export interface Measure {
  readonly base: Base;
  /** The tree that is judged. */
  readonly tree: Tree;
  /** Where what is staged is judged: the paths that the next commit would add, alter or delete. */
  readonly staged?: readonly string[];
  /** Absent in an audit. */
  readonly against?: {
    readonly tree: Tree;
    readonly changes: readonly FileChange[];
    /** The plan under the same path, as it is on base. */
    readonly plan?: ReadPlan;
    /** Every plan that base has, with this one. */
    readonly plans: readonly string[];
  };
}

export type Measuring =
  | { readonly measure: Measure }
  | { readonly notJudged: string; readonly help: string }
  | { readonly mistakes: readonly [Mistake, ...Mistake[]] };

/** What is held against base: what lies in the checkout, what is staged, or what merging its commit into base's tip gives. */
export type Judged = "checkout" | "staged" | "merged";

export function measure(root: string, plan: string, request: BaseRequest, judged: Judged): Measuring {
  if (request.kind === "audit") return { measure: { base: { kind: "audit" }, tree: workingTree(root) } };
  const opened = history(root);
  if ("none" in opened) {
    if (opened.none !== "no-git") return { notJudged: opened.reason, help: opened.help };
    if (request.kind !== "default")
      return {
        notJudged: `There is no git repository here, and so no ${request.kind === "revision" ? request.revision : request.name}.`,
        help: "Run in a git checkout, or with --audit.",
      };
    return {
      measure: { base: { kind: "audit", reason: "there is no git repository here" }, tree: workingTree(root) },
    };
  }
  return measured(opened, plan, request, judged);
}

function measured(
  git: History,
  plan: string,
  request: Exclude<BaseRequest, { kind: "audit" }>,
  what: Judged,
): Measuring {
  if (request.kind === "commits") {
    const { name, base, head, judged, merge } = request;
    return judged === "merged"
      ? withMerge(git, plan, { name, tip: base }, head, merge)
      : withPlan(git, plan, { name, commit: base, behind: 0 }, git.tree(head), git.changes(base, head));
  }
  const { head } = git;
  if (head === undefined) {
    return { notJudged: "Nothing is committed yet, so there is no base.", help: "Commit, or run with --audit." };
  }
  const found =
    request.kind === "default" ? git.defaultBase() : { name: request.revision, ...git.commit(request.revision) };
  if ("none" in found) {
    const help = "Give a base with --base REVISION, or judge the whole checkout with --audit.";
    return request.kind === "revision"
      ? { mistakes: [{ message: found.none, help }] }
      : { notJudged: found.none, help };
  }
  const { name, commit: tip } = found;
  if (what === "merged") return withMerge(git, plan, { name, tip }, head, undefined);
  const from = git.mergeBase(tip, head);
  if ("none" in from)
    return {
      notJudged: from.none,
      help: "Give another base with --base REVISION, or judge the whole checkout with --audit.",
    };
  const behind = from.commit === tip ? 0 : git.ahead(tip, head);
  const base = { name, commit: from.commit, behind };
  if (what === "checkout") return withPlan(git, plan, base, git.checkout, git.changes(from.commit, "checkout"));
  const { tree, id } = git.staged();
  const changes = git.changes(from.commit, id);
  const staged = (from.commit === head ? changes : git.changes(head, id)).map(({ path }) => path);
  const measuring = withPlan(git, plan, base, tree, changes);
  return "measure" in measuring ? { measure: { ...measuring.measure, staged } } : measuring;
}

/** What merging gives: the merge that was made, where it is of these two, or a trial. */
function withMerge(
  git: History,
  plan: string,
  { name, tip }: { readonly name: string; readonly tip: string },
  head: string,
  made: string | undefined,
): Measuring {
  const base = { name, commit: tip, behind: 0 };
  const [ours, theirs, ...more] = made === undefined || "none" in git.commit(made) ? [] : git.parents(made);
  if (made !== undefined && ours === tip && theirs === head && more.length === 0)
    return withPlan(git, plan, base, git.tree(made), git.changes(tip, made));
  const result = git.merged(tip, head);
  if ("conflicts" in result) {
    return {
      notJudged: `Merging into ${name} conflicts in ${result.conflicts.join(", ")}.`,
      help: `Rebase onto ${name}, or merge it, and resolve the conflicts.`,
    };
  }
  return withPlan(git, plan, base, result.tree, git.changes(tip, result.id));
}

/** Base's plan and head's are the same text most of the time. */
const plansRead = new Map<string, ReturnType<typeof readPlan>>();

/** Reads a plan, and finds every mistake in it. */
export function planOf(text: string, file: string): ReturnType<typeof readPlan> {
  const key = `${file}\0${text}`;
  const reading = plansRead.get(key) ?? readPlan(text, file, kinds);
  plansRead.set(key, reading);
  return reading;
}

function planAt(tree: Tree, file: string): ReturnType<typeof readPlan> | undefined {
  try {
    const text = tree.read(file);
    return text === undefined ? undefined : planOf(text, file);
  } catch (error) {
    return { mistakes: [{ message: `${error instanceof Error ? error.message : String(error)}.` }] };
  }
}

function withPlan(
  git: History,
  file: string,
  base: { readonly name: string; readonly commit: string; readonly behind: number },
  tree: Tree,
  changes: readonly FileChange[],
): Measuring {
  const baseTree = git.tree(base.commit);
  const plans = baseTree.list().filter((path) => isPlan(path) || path === file);
  // What is the same in the judged tree is read from there, which takes no process.
  const isSame = baseTree.list().includes(file) && !changes.some(({ path }) => path === file);
  const reading = planAt(isSame ? tree : baseTree, file);
  if (reading && "mistakes" in reading) {
    const [first, ...more] = reading.mistakes.map(
      (mistake): Mistake => ({
        ...mistake,
        message: `On base (${base.name}, ${base.commit.slice(0, 10)}): ${mistake.message}`,
        help: `The plan of base cannot be compared with, so an administrator has to merge its repair. ${mistake.help ?? ""}`.trimEnd(),
      }),
    );
    if (first) return { mistakes: [first, ...more] };
  }
  return {
    measure: {
      base: { kind: "commit", ...base, adoption: plans.length === 0 },
      tree,
      against: {
        tree: baseTree,
        changes,
        ...(reading && "read" in reading ? { plan: reading.read } : {}),
        plans,
      },
    },
  };
}
