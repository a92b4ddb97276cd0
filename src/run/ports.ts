/** What a run needs of the world beyond the ports that checks know. */

import type { Migration } from "../migration/list.ts";
import type {
  Approvals,
  Database,
  Linter,
  PostgresError,
  Programs,
  Session,
  Tree,
  TreeWriter,
} from "../model/ports.ts";
import type { Finding } from "../model/report.ts";

/** The databases of one run. */
export interface Databases {
  /** Major version of the server. */
  readonly major: number;
  /** Neither superuser nor BYPASSRLS, with the privileges of the tables' owner: what suites run as. */
  readonly testRole: string;
  /** The role that migrations run as. */
  readonly migratorRole: string;
  /** Makes an empty database that the migrator owns. */
  create(database: string): Promise<void>;
  /** Copies a database that nobody is connected to. */
  clone(from: string, to: string): Promise<void>;
  drop(database: string): Promise<void>;
  /** One transaction as the judge, rolled back at its end. */
  transaction<Result>(database: string, work: (database: Database) => Promise<Result>): Promise<Result>;
  /** A connection as the judge that may commit. */
  session(database: string): Promise<Session>;
  /** Ends connections that wait for work, so that the database can be copied. */
  release(database: string): Promise<void>;
}

/** Why a migration was not carried out. */
export interface MigrationFailure extends PostgresError {
  /** Line of the file, counted from 1. */
  readonly line?: number;
  /** The statement that was refused. */
  readonly statement?: string;
  /** It is a program, and the plan refuses programs: nothing was run. */
  readonly refusedProgram?: true;
}

export type MigrationOutcome =
  | { readonly status: "applied"; readonly findings: readonly Finding[] }
  | { readonly status: "refused"; readonly error: MigrationFailure };

/** One direction of a migration, as it is sent to PostgreSQL. */
export interface MigrationSection {
  readonly text: string;
  /** The line of the file that it begins on. */
  readonly line: number;
}

export interface MigrationSections {
  readonly up: MigrationSection;
  /** Absent: there is no way down. */
  readonly down?: MigrationSection;
}

/** A session of the migration tool on one database. */
export interface MigrationSession {
  up(migration: Migration, tree: Tree): Promise<MigrationOutcome>;
  down(migration: Migration, tree: Tree): Promise<MigrationOutcome>;
  close(): Promise<void>;
}

/** A migration tool. */
export interface Migrations {
  /** In the tool's running order. */
  list(tree: Tree): readonly Migration[];
  /** What the tool or PostgreSQL would take otherwise than its author means; by path. */
  traps(tree: Tree): Promise<ReadonlyMap<string, readonly Finding[]>>;
  /** What would be sent for each direction; `undefined` of a migration that is a program. */
  sections(migration: Migration, tree: Tree): MigrationSections | undefined;
  open(database: string): Promise<MigrationSession>;
}

export interface World {
  readonly databases: Databases;
  readonly migrations: Migrations;
  readonly tree: Tree;
  readonly linter: Linter;
  readonly programs: Programs;
  readonly approvals: Approvals;
  /** Where the run writes what checks derive; absent: it only compares. */
  readonly writer?: TreeWriter;
  /** Milliseconds since some fixed moment. */
  now(): number;
  /** Told as it happens, for people who wait. */
  progress(event: Progress): void;
  /** Resolves when the server ended by itself. */
  readonly died: Promise<string>;
}

export type Progress =
  | { readonly kind: "migrating"; readonly migration: string; readonly index: number; readonly count: number }
  /** A file of the checkout was written. */
  | { readonly kind: "written"; readonly file: string }
  | { readonly kind: "checking"; readonly done: number; readonly count: number }
  | { readonly kind: "proving"; readonly done: number; readonly count: number };
