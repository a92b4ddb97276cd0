import { type Branch, commentOn, notOfExtension, own } from "./common.ts";

/** What hangs on tables: constraints, indexes, triggers, rules, policies, extended statistics. */

const action = (column: string) =>
  `CASE ${column} WHEN 'a' THEN 'NO ACTION' WHEN 'r' THEN 'RESTRICT' WHEN 'c' THEN 'CASCADE' WHEN 'n' THEN 'SET NULL' WHEN 'd' THEN 'SET DEFAULT' END`;

const columnNames = (relation: string, numbers: string) =>
  `(SELECT jsonb_agg(a.attname ORDER BY k.at) FROM unnest(${numbers}) WITH ORDINALITY k(number, at)
      JOIN pg_attribute a ON a.attrelid = ${relation} AND a.attnum = k.number)`;

const constraintType = `CASE c.contype WHEN 'c' THEN 'check' WHEN 'f' THEN 'foreign key' WHEN 'p' THEN 'primary key' WHEN 'u' THEN 'unique' WHEN 'x' THEN 'exclude' END`;

// What can be altered by itself is a property of its own, and not also part of the definition.
const definition = `regexp_replace(regexp_replace(pg_get_constraintdef(c.oid),
    '( DEFERRABLE| INITIALLY DEFERRED| NOT VALID| NOT ENFORCED| NO INHERIT)+$', ''),
    CASE c.contype WHEN 'f' THEN '( ON (UPDATE|DELETE) (CASCADE|RESTRICT|SET NULL|SET DEFAULT)( [(][^)]*[)])?)+$' ELSE '^\\Zx' END, '')`;

/** NOT NULL is a property of its column: PostgreSQL keeps it as a constraint from version 18 only. */
const constraints = `
SELECT 'constraint', 'constraint ' || quote_ident(c.conname) || ' on ' || rel.id, rel.id, c.conname,
       jsonb_build_object(
         'type', ${constraintType}, 'definition', ${definition}, 'validated', c.convalidated,
         'deferrable', c.condeferrable, 'deferred', c.condeferred, 'noInherit', CASE WHEN c.connoinherit AND c.contype = 'c' THEN true END,
         'notEnforced', CASE WHEN (to_jsonb(c) ->> 'conenforced') = 'false' THEN true END, 'inherited', CASE WHEN NOT c.conislocal THEN true END,
         'columns', ${columnNames("c.conrelid", "c.conkey")},
         'references', CASE c.contype WHEN 'f' THEN c.confrelid::regclass::text END,
         'referencedColumns', CASE c.contype WHEN 'f' THEN ${columnNames("c.confrelid", "c.confkey")} END,
         'onUpdate', CASE c.contype WHEN 'f' THEN ${action("c.confupdtype")} END,
         'onDelete', CASE c.contype WHEN 'f' THEN ${action("c.confdeltype")} END,
         'onDeleteColumns', ${columnNames("c.conrelid", "c.confdelsetcols")},
         'comment', note.description)
  FROM pg_constraint c JOIN rel ON rel.oid = c.conrelid ${commentOn("pg_constraint", "c.oid")}
 WHERE c.contype IN ('c', 'f', 'p', 'u', 'x')`;

const domainConstraints = `
SELECT 'domain constraint', 'domain constraint ' || quote_ident(c.conname) || ' on ' || ns.id || '.' || quote_ident(t.typname),
       ns.id || '.' || quote_ident(t.typname), c.conname,
       jsonb_build_object('type', 'check', 'definition', ${definition}, 'validated', c.convalidated, 'comment', note.description)
  FROM pg_constraint c JOIN pg_type t ON t.oid = c.contypid JOIN ns ON ns.oid = t.typnamespace ${commentOn("pg_constraint", "c.oid")}
 WHERE c.contype = 'c' AND ${notOfExtension("pg_type", "t.oid")}`;

