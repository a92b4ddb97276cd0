import { type Branch, firstOwn, notOfExtension, own } from "./common.ts";
import { ownType } from "./routines.ts";

/**
 * One fact for each privilege of each grantee, whatever order and grantors they were given in. The owner's own
 * privileges are facts only where one was taken away: PostgreSQL writes them down as soon as anybody is granted anything.
 */

export const grantable = `
grantable AS (
  SELECT CASE relkind WHEN 'S' THEN 's' ELSE 'r' END::"char" AS type, kind || ' ' || id AS object, id AS "on", relacl AS acl, relowner AS owner
    FROM rel WHERE relkind <> 'c'
  UNION ALL
  SELECT 'f', CASE p.prokind WHEN 'p' THEN 'procedure ' WHEN 'a' THEN 'aggregate ' ELSE 'function ' END
           || ns.id || '.' || quote_ident(p.proname) || '(' || oidvectortypes(p.proargtypes) || ')', NULL, p.proacl, p.proowner
    FROM pg_proc p JOIN ns ON ns.oid = p.pronamespace WHERE p.oid >= ${firstOwn} AND ${notOfExtension("pg_proc", "p.oid")}
     AND NOT EXISTS (SELECT FROM pg_depend i WHERE i.classid = 'pg_proc'::regclass AND i.objid = p.oid AND i.deptype = 'i')
  UNION ALL
  SELECT 'n', 'schema ' || ns.id, NULL, ns.nspacl, ns.nspowner FROM ns WHERE ${notOfExtension("pg_namespace", "ns.oid")}
  UNION ALL
  SELECT 'T', 'type ' || ns.id || '.' || quote_ident(t.typname), NULL, t.typacl, t.typowner
    FROM pg_type t JOIN ns ON ns.oid = t.typnamespace WHERE ${ownType}
  UNION ALL
  SELECT 'd', 'database', NULL, d.datacl, d.datdba FROM pg_database d JOIN me ON me.oid = d.oid
  UNION ALL
  SELECT 'S', 'foreign server ' || quote_ident(s.srvname), NULL, s.srvacl, s.srvowner FROM pg_foreign_server s)`;

const given = `
SELECT 'grant', 'grant ' || x.privilege_type || ' on ' || g.object || ' to ' || coalesce(role.id, x.grantee::text), g."on", x.privilege_type,
       jsonb_build_object('privilege', x.privilege_type, 'object', g.object, 'grantee', coalesce(role.name, x.grantee::text),
         'grantable', bool_or(x.is_grantable))
  FROM grantable g, aclexplode(coalesce(g.acl, acldefault(g.type, g.owner))) x LEFT JOIN role ON role.oid = x.grantee
 WHERE x.grantee <> g.owner
 GROUP BY g.object, g."on", x.privilege_type, role.id, role.name, x.grantee`;

const taken = `
SELECT 'revocation', 'revocation ' || x.privilege_type || ' on ' || g.object || ' from its owner', g."on", x.privilege_type,
       jsonb_build_object('privilege', x.privilege_type, 'object', g.object)
  FROM grantable g, aclexplode(acldefault(g.type, g.owner)) x
 WHERE g.acl IS NOT NULL AND x.grantee = g.owner
   AND NOT EXISTS (SELECT FROM aclexplode(g.acl) y WHERE y.grantee = g.owner AND y.privilege_type = x.privilege_type)`;

const ofColumns = `
SELECT 'grant', 'grant ' || x.privilege_type || ' on column ' || rel.id || '.' || quote_ident(a.attname) || ' to '
         || coalesce(role.id, x.grantee::text), rel.id, x.privilege_type,
       jsonb_build_object('privilege', x.privilege_type, 'object', 'column ' || rel.id || '.' || quote_ident(a.attname),
         'grantee', coalesce(role.name, x.grantee::text), 'grantable', bool_or(x.is_grantable))
  FROM pg_attribute a JOIN rel ON rel.oid = a.attrelid, aclexplode(a.attacl) x LEFT JOIN role ON role.oid = x.grantee
 WHERE a.attnum > 0 AND NOT a.attisdropped
 GROUP BY rel.id, a.attname, x.privilege_type, role.id, role.name, x.grantee`;

/** Default privileges without a schema replace PostgreSQL's own, so what they lack is a fact too. */
const ofTheFuture = `
SELECT 'default grant', 'default ' || f.verb || ' ' || f.privilege || ' on ' || f.objects || f.place || f.preposition || f.grantee
         || ' by ' || f.grantor, NULL, f.privilege,
       jsonb_build_object('privilege', f.privilege, 'grantee', f.grantee, 'grantable', bool_or(f.grantable), 'revoked', f.verb = 'revocation')
  FROM (
    SELECT 'grant' AS verb, ' to ' AS preposition, x.privilege_type AS privilege, o.objects, o.place, o.grantor,
           coalesce(role.id, x.grantee::text) AS grantee, x.is_grantable AS grantable
      FROM future o, aclexplode(o.acl) x LEFT JOIN role ON role.oid = x.grantee
     WHERE o.place <> '' OR x.grantee <> o.owner
    UNION ALL
    SELECT 'revocation', ' from ', x.privilege_type, o.objects, o.place, o.grantor, coalesce(role.id, x.grantee::text), false
      FROM future o, aclexplode(acldefault(o.type, o.owner)) x LEFT JOIN role ON role.oid = x.grantee
     WHERE o.place = '' AND NOT EXISTS (SELECT FROM aclexplode(o.acl) y WHERE y.grantee = x.grantee AND y.privilege_type = x.privilege_type)) f
 GROUP BY f.verb, f.privilege, f.objects, f.place, f.preposition, f.grantee, f.grantor`;

export const future = `
future AS (
  SELECT CASE d.defaclobjtype WHEN 'S' THEN 's' ELSE d.defaclobjtype END::"char" AS type, d.defaclrole AS owner, d.defaclacl AS acl, role.id AS grantor,
         CASE d.defaclobjtype WHEN 'r' THEN 'tables' WHEN 'S' THEN 'sequences' WHEN 'f' THEN 'functions' WHEN 'T' THEN 'types'
                              WHEN 'n' THEN 'schemas' ELSE 'large objects' END AS objects,
         coalesce(' in schema ' || ns.id, '') AS place
    FROM pg_default_acl d JOIN role ON role.oid = d.defaclrole LEFT JOIN ns ON ns.oid = d.defaclnamespace)`;

export const grants: readonly Branch[] = [
  { select: given },
  { select: taken },
  { select: ofColumns },
  { select: ofTheFuture, where: own("pg_default_acl") },
];
