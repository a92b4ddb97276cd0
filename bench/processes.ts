/** Both sides as whole processes, from their start to their end. */

import { spawn } from "node:child_process";
import { chownSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { Stream } from "node:stream";
import type { Report } from "../src/model/report.ts";
import { identity, root, scriptPrograms } from "./programs.ts";

export interface PhasegateRun {
  readonly wallMs: number;
  readonly report: Report;
  /** Of the Node process: at its largest, and what it computed; the rest of the time it waits for PostgreSQL. */
  readonly memoryMib: number;
  readonly cpuMs: number;
}

/** Node says what it took when it ends, on a pipe of its own. */
const tellUsage =
  'data:text/javascript,import fs from "node:fs";process.on("exit",()=>fs.writeSync(3,JSON.stringify(process.resourceUsage())))';

/**
 * `phasegate run --audit`, as `npm start` does it.
 * @throws Error where it does not end with 0: what was not judged in order is no measurement
 */
export async function runPhasegate(project: string): Promise<PhasegateRun> {
  const begun = performance.now();
  const args = ["--import", tellUsage, join(root, "bin/phasegate.js"), "run", "--audit", "--json"];
  const child = spawn(process.execPath, [...args, "--postgres", "embedded"], {
    cwd: project,
    stdio: ["ignore", "pipe", "pipe", "pipe"],
  });
  const [out, err, used, code] = await Promise.all([
    textOf(child.stdio[1]),
    textOf(child.stdio[2]),
    textOf(child.stdio[3]),
    ended(child),
  ]);
  const wallMs = performance.now() - begun;
  if (code !== 0) throw new Error(`phasegate ended with ${code}: ${err.trim() || firstViolation(out)}`);
  const { maxRSS, userCPUTime, systemCPUTime } = JSON.parse(used) as NodeJS.ResourceUsage; // as told above: KiB, µs
  return {
    wallMs,
    report: JSON.parse(out) as Report, // its own format
    memoryMib: maxRSS / 1024,
    cpuMs: (userCPUTime + systemCPUTime) / 1000,
  };
}

export interface ScriptRun {
  readonly wallMs: number;
  /** Milliseconds by what they were spent on: `boot`, `migrations`, `checks column`. */
  readonly parts: { readonly [part: string]: number };
  /** How often each began. */
  readonly times: { readonly [part: string]: number };
}

/**
 * `usual.sh` on what `writeUsual` wrote, as the user that the server runs as.
 * @throws Error where it does not end with 0
 */
export async function runScript(directory: string): Promise<ScriptRun> {
  const env = { PATH: process.env.PATH, LC_ALL: "C.UTF-8", TMPDIR: directory, ...(await scriptPrograms()) };
  if (identity !== undefined) chownSync(directory, identity.uid, identity.gid);
  const begun = performance.now();
  const child = spawn("sh", [join(root, "bench/usual.sh"), join(directory, "calls")], {
    cwd: join(directory, "project"),
    env: { ...env, PG_FLAGS: process.env.PG_FLAGS },
    stdio: ["ignore", "pipe", "pipe"],
    ...identity,
  });
  const parts: { [part: string]: number } = {};
  const times: { [part: string]: number } = {};
  let part = "start";
  let since = begun;
  let failed = "";
  const enter = (next: string) => {
    const now = performance.now();
    parts[part] = (parts[part] ?? 0) + now - since;
    times[next] = (times[next] ?? 0) + 1;
    part = next;
    since = now;
  };
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    for (const line of text.split("\n")) {
      if (line.startsWith("@ ")) enter(line.slice(2));
      else if (line !== "") failed += `${line}\n`;
    }
  });
  const [err, code] = await Promise.all([textOf(child.stderr), ended(child)]);
  enter("end");
  const left = readdirSync(directory).filter((name) => name !== "project" && name !== "calls");
  if (code !== 0) throw new Error(`the script ended with ${code}: ${failed}${err}`);
  if (left.length > 0) throw new Error(`the script left ${left.join(", ")} behind`);
  return { wallMs: performance.now() - begun, parts, times };
}

function textOf(stream: Stream | null | undefined): Promise<string> {
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = [];
    if (!stream) return reject(new Error("there is no such pipe"));
    stream.on("data", (data: Buffer) => pieces.push(data));
    stream.on("error", reject);
    stream.on("end", () => resolve(Buffer.concat(pieces).toString("utf8")));
  });
}

const ended = (child: ReturnType<typeof spawn>): Promise<number | NodeJS.Signals | null> =>
  new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => resolve(code ?? signal));
  });

function firstViolation(json: string): string {
  const { violations } = JSON.parse(json) as Report; // its own format
  return violations.map(({ code, gate, findings }) => `${code} ${gate ?? ""}: ${findings[0].message}`).join("\n");
}
