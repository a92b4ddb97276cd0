/** Runs programs of the change, each in a copy of the tree that is thrown away. Not a sandbox: see DESIGN 6. */

import { existsSync } from "node:fs";
import { chmod, mkdir, realpath, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { bytesOf, type ProgramOutput, type ProgramResult, type Programs, type Tree } from "../model/ports.ts";
import { ownedName } from "../tools/owner.ts";
import { watch } from "../tools/watchdog.ts";
import { type Ended, type Running, start } from "./process.ts";

/** Kept of each stream, from its beginning. */
const keptBytes = 65_536;

/** Its programs, and a way to be rid of them. */
export interface OwnedPrograms extends Programs {
  /** Ends what is still running, and waits until its copies are removed. Nothing can be run afterwards. */
  stop(): Promise<void>;
}

/**
 * A program sees the files of the tree, without the repository's history, and the `node_modules` of the root, which it
 * could write to; of the environment PATH alone. It gets no database, and its input is empty.
 *
 * @param root the checkout whose `node_modules` programs may import from
 * @param place where the copies are made
 */
export function programs(root: string, place: string = tmpdir()): OwnedPrograms {
  const running = new Set<Running>();
  const runs = new Set<Promise<unknown>>();
  let stopped = false;

  async function inCopy(request: Parameters<Programs["run"]>[0]): Promise<ProgramResult> {
    const [file = "", ...args] = request.command;
    const home = join(await realpath(place), ownedName());
    // It ends what works there, also outside of the process group, and removes it, also where this process is killed.
    const watchdog = watch([home]);
    try {
      await mkdir(home, { mode: 0o700 });
      const work = join(home, "work");
      const temporary = join(home, "tmp");
      await Promise.all([mkdir(work), mkdir(temporary)]);
      await copy(request.tree, work, join(root, "node_modules"));
      if (stopped) throw new Error("the run was stopped");
      const child = start(file, args, { cwd: work, env: environment(temporary), keptBytes });
      running.add(child);
      let late = false;
      const timer = setTimeout(() => {
        late = true;
        child.kill();
      }, request.timeoutMs);
      const ended = await child.ended.finally(() => {
        clearTimeout(timer);
        running.delete(child);
      });
      if (stopped) throw new Error("the run was stopped");
      return {
        ended: late && ended.signal === "SIGKILL" ? { how: "timeout" } : how(ended),
        stdout: withoutPaths(ended.stdout, work, temporary),
        stderr: withoutPaths(ended.stderr, work, temporary),
      };
    } finally {
      await watchdog.end();
    }
  }

  return {
    run(request) {
      if (stopped) return Promise.reject(new Error("the run was stopped"));
      const run = inCopy(request).finally(() => runs.delete(run));
      runs.add(run);
      return run;
    },
    async stop() {
      stopped = true;
      for (const child of running) child.kill();
      await Promise.allSettled(runs);
    },
  };
}

const how = ({ code, signal }: Ended): ProgramResult["ended"] =>
  signal === null ? { how: "exit", code: code ?? -1 } : { how: "signal", signal };

const environment = (temporary: string): { readonly [name: string]: string } => ({
  PATH: process.env.PATH ?? "",
  HOME: temporary,
  TMPDIR: temporary,
  LANG: "C.UTF-8",
  TZ: "UTC",
  NO_COLOR: "1",
});

async function copy(tree: Tree, to: string, modules: string): Promise<void> {
  for (const path of tree.list()) {
    const content = bytesOf(tree, path);
    if (content === undefined) continue;
    const target = join(to, path);
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, content);
    // A tree knows no modes; a script that names its interpreter is one that can be run.
    if (content[0] === 0x23 && content[1] === 0x21) await chmod(target, 0o755);
  }
  if (existsSync(modules) && !existsSync(join(to, "node_modules"))) await symlink(modules, join(to, "node_modules"));
}

/** Where it ran is another place in every run. */
const withoutPaths = ({ text, moreBytes }: ProgramOutput, work: string, temporary: string): ProgramOutput => ({
  text: text.replaceAll(`${work}/`, "").replaceAll(work, ".").replaceAll(temporary, "/tmp"),
  moreBytes,
});
