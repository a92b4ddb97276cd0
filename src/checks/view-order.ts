import { queryCatalog } from "../catalog/query.ts";
import type { Database } from "../model/ports.ts";
import { type QualifiedName, quotedName } from "../sql/identifier.ts";

/** A table, view or materialized view, and what its query reads. */
export interface Relation extends QualifiedName {
  /** As `pg_class.relkind`: `r`, `p`, `f`, `v`, `m`. */
  readonly kind: string;
  /** As SQL, always quoted. */
  readonly sql: string;
  /** Those that a view reads, as SQL. */
  readonly reads: readonly string[];
}

const relations = `SELECT n.nspname AS schema, c.relname AS name, c.relkind AS kind,
       (SELECT coalesce(json_agg(DISTINCT json_build_object('schema', m.nspname, 'name', o.relname)::jsonb), '[]')
          FROM pg_rewrite w
          JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = w.oid AND d.refclassid = 'pg_class'::regclass
          JOIN pg_class o ON o.oid = d.refobjid AND o.oid <> c.oid AND o.relkind IN ('r', 'p', 'f', 'v', 'm')
          JOIN pg_namespace m ON m.oid = o.relnamespace
         WHERE w.ev_class = c.oid AND c.relkind IN ('v', 'm')) AS reads
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE c.relkind IN ('r', 'p', 'f', 'v', 'm') AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
 ORDER BY n.nspname COLLATE "C", c.relname COLLATE "C"`;

/** All tables and views outside of PostgreSQL's own schemas, what a view reads before it. What functions read is not seen. */
export async function relationsInOrder(database: Pick<Database, "query">): Promise<readonly Relation[]> {
  const rows = await queryCatalog<QualifiedName & { kind: string; reads: readonly QualifiedName[] }>(
    database,
    relations,
  );
  const all = new Map(
    rows.map((row): [string, Relation] => [
      quotedName(row),
      { ...row, sql: quotedName(row), reads: row.reads.map(quotedName) },
    ]),
  );
  const ordered = new Set<Relation>();
  const visit = (sql: string): void => {
    const relation = all.get(sql);
    if (!relation || ordered.has(relation)) return;
    for (const read of relation.reads) visit(read);
    ordered.add(relation);
  };
  for (const sql of all.keys()) visit(sql);
  return [...ordered];
}

/** Those that are named, and what they read, in the same order. */
export function withWhatTheyRead(relations: readonly Relation[], named: readonly string[]): readonly Relation[] {
  const wanted = new Set(named);
  // What reads comes after what it reads.
  for (const relation of relations.toReversed()) {
    if (wanted.has(relation.sql)) for (const read of relation.reads) wanted.add(read);
  }
  return relations.filter(({ sql }) => wanted.has(sql));
}
