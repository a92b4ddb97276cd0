import { type ExecFileSyncOptionsWithStringEncoding, execFileSync } from "node:child_process";
import { lstatSync, readdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import { join, relative, sep } from "node:path";
import type { Tree } from "../model/ports.ts";

/** Nothing that a plan speaks of is near this size. */
const maxBytes = 8 * 1024 * 1024;

/**
 * The files of a checkout as they are on the disk: what git tracks or would add, or, where there is no git, everything
 * but `node_modules` and dot folders of tools.
 */
export function workingTree(root: string): Tree {
  const base = realpathSync(root);
  let paths: readonly string[] | undefined;
  return {
    list: () => {
      paths ??= (listedByGit(base) ?? walked(base, base)).toSorted();
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
  if (!statSync(full, { throwIfNoEntry: false })?.isFile()) return undefined;
  if (leadsOut(root, full)) throw new Error(`${path} leads out of the repository`);
  return readFileSync(full);
}

const leadsOut = (root: string, full: string): boolean => {
  const real = relative(root, realpathSync(full));
  return real === ".." || real.startsWith(`..${sep}`);
};

/**
 * @returns `undefined` where there is no such file
 * @throws where it is no regular file inside the root, too large, or not UTF-8
 */
function readRegular(root: string, path: string): string | undefined {
  const full = join(root, path);
  const stat = lstatSync(full, { throwIfNoEntry: false });
  if (!stat) return undefined;
  if (leadsOut(root, full))
    throw new Error(`${path} leads out of the repository (${relative(root, realpathSync(full))})`);
  if (stat.isSymbolicLink()) throw new Error(`${path} is a symbolic link; the file itself is asked`);
  if (!stat.isFile()) return undefined;
  if (stat.size > maxBytes) throw new Error(`${path} has ${stat.size} bytes; at most ${maxBytes} are read`);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(readFileSync(full));
  } catch (error) {
    throw new Error(`${path} is not UTF-8 text`, { cause: error });
  }
}

/** `undefined` where the folder is not the top of a git checkout, or git is not there. */
function listedByGit(root: string): string[] | undefined {
  try {
    const options: ExecFileSyncOptionsWithStringEncoding = {
      cwd: root,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
      maxBuffer: 256 * 1024 * 1024,
    };
    const top = execFileSync("git", ["rev-parse", "--show-toplevel"], options).trimEnd();
    if (realpathSync(top) !== root) return undefined;
    const out = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard", "-z"], options);
    const listed = [...new Set(out.split("\0").filter((path) => path !== ""))];
    return listed.filter((path) => lstatSync(join(root, path), { throwIfNoEntry: false })?.isDirectory() === false);
  } catch {
    return undefined;
  }
}

function walked(root: string, folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const full = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === "node_modules" || entry.name === ".git" ? [] : walked(root, full);
    return [relative(root, full).split(sep).join("/")];
  });
}
