import { createHash } from "node:crypto";
import {
  chownSync,
  constants,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { execute } from "../tools/execute.ts";
import { ownDirectory } from "../tools/tool-cache.ts";
import type { Identity } from "./identity.ts";
import { scramVerifier, unusableVerifier } from "./scram.ts";

/** Programs of one PostgreSQL. */
export interface Binaries {
  /** The directory with `postgres` and `initdb`. */
  readonly bin: string;
  readonly major: number;
  /** Tells this build from every other. */
  readonly build: string;
}

export interface DataDirectory {
  readonly binaries: Binaries;
  /** The run's directory; the cluster is made in `data` inside it. */
  readonly directory: string;
  readonly identity: Identity | undefined;
  readonly password: string;
  readonly env: Readonly<Record<string, string>>;
  /** Where prepared clusters are kept, and a name in it that is removed if this process ends before the cluster is kept. */
  readonly cache: { readonly path: string; readonly unfinished: string };
  readonly onProgress: (message: string) => void;
}

/**
 * Makes a cluster whose superuser `postgres` has the password: copied from the cache, or by `initdb`, which takes ten
 * times as long.
 *
 * The cache holds a cluster that nobody can log in to: it admits SCRAM only, and the superuser's verifier fits no
 * password. A run gets its own by writing a verifier of the same length over that one before the server starts, so that
 * there is no moment at which the server trusts anybody, and no connection is spent on it. (A cluster that was shut
 * down cleanly has nothing in its log that would overwrite the page; without checksums a page may be changed in place.)
 */
export async function makeDataDirectory(request: DataDirectory): Promise<void> {
  const { binaries, directory, identity, cache } = request;
  const data = join(directory, "data");
  const options = initdbOptions(binaries.major);
  const key = JSON.stringify([binaries.build, options, identity?.uid]);
  const clusters = ownDirectory(cache.path, 0o700);
  const kept = clusters && join(clusters, createHash("sha256").update(key).digest("hex").slice(0, 32));
  if (kept === undefined || !copyKept(kept, data, identity)) {
    request.onProgress("Preparing a cluster; later runs copy it");
    await initdb(request, options);
    if (kept !== undefined) keep(data, cache.unfinished, kept, identity);
  }
  setPassword(data, request.password);
}

function initdbOptions(major: number): readonly string[] {
  return [
    "--username=postgres",
    "--auth=scram-sha-256",
    "--encoding=UTF8",
    "--no-locale",
    "--no-sync",
    "--no-instructions",
    // So that not even initdb makes files in /dev/shm, which would stay there if it was killed.
    ...(major >= 16 ? ["--set=dynamic_shared_memory_type=mmap"] : []),
    ...(major >= 18 ? ["--no-data-checksums"] : []),
  ];
}

async function initdb(
  { binaries, directory, identity, env }: DataDirectory,
  options: readonly string[],
): Promise<void> {
  const verifier = join(directory, "verifier");
  writeFileSync(verifier, unusableVerifier(), { mode: 0o644 }); // The directory is closed to everybody else.
  const run = ["--pgdata=data", "--pwfile=verifier", ...options];
  await execute(join(binaries.bin, "initdb"), run, { cwd: directory, env, ...identity });
  rmSync(verifier);
}

/**
 * Copies a kept cluster. A machine that lost power may have kept files without their content, so the size is compared,
 * which costs less than writing every cluster through to the disk.
 * @returns whether there was a whole one
 */
function copyKept(kept: string, data: string, identity: Identity | undefined): boolean {
  if (!existsSync(kept)) return false;
  if (copyTree(join(kept, "data"), data, identity) === Number(readFileSync(join(kept, "bytes"), "utf8"))) return true;
  for (const path of [kept, data]) rmSync(path, { recursive: true, force: true });
  return false;
}

/** Whole or not at all: the rename is the last act. Of two runs the first wins; one with a full disk does without. */
function keep(data: string, unfinished: string, kept: string, identity: Identity | undefined): void {
  try {
    mkdirSync(unfinished, { mode: 0o700 });
    writeFileSync(join(unfinished, "bytes"), `${copyTree(data, join(unfinished, "data"), identity)}\n`);
    renameSync(unfinished, kept);
  } catch {
    rmSync(unfinished, { recursive: true, force: true });
  }
}

const verifiers = /SCRAM-SHA-256\$1:[A-Za-z0-9+/=]{24}\$[A-Za-z0-9+/=]{44}:[A-Za-z0-9+/=]{44}/g;

function setPassword(data: string, password: string): void {
  const authid = join(data, "global", "1260"); // pg_authid, whose file has its oid for a name until it is rewritten
  const page = readFileSync(authid, "latin1");
  const verifier = scramVerifier(password);
  const changed = page.replace(verifiers, () => verifier);
  if (changed === page || changed.length !== page.length)
    throw new Error(`${authid} does not hold the superuser's password as expected.`);
  writeFileSync(authid, changed, "latin1");
}

/**
 * Copies a tree of directories and files, sharing blocks where the file system can. Synchronously, because 970 small
 * files take 38 ms in this way, 60–280 ms with `cp` and 250 ms with `fs.promises.cp`.
 * @returns the size of all files in bytes
 */
function copyTree(from: string, to: string, identity: Identity | undefined): number {
  mkdirSync(to, { mode: 0o700 });
  if (identity !== undefined) chownSync(to, identity.uid, identity.gid);
  let bytes = 0;
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [`${from}/${entry.name}`, `${to}/${entry.name}`];
    if (entry.isDirectory()) {
      bytes += copyTree(source, target, identity);
      continue;
    }
    copyFileSync(source, target, constants.COPYFILE_FICLONE);
    if (identity !== undefined) chownSync(target, identity.uid, identity.gid);
    bytes += statSync(target).size;
  }
  return bytes;
}
