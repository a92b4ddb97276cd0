/** What lies in a checkout, and what git knows of it. */

import { lstatSync, type Stats } from "node:fs";
import { join } from "node:path";
import { fieldsOf, type RawPath, toldByGit } from "./git-command.ts";

export interface CheckoutFile {
  readonly path: RawPath;
  /** What lies on the disk; `undefined`: nothing, or a folder, which may be a repository of its own. */
  readonly stat: Stats | undefined;
  /** In the index; of a merge that is under way, the first of several. */
  readonly index: IndexEntry | undefined;
  /** Git found that it differs from the index; where it was told not to look, it does not. */
  readonly isModified: boolean;
  /** Git was told to take it as unchanged, or (`skipped`) not to have it in the checkout. */
  readonly unwatched: "no" | "assumed" | "skipped";
}

export interface IndexEntry {
  readonly mode: string;
  readonly id: string;
}

/**
 * The files that git tracks, on the disk or not, and those that it would add.
 * @param look whether git compares them with its index
 */
export function checkoutFiles(root: string, look: "at-modified" | "at-names"): ReadonlyMap<RawPath, CheckoutFile> {
  const modified = look === "at-modified" ? ["--modified"] : [];
  const listing = ["ls-files", "-z", "-v", "--stage", "--cached", "--others", ...modified, "--exclude-standard"];
  const lies = onDisk(root);
  const files = new Map<RawPath, CheckoutFile>();
  for (const line of fieldsOf(toldByGit(root, listing))) {
    const { path, tag, entry } = parsed(line);
    const known = files.get(path);
    files.set(path, {
      path,
      stat: known ? known.stat : lies(path),
      index: known?.index ?? entry,
      isModified: tag === "C" || known?.isModified === true,
      unwatched: tag.toUpperCase() === "S" ? "skipped" : /[a-z]/.test(tag) ? "assumed" : (known?.unwatched ?? "no"),
    });
  }
  return files;
}

function parsed(line: string): { readonly path: RawPath; readonly tag: string; readonly entry?: IndexEntry } {
  // A name can look like an entry of the index.
  if (line.startsWith("? ")) return { path: line.slice(2), tag: "?" };
  const [, tag, mode, id, path] = /^(\S) (\d+) ([0-9a-f]+) \d\t([\s\S]+)$/.exec(line) ?? [];
  if (tag === undefined || mode === undefined || id === undefined || path === undefined)
    throw new Error(`git ls-files says what is not understood: ${line}`);
  return { path, tag, entry: { mode, id } };
}

/** As Node takes paths: a name that is no UTF-8 is found by its bytes. */
export const placeOf = (root: string, path: RawPath): string | Buffer =>
  /[\x80-\xff]/.test(path) ? Buffer.concat([Buffer.from(`${root}/`), Buffer.from(path, "latin1")]) : join(root, path);

/** Looks at what lies under a path, folders left out; behind a linked folder lies nothing, as git sees it. */
function onDisk(root: string): (path: RawPath) => Stats | undefined {
  const folders = new Map<RawPath, boolean>();
  const isFolder = (path: RawPath): boolean => {
    if (path === "") return true;
    const known = folders.get(path);
    if (known !== undefined) return known;
    const is = isFolder(parentOf(path)) && (look(path)?.isDirectory() ?? false);
    folders.set(path, is);
    return is;
  };
  const look = (path: RawPath): Stats | undefined => lstatSync(placeOf(root, path), { throwIfNoEntry: false });
  return (path) => {
    const stat = isFolder(parentOf(path)) ? look(path) : undefined;
    return stat?.isDirectory() ? undefined : stat;
  };
}

const parentOf = (path: RawPath): RawPath => path.slice(0, Math.max(0, path.lastIndexOf("/")));
