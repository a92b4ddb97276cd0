/** One kind of object: a SELECT of kind, identity, on, name, properties. Planning what is seldom there costs more than asking. */
export interface Branch {
  readonly select: string;
  /** A condition without which the SELECT gives nothing and is left out. */
  readonly where?: string;
}

/** PostgreSQL gives oids below this one to what it is delivered with. */
export const firstOwn = 16384;

/**
 * What the branches of the catalog statement share. Schemas of the system, objects of extensions and node-pg-migrate's
 * own table are no part of a schema. The owner of the database is called `pg_database_owner`, which is the role that
 * stands for it in every database, so that facts do not carry the name that a run gives to its migrator.
 */
export const common = `
me AS (SELECT oid, datdba FROM pg_database WHERE datname = current_database()),
ns AS (
  SELECT oid, nspname, nspowner, nspacl, quote_ident(nspname) AS id
    FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'),
ext AS (SELECT classid, objid FROM pg_depend WHERE deptype = 'e'),
role AS (
  SELECT 0::oid AS oid, 'PUBLIC' AS name, 'PUBLIC' AS id
  UNION ALL
  SELECT r.oid, CASE r.oid WHEN me.datdba THEN 'pg_database_owner' ELSE r.rolname END,
         CASE r.oid WHEN me.datdba THEN 'pg_database_owner' ELSE quote_ident(r.rolname) END
    FROM pg_roles r, me),
comment AS (SELECT classoid, objoid, objsubid, description FROM pg_description WHERE objoid >= ${firstOwn} OR objoid = 2200),
ledger AS (SELECT c.oid FROM pg_class c JOIN ns ON ns.oid = c.relnamespace WHERE ns.nspname = 'public' AND c.relname = 'pgmigrations'),
rel AS (
  SELECT c.oid, c.relname, c.relkind, c.relowner, c.relacl, c.relpersistence, c.relrowsecurity, c.relforcerowsecurity, c.relispopulated,
         c.relreplident, c.reloptions, c.relispartition, c.relam, c.reltablespace, ns.id || '.' || quote_ident(c.relname) AS id,
         CASE c.relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' WHEN 'S' THEN 'sequence' WHEN 'c' THEN 'composite'
                        WHEN 'f' THEN 'foreign table' ELSE 'table' END AS kind
    FROM pg_class c JOIN ns ON ns.oid = c.relnamespace
   WHERE c.oid >= ${firstOwn} AND c.relkind IN ('r', 'p', 'f', 'v', 'm', 'S', 'c')
     AND NOT EXISTS (SELECT FROM ext WHERE classid = 'pg_class'::regclass AND objid = c.oid)
     AND NOT EXISTS (SELECT FROM ledger WHERE ledger.oid = c.oid)
     AND NOT (c.relkind = 'S' AND EXISTS (
           SELECT FROM pg_depend d JOIN ledger ON ledger.oid = d.refobjid WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid)))`;

/** The comment on an object, joined by the branch as this alias. */
export const commentOn = (catalog: string, oid: string, sub = "0") =>
  `LEFT JOIN comment note ON note.classoid = '${catalog}'::regclass AND note.objoid = ${oid} AND note.objsubid = ${sub}`;

/** A catalog holds something that was not delivered with PostgreSQL. */
export const own = (catalog: string, condition = "true") =>
  `EXISTS (SELECT FROM ${catalog} WHERE oid >= ${firstOwn} AND ${condition})`;

/** The object belongs to no extension. */
export const notOfExtension = (catalog: string, oid: string) =>
  `NOT EXISTS (SELECT FROM ext WHERE ext.classid = '${catalog}'::regclass AND ext.objid = ${oid})`;
