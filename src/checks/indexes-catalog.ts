import { queryCatalog } from "../catalog/query.ts";
import type { Database } from "../model/ports.ts";
import { quoted } from "../sql/identifier.ts";

/** What the catalog says of a schema's indexes and foreign keys: what `indexes` compares the plan with. */

export type FoundIndex = {
  readonly name: string;
  readonly table: string;
  /** `r`, `p` or `m`, as `pg_class.relkind`. */
  readonly on: string;
  readonly unique: boolean;
  readonly valid: boolean;
  readonly isPartial: boolean;
  readonly method: string;
  /** Its definition from USING on. */
  readonly uses: string;
  /** Names of columns; of an expression, PostgreSQL's text of it. */
  readonly keys: readonly string[];
  /** The constraint that it belongs to. */
  readonly constraint: string | null;
  readonly isPrimary: boolean;
};

export type FoundForeignKey = {
  readonly name: string;
  readonly table: string;
  readonly columns: readonly string[];
  /** The table that it points at. */
  readonly references: string;
  /** Sets of its columns of which each is enough to tell the row that it points at: what is unique over there. */
  readonly enough: readonly (readonly string[])[];
};

/** From USING on: what comes before says the index's own name, and its table's. */
export const usesOf = (index: string): string =>
  `substr(pg_get_indexdef(${index}), strpos(pg_get_indexdef(${index}), ' USING ') + 1)`;

// An index of a partition is its parent's, and is described there.
const indexes = `SELECT c.relname AS name, t.relname AS table, t.relkind AS on, i.indisunique AS unique,
       i.indisvalid AND i.indisready AND i.indislive AS valid, i.indpred IS NOT NULL AS "isPartial", m.amname AS method,
       ${usesOf("i.indexrelid")} AS uses,
       ARRAY(SELECT coalesce(a.attname::text, pg_get_indexdef(i.indexrelid, k.place::int, false))
               FROM unnest(i.indkey::int2[]) WITH ORDINALITY AS k(number, place)
               LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.number AND k.number <> 0
              WHERE k.place <= i.indnkeyatts ORDER BY k.place) AS keys,
       (SELECT o.conname FROM pg_constraint o WHERE o.conindid = i.indexrelid AND o.contype::text IN ('p', 'u', 'x')) AS constraint,
       i.indisprimary AS "isPrimary"
  FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_class t ON t.oid = i.indrelid JOIN pg_am m ON m.oid = c.relam
 WHERE t.relnamespace = to_regnamespace($1) AND t.relkind IN ('r', 'p', 'm') AND NOT c.relispartition
 ORDER BY c.relname COLLATE "C"`;

export const foundIndexes = (database: Database, schema: string): Promise<readonly FoundIndex[]> =>
  queryCatalog(database, indexes, [quoted(schema)]);

const foreignKeys = `SELECT c.conname AS name, t.relname AS table, c.confrelid::regclass::text AS references,
       ARRAY(SELECT a.attname::text FROM unnest(c.conkey) WITH ORDINALITY AS k(number, place)
               JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.number ORDER BY k.place) AS columns,
       (SELECT coalesce(json_agg(u.names ORDER BY u.names), '[]')
          FROM (SELECT DISTINCT ARRAY(SELECT a.attname::text
                                        FROM unnest(i.indkey::int2[]) WITH ORDINALITY AS k(number, place)
                                        JOIN pg_attribute a ON a.attrelid = c.conrelid
                                                           AND a.attnum = c.conkey[array_position(c.confkey, k.number)]
                                       WHERE k.place <= i.indnkeyatts ORDER BY a.attname) AS names
                  FROM pg_index i
                 WHERE i.indrelid = c.confrelid AND i.indisunique AND i.indpred IS NULL AND i.indexprs IS NULL
                   AND (i.indkey::int2[])[0:i.indnkeyatts - 1] <@ c.confkey) AS u) AS enough
  FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid
 WHERE t.relnamespace = to_regnamespace($1) AND c.contype::text = 'f' AND c.conparentid = 0
 ORDER BY t.relname COLLATE "C", c.conname COLLATE "C"`;

export const foundForeignKeys = (database: Database, schema: string): Promise<readonly FoundForeignKey[]> =>
  queryCatalog(database, foreignKeys, [quoted(schema)]);
