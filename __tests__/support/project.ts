import { spawn } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Report } from "../../src/model/report.ts";
import { reducedPlan } from "./reduced-plan.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** A copy of the reference project, without git, to break things in. */
export interface Project {
  readonly root: string;
  read(path: string): string;
  /** Changes a file; fails where that changes nothing, so that no row of a table tests the whole project by accident. */
  edit(path: string, change: (text: string) => string): void;
  remove(path: string): void;
  /** Leaves these gates in the plan, and the phases that have them: see `reducedPlan`. */
  keepGates(...ids: readonly string[]): void;
  dispose(): void;
}

export function referenceProject(): Project {
  const copy = mkdtempSync(join(tmpdir(), "phasegate-reference-"));
  for (const part of ["migrations", "db", ".github", "phasegate.yml"])
    cpSync(join(root, part), join(copy, part), { recursive: true });
  const read = (path: string) => readFileSync(join(copy, path), "utf8");
  const edit: Project["edit"] = (path, change) => {
    const before = read(path);
    const after = change(before);
    if (after === before) throw new Error(`the edit of ${path} changes nothing`);
    writeFileSync(join(copy, path), after);
  };
  return {
    root: copy,
    read,
    edit,
    keepGates: (...ids) => edit("phasegate.yml", (text) => reducedPlan(text, ids)),
    remove: (path) => rmSync(join(copy, path)),
    dispose: () => rmSync(copy, { recursive: true, force: true }),
  };
}

export interface Finished {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliOptions {
  readonly cwd: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Told with everything that standard error has said so far. */
  readonly onStderr?: (said: string, pid: number) => void;
}

/** Starts the built command line (or PHASEGATE_CLI, while something is tried out) as users do, and waits for its end. */
export function cli(args: readonly string[], { cwd, env = process.env, onStderr }: CliOptions): Promise<Finished> {
  return new Promise((resolve, reject) => {
    const program = process.env.PHASEGATE_CLI ?? join(root, "dist/cli.js");
    const child = spawn(process.execPath, [program, ...args], {
      cwd,
      // The bundle is compiled once, and not by each of the hundreds of programs that tests start.
      env: { ...env, NODE_COMPILE_CACHE: join(root, "node_modules/.cache/compile") },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
      if (child.pid !== undefined) onStderr?.(stderr, child.pid);
    });
    child.once("error", reject);
    child.once("close", (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
}

/** Judges the gates of a project with the built command line; documents are not asked for. */
export async function judged(
  project: Project,
  ...args: readonly string[]
): Promise<{ readonly code: number | null; readonly report: Report }> {
  const { code, stdout, stderr } = await cli(["run", "--audit", "--no-documents", "--json", ...args], {
    cwd: project.root,
  });
  if (stdout === "") throw new Error(`no report (exit ${code}): ${stderr}`);
  return { code, report: JSON.parse(stdout) as Report }; // what the schema test holds
}
