import pg from "pg";
import { ConnectionLost, type ConnectionSettings } from "../model/ports.ts";

/** What one connection may cost before it is cut off. */
export interface Limits {
  readonly statementMs: number;
  /** The same for one part of a migration. */
  readonly migrationMs: number;
  readonly bytes: number;
  readonly rows: number;
}

export const limits: Limits = { statementMs: 30_000, migrationMs: 300_000, bytes: 16 * 1024 * 1024, rows: 50_000 };

/** Type oids whose text is turned into a JSON value; everything else stays as PostgreSQL prints it, so that evidence does too. */
const parsers: { readonly [oid: number]: (text: string) => unknown } = {
  16: (text) => text === "t",
  20: (text) => (Number.isSafeInteger(Number(text)) ? Number(text) : text),
  21: Number,
  23: Number,
  26: Number,
  114: (text) => JSON.parse(text),
  3802: (text) => JSON.parse(text),
};
const arrays = new Set([1000, 1002, 1003, 1005, 1007, 1009, 1016, 1028]);
const asText = (text: string): string => text;

/**
 * Settings that a migration could have stored for the database or the role, and that would change what is seen.
 * Sent with the start of the connection they outrank stored ones, and RESET comes back to them.
 */
const settings: { readonly [name: string]: string } = {
  search_path: "public",
  row_security: "on",
  timezone: "UTC",
  datestyle: "ISO, YMD",
  intervalstyle: "postgres",
  bytea_output: "hex",
  extra_float_digits: "1",
  check_function_bodies: "on",
  transform_null_equals: "off",
  standard_conforming_strings: "on",
  default_transaction_isolation: "read committed",
  default_transaction_read_only: "off",
  client_min_messages: "warning",
};

/**
 * A connection with the same settings everywhere, whatever the database says.
 * @throws ConnectionLost where the server cannot be reached
 */
export async function connect(to: ConnectionSettings, cap: Limits = limits): Promise<pg.Client> {
  const client = new pg.Client({
    ...to,
    ssl: false,
    application_name: "phasegate",
    // A statement may turn the server's limit off; this one is ours. Somewhat later, so that the server's words come first.
    query_timeout: cap.statementMs + 2_000,
    options: Object.entries({ ...settings, statement_timeout: String(cap.statementMs) })
      .map(([name, value]) => `-c ${name}=${value.replaceAll(" ", "\\ ")}`)
      .join(" "),
    types: {
      getTypeParser: (oid: number, format?: "text" | "binary") =>
        parsers[oid] ?? (arrays.has(oid) ? pg.types.getTypeParser(oid, format ?? "text") : asText),
    } as pg.CustomTypesConfig, // its type asks for overloads that differ in the format only
  });
  client.on("error", () => {
    // A connection that ends between two queries is told by the next query; without a listener Node would end the process.
  });
  try {
    await client.connect();
  } catch (error) {
    throw new ConnectionLost(`PostgreSQL does not answer: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
  return client;
}
