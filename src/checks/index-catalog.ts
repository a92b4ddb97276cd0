import { queryCatalog } from "../catalog/query.ts";
import type { Database } from "../model/ports.ts";
import { type QualifiedName, quoted, quotedName } from "../sql/identifier.ts";
import { askedPredicate } from "./asked.ts";
import { descendantsOf } from "./descendants.ts";
import { type IndexKey, isOrdered, keysOf } from "./index-keys.ts";
import { parsedBefore } from "./parsed-before.ts";
import { namesUnknownColumn } from "./unknown-column.ts";

/** What the catalog says of indexes, and what the plan asks for in its words: what `index` observes. */

export type FoundIndex = {
  readonly name: string;
  /** Names of columns; of an expression, PostgreSQL's text of it. */
  readonly columns: readonly string[];
  /** How each of its keys is compared and ordered. */
  readonly keys: readonly IndexKey[];
  readonly include: readonly string[];
  readonly unique: boolean;
  /** Two nulls are different values, as they are unless NULLS NOT DISTINCT says otherwise. */
  readonly nullsDistinct: boolean;
  readonly predicate: string | null;
  readonly method: string;
  readonly valid: boolean;
  /** Of a unique one: tables with rows of the table that are not in it. */
  readonly missingOn: readonly string[];
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
       ${keys("i.indnkeyatts + 1", "i.indnatts")} AS include, i.indisunique AS unique, NOT i.indnullsnotdistinct AS "nullsDistinct",
       pg_get_expr(i.indpred, i.indrelid) AS predicate, m.amname AS method,
       i.indisvalid AND i.indisready AND i.indislive AS valid,
       ARRAY(SELECT d.name FROM ${descendantsOf("i.indrelid")} d WHERE i.indisunique AND NOT d.relispartition ORDER BY d.name COLLATE "C") AS "missingOn",
       (SELECT o.conname FROM pg_constraint o WHERE o.conindid = i.indexrelid AND o.contype::text IN ('p', 'u', 'x')) AS constraint,
       pg_get_indexdef(i.indexrelid) AS definition
  FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_am m ON m.oid = c.relam
 WHERE i.indrelid = to_regclass($1)
 ORDER BY c.relname COLLATE "C"`;

/** All indexes of a table or materialized view, by name; none where there is no such table. */
export async function foundIndexes(database: Database, table: QualifiedName): Promise<readonly FoundIndex[]> {
  const rows = await queryCatalog<Omit<FoundIndex, "keys">>(database, indexes, [quotedName(table)]);
  return Promise.all(rows.map(async (row) => ({ ...row, keys: await keysOf(row.definition) })));
}

/** A key as the plan asks for it; `order` is `null` where the plan leaves it open. */
export type AskedKey = Omit<IndexKey, "order"> & { readonly order: string | null };
export type AskedIndex = {
  readonly columns: readonly string[];
  readonly keys: readonly AskedKey[];
  readonly predicate: string | null;
};

const ordinary: AskedKey = { collation: null, operators: null, order: null };

/** The plan's text, for where nothing of it can be normalised. */
export const askedAsWritten = (columns: readonly string[], predicate: string | null): AskedIndex => ({
  columns,
  keys: columns.map(() => ordinary),
  predicate,
});

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
  const written = columns.filter((text) => !isColumn(text));
  if (predicate !== null && (await namesUnknownColumn(database, table, [predicate])))
    return askedAsWritten(columns, predicate);

  const normal = await askedKeys(database, table, written, method);
  if (normal === null) return askedAsWritten(columns, predicate);
  const all = columns.map((text) => normal[written.indexOf(text)] ?? { column: text, key: ordinary });
  return {
    columns: all.map(({ column }) => column),
    keys: all.map(({ key }) => key),
    predicate: predicate === null ? null : await askedPredicate(database, table, predicate),
  };
}

interface NormalKey {
  readonly column: string;
  readonly key: AskedKey;
}

/** Keys that are no mere names of columns; `null` where they name a column that the table does not have. */
async function askedKeys(
  database: Database,
  table: QualifiedName,
  written: readonly string[],
  method: string,
): Promise<readonly NormalKey[] | null> {
  if (written.length === 0) return [];
  const list = (await Promise.all(written.map(asKey))).join(", ");
  await database.query(`CREATE TEMPORARY TABLE asked_index (LIKE ${quotedName(table)} INCLUDING GENERATED)`);
  const made = await database.attempt(
    `CREATE INDEX asked_index_of_plan ON asked_index USING ${quoted(method)} (${list})`,
  );
  if (!made.accepted) {
    if (made.error.condition === "undefined_column") return null;
    throw new Error(made.error.message);
  }
  const [it] = await foundIndexes(database, { schema: "pg_temp", name: "asked_index" });
  if (!it) throw new Error(`PostgreSQL made no index of ${list}`);
  const ordered = await Promise.all(written.map(isOrdered));
  return it.columns.map((column, at) => {
    const { order, ...key } = it.keys[at] ?? { ...ordinary, order: null };
    return { column, key: { ...key, order: ordered[at] ? order : null } };
  });
}

/** An expression needs parentheses as a key; a key that says more than an expression must not have them. */
async function asKey(text: string): Promise<string> {
  const [expression, key] = await Promise.all(
    [`SELECT (${text})`, `CREATE INDEX ON t (${text})`].map((sql) => parsedBefore(sql)),
  );
  return expression?.status === "refused" && key?.status === "parsed" ? text : `(${text})`;
}
