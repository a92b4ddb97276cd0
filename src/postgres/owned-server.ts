import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, chownSync, mkdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { ConnectionSettings } from "../model/ports.ts";
import { sweep } from "../tools/owner.ts";
import { toolCache } from "../tools/tool-cache.ts";
import { type Watchdog, watch } from "../tools/watchdog.ts";
import { type Binaries, makeDataDirectory } from "./data-directory.ts";
import { type Identity, serverIdentity, usableBy } from "./identity.ts";
import type { Booted, BootOptions } from "./provider.ts";
import { openWhenReady, versionOf } from "./ready.ts";
import { chooseRunDirectory, runDirectories } from "./run-directory.ts";
import { randomPassword } from "./scram.ts";
import { settingsFor } from "./settings.ts";

const startTimeoutMs = 60_000;
const stopTimeoutMs = 6_000;

/** What finding the programs may need. */
export interface Finding {
  /** Who will run them. */
  readonly identity: Identity | undefined;
  /** The working directory of whatever is started, so that the watchdog finds it. */
  readonly directory: string;
  /** Where copies of the programs can be put; removed with the run. */
  readonly copies: string;
}

/**
 * Starts a server that ends with this process. The watchdog is there before anything is made, and removes everything
 * if the rest fails.
 */
export async function startOwnedServer(
  provider: "local" | "embedded",
  options: BootOptions,
  find: (finding: Finding) => Promise<Binaries>,
): Promise<Booted> {
  const identity = serverIdentity();
  const directory = chooseRunDirectory(options, identity);
  const clusters = join(options.cacheDir ?? toolCache(options.env), "clusters");
  const unfinished = join(clusters, `.${basename(directory)}`);
  // Not in shared memory, from which containers execute nothing.
  const disk =
    runDirectories(options).find((place) => place !== "/dev/shm" && usableBy(place, identity, "pass")) ??
    dirname(directory);
  const copies = join(disk, `${basename(directory)}-bin`);
  const watchdog = watch([directory, unfinished, copies]);
  const swept = sweepAll([...runDirectories(options), clusters], identity);
  try {
    mkdirSync(directory, { mode: 0o700 });
    chmodSync(directory, 0o700);
    if (identity !== undefined) chownSync(directory, identity.uid, identity.gid);
    const binaries = await find({ identity, directory, copies });
    const superuser = {
      host: directory,
      port: 5432,
      user: "postgres",
      password: randomPassword(),
      database: "postgres",
    };
    const env = serverEnvironment(options);
    const cache = { path: clusters, unfinished };
    const onProgress = options.onProgress ?? (() => undefined);
    await makeDataDirectory({
      binaries,
      directory,
      identity,
      password: superuser.password,
      env,
      cache,
      onProgress,
    });
    const settings = { ...settingsFor(binaries.major), unix_socket_directories: directory, ...options.settings };
    const server = startPostgres(join(binaries.bin, "postgres"), settings, { cwd: directory, env, ...identity });
    const [version] = await Promise.all([server.ready(superuser), swept]);
    const stop = (): Promise<void> => server.stop(watchdog);
    return { provider, ...version, superuser, prefix: "", owned: true, died: server.died, stop };
  } catch (error) {
    await watchdog.end();
    throw error;
  }
}

const sweepAll = (places: readonly string[], identity: Identity | undefined): Promise<unknown> => {
  const uids = [process.getuid?.() ?? -2, ...(identity === undefined ? [] : [identity.uid])];
  return Promise.all(places.map((place) => sweep(place, uids)));
};

