/** How two versions of the files differ: by path and content, whatever git was told to convert or not to look at. */

import { createHash } from "node:crypto";
import { closeSync, openSync, readFileSync, readlinkSync, readSync } from "node:fs";
import type { FileChange } from "../model/ports.ts";
import type { Blobs } from "./blobs.ts";
import { type CheckoutFile, placeOf } from "./checkout.ts";
import { type Entry, entryOf } from "./commit-tree.ts";
import { maxBytes } from "./file-text.ts";
import { askGit, fieldsOf, type RawPath, textPath, toldByGit } from "./git-command.ts";

/** One version of what lies under a path. */
type Version =
  | (Entry & { readonly on: "git" })
  /** The hash is the one that git would give to these very bytes; they are read where they are not too many. */
  | (Entry & { readonly on: "disk"; readonly read: () => Buffer | undefined })
  /** A pipe, a socket. */
  | { readonly kind: "other" };

interface Pair {
  readonly path: RawPath;
  readonly was: Version | undefined;
  readonly is: Version | undefined;
}

interface Change {
  readonly path: RawPath;
  readonly how: FileChange["how"];
}

const treeDiff = ["-z", "--raw", "--no-abbrev", "--no-renames", "--no-ext-diff", "--ignore-submodules=none"];

/** Between two commits or trees; both are whole hashes. */
export function committedChanges(root: string, from: string, to: string, blobs: Blobs): readonly FileChange[] {
  const pairs = pairsOf(toldByGit(root, ["diff-tree", "-r", ...treeDiff, from, to]));
  return reported(changed(pairs, blobs));
}

/** Between a commit and what lies in the checkout, as it lies there. */
export function checkoutChanges(
  root: string,
  base: ReadonlyMap<RawPath, Entry>,
  files: ReadonlyMap<RawPath, CheckoutFile>,
  blobs: Blobs,
): readonly FileChange[] {
  const paths = [...new Set([...base.keys(), ...files.keys()])];
  const looked = (which: (path: RawPath, file: CheckoutFile | undefined) => boolean): readonly Change[] =>
    changed(
      paths
        .filter((path) => which(path, files.get(path)))
        .map((path) => ({ path, was: kept(base.get(path)), is: lying(root, files.get(path), sha(base)) })),
      blobs,
    );
  const found = looked((path, file) => !isAsOnBase(base.get(path), file));
  // A change of what git converts is a change of files that git takes for unchanged.
  if (found.some(({ path }) => isAttributes(path))) return reported(looked(() => true));
  if (![...base.keys()].some(isAttributes)) return reported(found);
  const altered = found.map(({ path }) => path).filter((path) => files.get(path)?.stat?.isFile());
  const same = convertedAsBefore(root, altered, base);
  return reported(found.filter(({ path }) => !same.has(path)));
}

const isAttributes = (path: RawPath): boolean => /(^|\/)\.gitattributes$/.test(path);
const sha = (base: ReadonlyMap<RawPath, Entry>): "sha1" | "sha256" =>
  base.values().next().value?.id.length === 64 ? "sha256" : "sha1";
const kept = (entry: Entry | undefined): Version | undefined => entry && { ...entry, on: "git" };

/** Git looked at it, and found what its index has, which is what base has. */
function isAsOnBase(was: Entry | undefined, file: CheckoutFile | undefined): boolean {
  if (!was || !file?.index || file.isModified || file.unwatched === "assumed") return false;
  if (file.stat === undefined ? file.unwatched !== "skipped" : file.unwatched === "skipped") return false;
  return file.index.id === was.id && entryOf(file.index.mode, was.id)?.kind === was.kind;
}

/** What lies in the checkout; what git was told to leave out of it counts as the index has it. */
function lying(root: string, file: CheckoutFile | undefined, algorithm: "sha1" | "sha256"): Version | undefined {
  if (!file) return undefined;
  const { stat, path, index } = file;
  const place = placeOf(root, path);
  if (stat === undefined) {
    return file.unwatched === "skipped" && index ? kept(entryOf(index.mode, index.id)) : undefined;
  }
  if (stat.isSymbolicLink()) {
    const read = () => readlinkSync(place, { encoding: "buffer" });
    return { on: "disk", kind: "link", id: hashOf(read(), algorithm), read };
  }
  if (!stat.isFile()) return { kind: "other" };
  if (stat.size > maxBytes) {
    return { on: "disk", kind: "file", id: hashOfLarge(place, stat.size, algorithm), read: () => undefined };
  }
  const read = () => readFileSync(place);
  return { on: "disk", kind: "file", id: hashOf(read(), algorithm), read };
}

const hashOf = (bytes: Buffer, algorithm: string): string =>
  createHash(algorithm).update(`blob ${bytes.length}\0`).update(bytes).digest("hex");

