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
  readonly cache: { readonly path: string; readonly unfinished: string } | undefined;
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
 * @returns what keeps the new cluster for later runs; it may go on while the server starts
 */
export async function makeDataDirectory(request: DataDirectory): Promise<() => Promise<void>> {
  const { binaries, directory, identity, cache } = request;
  const data = join(directory, "data");
  const options = [
    "--username=postgres",
    "--auth=scram-sha-256",
    "--encoding=UTF8",
    "--no-locale",
    "--no-sync",
    "--no-instructions",
  ];
  if (binaries.major >= 18) options.push("--no-data-checksums");
  if (binaries.major >= 16) options.push("--set=dynamic_shared_memory_type=mmap");

  const clusters = cache && ownDirectory(cache.path, 0o700);
  const key = createHash("sha256")
    .update(JSON.stringify([binaries.build, options, identity?.uid]))
    .digest("hex")
    .slice(0, 32);
  const kept = clusters && join(clusters, key);
  if (kept !== undefined && existsSync(kept)) {
    copyTree(kept, data, identity);
    setPassword(data, request.password);
    return async () => undefined;
  }

  request.onProgress("Preparing a cluster; later runs copy it");
  const passwords = join(directory, "verifier");
  writeFileSync(passwords, unusableVerifier(), { mode: 0o644 }); // The directory is closed to everybody else.
  await execute(join(binaries.bin, "initdb"), ["--pgdata=data", "--pwfile=verifier", ...options], {
    cwd: directory,
    env: request.env,
    ...identity,
  });
  rmSync(passwords);
  if (kept === undefined || cache === undefined) {
    setPassword(data, request.password);
    return async () => undefined;
  }
  try {
    copyTree(data, cache.unfinished, identity);
  } catch {
    // A full disk: the run can do without.
    rmSync(cache.unfinished, { recursive: true, force: true });
  }
  setPassword(data, request.password);
  return () => keep(cache.unfinished, kept);
}

/** Whole or not at all: the rename is the last act, after the files have reached the disk; of two runs the first wins. */
async function keep(unfinished: string, kept: string): Promise<void> {
  try {
    await execute("sync", ["-f", unfinished], { cwd: "/", env: process.env, timeoutMs: 10_000 });
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
 */
export function copyTree(from: string, to: string, identity: Identity | undefined): void {
  mkdirSync(to, { mode: 0o700 });
  if (identity !== undefined) chownSync(to, identity.uid, identity.gid);
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [`${from}/${entry.name}`, `${to}/${entry.name}`];
    if (entry.isDirectory()) {
      copyTree(source, target, identity);
      continue;
    }
    copyFileSync(source, target, constants.COPYFILE_FICLONE);
    if (identity !== undefined) chownSync(target, identity.uid, identity.gid);
  }
}
