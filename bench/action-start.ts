/** From the start of the action to its first line, beside a Node program that does nothing. */

import { spawn } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { root } from "./programs.ts";

/** Milliseconds, of several starts of each, in turn. */
export async function timeActionStarts(
  rounds: number,
): Promise<{ readonly empty: readonly number[]; readonly action: readonly number[] }> {
  const place = mkdtempSync(join(tmpdir(), "phasegate-start-"));
  try {
    for (const part of ["dist", "package.json"]) cpSync(join(root, part), join(place, part), { recursive: true });
    writeFileSync(join(place, "empty.js"), 'console.log("");\n');
    writeFileSync(join(place, "event.json"), "{}");
    const empty: number[] = [];
    const action: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      empty.push(await firstLine(place, "empty.js"));
      action.push(await firstLine(place, "dist/index.js"));
    }
    return { empty, action };
  } finally {
    rmSync(place, { recursive: true });
  }
}

function firstLine(place: string, program: string): Promise<number> {
  const begun = performance.now();
  const child = spawn(process.execPath, [join(place, program)], {
    cwd: place,
    stdio: ["ignore", "pipe", "inherit"],
    env: {
      PATH: process.env.PATH,
      INPUT_PLAN: "phasegate.yml",
      INPUT_POSTGRES: "auto",
      GITHUB_WORKSPACE: place,
      // Refused, so that what is timed is the start alone.
      GITHUB_EVENT_NAME: "workflow_run",
      GITHUB_EVENT_PATH: join(place, "event.json"),
      GITHUB_STEP_SUMMARY: join(place, "event.json"),
    },
  });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.stdout.once("data", () => {
      const took = performance.now() - begun;
      child.once("close", () => resolve(took));
      child.kill();
    });
  });
}
