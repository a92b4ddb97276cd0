import { globSync, realpathSync, statSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { execute } from "../tools/execute.ts";
import type { Environment } from "../tools/tool-cache.ts";
import type { Binaries } from "./data-directory.ts";
import { usableBy } from "./identity.ts";
import { startOwnedServer } from "./owned-server.ts";
import { type BootOptions, type Provider, Unavailable } from "./provider.ts";

/** Directories of installations that are not on PATH: Debian, Red Hat, Homebrew, Postgres.app. */
const installations = [
  "/usr/lib/postgresql/*/bin",
  "/usr/pgsql-*/bin",
  "/opt/homebrew/opt/postgresql*/bin",
  "/usr/local/opt/postgresql*/bin",
  "/home/linuxbrew/.linuxbrew/opt/postgresql*/bin",
  "/Applications/Postgres.app/Contents/Versions/*/bin",
];

/** PostgreSQL as this machine has it installed. */
export const local: Provider = async (options) => {
  const found = await installed(options);
  const binaries = found.find(({ major }) => major === options.major);
  if (binaries === undefined) {
    const versions = [...new Set(found.map(({ version }) => version))];
    throw new Unavailable(
      versions.length === 0 ? "local has no PostgreSQL" : `local has ${versions.join(" and ")}`,
      `Install PostgreSQL ${options.major} on this machine.`,
    );
  }
  return startOwnedServer("local", options, async ({ identity }) => {
    if (!usableBy(join(binaries.bin, "postgres"), identity, "execute")) {
      throw new Unavailable(
        `local has ${binaries.version} in ${binaries.bin}, which the user that the server runs as cannot read`,
        `Run as another user than root, or make ${binaries.bin} readable.`,
      );
    }
    return binaries;
  });
};

interface Installed extends Binaries {
  readonly version: string;
}

async function installed({ env }: BootOptions): Promise<readonly Installed[]> {
  const path = (env.PATH ?? "").split(delimiter).filter((directory) => directory.startsWith("/"));
  const configured = await Promise.all(
    path
      .map((directory) => join(directory, "pg_config"))
      .filter(isFile)
      .map((program) => print(program, "--bindir", env)),
  );
  const candidates = [...configured.map((text) => text.trim()), ...globSync(installations), ...path];
  const programs = candidates
    .map((directory) => join(directory, "postgres"))
    .filter(isFile)
    .map((program) => realpathSync(program));
  const complete = [...new Set(programs)].filter((program) => isFile(join(dirname(program), "initdb")));
  return (await Promise.all(complete.map((program) => describe(program, env)))).filter((each) => each !== undefined);
}

async function describe(program: string, env: Environment): Promise<Installed | undefined> {
  const said = await print(program, "--version", env);
  const version = /PostgreSQL\) (\d+(?:\.\d+)?)/.exec(said)?.[1];
  if (version === undefined) return undefined;
  const { size, mtimeMs } = statSync(program);
  return {
    bin: dirname(program),
    version,
    major: Number.parseInt(version, 10),
    build: JSON.stringify([program, said, size, mtimeMs]),
  };
}

/** What a program prints; nothing where it does not run. */
const print = (program: string, flag: string, env: Environment): Promise<string> =>
  execute(program, [flag], { cwd: "/", env, timeoutMs: 5_000 }).then(
    ({ stdout }) => stdout,
    () => "",
  );

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}
