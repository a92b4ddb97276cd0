import { createRequire } from "node:module";
import { join } from "node:path";
import { fetchPinned, pinnedVersions } from "./fetch-pinned.ts";
import { type Environment, toolCache } from "./tool-cache.ts";

export interface FindingSquawk {
  readonly env: Environment;
  readonly cacheDir?: string;
  /** `pinned`: only the fetched one; what lies in a `node_modules` above this program may be the change's. */
  readonly packages?: "installed" | "pinned";
  readonly onProgress?: (message: string) => void;
}

/**
 * The path of squawk's program, in the version that this package depends on: as npm installed it, else fetched once
 * into the tool cache. It is looked for beside this package only, never in the project that is judged.
 * @throws Error where there is none for this machine, or it cannot be fetched
 */
export async function squawkPath({
  env,
  cacheDir = toolCache(env),
  packages,
  onProgress,
}: FindingSquawk): Promise<string> {
  const name = `@squawk-cli/${process.platform}-${process.arch}`;
  const found = packages === "pinned" ? undefined : installed(name);
  if (found !== undefined) return found;
  const [version] = pinnedVersions(name);
  if (version === undefined) {
    throw new Error(
      `There is no pinned squawk for ${process.platform}-${process.arch}. Install squawk-cli with its optional dependencies.`,
    );
  }
  return join(await fetchPinned(name, version, { cacheDir, env, ...(onProgress && { onProgress }) }), "bin", "squawk");
}

function installed(name: string): string | undefined {
  try {
    // squawk-cli depends on the programs, so they are resolved from where it lies.
    const cli = createRequire(import.meta.url).resolve("squawk-cli/package.json");
    return createRequire(cli).resolve(`${name}/bin/squawk`);
  } catch {
    return undefined;
  }
}
