import picomatch from "picomatch";
import { queryCatalog } from "../catalog/query.ts";
import { ConnectionLost, type Database, type Tree } from "../model/ports.ts";
import { literal, quoted, quotedName } from "../sql/identifier.ts";
import { splitStatements } from "../sql/statements.ts";
import { acting } from "./acting.ts";
import type { ContractParams } from "./contract.ts";
import { type ContractFile, readContract } from "./contract-file.ts";
import type { Field } from "./contract-schema.ts";
import type { ColumnType } from "./contract-types.ts";
import { parts } from "./params.ts";
import { type Relation, relationsInOrder, withWhatTheyRead } from "./view-order.ts";

/** What `contract` sees: the file's schemas, the columns of the views that they are mapped to, and rows of these. */

export type FoundColumn = ColumnType & {
  readonly name: string;
  /** As declared. */
  readonly type: string;
  readonly notNull: boolean;
};

export type FoundView = {
  /** What PostgreSQL said when its rows were asked for, where it refused. */
  readonly refusal: string | null;
  /** NOT NULL is known of tables alone. */
  readonly isTable: boolean;
  readonly columns: readonly FoundColumn[];
  readonly rows: number;
  /** How many rows have no value there, by column. */
  readonly nulls: { readonly [column: string]: number };
  /** Values that a contract's `enum` does not have, the first few, by column. */
  readonly strangers: { readonly [column: string]: readonly string[] };
};

export type Observed = {
  readonly file: ContractFile;
  /** What each schema of the plan is mapped to, by the schema's name; `null`: there is none. */
  readonly views: { readonly [schema: string]: FoundView | null };
  /** What matches each of the plan's globs. */
  readonly matching: readonly {
    readonly glob: string;
    readonly views: readonly { readonly schema: string; readonly name: string }[];
  }[];
  /** The statement of `load`, or the refresh, that was refused. */
  readonly refused: { readonly statement: string; readonly message: string } | null;
};

/** A name as the plan writes it: without `public`. */
export const written = ({ schema, name }: { readonly schema: string; readonly name: string }): string =>
  schema === "public" ? name : `${schema}.${name}`;

export const matchesGlob = (glob: string, { schema, name }: { readonly schema: string; readonly name: string }) =>
  [written({ schema, name }), `${schema}.${name}`].some((text) => picomatch(glob, { dot: true })(text));

const columns = `WITH RECURSIVE typed AS (
    SELECT a.attnum, a.attname, a.attnotnull, format_type(a.atttypid, a.atttypmod) AS type, a.atttypid AS oid, a.atttypmod AS modifier
      FROM pg_attribute a WHERE a.attrelid = to_regclass($1) AND a.attnum > 0 AND NOT a.attisdropped
    UNION ALL
    SELECT d.attnum, d.attname, d.attnotnull, d.type, t.typbasetype, t.typtypmod
      FROM typed d JOIN pg_type t ON t.oid = d.oid AND t.typtype = 'd')
SELECT d.attname AS name, d.type, d.attnotnull AS "notNull", format_type(d.oid, d.modifier) AS base,
       (SELECT json_agg(e.enumlabel ORDER BY e.enumsortorder) FROM pg_enum e WHERE e.enumtypid IN (t.oid, t.typelem)) AS labels
  FROM typed d JOIN pg_type t ON t.oid = d.oid AND t.typtype <> 'd'
 ORDER BY d.attnum`;

/** Runs the rows' statements and refreshes what reads them; gives what was refused. */
async function load(
  database: Database,
  tree: Tree,
  path: string,
  refreshed: readonly Relation[],
): Promise<Observed["refused"]> {
  const text = tree.read(path);
  if (text === undefined) return { statement: path, message: "the file does not exist" };
  const split = await splitStatements(text);
  if (split.status === "refused") return { statement: `${path}:${split.mistake.line}`, message: split.mistake.message };
  const statements = [
    ...split.statements.map((one) => one.text),
    // Constraint triggers that wait for the end of the transaction would keep a table from being looked at.
    "SET CONSTRAINTS ALL IMMEDIATE",
    ...refreshed.map(({ sql }) => `REFRESH MATERIALIZED VIEW ${sql}`),
  ];
  for (const statement of statements) {
    try {
      await database.query(statement);
    } catch (error) {
      if (error instanceof ConnectionLost || !(error instanceof Error)) throw error;
      return { statement, message: error.message };
    }
  }
  return null;
}

