import type pg from "pg";
import type { Acting, Attempt, Database } from "../model/ports.ts";
import { postgresError } from "../sql/error.ts";
import { literal, quoted } from "../sql/identifier.ts";
import type { Limits } from "./connect.ts";

/** Statements that would leave the transaction, also behind comments. */
export const control =
  /^(?:\s|--[^\n]*\n|\/\*[\s\S]*?\*\/)*(begin|start|commit|end|rollback|abort|savepoint|release|prepare\s+transaction)\b/i;

/** A transaction that `work` cannot leave, on a connection that nobody else uses meanwhile; rolled back at its end. */
export async function inTransaction<Result>(
  client: pg.Client,
  cap: Limits,
  work: (database: Database) => Promise<Result>,
): Promise<{ readonly result: Result /** The connection can be asked again. */; readonly lives: boolean }> {
  await client.query("BEGIN").catch(rethrow);
  const watch = watchBytes(client, cap.bytes);
  // A connection that is gone has rolled back; whoever asked has been told.
  const rollBack = () =>
    client.query("ROLLBACK").then(
      () => true,
      () => false,
    );
  try {
    const result = await work(databaseOn(client, cap, watch));
    return { result, lives: await rollBack() };
  } catch (error) {
    await rollBack();
    throw error;
  } finally {
    watch.end();
  }
}

function databaseOn(client: pg.Client, cap: Limits, watch: ByteWatch): Database {
  /** One statement through the extended protocol, with the limits of a check. */
  const send = async (sql: string, values: readonly unknown[] = []): Promise<readonly Row[]> => {
    const word = control.exec(sql)?.[1];
    if (word !== undefined)
      throw new Error(`${word.toUpperCase()} is refused: every check runs in a transaction of its own.`);
    watch.start();
    // node-postgres uses the simple protocol, which takes several statements, unless it is told otherwise.
    const query = { text: sql, values: [...values], queryMode: "extended" };
    const result = await client.query(query).catch((error: unknown) => {
      if (watch.exceeded())
        throw new Error(`The statement gave more than ${cap.bytes / 1024 / 1024} MiB; select less.`);
      if (!(error instanceof Error) || error.message !== "Query read timeout") throw error;
      // It goes on in the server, and nothing else can be asked there.
      watch.cut();
      throw new Error(
        `The statement did not end within ${cap.statementMs / 1000} s, and the server's own limit was turned off.`,
      );
    });
    if (result.rows.length > cap.rows)
      throw new Error(`The statement gave ${result.rows.length} rows, more than ${cap.rows}; select less.`);
    return result.rows;
  };

  const attempt = async (sql: string): Promise<Attempt> => {
    await client.query("SAVEPOINT attempt").catch(rethrow);
    try {
      const rows = await send(sql);
      // Forced in a savepoint of its own, so that the transaction's constraints stay deferred.
      await client.query(
        "SAVEPOINT forced; SET CONSTRAINTS ALL IMMEDIATE; ROLLBACK TO SAVEPOINT forced; RELEASE SAVEPOINT attempt",
      );
      return { accepted: true, rows };
    } catch (thrown) {
      const error = postgresError(thrown);
      await client.query("ROLLBACK TO SAVEPOINT attempt").catch(rethrow);
      return { accepted: false, error };
    }
  };

  return {
    query: async <Out extends object>(sql: string, values?: readonly unknown[]) =>
      // The caller says what its own statement gives; PostgreSQL's types are not known to TypeScript.
      (await send(sql, values).catch(rethrow)) as readonly Out[],
    attempt,
    act: (acting) => act(client, acting),
  };
}

/** Acts as a role and with settings until the end of the transaction that is open. */
export async function act(client: pg.Client, { as, set = {}, readOnly = false }: Acting): Promise<void> {
  const statements = [
    ...(readOnly ? ["SET TRANSACTION READ ONLY"] : []),
    ...Object.entries(set).map(([name, value]) => `SELECT set_config(${literal(name)}, ${literal(value)}, true)`),
    as === undefined ? "RESET ROLE" : `SET LOCAL ROLE ${quoted(as)}`,
  ];
  // All of it is ours, so it may go in one message.
  await client.query(statements.join("; ")).catch(rethrow);
}

type Row = Extract<Attempt, { accepted: true }>["rows"][number];

/** Keeps PostgreSQL's refusals as they are, and names a connection that was lost. */
export function rethrow(thrown: unknown): never {
  postgresError(thrown);
  throw thrown;
}

interface ByteWatch {
  start(): void;
  /** Ends the connection at once. */
  cut(): void;
  exceeded(): boolean;
  end(): void;
}

/** Cuts the connection when one statement sends more than it may, before it fills the memory. */
function watchBytes(client: pg.Client, cap: number): ByteWatch {
  // The socket is no part of node-postgres' public types, and there is no other way to see data before it is parsed.
  const { stream } = (
    client as unknown as { connection: { stream: NodeJS.ReadableStream & { destroy(error?: Error): void } } }
  ).connection;
  let bytes = 0;
  const count = (data: Buffer) => {
    bytes += data.length;
    if (bytes > cap) stream.destroy();
  };
  stream.on("data", count);
  return {
    start: () => {
      bytes = 0;
    },
    cut: () => stream.destroy(),
    exceeded: () => bytes > cap,
    end: () => {
      stream.off("data", count);
    },
  };
}
