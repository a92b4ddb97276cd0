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
}
