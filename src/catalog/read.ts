import type { Json } from "../model/json.ts";
import type { Catalog, CatalogObject, Database } from "../model/ports.ts";
import { common } from "./statement/common.ts";
import { constraintsAndTheLike } from "./statement/constraints.ts";
import { wholeDatabase } from "./statement/database.ts";
import { future, grantable, grants } from "./statement/grants.ts";
import { relations } from "./statement/relations.ts";
import { routines } from "./statement/routines.ts";

const branches = [...relations, ...constraintsAndTheLike, ...routines, ...wholeDatabase, ...grants];

/**
 * Without a search_path every name is printed with its schema. The joins are written in a good order: with the limits at
 * 1 PostgreSQL does not look for another, which takes longer than the statement itself.
 */
const settings = ["search_path", "join_collapse_limit", "from_collapse_limit"] as const;

const prepare = `SELECT ARRAY[${settings.map((name) => `pg_catalog.current_setting('${name}')`).join(", ")}] AS settings,
  ARRAY[pg_catalog.set_config('search_path', '', true), pg_catalog.set_config('join_collapse_limit', '1', true),
        pg_catalog.set_config('from_collapse_limit', '1', true)] AS changed,
  ARRAY[${branches.map(({ where }) => where ?? "true").join(", ")}] AS needed`;

const restore = `SELECT ${settings.map((name, index) => `pg_catalog.set_config('${name}', $${index + 1}, true)`).join(", ")}`;

interface Row {
  readonly kind: string;
  readonly identity: string;
  readonly on: string | null;
  readonly name: string;
  readonly properties: { readonly [name: string]: Json };
}

/**
 * All facts of a database, sorted by identity; the same on PostgreSQL 15 to 18, and without oids. A property that does
 * not apply is absent. Names in definitions are qualified with their schemas, whatever the search_path is.
 * Cluster-wide things (roles, tablespaces) and the name of the database are no facts of it.
 * Throws what PostgreSQL refuses.
 */
export async function readCatalog(database: Pick<Database, "query">): Promise<Catalog> {
  const [before] = await database.query<{ settings: readonly string[]; needed: readonly boolean[] }>(prepare);
  if (!before) throw new Error("PostgreSQL gave no row for a SELECT without FROM");
  const needed = branches.filter((_, index) => before.needed[index] === true).map(({ select }) => select);
  const rows = await database.query<Row>(`WITH ${[common, grantable, future].join(",")}${needed.join("\nUNION ALL")}`);
  await database.query(restore, before.settings);
  return new Map(rows.map((row) => [row.identity, fact(row)] as const).sort(([a], [b]) => (a < b ? -1 : 1)));
}

const fact = ({ kind, identity, on, name, properties }: Row): CatalogObject => {
  const present = Object.entries(properties).filter(([, value]) => value !== null);
  return { kind, identity, ...(on === null ? {} : { on }), name, properties: Object.fromEntries(present) };
};
