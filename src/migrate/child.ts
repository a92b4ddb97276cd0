/**
 * Entry of the child process that runs one migration which is a program. Reads what to run from stdin, connects with the
 * PG* variables, and says on descriptor 3 how it ended; the parent believes the database instead.
 * The bundle ships it as `migrate-child.js` beside the file that holds `program.ts`.
 */

import { readFileSync, writeSync } from "node:fs";
import { pathToFileURL } from "node:url";
import pg from "pg";
import { type EngineRun, runOne } from "./engine.ts";

/** What the parent asks for. */
export type ProgramRequest = Pick<EngineRun, "dir" | "file" | "name" | "direction">;

/** What the child says; only its words are used. */
export type ProgramReply =
  | { readonly status: "done" }
  | {
      readonly status: "failed";
      readonly message: string;
      readonly sqlstate?: string;
      readonly detail?: string;
      readonly hint?: string;
      readonly table?: string;
      readonly constraint?: string;
      readonly statement?: string;
    };

/** Native import: Node strips types by itself, and jiti's compiler is a file that a bundle does not have. */
async function load(path: string): Promise<object> {
  const module: { readonly default?: unknown } = await import(pathToFileURL(path).href);
  return typeof module.default === "object" ? { ...module.default, ...module } : module;
}

function replyOf(thrown: unknown, statement: string | undefined): ProgramReply {
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  if (!(thrown instanceof pg.DatabaseError)) return { status: "failed", message };
  const { code, detail, hint, table, constraint } = thrown;
  const told = { sqlstate: code, detail, hint, table, constraint, statement };
  return { status: "failed", message, ...(JSON.parse(JSON.stringify(told)) as object) }; // drops what is undefined
}

// What was read as JSON is what `runProgram` wrote.
const request = JSON.parse(readFileSync(0, "utf8")) as ProgramRequest;
const client = new pg.Client();
let refused: string | undefined;
let reply: ProgramReply = { status: "done" };
try {
  await client.connect();
  const query = (text: string, values?: unknown[]) =>
    client.query(text, values).catch((error: unknown) => {
      refused ??= typeof text === "string" ? text : undefined;
      throw error;
    });
  await runOne({ ...request, client: { query }, load });
} catch (thrown) {
  reply = replyOf(thrown, refused);
}
writeSync(3, JSON.stringify(reply));
// Timers and servers of the migration would keep the process alive.
process.exit(reply.status === "done" ? 0 : 1);
