/** What the engine sees of the world. Adapters implement these; nothing here does anything. */

import type { Json } from "./json.ts";

/** How to reach one database of a server, as node-postgres takes it. */
export interface ConnectionSettings {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
}

/** A PostgreSQL server for this run alone, or one that was lent to it. */
export interface Server {
  readonly provider: "url" | "local" | "embedded" | "docker";
  /** As the server says it, for example "18.4". */
  readonly version: string;
  readonly major: number;
  /** One sentence: why this provider, and why the ones before it were passed over. Empty if nothing was passed over. */
  readonly why: string;
  /** The superuser: boots, creates roles, clones; nothing of the change ever runs as it. */
  readonly superuser: ConnectionSettings;
  /** Prefix of every database and role name that this run makes; empty on a server of our own. */
  readonly prefix: string;
  /** Whether the server is thrown away with the run (then nothing in it has to be dropped). */
  readonly owned: boolean;
  /** Resolves when an owned server has ended by itself, with the reason; a run that sees it must stop. */
  readonly died: Promise<string>;
  /** Ends it and removes what it made: processes, directories, sockets, shared memory; on a lent server the databases and roles of this run. */
  stop(): Promise<void>;
}

/** What PostgreSQL said when it refused a statement. */
export interface PostgresError {
  /** The condition's name, for example `check_violation`; the SQLSTATE where it has none. */
  readonly condition: string;
  readonly message: string;
  readonly detail?: string;
  readonly hint?: string;
  readonly schema?: string;
  readonly table?: string;
  readonly column?: string;
  readonly constraint?: string;
  /** Offset in characters into the statement, counted from 0. */
  readonly position?: number;
  /** The PL/pgSQL or SQL function call stack. */
  readonly where?: string;
}

export type Attempt =
  | { readonly accepted: true; readonly rows: readonly { readonly [column: string]: Json }[] }
  | { readonly accepted: false; readonly error: PostgresError };

/** Role and settings for the rest of the transaction. */
export interface Acting {
  readonly as?: string;
  readonly set?: { readonly [name: string]: string };
  readonly readOnly?: boolean;
}

/** One transaction on one database, which is rolled back at its end. */
export interface Database {
  /**
   * One statement through the extended protocol, so that `COMMIT; …` cannot leave the transaction.
   * Throws what PostgreSQL refuses, and what exceeds the limits on time, rows and bytes.
   */
  query<Row extends object>(sql: string, values?: readonly unknown[]): Promise<readonly Row[]>;
  /** One statement in a savepoint of its own; a refusal is a value, and the transaction goes on. Deferred constraints are forced. */
  attempt(sql: string): Promise<Attempt>;
  /** Acts as a role and with settings until the end of the transaction; a role of the plan, or `undefined` for the judge's own. */
  act(acting: Acting): Promise<void>;
}

/** The files of one commit or checkout. Paths are relative to its root, with `/`. */
export interface Tree {
  /** The file's text; `undefined` where there is none. Throws on what is no regular UTF-8 file, or too large. */
  read(path: string): string | undefined;
  /** All files, sorted. */
  list(): readonly string[];
  /** The file as it lies there, also where it is no text; `undefined` where there is none. Absent: the tree holds nothing but text. */
  bytes?(path: string): Uint8Array | undefined;
}

/** A file of a tree as it lies there. */
export function bytesOf(tree: Tree, path: string): Uint8Array | undefined {
  if (tree.bytes) return tree.bytes(path);
  const text = tree.read(path);
  return text === undefined ? undefined : new TextEncoder().encode(text);
}

/** Writes files of the checkout that a run makes: results of SQL tests, say. */
export interface TreeWriter {
  /** Replaces the file whole, or makes it, with its folders. Throws where it would not be a file of the repository. */
  write(path: string, text: string): void;
}

/** A tree with some files changed; the tree below stays as it is. */
export function overlay(tree: Tree, files: { readonly [path: string]: string | undefined }): Tree {
  return {
    read: (path) => (Object.hasOwn(files, path) ? files[path] : tree.read(path)),
    list: () => {
      const kept = tree.list().filter((path) => !Object.hasOwn(files, path));
      const added = Object.keys(files).filter((path) => files[path] !== undefined);
      return [...kept, ...added].sort();
    },
    bytes: (path) => {
      if (!Object.hasOwn(files, path)) return bytesOf(tree, path);
      const text = files[path];
      return text === undefined ? undefined : new TextEncoder().encode(text);
    },
  };
}

