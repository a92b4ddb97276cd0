import { posix } from "node:path";
import type { Tree } from "../model/ports.ts";
import type { Blobs } from "./blobs.ts";
import { leadsOut, namelessFile, symbolicLink, textOf, tooLarge } from "./file-text.ts";
import { fieldsOf, isHash, type RawPath, textPath, toldByGit } from "./git-command.ts";

/** So many files at most are read together with one that is asked for. */
const mostBesides = 5000;

/** What lies under a path of a commit. */
export interface Entry {
  readonly kind: "file" | "link";
  readonly id: string;
}

/** What a mode of git stands for; a submodule is no file of this repository. */
export function entryOf(mode: string, id: string): Entry | undefined {
  if (mode.startsWith("100")) return { kind: "file", id };
  return mode === "120000" ? { kind: "link", id } : undefined;
}

/** The files of a commit, or of a tree. @throws where it is none, or not in this clone */
export function entriesOf(root: string, id: string): ReadonlyMap<RawPath, Entry> {
  if (!isHash(id)) throw new Error(`${id} is no whole hash of a commit`);
  const entries = new Map<RawPath, Entry>();
  for (const line of fieldsOf(toldByGit(root, ["ls-tree", "-r", "-z", "--full-tree", id]))) {
    const [, mode, hash, path] = /^(\d+) \w+ ([0-9a-f]+)\t([\s\S]+)$/.exec(line) ?? [];
    const entry = mode === undefined || hash === undefined ? undefined : entryOf(mode, hash);
    if (entry && path !== undefined) entries.set(path, entry);
  }
  return entries;
}

/** Reads as a working tree does: the same limits, the same words. */
export function commitTree(entries: () => ReadonlyMap<RawPath, Entry>, blobs: Blobs): Tree {
  let listed: readonly string[] | undefined;
  let calls = 0;

  const at = (path: string): Entry | undefined => entries().get(Buffer.from(path, "utf8").toString("latin1"));
  const list = (): readonly string[] => {
    listed ??= [...new Set([...entries().keys()].map(textPath))].sort();
    return listed;
  };
  /** Each call to git takes longer than reading a folder: the first one brings the file's, the next ones that above, and so on. */
  const besides = (path: string): readonly string[] => {
    calls += 1;
    const folder = Array.from({ length: calls }).reduce<string>((inner) => posix.dirname(inner), path);
    return below(entries(), folder);
  };

  /** Where a path leads, links followed, but not out of the tree. */
  const followed = (path: string, links = 0): Entry | undefined => {
    const steps = path.split("/");
    for (let step = 1; step <= steps.length; step += 1) {
      const here = steps.slice(0, step).join("/");
      const entry = at(here);
      if (entry?.kind !== "link") continue;
      // As many as the system follows; what turns in a circle leads to nothing.
      if (links === 40) return undefined;
      const target = blobs.whole(entry.id).toString("utf8");
      const next = posix.join(posix.dirname(here), target, ...steps.slice(step));
      if (posix.isAbsolute(target) || next === ".." || next.startsWith("../")) throw leadsOut(path, target);
      return followed(next, links + 1);
    }
    return at(path);
  };

  const read = (path: string): string | undefined => {
    if (at(path)?.kind === "link") throw symbolicLink(path);
    const entry = followed(path);
    if (!entry) {
      if (path.includes("\uFFFD") && list().includes(path)) throw namelessFile(path);
      return undefined;
    }
    const blob = blobs.get(entry.id, () => besides(path));
    if (blob.status === "missing") throw new Error(`${path} cannot be read: ${blob.why}`);
    if (blob.status === "too-large") throw tooLarge(path, blob.size);
    return textOf(path, blob.bytes);
  };

  return {
    list,
    read,
    bytes: (path) => {
      const entry = followed(path);
      return entry && blobs.whole(entry.id);
    },
  };
}

/** The ids of files below a folder. */
function below(entries: ReadonlyMap<RawPath, Entry>, folder: string): readonly string[] {
  const prefix = folder === "." ? "" : Buffer.from(`${folder}/`, "utf8").toString("latin1");
  const found: string[] = [];
  for (const [path, { kind, id }] of entries) {
    if (found.length === mostBesides) break;
    if (kind === "file" && path.startsWith(prefix)) found.push(id);
  }
  return found;
}
