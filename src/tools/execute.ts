import { spawn } from "node:child_process";

export interface Execution {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly uid?: number;
  readonly gid?: number;
  /** After this long it is killed with SIGKILL. */
  readonly timeoutMs?: number;
}

export interface Executed {
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a program to its end, in a session of its own, so that a Ctrl-C in the terminal reaches only this process.
 * @throws Error where it cannot be started or does not end with 0, with the last of what it printed
 */
export function execute(file: string, args: readonly string[], execution: Execution): Promise<Executed> {
  const { timeoutMs, ...options } = execution;
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { ...options, detached: true, stdio: ["ignore", "pipe", "pipe"] });
    // A timer of its own: Node's leaves one running for a program that cannot be started.
    const timer = timeoutMs === undefined ? undefined : setTimeout(() => child.kill("SIGKILL"), timeoutMs);
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
    });
    child.on("error", (cause) => {
      clearTimeout(timer);
      reject(new Error(`${file} cannot be started: ${cause.message}`, { cause }));
    });
    child.on("close", (code, signal) => {
      clearTimeout(timer);
      if (code === 0) return resolve({ stdout, stderr });
      const said = (stderr.trim() || stdout.trim()).slice(-2_000);
      reject(new Error(`${file} ended with ${signal ?? `exit code ${code}`}${said === "" ? "" : `: ${said}`}`));
    });
  });
}
