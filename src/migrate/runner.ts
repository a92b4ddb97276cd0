/** Applies and reverts one migration on a database that is ours. */

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import type { Migration } from "../migration/list.ts";
import { fileName } from "../migration/list.ts";
import { readSections } from "../migration/sections.ts";
import type { PostgresError, Tree } from "../model/ports.ts";
import type { Finding } from "../model/report.ts";
import type { MigrationFailure, MigrationOutcome } from "../run/ports.ts";
import { postgresError } from "../sql/error.ts";
import { type Direction, type QueryPort, runOne } from "./engine.ts";
import { located } from "./locate.ts";
import { runProgram } from "./program.ts";
import { type Recorded, readRecord } from "./record.ts";

export interface Run {
  /**
   * The migrator's connection. What a migration SETs without LOCAL lasts as long as it does, as in production, where
   * node-pg-migrate runs all that is pending in one session; search_path alone begins anew as `public`.
   */
  readonly client: pg.Client;
  readonly tree: Tree;
  readonly migration: Migration;
  /** Whether the plan says `programs: allow`; then how long one may take, in milliseconds. */
  readonly programs: { readonly allowed: false } | { readonly allowed: true; readonly timeoutMs?: number };
}

/**
 * Runs the up part and records it in `pgmigrations`, in one transaction.
 * @throws ConnectionLost where the server went away; every other failure is a value
 */
export const applyUp = (run: Run): Promise<MigrationOutcome> => apply(run, "up");

/** Runs the down part and removes the record, in one transaction. See `applyUp`. */
export const applyDown = (run: Run): Promise<MigrationOutcome> => apply(run, "down");

async function apply(run: Run, direction: Direction): Promise<MigrationOutcome> {
  const { client, migration } = run;
  const before = await readRecord(client);
  const there = before.names.includes(migration.name);
  if (there === (direction === "up")) {
    return refused(
      `pgmigrations ${there ? "already records" : "does not record"} ${migration.name}, so node-pg-migrate would run nothing`,
    );
  }
  const error = await (migration.kind === "sql" ? applySql : applyProgram)(run, direction);
  if (error) {
    await client.query("ROLLBACK").catch(postgresError);
    return { status: "refused", error };
  }
  return judged(await recordAfter(client), before, migration, direction);
}

/** The database decides whether it ran. */
function judged(
  after: Recorded | MigrationFailure,
  before: Recorded,
  { name, path }: Migration,
  direction: Direction,
): MigrationOutcome {
  if ("condition" in after) return { status: "refused", error: after };
  const expected = direction === "up" ? [...before.names, name] : before.names.filter((other) => other !== name);
  if (after.names.join("\n") !== expected.join("\n")) {
    return refused(
      `after the ${direction} part pgmigrations holds ${list(after.names)}; ${list(expected)} was asked: it did not run to its end, or wrote there itself`,
    );
  }
  const findings: Finding[] = [];
  if (after.roles !== before.roles) {
    findings.push({
      code: "role-change",
      message: `The ${direction} part of ${name} changed roles; they belong to the whole cluster, so the databases of earlier phases changed too.`,
      help: "Move it into the plan: `postgres.roles` in phasegate.yml.",
      place: { file: path, line: 1 },
    });
  }
  if (after.settings !== before.settings) {
    findings.push({
      code: "stored-setting",
      message: `The ${direction} part of ${name} stored a setting for a database or a role, and so changes what later sessions see.`,
      help: "Use SET LOCAL in the migration, or `SET` on the function that needs it.",
      place: { file: path, line: 1 },
    });
  }
  return { status: "applied", findings };
}

const list = (names: readonly string[]): string => (names.length === 0 ? "nothing" : names.join(", "));

const recordAfter = (client: pg.Client): Promise<Recorded | MigrationFailure> =>
  readRecord(client).catch((error: unknown) => ({
    ...postgresError(error),
    statement: "SELECT name FROM public.pgmigrations",
  }));

/** What is no refusal of PostgreSQL's has this instead of the name of a condition. */
const own = "not_applied";

const refused = (message: string): MigrationOutcome => ({ status: "refused", error: { condition: own, message } });

async function applySql({ client, tree, migration }: Run, direction: Direction): Promise<MigrationFailure | undefined> {
  const text = tree.read(migration.path);
  if (text === undefined) return { condition: own, message: `${migration.path} does not exist` };
  const sections = readSections(text);
  const section = sections[direction];
  if (!section)
    return {
      condition: own,
      message: "there is no Down marker, so node-pg-migrate refuses to revert it",
      line: sections.up.line,
    };
  const recorder = recording(client);
  const dir = await mkdtemp(join(tmpdir(), "phasegate-migration-"));
  try {
    const file = fileName(migration.path);
    await writeFile(join(dir, file), text);
    await runOne({ client: recorder, dir, file, name: migration.name, direction });
    return undefined;
  } catch (thrown) {
    const refusal = recorder.refusal();
    if (refusal) return located(refusal, section);
    return { condition: own, message: messageOf(postgresOrMessage(thrown)) };
  } finally {
    recorder.end();
    await rm(dir, { recursive: true, force: true });
  }
}

/** Throws a lost connection on; whatever else was thrown is told in its own words. */
function postgresOrMessage(thrown: unknown): PostgresError | Error {
  if (thrown instanceof pg.DatabaseError) return postgresError(thrown);
  if (!(thrown instanceof Error)) throw thrown;
  try {
    return postgresError(thrown);
  } catch (error) {
    if (error === thrown) return thrown;
    throw error;
  }
}

const messageOf = ({ message }: { readonly message: string }): string => message;

/** Passes queries on and remembers the one that was refused, with how far PostgreSQL had come in it. */
function recording(client: pg.Client) {
  let completed = 0;
  let refusal: { error: PostgresError; sent: string; completed: number } | undefined;
  const count = () => {
    completed += 1;
  };
  // node-postgres shows how far a query of several statements came nowhere else.
  client.connection.on("commandComplete", count);
  const port: QueryPort = {
    async query(text, values) {
      completed = 0;
      try {
        return await client.query(text, values);
      } catch (thrown) {
        if (thrown instanceof pg.DatabaseError) refusal ??= { error: postgresError(thrown), sent: text, completed };
        throw thrown;
      }
    },
  };
  return { ...port, refusal: () => refusal, end: () => client.connection.off("commandComplete", count) };
}

async function applyProgram(
  { client, tree, migration, programs }: Run,
  direction: Direction,
): Promise<MigrationFailure | undefined> {
  if (!programs.allowed) {
    return {
      condition: own,
      message: `${fileName(migration.path)} is a program of the change; the plan refuses programs`,
      refusedProgram: true,
    };
  }
  return runProgram({
    client,
    tree,
    migration,
    direction,
    ...(programs.timeoutMs === undefined ? {} : { timeoutMs: programs.timeoutMs }),
  });
}
