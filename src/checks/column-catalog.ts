import { queryCatalog } from "../catalog/query.ts";
import type { Database } from "../model/ports.ts";
import { type QualifiedName, quoted, quotedName } from "../sql/identifier.ts";
import { namesUnknownColumn } from "./unknown-column.ts";

/** What the catalog says of a column, and the plan's expression in its words: what `column` observes. */

export const identities = ["always", "by default"] as const;

export type FoundColumn = {
  /** What it is a column of: `table`, `view`, … */
  readonly of: string;
  /** With its collation, where that is not the type's own. */
  readonly type: string;
  readonly nullable: boolean;
  /** It may not be null, and older rows, which nobody looked at, may all the same. */
  readonly notNullIsValid: boolean;
  readonly default: string | null;
  readonly identity: (typeof identities)[number] | null;
  /** The expression that gives its value, whatever is written. */
  readonly generated: string | null;
};

const typeOf = (a: string): string =>
  `format_type(${a}.atttypid, ${a}.atttypmod) || coalesce((SELECT ' COLLATE ' || ${a}.attcollation::regcollation FROM pg_type y
    WHERE y.oid = ${a}.atttypid AND y.typcollation <> ${a}.attcollation), '')`;

// In PostgreSQL 15 to 17 NOT NULL is a column's flag only; from 18 on it is a constraint too, and can be NOT VALID.
const columns = `SELECT CASE c.relkind WHEN 'r' THEN 'table' WHEN 'p' THEN 'table' WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view'
         WHEN 'f' THEN 'foreign table' WHEN 'c' THEN 'composite type' WHEN 'i' THEN 'index' ELSE 'relation of another sort' END AS "of",
       ${typeOf("a")} AS type, NOT a.attnotnull AS nullable,
       NOT EXISTS (SELECT FROM pg_constraint n WHERE n.conrelid = a.attrelid AND n.contype::text = 'n' AND n.conkey = ARRAY[a.attnum]
                      AND NOT n.convalidated) AS "notNullIsValid",
       CASE WHEN a.attgenerated::text = '' THEN pg_get_expr(d.adbin, d.adrelid) END AS "default",
       CASE a.attidentity WHEN 'a' THEN 'always' WHEN 'd' THEN 'by default' END AS identity,
       CASE WHEN a.attgenerated::text <> '' THEN pg_get_expr(d.adbin, d.adrelid) END AS generated
  FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
 WHERE a.attrelid = to_regclass($1) AND a.attname = $2 AND a.attnum > 0 AND NOT a.attisdropped`;

/** A column; `null` where there is none of this name. */
export async function foundColumn(database: Database, table: QualifiedName, name: string): Promise<FoundColumn | null> {
  const [row] = await queryCatalog<FoundColumn>(database, columns, [quotedName(table), name]);
  return row ?? null;
}

/** A type of the plan as `FoundColumn` has it: `int` is `integer`, `numeric(6, 5)` is `numeric(6,5)`. */
export async function askedType(database: Database, type: string): Promise<string> {
  await database.query(`CREATE TEMPORARY TABLE asked_type (asked ${type})`);
  const [row] = await queryCatalog<{ type: string }>(
    database,
    `SELECT ${typeOf("a")} AS type FROM pg_attribute a WHERE a.attrelid = 'pg_temp.asked_type'::regclass AND a.attnum = 1`,
  );
  if (!row) throw new Error(`PostgreSQL does not know the type ${type}`);
  return row.type;
}

/**
 * The expression of a generated column of this type as PostgreSQL writes it; `null` where it names a column that the table
 * does not have. Throws what PostgreSQL refuses otherwise.
 */
export async function askedGenerated(
  database: Database,
  table: QualifiedName,
  type: string,
  expression: string,
): Promise<string | null> {
  if (await namesUnknownColumn(database, table, [expression])) return null;
  const asked = quoted("asked as generated");
  await database.query(`CREATE TEMPORARY TABLE asked_generated (LIKE ${quotedName(table)})`);
  await database.query(
    `ALTER TABLE asked_generated ADD COLUMN ${asked} ${type} GENERATED ALWAYS AS (${expression}) STORED`,
  );
  const [row] = await queryCatalog<{ expression: string }>(
    database,
    "SELECT pg_get_expr(adbin, adrelid) AS expression FROM pg_attrdef WHERE adrelid = 'pg_temp.asked_generated'::regclass",
  );
  if (!row) throw new Error(`PostgreSQL generated nothing of ${expression}`);
  return row.expression;
}
