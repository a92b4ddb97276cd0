import { type Branch, commentOn, firstOwn, notOfExtension, own } from "./common.ts";

/** What belongs to no schema: extensions, event triggers, publications, foreign servers, settings. */

const extensions = `
SELECT 'extension', 'extension ' || quote_ident(e.extname), NULL, e.extname,
       jsonb_build_object('version', e.extversion, 'schema', n.nspname)
  FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace
 WHERE e.extname <> 'plpgsql'`;

const eventTriggers = `
SELECT 'event trigger', 'event trigger ' || quote_ident(t.evtname), NULL, t.evtname,
       jsonb_build_object('event', t.evtevent, 'function', t.evtfoid::regprocedure::text, 'tags', to_jsonb(t.evttags), 'owner', role.name,
         'enabled', CASE t.evtenabled WHEN 'O' THEN 'origin' WHEN 'D' THEN 'disabled' WHEN 'R' THEN 'replica' ELSE 'always' END,
         'comment', note.description)
  FROM pg_event_trigger t JOIN role ON role.oid = t.evtowner ${commentOn("pg_event_trigger", "t.oid")}
 WHERE ${notOfExtension("pg_event_trigger", "t.oid")}`;

const publications = `
SELECT 'publication', 'publication ' || quote_ident(p.pubname), NULL, p.pubname,
       jsonb_build_object('allTables', p.puballtables, 'viaRoot', p.pubviaroot, 'owner', role.name,
         'actions', to_jsonb(array_remove(ARRAY[CASE WHEN p.pubinsert THEN 'insert' END, CASE WHEN p.pubupdate THEN 'update' END,
                                                CASE WHEN p.pubdelete THEN 'delete' END, CASE WHEN p.pubtruncate THEN 'truncate' END], NULL)),
         'tables', (SELECT jsonb_agg(r.prrelid::regclass::text || coalesce(' WHERE ' || pg_get_expr(r.prqual, r.prrelid), '')
                            ORDER BY r.prrelid::regclass::text COLLATE "C") FROM pg_publication_rel r WHERE r.prpubid = p.oid),
         'schemas', (SELECT jsonb_agg(n.nspname ORDER BY n.nspname COLLATE "C") FROM pg_publication_namespace s
                       JOIN pg_namespace n ON n.oid = s.pnnspid WHERE s.pnpubid = p.oid),
         'comment', note.description)
  FROM pg_publication p JOIN role ON role.oid = p.pubowner ${commentOn("pg_publication", "p.oid")}`;

const foreign = `
SELECT 'foreign data wrapper', 'foreign data wrapper ' || quote_ident(w.fdwname), NULL, w.fdwname,
       jsonb_build_object('options', to_jsonb(w.fdwoptions), 'owner', role.name)
  FROM pg_foreign_data_wrapper w JOIN role ON role.oid = w.fdwowner WHERE ${notOfExtension("pg_foreign_data_wrapper", "w.oid")}
UNION ALL
SELECT 'foreign server', 'foreign server ' || quote_ident(s.srvname), NULL, s.srvname,
       jsonb_build_object('wrapper', w.fdwname, 'type', s.srvtype, 'version', s.srvversion, 'options', to_jsonb(s.srvoptions), 'owner', role.name)
  FROM pg_foreign_server s JOIN pg_foreign_data_wrapper w ON w.oid = s.srvfdw JOIN role ON role.oid = s.srvowner`;

const languages = `
SELECT 'language', 'language ' || quote_ident(l.lanname), NULL, l.lanname, jsonb_build_object('trusted', l.lanpltrusted, 'owner', role.name)
  FROM pg_language l JOIN role ON role.oid = l.lanowner WHERE l.oid >= ${firstOwn} AND ${notOfExtension("pg_language", "l.oid")}`;

/** Settings of this database and of roles; the database itself has no name here, for every clone has another. */
const settings = `
SELECT 'setting', 'setting ' || split_part(c.entry, '=', 1)
         || CASE WHEN s.setrole = 0 THEN '' ELSE ' of role ' || role.id END
         || CASE WHEN s.setdatabase = 0 THEN ' in every database' ELSE ' in this database' END,
       NULL, split_part(c.entry, '=', 1), jsonb_build_object('value', substr(c.entry, strpos(c.entry, '=') + 1))
  FROM pg_db_role_setting s JOIN me ON s.setdatabase IN (0, me.oid) LEFT JOIN role ON role.oid = s.setrole, unnest(s.setconfig) c(entry)`;

export const wholeDatabase: readonly Branch[] = [
  { select: extensions, where: "EXISTS (SELECT FROM pg_extension WHERE extname <> 'plpgsql')" },
  { select: eventTriggers, where: own("pg_event_trigger") },
  { select: publications, where: own("pg_publication") },
  { select: foreign, where: own("pg_foreign_data_wrapper") },
  { select: languages, where: own("pg_language") },
  { select: settings, where: "EXISTS (SELECT FROM pg_db_role_setting)" },
];
