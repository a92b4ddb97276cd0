import { existsSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { availableParallelism, loadavg } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Places } from "./places.ts";

/** What a run may leave behind on this machine. */
export interface Traces {
  /** Numbers of the processes that work in the runs' directory, and of their watchdogs. */
  readonly processes: readonly number[];
  /** Runs' directories, and clusters that were not kept whole. */
  readonly files: readonly string[];
  /** Shared memory that nothing uses: System V segments by id, POSIX segments by path. */
  readonly memory: readonly string[];
}

export const none: Traces = { processes: [], files: [], memory: [] };

/** Looks for traces of runs that had these places, leaving out the shared memory that was there `before`. */
function tracesIn({ runDir, cacheDir }: Places, before: readonly string[]): Traces {
  return {
    processes: [...processesIn(runDir), ...watchdogsOf(runDir)],
    files: [...names(runDir), ...names(join(cacheDir, "clusters")).filter((name) => name.startsWith("."))],
    memory: unusedMemory().filter((each) => !before.includes(each)),
  };
}

/** Two seconds on a machine that is not overloaded; one with five times the work it can do gets ten. */
const patienceMs = (): number => 2_000 * Math.max(1, (loadavg()[0] ?? 0) / availableParallelism());

/** Waits until nothing is left, as long as is decent, and says what is. */
export async function tracesAfter(at: Places, before: readonly string[]): Promise<Traces> {
  const until = performance.now() + patienceMs();
  for (;;) {
    const found = tracesIn(at, before);
    if (JSON.stringify(found) === JSON.stringify(none) || performance.now() > until) return found;
    await delay(20);
  }
}

const names = (directory: string): readonly string[] => (existsSync(directory) ? readdirSync(directory) : []);

/** Numbers of the processes that work inside a directory. */
export function processesIn(directory: string): readonly number[] {
  return numbers().filter((pid) => link(`/proc/${pid}/cwd`).startsWith(`${directory}/`));
}

/** Numbers of those that run a program; one that has ended since it was listed runs none. */
export function processesWith(program: string, directory: string): readonly number[] {
  return processesIn(directory).filter((pid) => commandOf(pid).split("\0")[0]?.endsWith(`/${program}`));
}

/** Numbers of the shells that watch over a directory. */
export function watchdogsOf(directory: string): readonly number[] {
  return numbers().filter((pid) => /^\/bin\/sh\0-c\0/.test(commandOf(pid)) && commandOf(pid).includes(directory));
}

/** Other PostgreSQL servers may run on this machine, so memory that is in use is nobody's leftover. */
export function unusedMemory(): readonly string[] {
  const segments = text("/proc/sysvipc/shm")
    .split("\n")
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields[6] === "0")
    .map((fields) => `segment ${fields[1]}`);
  const files = readdirSync("/dev/shm").filter((name) => name.startsWith("PostgreSQL."));
  if (files.length === 0) return segments;
  const mapped = numbers()
    .map((pid) => text(`/proc/${pid}/maps`))
    .join("\n");
  return [...segments, ...files.filter((name) => !mapped.includes(`/dev/shm/${name}`))];
}

const numbers = (): readonly number[] =>
  readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number);

const commandOf = (pid: number): string => text(`/proc/${pid}/cmdline`);

function link(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return "";
  }
}

function text(path: string): string {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return "";
  }
}