/** A hazard that the linter found in SQL; the line counts from 1 within the text that was given. */
export interface Hazard {
  readonly rule: string;
  readonly message: string;
  readonly help?: string;
  readonly line: number;
}

/** squawk. Throws where the program is missing or its output cannot be understood. */
export interface Linter {
  /** Hazards of SQL that runs in one transaction on a server of this major version. */
  lint(sql: string, major: number): Promise<readonly Hazard[]>;
  /** Names of all its rules, so that a plan cannot disable one that does not exist. */
  rules(): Promise<readonly string[]>;
}

/** One execution of a program of the change. */
export interface ProgramRequest {
  /** The program and its arguments; no shell reads them. */
  readonly command: readonly string[];
  /** What it sees: it runs at the root of a copy of this tree. */
  readonly tree: Tree;
  /** After this its process group is killed. */
  readonly timeoutMs: number;
}

/** How a program ended, and the beginning of what it said. */
export interface ProgramResult {
  readonly ended:
    | { readonly how: "exit"; readonly code: number }
    | { readonly how: "signal"; readonly signal: string }
    | { readonly how: "timeout" };
  readonly stdout: ProgramOutput;
  readonly stderr: ProgramOutput;
}

export interface ProgramOutput {
  readonly text: string;
  /** Bytes that came after the text, and were not kept. */
  readonly moreBytes: number;
}

/** Runs programs of the change. Not a sandbox: it keeps honest programs honest (DESIGN 6). */
export interface Programs {
  /** Throws where the program cannot be started. */
  run(request: ProgramRequest): Promise<ProgramResult>;
}

/** One review, as it was given; of one reviewer there may be several, in the order in which they were given. */
export interface Review {
  /** `@ada` */
  readonly reviewer: string;
  /** The commit that was looked at. */
  readonly commit: string;
  readonly state: "approved" | "changes-requested" | "commented" | "dismissed";
}

/** The reviews of a change. */
export interface Reviews {
  /** Who proposes it: `@eve`. */
  readonly author: string;
  /** The commit that is to be merged. */
  readonly head: string;
  readonly reviews: readonly Review[];
  /** Members of the teams that were asked for, as far as they can be read. */
  readonly teams: { readonly [team: string]: readonly string[] };
  /** Why the others cannot, one clause each. */
  readonly unread?: readonly string[];
}

/** Whoever can be asked what reviewers said. */
export interface Approvals {
  /** A sentence for the report, where approvals come from anything but a pull request. */
  readonly source?: string;
  /** `none`: nobody can be asked, and why. Throws where somebody should answer and does not, also about the members of a team. */
  ask(teams: readonly string[]): Promise<Reviews | { readonly none: string }>;
}

/** The catalog of a database as facts: what `identity` names, and its properties. */
export interface CatalogObject {
  /** `table`, `column`, `constraint`, `index`, `view`, … */
  readonly kind: string;
  /** Unique, readable, free of oids: `column public.a.b`, `constraint c on public.a`. */
  readonly identity: string;
  /** The table, view or sequence that it hangs on: `public.a`. */
  readonly on?: string;
  /** Its own bare name. */
  readonly name: string;
  readonly properties: { readonly [name: string]: Json };
}

export type Catalog = ReadonlyMap<string, CatalogObject>;

/** All rows of all tables, as text that sorts the same everywhere: table → rows. */
export type Rows = { readonly [table: string]: readonly { readonly [column: string]: Json }[] };

/** What one execution of one part of a migration did. */
export interface Execution {
  readonly part: "up" | "down" | "up again" | "data" | "data-after";
  /** Absent: it was carried out. */
  readonly error?: PostgresError & { readonly line?: number; readonly statement?: string };
  /** Of `data` and `data-after`: how many rows more there were after it. */
  readonly added?: number;
}

/** Up, down, up of one migration at its place in the replay, on rows. What follows a failed execution is absent. */
export interface RoundTrip {
  readonly executions: readonly Execution[];
  readonly catalogs: {
    readonly before: Catalog;
    readonly up?: Catalog;
    readonly down?: Catalog;
    readonly again?: Catalog;
  };
  /** Taken after `data`, after the up and `data-after`, after the down, after the second up. */
  readonly rows: { readonly before: Rows; readonly up?: Rows; readonly down?: Rows; readonly again?: Rows };
  /** What a first up that was refused left behind; absent where none was, and in a rehearsal. */
  readonly afterRefusal?: { readonly catalog: Catalog; readonly rows: Rows };
}

