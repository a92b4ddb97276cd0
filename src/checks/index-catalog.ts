import { queryCatalog } from "../catalog/query.ts";
import type { Database } from "../model/ports.ts";
import { type QualifiedName, quoted, quotedName } from "../sql/identifier.ts";
import { askedPredicate } from "./asked.ts";
import { namesUnknownColumn } from "./unknown-column.ts";

/** What the catalog says of indexes, and what the plan asks for in its words: what `index` observes. */

export type FoundIndex = {
  readonly name: string;
  /** Names of columns; of an expression, PostgreSQL's text of it. */
  readonly columns: readonly string[];
  readonly include: readonly string[];
  readonly unique: boolean;
  readonly predicate: string | null;
  readonly method: string;
  readonly valid: boolean;
  /** The primary key, unique or exclusion constraint that it belongs to. */
  readonly constraint: string | null;
  readonly definition: string;
};

const keys = (from: string, to: string): string =>
  `ARRAY(SELECT coalesce(a.attname::text, pg_get_indexdef(i.indexrelid, k.place::int, false))
           FROM unnest(i.indkey::int2[]) WITH ORDINALITY AS k(number, place)
           LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.number AND k.number <> 0
          WHERE k.place BETWEEN ${from} AND ${to} ORDER BY k.place)`;

const indexes = `SELECT c.relname AS name, ${keys("1", "i.indnkeyatts")} AS columns,
       ${keys("i.indnkeyatts + 1", "i.indnatts")} AS include, i.indisunique AS unique,
       pg_get_expr(i.indpred, i.indrelid) AS predicate, m.amname AS method,
       i.indisvalid AND i.indisready AND i.indislive AS valid,
       (SELECT o.conname FROM pg_constraint o WHERE o.conindid = i.indexrelid AND o.contype::text IN ('p', 'u', 'x')) AS constraint,
       pg_get_indexdef(i.indexrelid) AS definition
  FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_am m ON m.oid = c.relam
 WHERE i.indrelid = to_regclass($1)
 ORDER BY c.relname COLLATE "C"`;

/** All indexes of a table or materialized view, by name; none where there is no such table. */
export const foundIndexes = (database: Database, table: QualifiedName): Promise<readonly FoundIndex[]> =>
  queryCatalog(database, indexes, [quotedName(table)]);

export type AskedIndex = { readonly columns: readonly string[]; readonly predicate: string | null };

/** The plan's columns and predicate as PostgreSQL writes them. Throws what it refuses. */
export async function askedIndex(
  database: Database,
  table: QualifiedName,
  { columns, predicate: where, method }: { columns: readonly string[]; predicate?: string | undefined; method: string },
): Promise<AskedIndex> {
  const predicate = where ?? null;
  const names = await queryCatalog<{ name: string }>(
    database,
    "SELECT attname AS name FROM pg_attribute WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped",
    [quotedName(table)],
  );
  const isColumn = (text: string) => names.some(({ name }) => name === text);
  const expressions = columns.filter((text) => !isColumn(text));
  const written = predicate === null ? expressions : [...expressions, predicate];
  if (written.length > 0 && (await namesUnknownColumn(database, table, written))) return { columns, predicate };

  const normal = expressions.length === 0 ? [] : await askedExpressions(database, table, expressions, method);
  return {
    columns: columns.map((text) => (isColumn(text) ? text : (normal[expressions.indexOf(text)] ?? text))),
    predicate: predicate === null ? null : await askedPredicate(database, table, predicate),
  };
}

async function askedExpressions(
  database: Database,
  table: QualifiedName,
  expressions: readonly string[],
  method: string,
): Promise<readonly string[]> {
  await database.query(`CREATE TEMPORARY TABLE asked_index (LIKE ${quotedName(table)} INCLUDING GENERATED)`);
  const list = expressions.map((text) => `(${text})`).join(", ");
  await database.query(`CREATE INDEX asked_index_of_plan ON asked_index USING ${quoted(method)} (${list})`);
  const [row] = await queryCatalog<{ columns: readonly string[] }>(
    database,
    `SELECT ARRAY(SELECT pg_get_indexdef(indexrelid, place, false) FROM generate_series(1, indnatts) AS place ORDER BY place) AS columns
       FROM pg_index WHERE indrelid = 'pg_temp.asked_index'::regclass`,
  );
  if (!row) throw new Error(`PostgreSQL made no index of ${list}`);
  return row.columns;
}