/** Counts rows, and what is not as the fields say in them. */
async function rowsOf(
  database: Database,
  sql: string,
  names: readonly string[],
  fields: readonly Field[],
): Promise<Pick<FoundView, "refusal" | "rows" | "nulls" | "strangers">> {
  const known = fields.filter(({ name, values }) => values !== null && names.includes(name));
  const nulls = names.map((name) => `count(*) FILTER (WHERE ${quoted(name)} IS NULL)::int`);
  const strangers = known.map(({ name, values }) => {
    const other = `NOT ${quoted(name)}::text = ANY (ARRAY[${(values ?? []).map(literal).join(", ")}]::text[])`;
    return `(array_agg(DISTINCT ${quoted(name)}::text) FILTER (WHERE ${other}))[1:3]`;
  });
  const attempt = await database.attempt(
    `SELECT count(*)::int AS rows, json_build_array(${nulls.join(", ")}) AS nulls,
            json_build_array(${strangers.join(", ")}) AS strangers FROM ${sql}`,
  );
  if (!attempt.accepted) return { refusal: attempt.error.message, rows: 0, nulls: {}, strangers: {} };
  const [row] = attempt.rows as unknown as readonly Counted[]; // the columns that the statement above names
  if (!row) throw new Error(`PostgreSQL gave no row for the count of ${sql}`);
  return {
    refusal: null,
    rows: row.rows,
    nulls: Object.fromEntries(names.map((name, at) => [name, row.nulls[at] ?? 0])),
    strangers: Object.fromEntries(known.map(({ name }, at) => [name, row.strangers[at] ?? []])),
  };
}
type Counted = {
  readonly rows: number;
  readonly nulls: readonly number[];
  readonly strangers: readonly (readonly string[] | null)[];
};

export async function observeContract(database: Database, tree: Tree, params: ContractParams): Promise<Observed> {
  const file = await readContract(tree, params.file, params.refs ?? []);
  const relations = await relationsInOrder(database);
  const views = relations.filter(({ kind }) => kind === "v" || kind === "m");
  const matching = (params.views ?? []).map((glob) => ({
    glob,
    views: views.filter((view) => matchesGlob(glob, view)).map(({ schema, name }) => ({ schema, name })),
  }));
  const mapped = Object.entries(params.schemas).map(([schema, view]) => ({ schema, sql: quotedName(parts(view)) }));
  const read = withWhatTheyRead(
    relations,
    mapped.map(({ sql }) => sql),
  );
  const refreshed = read.filter(({ kind }) => kind === "m");
  const found: { [schema: string]: FoundView | null } = {};
  for (const { schema, sql } of mapped) {
    const relation = read.find((one) => one.sql === sql);
    const isTable = relation?.kind !== "v" && relation?.kind !== "m";
    const unseen = { refusal: null, rows: 0, nulls: {}, strangers: {} };
    found[schema] = relation ? { isTable, columns: await queryCatalog(database, columns, [sql]), ...unseen } : null;
  }
  const refused = params.load === undefined ? null : await load(database, tree, params.load, refreshed);
  // A refusal ends the transaction: nothing more can be asked in it.
  if (refused) return { file, views: found, matching, refused };
  await database.act(acting(params));
  for (const { schema, sql } of mapped) {
    const view = found[schema];
    if (!view) continue;
    const names = view.columns.map(({ name }) => name);
    found[schema] = { ...view, ...(await rowsOf(database, sql, names, fieldsOf(file, schema))) };
  }
  await database.act({});
  return { file, views: found, matching, refused };
}

/** The fields of all schemas of a name. */
const fieldsOf = (file: ContractFile, schema: string): readonly Field[] =>
  file.status !== "read"
    ? []
    : file.schemas.flatMap(({ name, shape }) => (name === schema && "fields" in shape ? shape.fields : []));
