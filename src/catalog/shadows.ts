import type { Database } from "../model/ports.ts";
import { queryCatalog } from "./query.ts";

/** A function or operator of the schema public that PostgreSQL may choose where one of its own is meant. */
export interface Shadow {
  readonly sort: "function" | "operator";
  readonly name: string;
  /** With the types of its arguments: `public.>=(numeric,integer)`. */
  readonly signature: string;
}

/** Whether a value of the type `t` can be given where `c` is asked for, without a cast that is written. */
const accepts = (c: string, t: string): string => `(
  ${c} IN (${t}.oid, ${t}.base)
  OR EXISTS (SELECT FROM pg_cast k WHERE k.castsource IN (${t}.oid, ${t}.base) AND k.casttarget = ${c} AND k.castcontext = 'i')
  OR ${c} IN ('"any"'::regtype, 'anyelement'::regtype, 'anycompatible'::regtype)
  OR (${c} IN ('anynonarray'::regtype, 'anycompatiblenonarray'::regtype) AND ${t}.typcategory <> 'A')
  OR (${c} IN ('anyarray'::regtype, 'anycompatiblearray'::regtype) AND ${t}.typcategory = 'A')
  OR (${c} = 'anyenum'::regtype AND ${t}.typtype = 'e')
  OR (${c} IN ('anyrange'::regtype, 'anycompatiblerange'::regtype) AND ${t}.typtype = 'r')
  OR (${c} IN ('anymultirange'::regtype, 'anycompatiblemultirange'::regtype) AND ${t}.typtype = 'm')
  OR (${c} = 'record'::regtype AND ${t}.typtype = 'c'))`;

/**
 * Whether there is something that both types take: a value of some type, or a literal, which a text takes before others. Such
 * a type is one of the two, or can be cast to one of them. Two that stand for many types (`anyelement`, `anyarray`) meet.
 */
const meet = (x: string, c: string): string => `(
  ${x} = ${c} OR ${x} = 'text'::regtype
  OR (SELECT count(*) FROM pg_type p WHERE p.oid IN (${x}, ${c}) AND p.typtype = 'p') = 2
  OR EXISTS (SELECT FROM (SELECT ${x} UNION ALL SELECT ${c}
                          UNION ALL SELECT k.castsource FROM pg_cast k WHERE k.casttarget IN (${x}, ${c}) AND k.castcontext = 'i') AS one (oid)
               JOIN given t ON t.oid = one.oid
              WHERE ${accepts(x, "t")} AND ${accepts(c, "t")}))`;

// A routine can be called with several numbers of arguments: some have defaults, and a VARIADIC takes as many as there are.
const callable = (schema: string): string => `
  SELECT p.oid, p.proname AS name, p.proargtypes AS signature, p.pronargdefaults + (p.provariadic <> 0)::int > 0 AS varies,
         p.pronargs - p.pronargdefaults - (p.provariadic <> 0)::int AS least,
         CASE WHEN p.provariadic <> 0 THEN greatest(p.pronargs, 9) ELSE p.pronargs END AS most,
         CASE WHEN p.provariadic <> 0 THEN (p.proargtypes::oid[])[0:p.pronargs - 2] || array_fill(p.provariadic, ARRAY[10])
              ELSE p.proargtypes::oid[] END AS types
    FROM pg_proc p
   WHERE p.pronamespace = '${schema}'::regnamespace AND p.prokind <> 'p'
     AND p.prorettype NOT IN ('trigger'::regtype, 'event_trigger'::regtype)`;

/**
 * What an extension brought is trusted, if its owner is who installs extensions: what the change makes and then adds to
 * one is its own. Where migrations run as a superuser there is no difference, and only what is written in C is trusted.
 * SQL text that means the same whatever the search_path.
 */
export const isTrusted = (catalog: "pg_proc" | "pg_operator", oid: string, owner: string, routine: string): string => `
  EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.classid OPERATOR(pg_catalog.=) 'pg_catalog.${catalog}'::pg_catalog.regclass
             AND d.objid OPERATOR(pg_catalog.=) ${oid} AND d.deptype OPERATOR(pg_catalog.=) 'e')
  AND EXISTS (SELECT FROM pg_catalog.pg_roles r WHERE r.oid OPERATOR(pg_catalog.=) ${owner} AND r.rolsuper
     AND (NOT EXISTS (SELECT FROM pg_catalog.pg_database b WHERE b.datname OPERATOR(pg_catalog.=) pg_catalog.current_database()
                         AND b.datdba OPERATOR(pg_catalog.=) r.oid)
          OR EXISTS (SELECT FROM pg_catalog.pg_proc f JOIN pg_catalog.pg_language l ON l.oid OPERATOR(pg_catalog.=) f.prolang
                      WHERE f.oid OPERATOR(pg_catalog.=) ${routine} AND l.lanname OPERATOR(pg_catalog.=) 'c')))`;

// One with the very arguments of PostgreSQL's own is never chosen: pg_catalog comes first.
const question = `
WITH given AS NOT MATERIALIZED (
  SELECT t.oid, coalesce(nullif(t.typbasetype, 0), t.oid) AS base, t.typtype, t.typcategory FROM pg_type t WHERE t.typtype <> 'p'),
own AS MATERIALIZED (${callable("public")}),
system AS MATERIALIZED (${callable("pg_catalog")} AND p.proname IN (SELECT own.name FROM own)),
shadow AS (
SELECT 'function' AS sort, x.name, x.oid::regprocedure::text AS signature
  FROM own x JOIN pg_proc p ON p.oid = x.oid
 WHERE NOT (${isTrusted("pg_proc", "p.oid", "p.proowner", "p.oid")})
   AND (x.varies OR NOT EXISTS (SELECT FROM system c WHERE c.name = x.name AND c.signature = x.signature))
   AND EXISTS (SELECT FROM system c, generate_series(greatest(x.least, c.least), least(x.most, c.most)) AS number
                WHERE c.name = x.name AND c.signature <> x.signature
                  AND NOT EXISTS (SELECT FROM generate_series(1, number) AS place
                                   WHERE NOT ${meet("(x.types[array_lower(x.types, 1) + place - 1])", "(c.types[array_lower(c.types, 1) + place - 1])")}))
UNION ALL
SELECT 'operator', x.oprname, x.oid::regoperator::text
  FROM pg_operator x
 WHERE x.oprnamespace = 'public'::regnamespace
   AND NOT (${isTrusted("pg_operator", "x.oid", "x.oprowner", "x.oprcode")})
   AND NOT EXISTS (SELECT FROM pg_operator c WHERE c.oprnamespace = 'pg_catalog'::regnamespace AND c.oprname = x.oprname
                      AND c.oprleft = x.oprleft AND c.oprright = x.oprright)
   AND EXISTS (SELECT FROM pg_operator c
                WHERE c.oprnamespace = 'pg_catalog'::regnamespace AND c.oprname = x.oprname AND (c.oprleft = 0) = (x.oprleft = 0)
                  AND (c.oprleft = 0 OR ${meet("x.oprleft", "c.oprleft")}) AND ${meet("x.oprright", "c.oprright")})
 )
SELECT * FROM shadow ORDER BY signature COLLATE "C"`;

/**
 * Whatever would be chosen in the place of PostgreSQL's own function or operator by an expression that does not name the
 * schema, as those of plans, migrations and tests do not: with one `>=` of them a CHECK may hold for every row.
 */
export async function shadows(database: Pick<Database, "query">): Promise<readonly Shadow[]> {
  return queryCatalog<Shadow & object>(database, question);
}
