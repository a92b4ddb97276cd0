import { type ChildProcessByStdio, spawn } from "node:child_process";
import { chmodSync, chownSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";

/** An ordinary user, for a process that is started by root. */
export const nobody = { uid: 65_534, gid: 65_534 };
export const isRoot = process.getuid?.() === 0;

export interface Places {
  readonly runDir: string;
  readonly cacheDir: string;
  remove(): void;
}

/** Directories for the runs of one test, so that what it leaves is told from what others have. */
export function places(owner?: { readonly uid: number; readonly gid: number }): Places {
  const [runDir, cacheDir] = [mkdtempSync("/dev/shm/t-"), mkdtempSync(join(realpathSync(tmpdir()), "t-cache-"))];
  chmodSync(runDir, 0o711);
  if (owner !== undefined) {
    for (const each of [runDir, cacheDir]) chownSync(each, owner.uid, owner.gid);
  }
  return {
    runDir,
    cacheDir,
    remove: () => {
      for (const each of [runDir, cacheDir]) rmSync(each, { recursive: true, force: true });
    },
  };
}

export type Running = ChildProcessByStdio<null, Readable, Readable>;

/** Starts the process that boots. */
export function start(
  options: object,
  then: "wait" | "stop" | "throw" | "exit" | "return",
  as?: { readonly uid: number; readonly gid: number },
): Running {
  const script = fileURLToPath(new URL("boot-and-wait.ts", import.meta.url));
  return spawn(process.execPath, [script, JSON.stringify(options), then], {
    ...as,
    cwd: fileURLToPath(new URL("../..", import.meta.url)),
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
}

export interface Event {
  readonly event: string;
  readonly detail: unknown;
}

/** Waits for what the process says; fails with its complaint where it ends before. */
export async function until(running: Running, wanted: (event: Event) => boolean): Promise<Event> {
  let complaint = "";
  running.stderr.on("data", (text) => {
    complaint += text;
  });
  for await (const line of createInterface(running.stdout)) {
    const event: Event = JSON.parse(line);
    if (wanted(event)) return event;
  }
  throw new Error(`It ended before: ${complaint}`);
}
