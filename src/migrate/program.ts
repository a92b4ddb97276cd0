/** Runs a migration that is a program of the change, in a process of its own. Not a sandbox: see DESIGN 6. */

import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import type pg from "pg";
import { z } from "zod";
import type { Migration } from "../migration/list.ts";
import { fileName } from "../migration/list.ts";
import type { Tree } from "../model/ports.ts";
import type { MigrationFailure } from "../run/ports.ts";
import { conditionOf } from "../sql/conditions.ts";
import type { ProgramRequest } from "./child.ts";
import type { Direction } from "./engine.ts";
import { excerpt } from "./locate.ts";

export interface ProgramRun {
  /** The migrator's connection: the program gets its settings, and afterwards no session of its own is left. */
  readonly client: pg.Client;
  readonly tree: Tree;
  readonly migration: Migration;
  readonly direction: Direction;
  /** After this the whole process group is killed; 60 s if not said. */
  readonly timeoutMs?: number;
}

/** The source runs as it is; the bundle has the child beside it under another name. */
const entry = fileURLToPath(
  new URL(import.meta.url.endsWith(".ts") ? "./child.ts" : "./migrate-child.js", import.meta.url),
);

/** Kept of each stream, from its end. */
const keptBytes = 16_384;

/**
 * Gives what went wrong, in the program's own words, or `undefined` where it says that nothing did: then the database
 * has to be asked. It sees the migrations folder of the tree, the manifests above it and the checkout's node_modules;
 * of the environment PATH and the connection alone. Its process group is killed when it ends.
 */
export async function runProgram(run: ProgramRun): Promise<MigrationFailure | undefined> {
  const home = await mkdtemp(join(tmpdir(), "phasegate-program-"));
  try {
    const dir = await materialise(run.tree, run.migration.path, home);
    const { migration, direction } = run;
    const request: ProgramRequest = { dir, file: fileName(migration.path), name: migration.name, direction };
    const ended = await execute(request, run, home);
    await endSessions(run.client);
    return failureOf(ended, home);
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

/** Writes what the program may import; gives the migrations folder. */
async function materialise(tree: Tree, path: string, home: string): Promise<string> {
  const folder = dirname(path);
  const above = folder.split("/").map((_, depth, parts) => parts.slice(0, depth).join("/"));
  const manifests = above.map((parent) => join(parent, "package.json"));
  const files = tree.list().filter((file) => file.startsWith(`${folder}/`) || manifests.includes(file));
  for (const file of files) {
    await mkdir(join(home, dirname(file)), { recursive: true });
    await writeFile(join(home, file), tree.read(file) ?? "");
  }
  const modules = join(process.cwd(), "node_modules");
  if (existsSync(modules)) await symlink(modules, join(home, "node_modules"));
  return join(home, folder);
}

interface Ended {
  readonly how: string;
  readonly reply: string;
  readonly output: string;
}

async function execute(
  request: ProgramRequest,
  { client, timeoutMs = 60_000 }: ProgramRun,
  home: string,
): Promise<Ended> {
  const child = spawn(process.execPath, [entry], {
    cwd: home,
    detached: true,
    env: {
      PATH: process.env.PATH,
      HOME: home,
      TMPDIR: home,
      PGHOST: client.host,
      PGPORT: String(client.port),
      PGUSER: client.user,
      PGPASSWORD: client.password ?? "",
      PGDATABASE: client.database,
      PGAPPNAME: "phasegate",
    },
    stdio: ["pipe", "pipe", "pipe", "pipe"],
  });
  const streams = [child.stdout, child.stderr, child.stdio[3]] as const;
  const [stdout, stderr, reply] = streams.map((stream) => tail(stream as Readable)); // all three are pipes that are read
  // A program that does not read it, or has ended, must not end this process.
  child.stdin?.on("error", () => {});
  child.stdin?.end(JSON.stringify(request));
  const how = await end(child, timeoutMs);
  // What it said last may still lie in the pipes; what it left behind holds them open, and is dead by now.
  await new Promise((resolve) => setImmediate(resolve));
  for (const stream of streams) (stream as Readable).destroy();
  return { how, reply: reply?.() ?? "", output: `${stdout?.() ?? ""}${stderr?.() ?? ""}`.trim() };
}

/** Waits for the end, and ends what is left of the process group. */
function end(child: ChildProcess, timeoutMs: number): Promise<string> {
  return new Promise((resolve) => {
    const killGroup = () => {
      if (child.pid === undefined) return;
      try {
        process.kill(-child.pid, "SIGKILL");
      } catch {
        // Nobody is left in it.
      }
    };
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      killGroup();
    }, timeoutMs);
    const finish = (how: string) => {
      clearTimeout(timer);
      killGroup();
      resolve(how);
    };
    child.once("error", (error) => finish(`could not be started: ${error.message}`));
    child.once("exit", (code, signal) => {
      finish(
        late
          ? `took longer than ${timeoutMs / 1000} s and was killed`
          : signal
            ? `ended by ${signal}`
            : `ended with exit code ${code}`,
      );
    });
  });
}

/** Reads a stream to its end, so that the program never waits for it, and keeps the last of it. */
function tail(stream: Readable): () => string {
  let kept = Buffer.alloc(0);
  stream.on("data", (data: Buffer) => {
    kept = Buffer.concat([kept, data]).subarray(-keptBytes);
  });
  stream.on("error", () => {});
  return () => kept.toString("utf8");
}

/** Sessions that the program left open would hold locks, and keep the database from being cloned. */
async function endSessions(client: pg.Client): Promise<void> {
  const others = `FROM pg_catalog.pg_stat_activity WHERE datname = pg_catalog.current_database() AND usename = session_user AND pid <> pg_catalog.pg_backend_pid()`;
  for (let tries = 0; tries < 200; tries += 1) {
    const { rows } = await client.query(`SELECT pg_catalog.pg_terminate_backend(pid) ${others}`);
    if (rows.length === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  throw new Error("a program of the change left a database session that does not end");
}

function failureOf({ how, reply, output }: Ended, home: string): MigrationFailure | undefined {
  const clean = (text: string) => text.replaceAll(`${home}/`, "").replaceAll(home, ".");
  const said = parsed(reply);
  if (said?.status === "done") return undefined;
  if (said) {
    const { message, sqlstate, statement, detail, hint, table, constraint } = said;
    return {
      ...(detail === undefined ? {} : { detail }),
      ...(hint === undefined ? {} : { hint }),
      ...(table === undefined ? {} : { table }),
      ...(constraint === undefined ? {} : { constraint }),
      condition: sqlstate === undefined ? "not_applied" : conditionOf(sqlstate),
      message: clean(message),
      ...(statement === undefined ? {} : { statement: excerpt(statement) }),
    };
  }
  return {
    condition: "not_applied",
    message: `the program ${how} before node-pg-migrate had finished`,
    ...(output === "" ? {} : { detail: clean(output) }),
  };
}

function parsed(reply: string): z.infer<typeof replies> | undefined {
  try {
    return replies.parse(JSON.parse(reply));
  } catch {
    // The program can write there too.
    return undefined;
  }
}

/** `ProgramReply`, with more said than told: what it holds is only ever quoted. */
const replies = z.discriminatedUnion("status", [
  z.object({ status: z.literal("done") }),
  z.object({
    status: z.literal("failed"),
    message: z.string(),
    sqlstate: z.string().optional(),
    detail: z.string().optional(),
    hint: z.string().optional(),
    table: z.string().optional(),
    constraint: z.string().optional(),
    statement: z.string().optional(),
  }),
]);
