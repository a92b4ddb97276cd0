import { existsSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { availableParallelism, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

/** Everything on this machine that one run has made so far, told apart from other runs that go on beside it. */
export interface Footprint {
  /** Processes by number and the time they started, because numbers are given away again. */
  readonly processes: readonly string[];
  readonly directories: readonly string[];
  /** System V segments and files in /dev/shm that its servers use. */
  readonly memory: readonly string[];
}

/** Looks at what the run of this process uses; its directories carry its number in their names. */
export function footprint(pid: number, cacheDir: string): Footprint {
  const all = processes();
  const directories = directoriesOf(pid, cacheDir);
  const within = (path: string) => directories.some((directory) => `${path}/`.startsWith(`${directory}/`));
  const mine = new Set([pid]);
  for (let before = 0; before < mine.size; ) {
    before = mine.size;
    for (const each of all) if (mine.has(each.parent) || within(each.cwd)) mine.add(each.pid);
  }
  return {
    processes: all.filter((each) => mine.has(each.pid)).map(nameOf),
    directories,
    memory: memoryOf([...mine]),
  };
}

export const nothing: Footprint = { processes: [], directories: [], memory: [] };

/** Waits until nothing is left of a run that has ended, two seconds at most on a machine with time to spare, and says what is. */
export async function leftOf(pid: number, seen: Footprint, cacheDir: string): Promise<Footprint> {
  const until = performance.now() + patienceMs();
  for (;;) {
    const now = footprint(pid, cacheDir);
    const alive = new Set(processes().map(nameOf));
    const left = {
      processes: [...new Set([...now.processes, ...seen.processes])].filter((each) => alive.has(each)),
      directories: now.directories,
      memory: [...new Set([...now.memory, ...seen.memory])].filter(isThere),
    };
    if (JSON.stringify(left) === JSON.stringify(nothing) || performance.now() > until) return left;
    await delay(20);
  }
}

/** PostgreSQL's processes of a run: the one that the run started, and that one's children. */
export function servers(pid: number, cacheDir: string): { readonly postmaster?: number; readonly children: number[] } {
  const directories = directoriesOf(pid, cacheDir);
  const postgres = processes().filter(
    ({ name, cwd }) => name === "postgres" && directories.some((directory) => cwd === `${directory}/data`),
  );
  const postmaster = postgres.find(({ parent }) => parent === pid)?.pid;
  const children = postgres.filter(({ parent }) => parent === postmaster).map((each) => each.pid);
  return postmaster === undefined ? { children: [] } : { postmaster, children };
}

/** One with five times the work that it can do gets ten seconds. */
const patienceMs = (): number => 2_000 * Math.max(1, (loadavg()[0] ?? 0) / availableParallelism());

interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly name: string;
  readonly started: string;
  readonly cwd: string;
}

const nameOf = ({ pid, started }: Process): string => `${pid} started at ${started}`;

function processes(): Process[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      const [, program = "", rest = ""] = /^\d+ \((.*)\) (.*)$/s.exec(text(`/proc/${name}/stat`)) ?? [];
      const [state, parent, ...more] = rest.split(" ");
      // A zombie holds nothing; its parent has not looked yet.
      if (state === undefined || parent === undefined || state === "Z") return [];
      return [
        {
          pid: Number(name),
          parent: Number(parent),
          name: program,
          started: more[17] ?? "",
          cwd: link(`/proc/${name}/cwd`).replace(/ \(deleted\)$/, ""),
        },
      ];
    });
}

function directoriesOf(pid: number, cacheDir: string): string[] {
  const ours = new RegExp(`^\\.?phasegate-[0-9a-z]+-${pid.toString(36)}-`);
  return ["/dev/shm", tmpdir(), join(cacheDir, "phasegate", "clusters"), join(cacheDir, "phasegate", "npm")].flatMap(
    (place) =>
      existsSync(place)
        ? readdirSync(place)
            .filter((name) => ours.test(name))
            .map((name) => join(place, name))
        : [],
  );
}

function memoryOf(pids: readonly number[]): string[] {
  const segments = text("/proc/sysvipc/shm")
    .split("\n")
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => pids.includes(Number(fields[4])))
    .map((fields) => `segment ${fields[1]}`);
  const files = pids.flatMap((pid) =>
    [...text(`/proc/${pid}/maps`).matchAll(/\/dev\/shm\/PostgreSQL\.\d+/g)].map(([path]) => path),
  );
  return [...segments, ...new Set(files)];
}

function isThere(memory: string): boolean {
  if (memory.startsWith("/")) return existsSync(memory);
  return text("/proc/sysvipc/shm")
    .split("\n")
    .some((line) => `segment ${line.trim().split(/\s+/)[1]}` === memory);
}

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
