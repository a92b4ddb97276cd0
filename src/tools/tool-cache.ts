import { chmodSync, lstatSync, mkdirSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

export type Environment = Readonly<Record<string, string | undefined>>;

/** Where fetched tools and prepared clusters are kept between runs: the runner's tool cache, else the user's cache. */
export function toolCache(env: Environment): string {
  if (env.RUNNER_TOOL_CACHE) return join(env.RUNNER_TOOL_CACHE, "phasegate");
  if (env.XDG_CACHE_HOME) return join(env.XDG_CACHE_HOME, "phasegate");
  return join(env.HOME || homedir(), ".cache", "phasegate");
}

/**
 * Makes a directory of the cache that nobody else can write; `undefined` where that is not possible, because what lies
 * there is executed later.
 */
export function ownDirectory(path: string, mode: 0o700 | 0o755): string | undefined {
  try {
    mkdirSync(path, { recursive: true, mode });
    const found = lstatSync(path);
    if (!found.isDirectory() || found.uid !== process.getuid?.()) return undefined;
    if ((found.mode & 0o022) !== 0) chmodSync(path, mode);
    return path;
  } catch {
    return undefined;
  }
}