const indexes = `
SELECT 'index', 'index ' || ns.id || '.' || quote_ident(c.relname), rel.id, c.relname,
       jsonb_build_object(
         'definition', pg_get_indexdef(i.indexrelid), 'unique', i.indisunique, 'primary', i.indisprimary,
         'nullsNotDistinct', CASE WHEN i.indnullsnotdistinct THEN true END, 'predicate', pg_get_expr(i.indpred, i.indrelid),
         'columns', (SELECT jsonb_agg(pg_get_indexdef(i.indexrelid, k, false) ORDER BY k) FROM generate_series(1, i.indnkeyatts) k),
         'method', am.amname, 'valid', i.indisvalid, 'ready', i.indisready, 'replicaIdentity', CASE WHEN i.indisreplident THEN true END,
         'clustered', CASE WHEN i.indisclustered THEN true END, 'constraint', con.conname, 'options', to_jsonb(c.reloptions),
         'tablespace', (SELECT t.spcname FROM pg_tablespace t WHERE t.oid = c.reltablespace),
         'statistics', (SELECT jsonb_object_agg(a.attnum, a.attstattarget) FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attstattarget >= 0),
         'comment', note.description)
  FROM pg_index i JOIN rel ON rel.oid = i.indrelid JOIN pg_class c ON c.oid = i.indexrelid JOIN ns ON ns.oid = c.relnamespace
  JOIN pg_am am ON am.oid = c.relam LEFT JOIN pg_constraint con ON con.conindid = c.oid AND con.contype IN ('p', 'u', 'x')
  ${commentOn("pg_class", "c.oid")}`;

const triggers = `
SELECT 'trigger', 'trigger ' || quote_ident(t.tgname) || ' on ' || rel.id, rel.id, t.tgname,
       jsonb_build_object(
         'definition', pg_get_triggerdef(t.oid),
         'enabled', CASE t.tgenabled WHEN 'O' THEN 'origin' WHEN 'D' THEN 'disabled' WHEN 'R' THEN 'replica' ELSE 'always' END,
         'function', t.tgfoid::regprocedure::text, 'constraint', t.tgconstraint <> 0, 'deferrable', t.tgdeferrable, 'deferred', t.tginitdeferred,
         'row', t.tgtype & 1 = 1, 'timing', CASE WHEN t.tgtype & 2 = 2 THEN 'before' WHEN t.tgtype & 64 = 64 THEN 'instead of' ELSE 'after' END,
         'inherited', CASE WHEN t.tgparentid <> 0 THEN true END, 'comment', note.description)
  FROM pg_trigger t JOIN rel ON rel.oid = t.tgrelid ${commentOn("pg_trigger", "t.oid")}
 WHERE NOT t.tgisinternal`;

const rules = `
SELECT 'rule', 'rule ' || quote_ident(r.rulename) || ' on ' || rel.id, rel.id, r.rulename,
       jsonb_build_object('definition', pg_get_ruledef(r.oid),
         'enabled', CASE r.ev_enabled WHEN 'O' THEN 'origin' WHEN 'D' THEN 'disabled' WHEN 'R' THEN 'replica' ELSE 'always' END,
         'comment', note.description)
  FROM pg_rewrite r JOIN rel ON rel.oid = r.ev_class ${commentOn("pg_rewrite", "r.oid")}
 WHERE r.rulename <> '_RETURN'`;

const policies = `
SELECT 'policy', 'policy ' || quote_ident(p.polname) || ' on ' || rel.id, rel.id, p.polname,
       jsonb_build_object(
         'command', CASE p.polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE' WHEN 'd' THEN 'DELETE' ELSE 'ALL' END,
         'permissive', p.polpermissive,
         'roles', (SELECT jsonb_agg(role.name ORDER BY role.name COLLATE "C") FROM unnest(p.polroles) o(oid) JOIN role ON role.oid = o.oid),
         'using', pg_get_expr(p.polqual, p.polrelid), 'check', pg_get_expr(p.polwithcheck, p.polrelid), 'comment', note.description)
  FROM pg_policy p JOIN rel ON rel.oid = p.polrelid ${commentOn("pg_policy", "p.oid")}`;

const statistics = `
SELECT 'statistics', 'statistics ' || ns.id || '.' || quote_ident(s.stxname), rel.id, s.stxname,
       jsonb_build_object('definition', pg_get_statisticsobjdef(s.oid), 'owner', role.name,
         'target', CASE WHEN s.stxstattarget >= 0 THEN s.stxstattarget END, 'comment', note.description)
  FROM pg_statistic_ext s JOIN rel ON rel.oid = s.stxrelid JOIN ns ON ns.oid = s.stxnamespace JOIN role ON role.oid = s.stxowner
  ${commentOn("pg_statistic_ext", "s.oid")}`;

export const constraintsAndTheLike: readonly Branch[] = [
  { select: constraints },
  { select: domainConstraints, where: own("pg_type", "typtype = 'd'") },
  { select: indexes },
  { select: triggers, where: own("pg_trigger", "NOT tgisinternal") },
  { select: rules, where: own("pg_rewrite", "rulename <> '_RETURN'") },
  { select: policies, where: own("pg_policy") },
  { select: statistics, where: own("pg_statistic_ext") },
];
