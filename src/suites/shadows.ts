import { isTrusted } from "../catalog/shadows.ts";
import type { Session } from "../model/ports.ts";

/**
 * Functions and operators on the search_path of cases that have the name of one of PostgreSQL's own, for PostgreSQL's own
 * types: `count` or `=` in a case may be one of these. What an extension brought is trusted, as in `catalog/shadows.ts`.
 */
export async function shadows(session: Session): Promise<readonly string[]> {
  const answer = await session.attempt(`
    WITH place AS (SELECT 'public'::regnamespace AS own, 'pg_catalog'::regnamespace AS system)
    SELECT 'function ' || p.oid::regprocedure AS shadow
      FROM pg_catalog.pg_proc p, place
     WHERE p.pronamespace OPERATOR(pg_catalog.=) place.own
       AND EXISTS (SELECT FROM pg_catalog.pg_proc b WHERE b.pronamespace OPERATOR(pg_catalog.=) place.system AND b.proname OPERATOR(pg_catalog.=) p.proname)
       AND NOT EXISTS (SELECT FROM pg_catalog.unnest(p.proargtypes) a(oid) JOIN pg_catalog.pg_type t ON t.oid OPERATOR(pg_catalog.=) a.oid
                        WHERE t.typnamespace OPERATOR(pg_catalog.<>) place.system)
       AND NOT (${isTrusted("pg_proc", "p.oid", "p.proowner", "p.oid")})
    UNION ALL
    SELECT 'operator ' || o.oid::regoperator
      FROM pg_catalog.pg_operator o, place
     WHERE o.oprnamespace OPERATOR(pg_catalog.=) place.own
       AND EXISTS (SELECT FROM pg_catalog.pg_operator b WHERE b.oprnamespace OPERATOR(pg_catalog.=) place.system AND b.oprname OPERATOR(pg_catalog.=) o.oprname)
       AND NOT EXISTS (SELECT FROM pg_catalog.pg_type t WHERE (t.oid OPERATOR(pg_catalog.=) o.oprleft OR t.oid OPERATOR(pg_catalog.=) o.oprright)
                          AND t.typnamespace OPERATOR(pg_catalog.<>) place.system)
       AND NOT (${isTrusted("pg_operator", "o.oid", "o.oprowner", "o.oprcode")})`);
  if (!answer.accepted) throw new Error(`PostgreSQL does not tell its functions: ${answer.error.message}`);
  return answer.rows.map(({ shadow }) => String(shadow)).sort();
}
