import { randomBytes } from "node:crypto";
import pg from "pg";
import type { ConnectionSettings } from "../model/ports.ts";
import { type BootOptions, type Provider, Unavailable, wordsOf } from "./provider.ts";
import { open, openWhenReady, versionOf } from "./ready.ts";

const connectTimeoutMs = 10_000;

/** Says "phasegate" in the two halves of the lock's number. */
const lock = [0x70686173, 0x67617465] as const;

/** Names that only this module gives; `stop` and the sweep remove what carries them and nothing else. */
const prefixPattern = "^phasegate_[0-9a-f]{12}_";
const newPrefix = (): string => `phasegate_${randomBytes(6).toString("hex")}_`;

/**
 * A server that exists already and is lent for this run: locked against other runs, used under names that nobody else
 * has, and given back without them. The lock is the session's, so it goes with this process however that ends; the
 * next run removes what a killed one could not.
 */
export const url: Provider = async (options) => {
  const superuser = settingsOf(options);
  const client = await openWhenReady(superuser, connectTimeoutMs, "starting").catch((cause: unknown): never => {
    throw new Unavailable(
      `url does not answer: ${wordsOf(cause)}`,
      "Start the server that the URL names, or correct the URL.",
      { cause },
    );
  });
  try {
    const version = await versionOf(client);
    if (version.major !== options.major) {
      throw new Unavailable(`url has ${version.version}`, `Give the URL of a server of version ${options.major}.`);
    }
    await requireSuperuser(client, superuser);
    await takeLock(client);
    await dropAll(client, prefixPattern);
    const prefix = newPrefix();
    let stopping: Promise<void> | undefined;
    const died = new Promise<string>((resolve) => {
      client.on("end", () => {
        if (stopping === undefined) resolve("The lent server ended the connection that holds this run's lock.");
      });
    });
    const stop = (): Promise<void> => {
      stopping ??= giveBack(client, superuser, prefix);
      return stopping;
    };
    return { provider: "url", ...version, superuser, prefix, owned: false, died, stop };
  } catch (error) {
    await client.end().catch(() => undefined);
    throw error;
  }
};

function settingsOf({ provider }: BootOptions): ConnectionSettings {
  const given = typeof provider === "object" ? provider.url : "";
  const help = "Write the URL like this: postgres://postgres:password@localhost:5432/postgres";
  if (!URL.canParse(given)) throw new Unavailable("url is not a URL", help); // Without its text, which may hold a password.
  const parsed = new URL(given);
  if (!/^postgres(ql)?:$/.test(parsed.protocol))
    throw new Unavailable(`url begins with ${parsed.protocol}, which is not PostgreSQL's`, help);
  const unknown = [...parsed.searchParams.keys()].filter((name) => name !== "host" && name !== "sslmode");
  if (unknown.length > 0)
    throw new Unavailable(`url has the parameter ${unknown.join(", ")}, which is not supported`, "Remove it.");
  if (/^(require|verify)/.test(parsed.searchParams.get("sslmode") ?? "")) {
    throw new Unavailable(
      "url asks for TLS, which is not supported",
      "Lend a server on this machine or in its private network, and remove sslmode.",
    );
  }
  const user = decodeURIComponent(parsed.username) || "postgres";
  return {
    host:
      parsed.searchParams.get("host") ??
      (decodeURIComponent(parsed.hostname).replace(/^\[(.*)\]$/, "$1") || "localhost"),
    port: Number(parsed.port || 5432),
    user,
    password: decodeURIComponent(parsed.password),
    database: decodeURIComponent(parsed.pathname.slice(1)) || user,
  };
}

async function requireSuperuser(client: pg.Client, { user }: ConnectionSettings): Promise<void> {
  const { rows } = await client.query("SELECT 1 FROM pg_roles WHERE rolname = current_user AND rolsuper");
  if (rows.length > 0) return;
  throw new Unavailable(
    `url's user ${user} is not a superuser, and roles and databases have to be created`,
    "Give the URL of a superuser of a server that is there for tests only.",
  );
}

/** Advisory locks count per database, but all are seen: two runs that come by different databases refuse each other. */
async function takeLock(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ taken: boolean }>("SELECT pg_try_advisory_lock($1, $2) AS taken", [...lock]);
  const { rows: others } = await client.query(
    "SELECT FROM pg_locks WHERE locktype = 'advisory' AND classid = $1 AND objid = $2 AND objsubid = 2 AND granted AND pid <> pg_backend_pid()",
    [...lock],
  );
  if (rows[0]?.taken === true && others.length === 0) return;
  throw new Unavailable(
    "url's server is in use by another run of Phasegate",
    "Wait until that run has ended, or lend this one a server of its own.",
  );
}

async function giveBack(client: pg.Client, superuser: ConnectionSettings, prefix: string): Promise<void> {
  const usable = await client.query("SELECT 1").then(
    () => client,
    () => open(superuser, connectTimeoutMs), // The lock is lost; what this run made is still to be removed.
  );
  try {
    await dropAll(usable, `^${prefix}`);
  } finally {
    await usable.end();
  }
}

/** Drops the databases and roles whose name matches, whoever is connected to them. */
async function dropAll(client: pg.Client, pattern: string): Promise<void> {
  const databases = await client.query<{ name: string; template: boolean }>(
    "SELECT datname AS name, datistemplate AS template FROM pg_database WHERE datname ~ $1 ORDER BY datname",
    [pattern],
  );
  for (const { name, template } of databases.rows) {
    const quoted = pg.escapeIdentifier(name);
    if (template) await client.query(`ALTER DATABASE ${quoted} IS_TEMPLATE false`);
    await client.query(`DROP DATABASE ${quoted} WITH (FORCE)`);
  }
  const roles = await client.query<{ name: string }>(
    "SELECT rolname AS name FROM pg_roles WHERE rolname ~ $1 ORDER BY rolname",
    [pattern],
  );
  for (const { name } of roles.rows) await client.query(`DROP ROLE ${pg.escapeIdentifier(name)}`);
}
