/** Git as the history of a checkout. It is only asked, never told to change anything but to write the trees of a trial merge and of the index. */

import { realpathSync } from "node:fs";
import { dirname, resolve } from "node:path";
import type { History } from "../model/ports.ts";
import { blobsOf } from "./blobs.ts";
import { checkoutChanges, committedChanges } from "./changes.ts";
import { type CheckoutFile, checkoutFiles } from "./checkout.ts";
import { commitTree, type Entry, entriesOf } from "./commit-tree.ts";
import { lineOf, type RawPath, toldByGit } from "./git-command.ts";
import { type Located, located, type NoHistory } from "./located.ts";
import { mergedTree } from "./merge.ts";
import { revisions, whole } from "./revisions.ts";
import { checkoutTree, pathsOf } from "./working-tree.ts";

export type { NoHistory } from "./located.ts";

/**
 * Opens the repository whose top is this folder. Methods that take a commit take whole hashes, and throw where this
 * clone lacks what they need.
 */
export function history(root: string): History | NoHistory {
  const folder = realpathSync(root);
  const found = located(folder);
  return "none" in found ? found : opened(folder, found);
}

function opened(root: string, { head, shallow }: Located): History {
  const blobs = blobsOf(root);
  const trees = new Map<string, ReadonlyMap<RawPath, Entry>>();
  const entries = (id: string): ReadonlyMap<RawPath, Entry> => {
    const known = trees.get(id);
    if (known) return known;
    const read = entriesOf(root, id);
    trees.set(id, read);
    return read;
  };
  let lying: ReadonlyMap<RawPath, CheckoutFile> | undefined;
  const files = (): ReadonlyMap<RawPath, CheckoutFile> => {
    lying ??= checkoutFiles(root, "at-modified");
    return lying;
  };
  const tree: History["tree"] = (id) => commitTree(() => entries(id), blobs);
  return {
    head,
    checkout: checkoutTree(root, () => pathsOf(files())),
    ...revisions(root, shallow),
    tree,
    merged: (ours, theirs) => {
      const merged = mergedTree(root, ours, theirs, shallow);
      return "conflicts" in merged ? merged : { ...merged, tree: tree(merged.id) };
    },
    changes: (from, to) =>
      to === "checkout"
        ? checkoutChanges(root, entries(from), files(), blobs)
        : committedChanges(root, ...whole(from, to), blobs),
    staged: () => {
      const id = stagedTree(root);
      return { tree: tree(id), id };
    },
  };
}

/** What is only meant to be added is not in it. */
function stagedTree(root: string): string {
  const index = indexOfCommit(root);
  return lineOf(toldByGit(root, ["write-tree", "--missing-ok"], index === undefined ? {} : { index }));
}

/**
 * The index of the commit that is being made: `git commit FILE` makes one for it, and names it to its hooks. One of
 * another repository, whose hook started this, is none of ours.
 */
function indexOfCommit(root: string): string | undefined {
  const named = process.env.GIT_INDEX_FILE;
  if (named === undefined || named === "") return undefined;
  const index = resolve(root, named);
  try {
    const own = lineOf(toldByGit(root, ["rev-parse", "--absolute-git-dir"]));
    return realpathSync(dirname(index)) === realpathSync(own) ? index : undefined;
  } catch {
    return undefined; // a folder that does not exist
  }
}
