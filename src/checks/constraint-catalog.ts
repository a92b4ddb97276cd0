import { queryCatalog } from "../catalog/query.ts";
import type { Database } from "../model/ports.ts";
import { type QualifiedName, quotedName } from "../sql/identifier.ts";
import { descendantsOf } from "./descendants.ts";

/** What the catalog says of constraints: what `constraint` observes. */

export type ConstraintType = "primary key" | "unique" | "foreign key" | "check" | "exclude" | "not null";

export type FoundConstraint = {
  /** Empty for NOT NULL, which has a name only from PostgreSQL 18 on. */
  readonly name: string;
  /** In the order of a key; of a check those that its condition names. */
  readonly columns: readonly string[];
  readonly definition: string;
  /** Of a check. */
  readonly condition: string | null;
  readonly references: { readonly schema: string; readonly table: string; readonly columns: readonly string[] } | null;
  /** Of a foreign key: whether a key with nulls in some columns only may be. One of a single column has no such keys. */
  readonly match: "simple" | "full" | null;
  readonly onDelete: string | null;
  /** The columns that ON DELETE sets, where it names some; otherwise it sets all. */
  readonly onDeleteColumns: readonly string[];
  readonly onUpdate: string | null;
  /** Two nulls are different values, as they are unless NULLS NOT DISTINCT says otherwise. */
  readonly nullsDistinct: boolean;
  readonly validated: boolean;
  readonly enforced: boolean;
  /** Tables with rows of the table that it does not hold for. */
  readonly missingOn: readonly string[];
  readonly deferrable: false | "immediate" | "deferred";
};

const columnsOf = (key: string, of: string): string =>
  `ARRAY(SELECT a.attname::text FROM unnest(c.${key}) WITH ORDINALITY AS k(number, place)
           JOIN pg_attribute a ON a.attrelid = c.${of} AND a.attnum = k.number ORDER BY k.place)`;
const actionOf = (column: string): string =>
  `CASE c.${column} WHEN 'a' THEN 'no action' WHEN 'r' THEN 'restrict' WHEN 'c' THEN 'cascade'
                    WHEN 'n' THEN 'set null' WHEN 'd' THEN 'set default' END`;

// `conenforced` is new in PostgreSQL 18; through JSON the query is the same for all.
const constraints = `SELECT c.conname AS name, ${columnsOf("conkey", "conrelid")} AS columns,
       pg_get_constraintdef(c.oid) AS definition, pg_get_expr(c.conbin, c.conrelid) AS condition,
       (SELECT json_build_object('schema', n.nspname, 'table', r.relname, 'columns', ${columnsOf("confkey", "confrelid")})
          FROM pg_class r JOIN pg_namespace n ON n.oid = r.relnamespace WHERE r.oid = c.confrelid) AS "references",
       CASE WHEN c.contype::text = 'f' THEN CASE c.confmatchtype WHEN 'f' THEN 'full' ELSE 'simple' END END AS match,
       ${actionOf("confdeltype")} AS "onDelete", ${columnsOf("confdelsetcols", "conrelid")} AS "onDeleteColumns",
       ${actionOf("confupdtype")} AS "onUpdate",
       NOT coalesce((SELECT i.indnullsnotdistinct FROM pg_index i WHERE c.contype::text = 'u' AND i.indexrelid = c.conindid), false) AS "nullsDistinct",
       c.convalidated AS validated,
       coalesce((to_jsonb(c)->>'conenforced')::boolean, true) AS enforced,
       ARRAY(SELECT d.name FROM ${descendantsOf("c.conrelid")} d
              WHERE CASE WHEN c.contype::text = 'c' THEN c.connoinherit ELSE NOT d.relispartition END
                AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conrelid = d.oid AND k.contype::text = 'f' AND c.contype::text = 'f'
                                   AND pg_get_constraintdef(k.oid) = pg_get_constraintdef(c.oid))
              ORDER BY d.name COLLATE "C") AS "missingOn",
       CASE WHEN NOT c.condeferrable THEN 'false' WHEN c.condeferred THEN '"deferred"' ELSE '"immediate"' END::json AS deferrable
  FROM pg_constraint c
 WHERE c.conrelid = to_regclass($1)
   AND c.contype::text = CASE $2::text WHEN 'primary key' THEN 'p' WHEN 'unique' THEN 'u' WHEN 'foreign key' THEN 'f'
                                       WHEN 'check' THEN 'c' WHEN 'exclude' THEN 'x' END
 ORDER BY c.conname COLLATE "C"`;

// In PostgreSQL 15 to 17 NOT NULL is a column's flag only; from 18 on it is a constraint too, and can be NOT VALID.
const notNulls = `SELECT '' AS name, ARRAY[a.attname::text] AS columns, format('NOT NULL %I', a.attname) AS definition,
       NULL AS condition, NULL AS "references", NULL AS match, NULL AS "onDelete", '{}'::text[] AS "onDeleteColumns",
       NULL AS "onUpdate", true AS "nullsDistinct",
       coalesce(c.convalidated, true) AS validated, true AS enforced,
       ARRAY(SELECT d.name FROM ${descendantsOf("a.attrelid")} d JOIN pg_attribute b ON b.attrelid = d.oid AND b.attname = a.attname
              WHERE NOT b.attnotnull ORDER BY d.name COLLATE "C") AS "missingOn", 'false'::json AS deferrable
  FROM pg_attribute a
  LEFT JOIN pg_constraint c ON c.conrelid = a.attrelid AND c.contype::text = 'n' AND c.conkey = ARRAY[a.attnum]
 WHERE a.attrelid = to_regclass($1) AND a.attnum > 0 AND NOT a.attisdropped AND a.attnotnull
 ORDER BY a.attname COLLATE "C"`;

/** All constraints of a type on a table, by name; none where there is no such table. */
export const foundConstraints = (
  database: Database,
  table: QualifiedName,
  type: ConstraintType,
): Promise<readonly FoundConstraint[]> =>
  type === "not null"
    ? queryCatalog(database, notNulls, [quotedName(table)])
    : queryCatalog(database, constraints, [quotedName(table), type]);

/** A definition without what it says of deferring, validity and enforcement. */
export const stateless = (definition: string): string =>
  definition.replace(/( NOT DEFERRABLE| DEFERRABLE( INITIALLY DEFERRED)?)?( NOT VALID| NOT ENFORCED)?$/, "");

/** What is compared with the plan's definition: of a check its condition, of others all but their state. */
export const comparable = (found: FoundConstraint): string => found.condition ?? stateless(found.definition);

/** An exclusion on this table as PostgreSQL writes it. Throws what PostgreSQL refuses. */
export async function askedExclusion(database: Database, table: QualifiedName, definition: string): Promise<string> {
  await database.query(`CREATE TEMPORARY TABLE asked_exclusion (LIKE ${quotedName(table)} INCLUDING GENERATED)`);
  await database.query(`ALTER TABLE asked_exclusion ADD CONSTRAINT asked ${definition}`);
  const [row] = await queryCatalog<{ definition: string }>(
    database,
    "SELECT pg_get_constraintdef(oid) AS definition FROM pg_constraint WHERE conrelid = 'pg_temp.asked_exclusion'::regclass AND contype::text = 'x'",
  );
  if (!row) throw new Error(`\`${definition}\` is no exclusion; write it from EXCLUDE on`);
  return stateless(row.definition);
}
