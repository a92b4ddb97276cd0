import { type Acting, ConnectionLost, type Database, type PostgresError } from "../model/ports.ts";
import { type Refuser, refuserOf } from "./refuser.ts";

/** What came of a statement: what `statement` observes. */

export type Refusal = {
  readonly condition: string;
  readonly message: string;
  readonly constraint: string | null;
  readonly column: string | null;
  readonly by: Refuser | null;
};
export type Tried =
  | { readonly given: "refused"; readonly statement: string; readonly message: string }
  | { readonly given: "accepted"; readonly refused: Refusal | null };

/** What an error says that is the same in every run: its detail shows rows, which may hold generated values. */
const refusal = (error: PostgresError, by: Refuser | null): Refusal => ({
  condition: error.condition,
  message: error.message,
  constraint: error.constraint ?? null,
  column: error.column ?? null,
  by,
});

/** Runs what must be accepted first; gives the statement that was not. Constraints are forced once, after all of them. */
async function prepare(database: Database, given: readonly string[]): Promise<Tried | undefined> {
  for (const statement of given) {
    try {
      await database.query(statement);
    } catch (error) {
      if (error instanceof ConnectionLost || !(error instanceof Error)) throw error;
      return { given: "refused", statement, message: error.message };
    }
  }
  const forced = await database.attempt("SELECT 1");
  if (forced.accepted) return undefined;
  return { given: "refused", statement: given.at(-1) ?? "", message: forced.error.message };
}

/** Tries one statement after those that must be accepted; `acting` is for the statement alone. */
export async function tried(database: Database, given: readonly string[], sql: string, acting: Acting): Promise<Tried> {
  const stopped = await prepare(database, given);
  if (stopped) return stopped;
  await database.act(acting);
  const attempt = await database.attempt(sql);
  if (attempt.accepted) return { given: "accepted", refused: null };
  await database.act({});
  return { given: "accepted", refused: refusal(attempt.error, await refuserOf(database, attempt.error)) };
}
