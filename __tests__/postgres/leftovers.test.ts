import { once } from "node:events";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { isRoot, nobody, type Places, places, type Running, start, until } from "./places.ts";
import { none, processesIn, tracesAfter, unusedMemory, watchdogsOf } from "./traces.ts";

let at: Places;
let before: readonly string[];
let running: Running | undefined;
/** Where most runs find a cluster that an earlier one has kept: `initdb` takes ten times as long. */
const kept = places();
afterAll(() => kept.remove());
beforeEach(() => {
  at = places();
  before = unusedMemory();
});
afterEach(() => {
  running?.kill("SIGKILL");
  at.remove();
});

const embedded = () => ({ provider: "embedded", major: 18, runDir: at.runDir, cacheDir: at.cacheDir });

/** The cluster of the run under test. */
function data(...path: readonly string[]): string | undefined {
  const [name] = readdirSync(at.runDir).filter((each) => each.startsWith("phasegate-"));
  return name === undefined ? undefined : join(at.runDir, name, "data", ...path);
}

async function eventually(condition: () => boolean): Promise<void> {
  const until = performance.now() + 10_000;
  // What was so may be over at a second look.
  let isSo = condition();
  while (!isSo && running?.exitCode === null && performance.now() < until) {
    await delay(1);
    isSo = condition();
  }
  expect(isSo).toBe(true);
}

const exists = (path: string | undefined): boolean => path !== undefined && existsSync(path);

/** From here on a test's runs copy the cluster that is kept. */
function withKeptCluster(): void {
  beforeEach(() => {
    at = { ...at, cacheDir: kept.cacheDir };
  });
}

const stagesOfTheFirstBoot = {
  "before initdb": () => eventually(() => readdirSync(at.runDir).length > 0),
  "when initdb has begun": () => eventually(() => exists(data("PG_VERSION"))),
  "while initdb runs PostgreSQL": () =>
    eventually(() => exists(data("postmaster.pid")) && processesIn(at.runDir).length > 1),
};

const stagesOfEveryBoot = {
  "while the server starts": () =>
    eventually(() => exists(`${data("..", ".s.PGSQL.5432")}`) || exists(data("postmaster.opts"))),
  "when it is ready": async () => {
    if (running !== undefined) await until(running, ({ event }) => event === "ready");
  },
};

describe.each(["SIGKILL", "SIGTERM", "SIGINT"] as const)("killed with %s", (signal) => {
  const leavesNothing = async (_: string, reached: () => Promise<void>): Promise<void> => {
    running = start(embedded(), "wait");
    await reached();
    expect(running.exitCode).toBeNull();
    running.kill(signal);
    expect(await tracesAfter(at, before)).toEqual(none);
  };

  test.each(Object.entries(stagesOfTheFirstBoot))("%s, it leaves nothing", leavesNothing);

  describe("later", () => {
    withKeptCluster();
    test.each(Object.entries(stagesOfEveryBoot))("%s, it leaves nothing", leavesNothing);
  });
});

test("killed at ten other moments of the first boot, it leaves nothing", async () => {
  for (let moment = 0; moment < 10; moment++) {
    running = start(embedded(), "wait");
    await until(running, ({ event }) => event === "starting");
    await delay(moment * 120);
    running.kill("SIGKILL");
    expect({ moment, ...(await tracesAfter(at, before)) }).toEqual({ moment, ...none });
  }
});

describe("once there is a cluster to copy", () => {
  withKeptCluster();

  test("a Ctrl-C in the terminal ends the process and, through the watchdog, everything else", async () => {
    running = start(embedded(), "wait");
    await until(running, ({ event }) => event === "ready");
    process.kill(-(running.pid ?? Number.NaN), "SIGINT");
    expect(await tracesAfter(at, before)).toEqual(none);
  });

  test.each([
    ["returns without stop", "return", 0],
    ["calls process.exit", "exit", 7],
    ["ends with an uncaught exception", "throw", 1],
    ["stops the server", "stop", 0],
  ] as const)("a process that %s leaves nothing and keeps its exit code", async (_, then, code) => {
    running = start(embedded(), then);
    running.stdout.resume();
    running.stderr.resume();
    expect(await once(running, "exit")).toEqual([code, null]);
    expect(await tracesAfter(at, before)).toEqual(none);
  });

  test("what a run left whose watchdog was killed too is swept by the next run", async () => {
    running = start(embedded(), "wait");
    await until(running, ({ event }) => event === "ready");
    for (const pid of watchdogsOf(at.runDir)) process.kill(pid, "SIGKILL");
    running.kill("SIGKILL");
    await once(running, "exit");
    await delay(100);
    expect(processesIn(at.runDir)).not.toEqual([]);

    running = start(embedded(), "stop");
    running.stdout.resume();
    running.stderr.resume();
    expect(await once(running, "exit")).toEqual([0, null]);
    expect(await tracesAfter(at, before)).toEqual(none);
  });

  test("a run beside it is not swept", async () => {
    running = start(embedded(), "wait");
    await until(running, ({ event }) => event === "ready");
    const neighbour = start(embedded(), "stop");
    neighbour.stdout.resume();
    expect(await once(neighbour, "exit")).toEqual([0, null]);
    expect(processesIn(at.runDir)).not.toEqual([]);
    expect(exists(data("postmaster.pid"))).toBe(true);
  });

  test("a postmaster that was killed with SIGKILL leaves no shared memory once its run ends", async () => {
    running = start(embedded(), "wait");
    await until(running, ({ event }) => event === "ready");
    const [postmaster = Number.NaN] = processesIn(at.runDir);
    process.kill(postmaster, "SIGKILL");
    await delay(200);
    running.kill("SIGKILL");
    expect(await tracesAfter(at, before)).toEqual(none);
  });
});

test(
  isRoot ? "killed as an ordinary user, it leaves nothing" : "this process is an ordinary user already",
  async () => {
    if (!isRoot) return expect(process.getuid?.()).not.toBe(0);
    const theirs = places(nobody);
    try {
      running = start({ ...embedded(), runDir: theirs.runDir, cacheDir: theirs.cacheDir }, "wait", nobody);
      await until(running, ({ event }) => event === "ready");
      running.kill("SIGKILL");
      expect(await tracesAfter(theirs, before)).toEqual(none);
    } finally {
      theirs.remove();
    }
  },
);
