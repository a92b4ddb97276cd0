import { spawn } from "node:child_process";
import type { Readable } from "node:stream";
import type { ProgramOutput } from "../model/ports.ts";

export interface Ended {
  readonly code: number | null;
  readonly signal: string | null;
  readonly stdout: ProgramOutput;
  readonly stderr: ProgramOutput;
}

/** What a process that has ended left in its group is dead at once; who left the group may hold its pipes open for so long. */
const pipesMs = 300;

/** A process and all that it starts. */
export interface Running {
  /** Rejects where it cannot be started. What it left running is killed by then. */
  readonly ended: Promise<Ended>;
  /** Ends the whole group. */
  kill(): void;
}

export interface StartOptions {
  readonly cwd: string;
  readonly env: { readonly [name: string]: string };
  /** Kept of each stream; the rest is read and counted. */
  readonly keptBytes: number;
}

/** Starts a program as the leader of a process group of its own, without input and without a shell. */
export function start(file: string, args: readonly string[], { cwd, env, keptBytes }: StartOptions): Running {
  const child = spawn(file, args, { cwd, env: { ...env }, detached: true, stdio: ["ignore", "pipe", "pipe"] });
  const stdout = head(child.stdout, keptBytes);
  const stderr = head(child.stderr, keptBytes);
  const kill = () => {
    if (child.pid === undefined) return;
    try {
      process.kill(-child.pid, "SIGKILL");
    } catch {
      // Nobody is left in it.
    }
  };
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once("error", (cause) => reject(new Error(`${file} cannot be started: ${cause.message}`, { cause })));
    let waiting: NodeJS.Timeout | undefined;
    child.once("exit", () => {
      kill();
      waiting = setTimeout(() => {
        child.stdout.destroy();
        child.stderr.destroy();
      }, pipesMs);
    });
    child.once("close", (code, signal) => {
      clearTimeout(waiting);
      resolve({ code, signal, stdout: stdout(), stderr: stderr() });
    });
  });
  return { ended, kill };
}

/** Reads a stream to its end, so that the program never waits for it, and keeps the first of it. */
function head(stream: Readable, keptBytes: number): () => ProgramOutput {
  const kept: Buffer[] = [];
  let length = 0;
  let moreBytes = 0;
  stream.on("data", (data: Buffer) => {
    const part = data.subarray(0, keptBytes - length);
    kept.push(part);
    length += part.length;
    moreBytes += data.length - part.length;
  });
  return () => ({ text: Buffer.concat(kept).toString("utf8"), moreBytes });
}
