import { join } from "node:path";
import { boot } from "../src/postgres/boot.ts";
import { open } from "../src/postgres/ready.ts";
import { execute } from "../src/tools/execute.ts";
import { bin, identity, inDirectory } from "./programs.ts";

/** Milliseconds to the first query of a server. */
export interface Boots {
  /** `initdb`, then `pg_ctl start`, with the same programs. */
  readonly byHand: readonly number[];
  readonly first: readonly number[];
  readonly cached: readonly number[];
}

/** Rounds are interleaved, so that a busy machine is busy for all three. */
export async function timeBoots(rounds: number): Promise<Boots> {
  return inDirectory(async (filled) => {
    await booted(filled);
    const byHand: number[] = [];
    const first: number[] = [];
    const cached: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      byHand.push(await bootedByHand());
      first.push(await inDirectory(booted));
      cached.push(await booted(filled));
    }
    return { byHand, first, cached };
  });
}

async function booted(cacheDir: string): Promise<number> {
  const begun = performance.now();
  const server = await boot({ provider: "embedded", major: 18, env: process.env, cacheDir: join(cacheDir, "cache") });
  const tookMs = performance.now() - begun;
  await server.stop();
  return tookMs;
}

const bootedByHand = (): Promise<number> =>
  inDirectory(async (directory) => {
    const how = { cwd: directory, env: { PATH: process.env.PATH, LC_ALL: "C" }, ...identity };
    const begun = performance.now();
    await execute(join(bin, "initdb"), ["-D", "data", "-U", "postgres", "--auth=trust"], how);
    const flags = `-c listen_addresses= -c unix_socket_directories=${directory}`;
    await execute(join(bin, "pg_ctl"), ["-D", "data", "-l", "log", "-o", flags, "-w", "start"], how);
    const client = await open(
      { host: directory, port: 5432, user: "postgres", password: "", database: "postgres" },
      5_000,
    );
    await client.query("SELECT 1");
    const tookMs = performance.now() - begun;
    await client.end();
    await execute(join(bin, "pg_ctl"), ["-D", "data", "-m", "immediate", "stop"], how);
    return tookMs;
  });
