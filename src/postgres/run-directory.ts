import { accessSync, constants, realpathSync, statfsSync } from "node:fs";
import { join } from "node:path";
import { ownedName } from "../tools/owner.ts";
import { type Identity, usableBy } from "./identity.ts";
import type { BootOptions } from "./provider.ts";
import { wordsOf } from "./provider.ts";

/** The size of `sun_path` without its closing zero. */
const longestSocketPath = process.platform === "linux" ? 107 : 103;
const roomInSharedMemory = 1024 ** 3;

/** The socket's name in a server's directory. */
export const socketName = ".s.PGSQL.5432";

/** Where servers' directories are made, best first. */
export const runDirectories = ({ runDir, env }: BootOptions): readonly string[] =>
  runDir === undefined ? [...new Set(["/dev/shm", env.TMPDIR || "/tmp", "/tmp"])] : [runDir];

/**
 * Chooses the path of a directory for one server, and does not make it.
 * @throws Error where no place serves, with the reason for each
 */
export function chooseRunDirectory(options: BootOptions, identity: Identity | undefined): string {
  const name = ownedName();
  const reasons: string[] = [];
  for (const place of runDirectories(options)) {
    try {
      const parent = realpathSync(place); // The watchdog compares real paths.
      const reason = unfit(parent, name, identity);
      if (reason === undefined) return join(parent, name);
      reasons.push(`${place} ${reason}`);
    } catch (error) {
      reasons.push(`${place}: ${wordsOf(error)}`);
    }
  }
  throw new Error(
    `There is no place for PostgreSQL's data directory and socket: ${reasons.join("; ")}. Set TMPDIR to a directory that serves.`,
  );
}

function unfit(parent: string, name: string, identity: Identity | undefined): string | undefined {
  accessSync(parent, constants.W_OK | constants.X_OK);
  const bytes = Buffer.byteLength(join(parent, name, socketName));
  if (bytes > longestSocketPath)
    return `is too long a path: the socket's would have ${bytes} bytes, and at most ${longestSocketPath} work`;
  if (!usableBy(parent, identity, "pass")) return "cannot be reached by the user that the server runs as";
  if (parent !== "/dev/shm") return undefined;
  const { bavail, bsize } = statfsSync(parent);
  return bavail * bsize < roomInSharedMemory ? "has less than 1 GiB free" : undefined;
}
