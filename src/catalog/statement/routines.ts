import { type Branch, commentOn, firstOwn, notOfExtension, own } from "./common.ts";

/** Functions, types, operators and what a database as a whole has. */

const routine = `ns.id || '.' || quote_ident(p.proname) || '(' || oidvectortypes(p.proargtypes) || ')'`;
const routineKind = `CASE p.prokind WHEN 'p' THEN 'procedure' WHEN 'a' THEN 'aggregate' ELSE 'function' END`;

const functions = `
SELECT ${routineKind}, ${routineKind} || ' ' || ${routine}, NULL, p.proname,
       jsonb_build_object(
         'arguments', pg_get_function_arguments(p.oid), 'result', pg_get_function_result(p.oid), 'language', l.lanname,
         'body', CASE WHEN p.prokind = 'a' THEN NULL WHEN p.prosqlbody IS NULL THEN p.prosrc ELSE pg_get_function_sqlbody(p.oid) END,
         'standardBody', CASE WHEN p.prosqlbody IS NOT NULL THEN true END,
         'library', p.probin, 'window', CASE p.prokind WHEN 'w' THEN true END,
         'volatility', CASE p.provolatile WHEN 'i' THEN 'immutable' WHEN 's' THEN 'stable' ELSE 'volatile' END,
         'securityDefiner', p.prosecdef, 'config', to_jsonb(p.proconfig), 'strict', p.proisstrict, 'leakproof', p.proleakproof,
         'parallel', CASE p.proparallel WHEN 's' THEN 'safe' WHEN 'r' THEN 'restricted' ELSE 'unsafe' END,
         'cost', p.procost, 'rows', p.prorows, 'support', CASE WHEN p.prosupport <> 0 THEN p.prosupport::regproc::text END,
         'owner', role.name, 'comment', note.description,
         'aggregate', CASE p.prokind WHEN 'a' THEN (
            SELECT jsonb_build_object('transition', a.aggtransfn::regprocedure::text, 'state', format_type(a.aggtranstype, NULL),
                     'final', a.aggfinalfn::regproc::text, 'initial', a.agginitval, 'combine', a.aggcombinefn::regproc::text)
              FROM pg_aggregate a WHERE a.aggfnoid = p.oid) END)
  FROM pg_proc p JOIN ns ON ns.oid = p.pronamespace JOIN pg_language l ON l.oid = p.prolang JOIN role ON role.oid = p.proowner
  ${commentOn("pg_proc", "p.oid")}
 WHERE p.oid >= ${firstOwn} AND ${notOfExtension("pg_proc", "p.oid")}
   AND NOT EXISTS (SELECT FROM pg_depend i WHERE i.classid = 'pg_proc'::regclass AND i.objid = p.oid AND i.deptype = 'i')`;

/** Row types of tables, array types and the multirange types that come with ranges are no types of their own. */
export const ownType = `t.oid >= ${firstOwn} AND t.typtype IN ('e', 'd', 'r', 'b', 'c') AND t.typcategory <> 'A'
   AND (t.typrelid = 0 OR EXISTS (SELECT FROM pg_class row WHERE row.oid = t.typrelid AND row.relkind = 'c'))
   AND ${notOfExtension("pg_type", "t.oid")}`;

const types = `
SELECT 'type', 'type ' || ns.id || '.' || quote_ident(t.typname), NULL, t.typname,
       jsonb_build_object(
         'kind', CASE t.typtype WHEN 'e' THEN 'enum' WHEN 'd' THEN 'domain' WHEN 'r' THEN 'range' WHEN 'c' THEN 'composite' ELSE 'base' END,
         'labels', (SELECT jsonb_agg(e.enumlabel ORDER BY e.enumsortorder) FROM pg_enum e WHERE e.enumtypid = t.oid),
         'attributes', CASE t.typtype WHEN 'c' THEN (
            SELECT jsonb_agg(quote_ident(a.attname) || ' ' || format_type(a.atttypid, a.atttypmod) ORDER BY a.attnum)
              FROM pg_attribute a WHERE a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped) END,
         'base', CASE t.typtype WHEN 'd' THEN format_type(t.typbasetype, t.typtypmod) END,
         'nullable', CASE t.typtype WHEN 'd' THEN NOT t.typnotnull END, 'default', t.typdefault,
         'collation', CASE WHEN t.typtype = 'd' AND t.typcollation <> base.typcollation THEN t.typcollation::regcollation::text END,
         'subtype', (SELECT format_type(r.rngsubtype, NULL) FROM pg_range r WHERE r.rngtypid = t.oid),
         'owner', role.name, 'comment', note.description)
  FROM pg_type t JOIN ns ON ns.oid = t.typnamespace JOIN role ON role.oid = t.typowner LEFT JOIN pg_type base ON base.oid = t.typbasetype
  ${commentOn("pg_type", "t.oid")}
 WHERE ${ownType}`;