export interface RoundTripRequest {
  /** Path of the migration in the tree. */
  readonly migration: string;
  /** Where the migrations are read from; a mutant gives an overlay. */
  readonly tree: Tree;
  /** SQL that loads rows before the up. */
  readonly data?: string;
  /** SQL that loads rows which only the up makes possible. */
  readonly dataAfter?: string;
  /** Ends after the down: the second up is left out. */
  readonly once?: boolean;
}

/** What a session says to a statement. */
export type Answer =
  | (Extract<Attempt, { accepted: true }> & {
      /** The statement gives exactly one column, and it is a boolean. */
      readonly isBoolean: boolean;
    })
  | Extract<Attempt, { accepted: false }>;

/** A connection that commits, in a clone that is thrown away. */
export interface Session {
  /**
   * One statement through the extended protocol; a refusal is a value, and aborts the transaction up to the innermost
   * `tentatively`. Deferred constraints stay deferred.
   */
  attempt(sql: string): Promise<Answer>;
  /** Acts as a role and with settings, for the rest of what is under way: a transaction, or a `tentatively`. */
  act(acting: Acting): Promise<void>;
  /** Work in a savepoint that is rolled back at its end, role and settings with it; may be nested. */
  tentatively<Result>(work: () => Promise<Result>): Promise<Result>;
  /** Opens a transaction as this role and with these settings. */
  begin(acting: Acting): Promise<void>;
  commit(): Promise<Answer>;
  rollback(): Promise<void>;
  /**
   * Inside a transaction, for what is left of it: whether this session looks for a deadlock as soon as it waits, and is
   * refused where there is one, or leaves that to others for the next seconds. Changes nothing on a server that is lent.
   * @returns after how many milliseconds of waiting it has looked, and does not look again; 0 where nobody knows
   */
  looksForDeadlocks(does: boolean): Promise<number>;
  /** What PostgreSQL calls it. */
  readonly number: number;
  /** Numbers of the sessions whose locks the statement that is under way waits for. */
  waitsFor(): Promise<readonly number[]>;
  /** Ends the connection; an open transaction is rolled back. */
  close(): Promise<void>;
}

/** A database of its own, cloned from head. */
export interface Clone {
  readonly catalog: Catalog;
  /** Neither superuser nor BYPASSRLS, with the privileges of the tables' owner: what cases of suites run as. */
  readonly testRole: string;
  /** One transaction, rolled back at its end. */
  transaction<Result>(work: (database: Database) => Promise<Result>): Promise<Result>;
  session(): Promise<Session>;
}

/** Databases to try things in. */
export interface Laboratory {
  roundTrip(request: RoundTripRequest): Promise<RoundTrip>;
  /**
   * The same laboratory, but round trips of SQL migrations are made in one transaction that is rolled back: quicker, and
   * all but the same. Mutants are shown in it.
   */
  readonly rehearsing: Laboratory;
  clone<Result>(work: (clone: Clone) => Promise<Result>): Promise<Result>;
}

/** The connection to PostgreSQL is gone: nothing can be said about what was asked over it. */
export class ConnectionLost extends Error {
  override readonly name = "ConnectionLost";
}

/** What lies at a path is another than before: by its content, never by its line ends. A rename is a deletion and an addition. */
export interface FileChange {
  readonly path: string;
  readonly how: "added" | "altered" | "deleted";
}

/** A git repository, as far as a run needs it. Commits are whole hashes. */
export interface History {
  /** The commit that is checked out; `undefined` before the first one. */
  readonly head: string | undefined;
  /** What lies in the checkout. */
  readonly checkout: Tree;
  /** The commit that a revision names; `none`: why there is none. */
  commit(revision: string): { readonly commit: string } | { readonly none: string };
  /** The default branch of origin. */
  defaultBase(): { readonly name: string; readonly commit: string } | { readonly none: string };
  /** The commit at which two parted; `none` where there is none, or a shallow clone ends before it. */
  mergeBase(a: string, b: string): { readonly commit: string } | { readonly none: string };
  /** How many commits `a` has that `b` has not. */
  ahead(a: string, b: string): number;
  parents(commit: string): readonly string[];
  /** The files of a commit, or of a tree. */
  tree(id: string): Tree;
  /** What merging `theirs` into `ours` gives, without touching the checkout; or the paths that conflict. */
  merged(
    ours: string,
    theirs: string,
  ): { readonly tree: Tree; readonly id: string } | { readonly conflicts: readonly string[] };
  /** Where the checkout, with what is not committed and not ignored, or another commit or tree differs from a commit. Sorted by path. */
  changes(from: string, to: string): readonly FileChange[];
  /** What the next commit would hold. */
  staged(): { readonly tree: Tree; readonly id: string };
}
