import pg from "pg";
import type { Answer, Session } from "../model/ports.ts";
import { postgresError } from "../sql/error.ts";
import type { Shared } from "./shared.ts";
import { act, control, rethrow } from "./transaction.ts";

/**
 * A connection that commits. A refused statement aborts the transaction that is open, as it would anywhere.
 *
 * @param watcher a connection that can see which backends wait for which
 */
export async function openSession(client: pg.Client, watcher: Shared): Promise<Session> {
  const pid = (await client.query<{ pid: number }>("SELECT pg_backend_pid() AS pid")).rows[0]?.pid;
  const send = async (sql: string): Promise<Answer> => {
    try {
      const query = { text: sql, values: [], queryMode: "extended" };
      const { rows, fields } = await client.query(query);
      return {
        accepted: true,
        rows,
        isBoolean: fields.length === 1 && fields[0]?.dataTypeID === pg.types.builtins.BOOL,
      };
    } catch (error) {
      return { accepted: false, error: postgresError(error) };
    }
  };
  return {
    attempt(sql) {
      const word = control.exec(sql)?.[1];
      if (word !== undefined)
        throw new Error(`${word.toUpperCase()} is refused: a session says when its transaction ends.`);
      return send(sql);
    },
    act: (acting) => act(client, acting),
    async tentatively(work) {
      await client.query("SAVEPOINT tentatively").catch(rethrow);
      try {
        return await work();
      } finally {
        // A connection that is gone has rolled back; whoever asked has been told.
        await client.query("ROLLBACK TO SAVEPOINT tentatively; RELEASE SAVEPOINT tentatively").catch(() => undefined);
      }
    },
    async begin(acting) {
      await client.query("BEGIN").catch(rethrow);
      await act(client, acting);
    },
    commit: () => send("COMMIT"),
    async rollback() {
      await client.query("ROLLBACK").catch(rethrow);
    },
    async waits() {
      const rows = await watcher
        .query<{ waits: boolean }>("SELECT cardinality(pg_blocking_pids($1)) > 0 AS waits", [pid])
        .catch(rethrow);
      return rows[0]?.waits === true;
    },
    close: () => client.end(),
  };
}
