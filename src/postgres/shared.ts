import type pg from "pg";

/** A connection that many ask at the same time: one question after the other. */
export interface Shared {
  query<Row extends pg.QueryResultRow>(sql: string, values?: readonly unknown[]): Promise<readonly Row[]>;
  end(): Promise<void>;
}

/** Shares a connection; node-postgres itself takes a question while another is under way only with a warning. */
export function inTurn(client: pg.Client): Shared {
  let last: Promise<unknown> = Promise.resolve();
  return {
    query<Row extends pg.QueryResultRow>(sql: string, values?: readonly unknown[]) {
      const turn = last.then(async () => (await client.query<Row>(sql, values && [...values])).rows);
      last = turn.catch(() => undefined);
      return turn;
    },
    end: () => client.end(),
  };
}
