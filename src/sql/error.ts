import pg from "pg";
import { ConnectionLost, type PostgresError } from "../model/ports.ts";
import { conditionOf } from "./conditions.ts";

/** SQLSTATEs with which a server ends a connection: admin_shutdown, crash_shutdown, cannot_connect_now, … */
const ending = /^(57P0[1-5]|08...)$/;

/** PostgreSQL's refusal as a value. Whatever else was thrown is thrown again; a lost connection as `ConnectionLost`. */
export function postgresError(thrown: unknown): PostgresError {
  if (!(thrown instanceof pg.DatabaseError) || thrown.code === undefined) throw lost(thrown);
  if (ending.test(thrown.code)) throw new ConnectionLost(thrown.message, { cause: thrown });
  return {
    condition: conditionOf(thrown.code),
    message: thrown.message,
    ...given("detail", thrown.detail),
    ...given("hint", thrown.hint),
    ...given("schema", thrown.schema),
    ...given("table", thrown.table),
    ...given("column", thrown.column),
    ...given("constraint", thrown.constraint),
    ...(thrown.position === undefined ? {} : { position: Number(thrown.position) - 1 }),
    ...given("where", thrown.where),
  };
}

const given = <Key extends string>(key: Key, value: string | undefined): { [K in Key]?: string } =>
  value === undefined ? {} : ({ [key]: value } as { [K in Key]?: string }); // computed keys widen to string

/** What was thrown, as `ConnectionLost` where it says that the server, or its backend, went away. */
export function named(thrown: unknown): unknown {
  try {
    postgresError(thrown);
    return thrown;
  } catch (error) {
    return error;
  }
}

/** What node-postgres and the socket throw when the server, or its backend, went away. */
function lost(thrown: unknown): unknown {
  if (!(thrown instanceof Error)) return thrown;
  const code = "code" in thrown ? String(thrown.code) : "";
  const gone =
    /^(ECONNRESET|EPIPE|ECONNREFUSED|ENOENT|ENOTCONN)$/.test(code) ||
    /^(Connection terminated|Client has encountered a connection error|Client was closed)/.test(thrown.message);
  return gone ? new ConnectionLost(thrown.message, { cause: thrown }) : thrown;
}
