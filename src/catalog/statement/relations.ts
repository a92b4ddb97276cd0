import { type Branch, commentOn, notOfExtension } from "./common.ts";

/** Schemas, tables, views, their columns, and sequences. */

const schemas = `
SELECT 'schema' AS kind, 'schema ' || ns.id AS identity, NULL AS "on", ns.nspname::text AS name,
       jsonb_build_object('owner', role.name, 'comment', note.description) AS properties
  FROM ns JOIN role ON role.oid = ns.nspowner ${commentOn("pg_namespace", "ns.oid")}
 WHERE ${notOfExtension("pg_namespace", "ns.oid")}`;

const tables = `
SELECT rel.kind, rel.kind || ' ' || rel.id, NULL, rel.relname,
       jsonb_build_object(
         'persistence', CASE rel.relpersistence WHEN 'u' THEN 'unlogged' WHEN 't' THEN 'temporary' END,
         'rowSecurity', rel.relrowsecurity, 'forceRowSecurity', rel.relforcerowsecurity,
         'owner', role.name, 'options', to_jsonb(rel.reloptions),
         'partitionKey', CASE rel.relkind WHEN 'p' THEN pg_get_partkeydef(rel.oid) END,
         'partitionBound', CASE WHEN rel.relispartition THEN pg_get_expr(c.relpartbound, c.oid) END,
         'inherits', (SELECT jsonb_agg(i.inhparent::regclass::text ORDER BY i.inhseqno) FROM pg_inherits i WHERE i.inhrelid = rel.oid),
         'replicaIdentity', CASE rel.relreplident WHEN 'n' THEN 'nothing' WHEN 'f' THEN 'full' WHEN 'i' THEN 'index' END,
         'accessMethod', (SELECT am.amname FROM pg_am am WHERE am.oid = rel.relam AND am.amname <> 'heap'),
         'tablespace', (SELECT t.spcname FROM pg_tablespace t WHERE t.oid = rel.reltablespace),
         'comment', note.description)
  FROM rel JOIN pg_class c ON c.oid = rel.oid JOIN role ON role.oid = rel.relowner ${commentOn("pg_class", "rel.oid")}
 WHERE rel.relkind IN ('r', 'p', 'f')`;

const views = `
SELECT rel.kind, rel.kind || ' ' || rel.id, NULL, rel.relname,
       jsonb_build_object(
         'definition', pg_get_viewdef(rel.oid), 'populated', CASE rel.relkind WHEN 'm' THEN rel.relispopulated END,
         'owner', role.name, 'options', to_jsonb(rel.reloptions), 'comment', note.description)
  FROM rel JOIN role ON role.oid = rel.relowner ${commentOn("pg_class", "rel.oid")}
 WHERE rel.relkind IN ('v', 'm')`;

/** Attribute numbers have holes where columns were dropped: the position counts what is there. NOT NULL counts once it was validated. */
const columns = `
SELECT 'column', 'column ' || rel.id || '.' || quote_ident(a.attname), rel.id, a.attname,
       jsonb_build_object(
         'position', row_number() OVER (PARTITION BY a.attrelid ORDER BY a.attnum),
         'type', format_type(a.atttypid, a.atttypmod),
         'nullable', NOT a.attnotnull OR EXISTS (
            SELECT FROM pg_constraint n WHERE n.conrelid = a.attrelid AND n.contype = 'n' AND n.conkey[1] = a.attnum AND NOT n.convalidated),
         'default', CASE a.attgenerated WHEN '' THEN pg_get_expr(d.adbin, d.adrelid) END,
         'generated', CASE WHEN a.attgenerated <> '' THEN pg_get_expr(d.adbin, d.adrelid) END,
         'virtual', CASE a.attgenerated WHEN 'v' THEN true END,
         'identity', CASE a.attidentity WHEN 'a' THEN 'always' WHEN 'd' THEN 'by default' END,
         'collation', CASE WHEN a.attcollation <> t.typcollation THEN a.attcollation::regcollation::text END,
         'storage', CASE WHEN a.attstorage <> t.typstorage THEN
            CASE a.attstorage WHEN 'p' THEN 'plain' WHEN 'e' THEN 'external' WHEN 'm' THEN 'main' ELSE 'extended' END END,
         'compression', CASE a.attcompression WHEN 'p' THEN 'pglz' WHEN 'l' THEN 'lz4' END,
         'statistics', CASE WHEN a.attstattarget >= 0 THEN a.attstattarget END,
         'options', to_jsonb(a.attoptions), 'comment', note.description)
  FROM pg_attribute a JOIN rel ON rel.oid = a.attrelid AND rel.relkind IN ('r', 'p', 'f', 'v', 'm')
  JOIN pg_type t ON t.oid = a.atttypid LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
  ${commentOn("pg_class", "a.attrelid", "a.attnum")}
 WHERE a.attnum > 0 AND NOT a.attisdropped`;

const sequences = `
SELECT 'sequence', 'sequence ' || rel.id, owned.id, rel.relname,
       jsonb_build_object(
         'type', format_type(s.seqtypid, NULL), 'start', s.seqstart::text, 'increment', s.seqincrement::text, 'minimum', s.seqmin::text,
         'maximum', s.seqmax::text, 'cache', s.seqcache::text, 'cycle', s.seqcycle,
         'ownedBy', owned.id || '.' || quote_ident(a.attname), 'ofIdentity', CASE d.deptype WHEN 'i' THEN true END,
         'persistence', CASE rel.relpersistence WHEN 'u' THEN 'unlogged' WHEN 't' THEN 'temporary' END,
         'owner', role.name, 'comment', note.description)
  FROM rel JOIN pg_sequence s ON s.seqrelid = rel.oid JOIN role ON role.oid = rel.relowner
  LEFT JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = rel.oid AND d.refclassid = 'pg_class'::regclass
        AND d.refobjsubid > 0 AND d.deptype IN ('a', 'i')
  LEFT JOIN rel owned ON owned.oid = d.refobjid LEFT JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
  ${commentOn("pg_class", "rel.oid")}
 WHERE rel.relkind = 'S'`;

export const relations: readonly Branch[] = [
  { select: schemas },
  { select: tables },
  { select: views },
  { select: columns },
  { select: sequences, where: `EXISTS (SELECT FROM pg_sequence)` },
];
