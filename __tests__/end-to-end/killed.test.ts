import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { type Footprint, footprint, leftOf, nothing, servers } from "../support/footprint.ts";
import { cli, type Finished, type Project, referenceProject } from "../support/project.ts";

/** A run that loses PostgreSQL has judged nothing; a run that is killed leaves nothing behind. */

let project: Project;
let cacheDir: string;
beforeAll(async () => {
  project = referenceProject();
  project.keepGates("4A.2");
  cacheDir = mkdtempSync(join(tmpdir(), "t-cache-"));
  await killedAt(/Replaying/, () => process.pid); // The first run makes the cluster that the others copy.
});
afterAll(() => {
  project.dispose();
  rmSync(cacheDir, { recursive: true, force: true });
});

/** The stages of a run, by what standard error says at their begin. */
const stages = [
  ["PostgreSQL boots", /^Booting PostgreSQL$/m],
  ["the migrations are replayed", /^Replaying \d+ migrations$/m],
  ["checks look", /^Looking with \d+ checks$/m],
  ["mutants are shown", /^Proving that \d+ checks can fail$/m],
] as const;

interface Killed extends Finished {
  readonly pid: number;
  readonly seen: Footprint;
}

/** Runs, and calls `kill` when the stage has begun; it says whom it has ended, or nothing where it has to be called again. */
async function killedAt(
  stage: RegExp,
  kill: (pid: number) => number | undefined,
  hasHadEffect: (pid: number) => boolean = () => true,
): Promise<Killed> {
  let reached = false;
  let run = 0;
  let seen = nothing;
  const strike = async (pid: number): Promise<void> => {
    do {
      seen = footprint(pid, cacheDir);
      while (kill(pid) === undefined) {
        await delay(1);
        seen = footprint(pid, cacheDir);
      }
      // A backend that was about to end by itself is killed too late for anybody to notice.
      for (let waited = 0; waited < 500 && !hasHadEffect(pid); waited += 20) await delay(20);
    } while (!hasHadEffect(pid));
  };
  const finished = await cli(["run", "--audit"], {
    cwd: project.root,
    env: { ...process.env, XDG_CACHE_HOME: cacheDir, RUNNER_TOOL_CACHE: "" },
    onStderr: (said, pid) => {
      if (reached || !stage.test(said)) return;
      reached = true;
      run = pid;
      void strike(pid);
    },
  });
  expect(reached).toBe(true);
  return { ...finished, pid: run, seen };
}

/** Nothing where there is nobody yet, or somebody who has just ended by themselves, as the process that starts a cluster does. */
function sigkill(victim: number | undefined): number | undefined {
  try {
    if (victim !== undefined) process.kill(victim, "SIGKILL");
    return victim;
  } catch {
    return undefined;
  }
}

const isDown = (pid: number): boolean => servers(pid, cacheDir).postmaster === undefined;

const victims = {
  PostgreSQL: (pid: number) => sigkill(servers(pid, cacheDir).postmaster),
  "one of PostgreSQL's processes": (pid: number) => sigkill(servers(pid, cacheDir).children.at(-1)),
};

describe.each(Object.entries(victims))("%s is killed", (_who, kill) => {
  test.each(stages)("while %s: it could not be judged, and nothing is left", async (_when, stage) => {
    const { code, signal, stdout, stderr, pid, seen } = await killedAt(stage, kill, isDown);
    expect(seen.processes).not.toEqual([]);
    expect(await leftOf(pid, seen, cacheDir)).toEqual(nothing);
    const said = stderr.split("\n").filter((line) => !stages.some(([, begin]) => begin.test(line)));
    expect(said[0]).toMatch(/^Could not be judged: ./);
    expect(stderr).toMatch(/PostgreSQL (ended by itself|went away)/);
    expect(stderr).not.toMatch(/^ +at /m);
    expect(new Set(said).size).toBe(said.length);
    expect({ code, signal, stdout }).toEqual({ code: 3, signal: null, stdout: "" });
  });
});

describe.each(["SIGKILL", "SIGTERM", "SIGINT"] as const)("the command line gets %s", (name) => {
  test.each(stages)("while %s: it ends by it, and nothing is left", async (_when, stage) => {
    const { code, signal, stdout, stderr, pid, seen } = await killedAt(stage, (run) => {
      process.kill(run, name);
      return run;
    });
    expect(await leftOf(pid, seen, cacheDir)).toEqual(nothing);
    expect({ code, signal, stdout }).toEqual({ code: null, signal: name, stdout: "" });
    expect(stderr.includes("Could not be judged: The run was stopped.")).toBe(name !== "SIGKILL");
  });
});