const operators = `
SELECT 'operator', 'operator ' || o.oid::regoperator::text, NULL, o.oprname,
       jsonb_build_object('function', o.oprcode::regprocedure::text, 'owner', role.name, 'commutator', nullif(o.oprcom, 0)::regoperator::text,
         'negator', nullif(o.oprnegate, 0)::regoperator::text, 'comment', note.description)
  FROM pg_operator o JOIN ns ON ns.oid = o.oprnamespace JOIN role ON role.oid = o.oprowner ${commentOn("pg_operator", "o.oid")}
 WHERE o.oid >= ${firstOwn} AND ${notOfExtension("pg_operator", "o.oid")}`;

const casts = `
SELECT 'cast', 'cast ' || format_type(c.castsource, NULL) || ' as ' || format_type(c.casttarget, NULL), NULL, format_type(c.casttarget, NULL),
       jsonb_build_object('function', nullif(c.castfunc, 0)::regprocedure::text, 'comment', note.description,
         'context', CASE c.castcontext WHEN 'i' THEN 'implicit' WHEN 'a' THEN 'assignment' ELSE 'explicit' END,
         'method', CASE c.castmethod WHEN 'f' THEN 'function' WHEN 'b' THEN 'binary' ELSE 'inout' END)
  FROM pg_cast c ${commentOn("pg_cast", "c.oid")}
 WHERE c.oid >= ${firstOwn} AND ${notOfExtension("pg_cast", "c.oid")}`;

const seldom = [
  ["collation", "pg_collation", "collnamespace", "collname", "collowner"],
  ["conversion", "pg_conversion", "connamespace", "conname", "conowner"],
  ["operator class", "pg_opclass", "opcnamespace", "opcname", "opcowner"],
  ["operator family", "pg_opfamily", "opfnamespace", "opfname", "opfowner"],
  ["text search configuration", "pg_ts_config", "cfgnamespace", "cfgname", "cfgowner"],
  ["text search dictionary", "pg_ts_dict", "dictnamespace", "dictname", "dictowner"],
] as const;

/** Seldom used kinds of objects: that they exist, and whose they are. */
const others = `
SELECT o.kind, o.kind || ' ' || ns.id || '.' || quote_ident(o.name), NULL, o.name,
       jsonb_build_object('owner', role.name, 'comment', note.description)
  FROM (${seldom
    .map(
      ([kind, catalog, namespace, name, owner]) =>
        `SELECT '${kind}' AS kind, tableoid, oid, ${namespace} AS namespace, ${name}::text AS name, ${owner} AS owner FROM ${catalog} WHERE oid >= ${firstOwn}`,
    )
    .join(" UNION ALL ")}) o
  JOIN ns ON ns.oid = o.namespace JOIN role ON role.oid = o.owner
  LEFT JOIN comment note ON note.classoid = o.tableoid AND note.objoid = o.oid AND note.objsubid = 0
 WHERE NOT EXISTS (SELECT FROM ext WHERE ext.classid = o.tableoid AND ext.objid = o.oid)`;

export const routines: readonly Branch[] = [
  { select: functions, where: own("pg_proc") },
  { select: types, where: own("pg_type", "typtype IN ('e', 'd', 'r', 'b', 'c') AND typcategory <> 'A'") },
  { select: operators, where: own("pg_operator") },
  { select: casts, where: own("pg_cast") },
  { select: others, where: `(${seldom.map(([, catalog]) => own(catalog)).join(" OR ")})` },
];
