import { setTimeout as delay } from "node:timers/promises";
import pg from "pg";
import type { ConnectionSettings } from "../model/ports.ts";
import { codeOf } from "./provider.ts";

/** What a server says of itself. */
export interface Version {
  /** For example "18.4". */
  readonly version: string;
  readonly major: number;
}

/** A connection that is this module's own business: nothing of the change runs on it. */
export async function open(to: ConnectionSettings, timeoutMs: number): Promise<pg.Client> {
  const client = new pg.Client({
    ...to,
    ssl: false,
    application_name: "phasegate",
    connectionTimeoutMillis: timeoutMs,
  });
  client.on("error", () => {
    // Told by the next query, or by the event `end`.
  });
  await client.connect();
  return client;
}

export async function versionOf(client: pg.Client): Promise<Version> {
  const { rows } = await client.query<{ version: string; number: number }>(
    "SELECT current_setting('server_version') AS version, current_setting('server_version_num')::int AS number",
  );
  const [row] = rows;
  if (row === undefined) throw new Error("PostgreSQL did not say its version.");
  return { version: row.version.split(" ")[0] ?? row.version, major: Math.floor(row.number / 10_000) };
}

/** What it looks like when a server is not there yet: no socket, or one that nobody listens on. */
const absent = new Set(["ENOENT", "ECONNREFUSED", "ECONNRESET"]);
const starting = "57P03";

/**
 * Connects as soon as the server lets it in.
 * @param wait whether a server that is not there at all is waited for, or only one that says that it is starting
 * @throws what the server refuses for another reason, or the last refusal after the time is over
 */
export async function openWhenReady(
  to: ConnectionSettings,
  timeoutMs: number,
  wait: "starting" | "absent",
  signal?: AbortSignal,
): Promise<pg.Client> {
  const until = performance.now() + timeoutMs;
  for (;;) {
    signal?.throwIfAborted();
    try {
      return await open(to, timeoutMs);
    } catch (error) {
      const code = codeOf(error);
      const notYet = code === starting || (wait === "absent" && absent.has(code));
      if (!notYet || performance.now() > until) throw error;
    }
    await delay(2);
  }
}
