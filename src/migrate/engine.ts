/** One migration through node-pg-migrate 9, with every option said: what it leaves undefined, it decides differently from its own documentation. */

import { basename } from "node:path";
import type { ClientBase } from "pg";

export type Direction = "up" | "down";

/** How node-pg-migrate hands over SQL; all that it needs of a connection. */
export interface QueryPort {
  query(text: string, values?: unknown[]): Promise<unknown>;
}

export interface EngineRun {
  readonly client: QueryPort;
  /** An existing folder that holds the file; its other files are left alone. */
  readonly dir: string;
  readonly file: string;
  /** As `pgmigrations` has it. */
  readonly name: string;
  readonly direction: Direction;
  /** Loads what is not SQL; absent: a program is refused. */
  readonly load?: (path: string) => Promise<object>;
}

const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/**
 * Runs it as the command line of node-pg-migrate does by default: `pgmigrations` and the search_path in `public`, one
 * transaction, rolled back on failure. Two things differ, and neither is visible to a migration: no advisory lock,
 * because the database is ours, and no check of the order, because the caller keeps it. Whether it ran, the caller has
 * to ask the database.
 * @throws whatever PostgreSQL, the loader or node-pg-migrate threw
 */
export async function runOne({ client, dir, file, name, direction, load }: EngineRun): Promise<void> {
  // 60 ms to import, and most commands never migrate.
  const { runner } = await import("node-pg-migrate");
  await runner({
    dbClient: client as unknown as ClientBase, // it only ever calls `query`, so that a recorder may stand in between
    dir,
    ignorePattern: `(?!${RegExp.escape(file)}$).*`,
    useGlob: false,
    file: name,
    direction,
    count: 1,
    timestamp: false,
    migrationsTable: "pgmigrations",
    migrationsSchema: "public",
    schema: "public",
    createSchema: false,
    createMigrationsSchema: false,
    checkOrder: false,
    singleTransaction: true,
    noLock: true,
    fake: false,
    dryRun: false,
    decamelize: false,
    verbose: false,
    logger: silent,
    migrationLoaderStrategies: [
      { extensions: [".sql"], loader: "legacySql" },
      { extensions: [".js", ".ts", ".cjs", ".mjs", ".cts", ".mts"], loader: programs(load) },
    ],
  });
}

const programs =
  (load: EngineRun["load"]) =>
  async (paths: string[]): Promise<{ id: string; filePaths: string[]; actions: object }[]> => {
    if (!load)
      throw new Error(`${paths.map((path) => basename(path)).join(", ")} is a program, and programs are refused`);
    return Promise.all(paths.map(async (path) => ({ id: path, filePaths: [path], actions: await load(path) })));
  };
