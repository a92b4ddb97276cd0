import { lstatSync, readdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { isNativeError } from "node:util/types";
import type { Tree } from "../model/ports.ts";
import { type CheckoutFile, checkoutFiles } from "./checkout.ts";
import { leadsOut, maxBytes, namelessFile, symbolicLink, textOf, tooLarge } from "./file-text.ts";
import { type RawPath, textPath } from "./git-command.ts";
import { located } from "./located.ts";

/**
 * The files of a checkout as they are on the disk: what git tracks or would add, or, where there is no git, everything
 * but `node_modules` and dot folders of tools.
 */
export function workingTree(root: string): Tree {
  const base = realpathSync(root);
  return checkoutTree(base, () => listedByGit(base) ?? walked(base, base));
}

/**
 * The same where it is known already what lies there.
 * @param base its real path
 */
export function checkoutTree(base: string, listed: () => readonly string[]): Tree {
  let paths: readonly string[] | undefined;
  return {
    list: () => {
      paths ??= listed().toSorted();
      return paths;
    },
    read: (path) => readRegular(base, path),
    bytes: (path) => readBytes(base, path),
  };
}

/**
 * Links are followed, but not out of the root.
 * @returns `undefined` where there is no file
 */
function readBytes(root: string, path: string): Uint8Array | undefined {
  const full = join(root, path);
  if (!lies(() => statSync(full))?.isFile()) return undefined;
  inside(root, path);
  return readFileSync(full);
}

/** @throws where the path leads out of the root */
function inside(root: string, path: string): void {
  const real = relative(root, realpathSync(join(root, path)));
  if (real === ".." || real.startsWith(`..${sep}`)) throw leadsOut(path, real);
}

/** `undefined` where there is nothing: a folder of the path may also be a file. */
function lies<Found>(look: () => Found): Found | undefined {
  try {
    return look();
  } catch (error) {
    if (isNativeError(error) && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR"))
      return undefined;
    throw error;
  }
}

/**
 * @returns `undefined` where there is no such file
 * @throws where it is no regular file inside the root, too large, or not UTF-8
 */
function readRegular(root: string, path: string): string | undefined {
  const full = join(root, path);
  const stat = lies(() => lstatSync(full));
  if (!stat) {
    if (path.includes("\uFFFD")) throw namelessFile(path);
    return undefined;
  }
  inside(root, path);
  if (stat.isSymbolicLink()) throw symbolicLink(path);
  if (!stat.isFile()) return undefined;
  if (stat.size > maxBytes) throw tooLarge(path, stat.size);
  return textOf(path, readFileSync(full));
}

/** `undefined` where the folder is not the top of a git checkout, or git is not there. */
function listedByGit(root: string): string[] | undefined {
  return "none" in located(root) ? undefined : pathsOf(checkoutFiles(root, "at-names"));
}

/** What lies on the disk, by names as people read them. */
export const pathsOf = (files: ReadonlyMap<RawPath, CheckoutFile>): string[] => [
  ...new Set([...files.values()].filter(({ stat }) => stat !== undefined).map(({ path }) => textPath(path))),
];

function walked(root: string, folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const full = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === "node_modules" || entry.name === ".git" ? [] : walked(root, full);
    return [relative(root, full).split(sep).join("/")];
  });
}