function hashOfLarge(place: string | Buffer, size: number, algorithm: string): string {
  const hash = createHash(algorithm).update(`blob ${size}\0`);
  const file = openSync(place, "r");
  const part = Buffer.alloc(1024 * 1024);
  try {
    for (let read = readSync(file, part); read > 0; read = readSync(file, part)) hash.update(part.subarray(0, read));
  } finally {
    closeSync(file);
  }
  return hash.digest("hex");
}

/** Of the pairs, those that differ. */
function changed(pairs: readonly Pair[], blobs: Blobs): readonly Change[] {
  const texts = pairs.flatMap(({ was, is }) => (was && is && mayDifferInLineEnds(was, is) ? [was, is] : []));
  blobs.ahead(texts.flatMap((version) => ("on" in version && version.on === "git" ? [version.id] : [])));
  return pairs.flatMap(({ path, was, is }): readonly Change[] => {
    if (was && is) return isSame(was, is, blobs) ? [] : [{ path, how: "altered" }];
    return was || is ? [{ path, how: is ? "added" : "deleted" }] : [];
  });
}

function isSame(was: Version, is: Version, blobs: Blobs): boolean {
  if (mayDifferInLineEnds(was, is)) return differOnlyInLineEnds(bytesOf(was, blobs), bytesOf(is, blobs));
  return was.kind !== "other" && is.kind === was.kind && is.id === was.id;
}

const mayDifferInLineEnds = (was: Version, is: Version): boolean =>
  was.kind === "file" && is.kind === "file" && was.id !== is.id;

/** What is too large, or not in this clone, is taken for another. */
function bytesOf(version: Version, blobs: Blobs): Buffer | undefined {
  if (version.kind === "other") return undefined;
  if (version.on === "disk") return version.read();
  const blob = blobs.get(version.id);
  return blob.status === "read" ? blob.bytes : undefined;
}

/** What has a NUL is no text, and has no lines. */
function differOnlyInLineEnds(was: Buffer | undefined, is: Buffer | undefined): boolean {
  if (!was || !is || was.includes(0) || is.includes(0)) return false;
  const lines = (bytes: Buffer) => bytes.toString("latin1").replaceAll("\r\n", "\n");
  return lines(was) === lines(is);
}

/**
 * Of files with other bytes than on base, those that git would commit as they are on base: it converted them when it
 * checked them out (an encoding, a filter such as LFS), as it would convert base's.
 */
function convertedAsBefore(
  root: string,
  paths: readonly RawPath[],
  base: ReadonlyMap<RawPath, Entry>,
): ReadonlySet<RawPath> {
  const asked = paths.filter((path) => base.get(path)?.kind === "file");
  if (asked.length === 0) return new Set();
  const input = Buffer.from(asked.map((path) => `${quoted(path)}\n`).join(""), "latin1");
  const answer = askGit(root, ["hash-object", "--stdin-paths"], { input });
  if (answer.status !== "answered") return new Set();
  const ids = answer.out.toString("latin1").split("\n");
  return new Set(asked.filter((path, index) => ids[index] === base.get(path)?.id));
}

/** As git reads a path of a line, where it must neither end the line nor begin a quotation. */
const quoted = (path: RawPath): string =>
  `"${path.replace(/[^\w./-]/g, (one) => `\\${one.charCodeAt(0).toString(8).padStart(3, "0")}`)}"`;

interface RawChange {
  readonly path: RawPath;
  readonly was: { readonly mode: string; readonly id: string };
  readonly is: { readonly mode: string; readonly id: string };
}

/** `:mode mode id id status`, path. */
function rawDiff(out: Buffer): readonly RawChange[] {
  const fields = fieldsOf(out);
  return fields.flatMap((field, index): readonly RawChange[] => {
    if (index % 2 === 1) return [];
    const [, mode, newMode, id, newId] = /^:(\d+) (\d+) ([0-9a-f]+) ([0-9a-f]+) /.exec(field) ?? [];
    const path = fields[index + 1];
    if (!mode || !newMode || !id || !newId || path === undefined)
      throw new Error(`git diff says what is not understood: ${field}`);
    return [{ path, was: { mode, id }, is: { mode: newMode, id: newId } }];
  });
}

const pairsOf = (out: Buffer): readonly Pair[] =>
  rawDiff(out).map(({ path, was, is }) => ({
    path,
    was: kept(entryOf(was.mode, was.id)),
    is: kept(entryOf(is.mode, is.id)),
  }));

const reported = (changes: readonly Change[]): readonly FileChange[] =>
  changes
    .map(({ path, how }) => ({ path: textPath(path), how }))
    .sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
