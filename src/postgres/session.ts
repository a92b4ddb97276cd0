import pg from "pg";
import type { Answer, Session } from "../model/ports.ts";
import { postgresError } from "../sql/error.ts";
import { literal } from "../sql/identifier.ts";
import type { Shared } from "./shared.ts";
import { act, control, rethrow } from "./transaction.ts";

/** Milliseconds: as soon as it waits, or so late that whoever closed the circle has looked long before. */
const [lookingSoon, lookingLate] = [50, 2_000];

/**
 * A connection that commits. A refused statement aborts the transaction that is open, as it would anywhere.
 *
 * @param watcher a connection that can see which backends wait for which
 * @param isOurs whether the server is: elsewhere nobody says who looks for deadlocks
 */
export async function openSession(client: pg.Client, watcher: Shared, isOurs: boolean): Promise<Session> {
  if (isOurs) await client.query(`SET deadlock_timeout = ${lookingLate}`);
  const [row] = (await client.query<{ pid: number }>("SELECT pg_backend_pid() AS pid")).rows;
  const pid = row?.pid ?? Number.NaN;
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
    async looksForDeadlocks(does) {
      if (!isOurs) return 0;
      const timeout = does ? lookingSoon : lookingLate;
      // Only the judge may set it. Nothing of this takes a snapshot.
      const role = (await client.query<{ role: string }>("SHOW role").catch(rethrow)).rows[0]?.role ?? "none";
      await client
        .query(`SET LOCAL ROLE NONE; SET LOCAL deadlock_timeout = ${timeout}; SET LOCAL role = ${literal(role)}`)
        .catch(rethrow);
      // A machine may be slow to wake it.
      return does ? 10 * timeout : 0;
    },
    number: pid,
    async waitsFor() {
      const rows = await watcher
        .query<{ others: readonly number[] }>("SELECT pg_blocking_pids($1) AS others", [pid])
        .catch(rethrow);
      return rows[0]?.others ?? [];
    },
    close: () => client.end(),
  };
}
