import { spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { load } from "js-yaml";

/** The action as a runner starts it: nothing of this repository but what ships, no PostgreSQL, no packages installed. */

const root = fileURLToPath(new URL("../..", import.meta.url));

export interface Ran {
  readonly code: number | null;
  readonly log: string;
  readonly summary: string;
  readonly output: string;
}

export interface Job {
  /** The checkout. */
  readonly workspace: string;
  readonly event: { readonly name: string; readonly payload: unknown };
  /** Inputs that are not their defaults, and what else a job has in its environment. */
  readonly env?: NodeJS.ProcessEnv;
  /** The action lies in this folder of the checkout, as where a repository is judged by what base has. */
  readonly inside?: string;
  /** Kills the action when its log says this. */
  readonly killedAt?: RegExp;
}

export interface Runner {
  run(job: Job): Promise<Ran>;
  dispose(): void;
}

/** @param tools what was fetched before: shared by all tests, or nothing, so that PostgreSQL is fetched */
export function runner(tools: "shared" | "none" = "shared"): Runner {
  const place = mkdtempSync(join(tmpdir(), "phasegate-action-"));
  mkdirSync(join(place, "action"));
  for (const part of ["dist", "action.yml", "package.json"])
    cpSync(join(root, part), join(place, "action", part), { recursive: true });
  mkdirSync(join(place, "bin"));
  for (const program of ["npm", "sh", "env", "cp", "mkdir", "chmod", "git"])
    symlinkSync(found(program), join(place, "bin", program));
  symlinkSync(process.execPath, join(place, "bin", "node"));

  const start = async (
    script: "index.js" | "post.js",
    env: NodeJS.ProcessEnv,
    cwd: string,
    action = join(place, "action"),
    killedAt?: RegExp,
  ): Promise<Pick<Ran, "code" | "log">> => {
    const child = spawn(process.execPath, [join(action, "dist", script)], {
      cwd,
      env,
      stdio: ["ignore", "pipe", "pipe"],
    });
    let log = "";
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (text: string) => {
        log += text;
        if (killedAt?.test(log)) child.kill("SIGKILL");
      });
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", resolve);
    });
    return { code, log };
  };

  return {
    async run({ workspace, event, env = {}, inside, killedAt }) {
      const work = mkdtempSync(join(place, "work-"));
      const file = (name: string, text = ""): string => {
        writeFileSync(join(work, name), text);
        return join(work, name);
      };
      const [summary, output, state] = [file("summary"), file("output"), file("state")];
      const given = {
        ...process.env,
        ...inputs(),
        PATH: join(place, "bin"),
        GIT_CONFIG_GLOBAL: "/dev/null",
        GITHUB_ACTIONS: "true",
        GITHUB_WORKSPACE: workspace,
        GITHUB_EVENT_NAME: event.name,
        GITHUB_EVENT_PATH: file("event.json", JSON.stringify(event.payload)),
        GITHUB_STEP_SUMMARY: summary,
        GITHUB_OUTPUT: output,
        GITHUB_STATE: state,
        RUNNER_TEMP: work,
        RUNNER_TOOL_CACHE: tools === "none" ? join(place, "tools") : join(root, "node_modules/.cache/tools"),
        // The bundle is compiled once, and not by each of the programs that tests start.
        NODE_COMPILE_CACHE: join(root, "node_modules/.cache/compile"),
        ...env,
      };
      const action = inside === undefined ? undefined : join(workspace, inside);
      if (action !== undefined) cpSync(join(place, "action"), action, { recursive: true });
      const { code, log } = await start("index.js", given, work, action, killedAt);
      const after = await start("post.js", { ...given, ...stateOf(readFileSync(state, "utf8")) }, work, action);
      if (after.code !== 0) throw new Error(`the step after the job ends with ${after.code}: ${after.log}`);
      return {
        code,
        log: log + after.log,
        summary: readFileSync(summary, "utf8"),
        output: readFileSync(output, "utf8"),
      };
    },
    dispose: () => rmSync(place, { recursive: true }),
  };
}

function found(program: string): string {
  const path = (process.env.PATH ?? "").split(delimiter).map((folder) => join(folder, program));
  const first = path.find((each) => existsSync(each));
  if (first === undefined) throw new Error(`${program} is not on this machine`);
  return first;
}

/** The defaults of action.yml, which the runner gives in capital letters; what an expression gives is for the job to say. */
function inputs(): Record<string, string> {
  // Only what this test reads; what the file is, GitHub says.
  const { inputs: declared } = load(readFileSync(join(root, "action.yml"), "utf8")) as {
    readonly inputs: Record<string, { readonly default: string }>;
  };
  return Object.fromEntries(
    Object.entries(declared).map(([name, input]) => [
      `INPUT_${name.toUpperCase()}`,
      input.default.startsWith("${{") ? "" : input.default,
    ]),
  );
}

/** What the step saved for the step after the job. */
const stateOf = (text: string): Record<string, string> =>
  Object.fromEntries(
    [...text.matchAll(/^(.+)<<(.+)\n([\s\S]*?)\n\2\n/gm)].map(([, name, , value]) => [`STATE_${name}`, value ?? ""]),
  );

/** The commands that a runner would carry out, read as it reads: line by line, none while they are stopped. */
export function commands(log: string): readonly string[] {
  let token: string | undefined;
  const carriedOut: string[] = [];
  for (const line of log.split(/\r\n|\n|\r/)) {
    const [, name = "", data = ""] = /^\s*::([^\s:]+)[^:]*::(.*)$/.exec(line) ?? /##\[([^\]]+)\](.*)$/.exec(line) ?? [];
    if (token !== undefined) {
      if (name === token) token = undefined;
    } else if (name === "stop-commands") token = data;
    else if (name !== "") carriedOut.push(`${name}: ${data}`);
  }
  return carriedOut;
}

export const conclusionOf = ({ output }: Ran): string | undefined => /^conclusion<<(.*)\n(.*)\n\1\n/m.exec(output)?.[2];
