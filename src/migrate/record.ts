/** What the database itself says about migrations: nothing that ran in it is believed. */

import type pg from "pg";

export interface Recorded {
  /** Names in `pgmigrations`, in the order they were written. */
  readonly names: readonly string[];
  /** Settings stored for this database or for a role, as text. */
  readonly settings: string;
  /** Roles, their attributes and memberships, as text. */
  readonly roles: string;
}

/** Names are qualified and the role is reset, because a migration may have left the session with others. */
const facts = `
  SELECT (SELECT coalesce(pg_catalog.jsonb_agg(pg_catalog.jsonb_build_array(s.setdatabase, s.setrole, s.setconfig) ORDER BY s.setdatabase, s.setrole), '[]')
            FROM pg_catalog.pg_db_role_setting s
           WHERE s.setdatabase IN (0, (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database())))::text AS settings,
         pg_catalog.jsonb_build_array(
           (SELECT pg_catalog.jsonb_agg(pg_catalog.to_jsonb(r) ORDER BY r.rolname) FROM pg_catalog.pg_roles r),
           (SELECT pg_catalog.jsonb_agg(pg_catalog.to_jsonb(m) ORDER BY m.roleid, m.member, m.grantor) FROM pg_catalog.pg_auth_members m))::text AS roles,
         pg_catalog.to_regclass('public.pgmigrations') IS NOT NULL AS exists`;

/** In a transaction of its own, after whatever transaction a migration left open. */
const apart = (query: string): string =>
  `ROLLBACK; BEGIN READ ONLY; RESET ROLE; SET LOCAL search_path = pg_catalog; ${query}; ROLLBACK`;

/**
 * Leaves the transaction that is open, if there is one, and reads.
 * @throws what PostgreSQL refuses: a `pgmigrations` that cannot be read is no record
 */
export async function readRecord(client: pg.Client): Promise<Recorded> {
  const [row] = await rowsOf<{ settings: string; roles: string; exists: boolean }>(client, facts);
  if (!row) throw new Error("PostgreSQL gave no record of its roles and settings");
  const names = row.exists
    ? await rowsOf<{ name: string }>(client, "SELECT name FROM public.pgmigrations ORDER BY id")
    : [];
  return { names: names.map(({ name }) => name), settings: row.settings, roles: row.roles };
}

async function rowsOf<Row>(client: pg.Client, query: string): Promise<readonly Row[]> {
  try {
    // Of a text with several statements node-postgres gives a list of results, which its types do not say.
    const results = (await client.query(apart(query))) as unknown as readonly pg.QueryResult[];
    return (results[4]?.rows ?? []) as readonly Row[]; // the fifth statement is the query, and says what it gives
  } catch (error) {
    await client.query("ROLLBACK").catch(() => undefined);
    throw error;
  }
}
