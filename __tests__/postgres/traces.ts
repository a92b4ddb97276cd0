import { existsSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";

/** What a run may leave behind on this machine. */
export interface Traces {
  /** Numbers of the processes that work in the directory. */
  readonly processes: readonly number[];
  /** Files and directories in the directory. */
  readonly files: readonly string[];
  /** Shared memory that nothing uses: System V segments by id, POSIX segments by path. */
  readonly memory: readonly string[];
}

export const none: Traces = { processes: [], files: [], memory: [] };

/** Looks for traces in a directory of runs, leaving out the shared memory that was there `before`. */
export function tracesIn(directory: string, before: readonly string[]): Traces {
  return {
    processes: processesIn(directory),
    files: existsSync(directory) ? readdirSync(directory) : [],
    memory: unusedMemory().filter((each) => !before.includes(each)),
  };
}

/** Waits until nothing is left, for at most two seconds, and says what is. */
export async function tracesAfter(directory: string, before: readonly string[]): Promise<Traces> {
  const until = performance.now() + 2_000;
  for (;;) {
    const found = tracesIn(directory, before);
    if (JSON.stringify(found) === JSON.stringify(none) || performance.now() > until) return found;
    await delay(20);
  }
}

export function processesIn(directory: string): readonly number[] {
  return numbers().filter((pid) => link(`/proc/${pid}/cwd`).startsWith(`${directory}/`));
}

/** Numbers of the shells that watch over a directory. */
export function watchdogsOf(directory: string): readonly number[] {
  return numbers().filter(
    (pid) => /^\/bin\/sh\0-c\0/.test(text(`/proc/${pid}/cmdline`)) && text(`/proc/${pid}/cmdline`).includes(directory),
  );
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