/** Nothing of this process's environment but what programs need to be found: PGPORT, PGOPTIONS, LC_… would change the server. */
function serverEnvironment({ env }: BootOptions): Readonly<Record<string, string>> {
  const given = ["PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH"].flatMap((name) => {
    const value = env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return { ...Object.fromEntries(given), LC_ALL: "C", TZ: "UTC", ...memory };
}

/**
 * A run has many short connections, and a backend's first queries mostly wait for the kernel to hand it memory, 4 KB at a
 * time: 60 ms for the first reading of the catalog. In pieces of 2 MB it is 30. Only glibc knows the words.
 */
const memory = { GLIBC_TUNABLES: "glibc.malloc.hugetlb=1", MALLOC_TOP_PAD_: "16777216" };

interface Postgres {
  /** Waits for the first connection; throws what the server said if it ends before. */
  ready(superuser: ConnectionSettings): ReturnType<typeof versionOf>;
  readonly died: Promise<string>;
  stop(watchdog: Watchdog): Promise<void>;
}

interface Surroundings {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly uid?: number;
  readonly gid?: number;
}

function startPostgres(
  program: string,
  settings: Readonly<Record<string, string>>,
  surroundings: Surroundings,
): Postgres {
  const flags = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  // In a session of its own, so that a Ctrl-C in the terminal does not end it under the run's hands.
  const child = spawn(program, ["-D", join(surroundings.cwd, "data"), ...flags], {
    ...surroundings,
    detached: true,
    stdio: ["ignore", "ignore", "pipe"],
  });
  const said = tailOf(child);
  let stopping = false;
  const ended = new Promise<string>((resolve) => {
    child.on("error", (error) => resolve(`PostgreSQL cannot be started: ${error.message}`));
    child.on("exit", async (code, signal) => {
      // What it said last is still on its way; but a backend that hangs can hold the log open for ever.
      await Promise.race([once(child, "close"), delay(200)]);
      resolve(`PostgreSQL ended by itself (${signal ?? `exit code ${code}`})${said()}`);
    });
  });
  child.unref();
  const died = new Promise<string>((resolve) => {
    ended.then((reason) => stopping || resolve(reason));
  });

  const ready = async (superuser: ConnectionSettings): ReturnType<typeof versionOf> => {
    const giveUp = new AbortController();
    try {
      return await Promise.race([
        firstWords(superuser, giveUp.signal),
        ended.then((reason): never => {
          throw new Error(reason);
        }),
      ]);
    } catch (error) {
      giveUp.abort();
      // A connection that breaks off comes before the word of the server's end, which says more.
      throw await Promise.race([ended.then((reason) => new Error(reason, { cause: error })), delay(1_000, error)]);
    }
  };

  let stopped: Promise<void> | undefined;
  const stop = async (watchdog: Watchdog): Promise<void> => {
    const running = child.exitCode === null && child.signalCode === null && child.pid !== undefined;
    stopping = running;
    if (!running) return watchdog.end();
    child.ref();
    const exit = once(child, "exit");
    child.kill("SIGQUIT");
    const inTime = await Promise.race([exit.then(() => true), delay(stopTimeoutMs, false, { ref: false })]);
    // Of one that somebody killed, the word may come only now: it has ended its children and its shared memory in no way.
    return inTime && child.signalCode === null ? watchdog.endIdle() : watchdog.end();
  };
  return {
    ready,
    died,
    stop: (watchdog) => {
      stopped ??= stop(watchdog);
      return stopped;
    },
  };
}

/** Connects as soon as the server lets it in, and asks for the version. */
async function firstWords(superuser: ConnectionSettings, signal: AbortSignal): ReturnType<typeof versionOf> {
  const client = await openWhenReady(superuser, startTimeoutMs, "absent", signal);
  try {
    return await versionOf(client);
  } finally {
    await client.end();
  }
}

/** Collects the last of what a server writes into its log, as a clause for a message. */
function tailOf({ stderr }: ChildProcess): () => string {
  let tail = "";
  stderr?.setEncoding("utf8").on("data", (text: string) => {
    tail = (tail + text).slice(-4_000);
  });
  if (stderr !== null && "unref" in stderr && typeof stderr.unref === "function") stderr.unref();
  return () => (tail.trim() === "" ? "" : `: ${tail.trim()}`);
}
