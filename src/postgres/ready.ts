import { setTimeout as delay } from "node:timers/promises";
import pg from "pg";
import type { ConnectionSettings } from "../model/ports.ts";

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

/** Refusals of a server that is still starting. */
const notYet = new Set(["ENOENT", "ECONNREFUSED", "ECONNRESET", "57P03"]);

/**
 * Connects as soon as the server lets it in.
 * @throws what the server refuses for another reason, or the last refusal after the time is over
 */
export async function openWhenReady(
  to: ConnectionSettings,
  timeoutMs: number,
  signal?: AbortSignal,
): Promise<pg.Client> {
  const until = performance.now() + timeoutMs;
  for (;;) {
    signal?.throwIfAborted();
    try {
      return await open(to, timeoutMs);
    } catch (error) {
      const code = typeof error === "object" && error !== null && "code" in error ? String(error.code) : "";
      if (!notYet.has(code) || performance.now() > until) throw error;
    }
    await delay(2);
  }
}
