import { queryCatalog } from "../catalog/query.ts";
import type { Database } from "../model/ports.ts";
import { type QualifiedName, quoted, quotedName } from "../sql/identifier.ts";

/**
 * What the plan asks for, as PostgreSQL writes it, so that meaning is compared and not text. PostgreSQL normalises it
 * on a temporary table, which takes no lock that another check could wait for and is gone with the transaction.
 * A plan that PostgreSQL refuses is thrown: the check is errored and says PostgreSQL's words.
 */

const likeOf = async (database: Database, table: QualifiedName, name: string): Promise<void> => {
  await database.query(`CREATE TEMPORARY TABLE ${quoted(name)} (LIKE ${quotedName(table)} INCLUDING GENERATED)`);
};

/** A default for a column of this type. */
export async function askedDefault(database: Database, type: string, expression: string): Promise<string> {
  await database.query(`CREATE TEMPORARY TABLE asked_default (asked ${type} DEFAULT ${expression})`);
  const [row] = await queryCatalog<{ expression: string }>(
    database,
    "SELECT pg_get_expr(adbin, adrelid) AS expression FROM pg_attrdef WHERE adrelid = 'pg_temp.asked_default'::regclass",
  );
  if (!row) throw new Error(`PostgreSQL made no default of ${expression}`);
  return row.expression;
}

/** The condition of a CHECK constraint on this table. */
export async function askedCheck(database: Database, table: QualifiedName, condition: string): Promise<string> {
  await likeOf(database, table, "asked_check");
  await database.query(`ALTER TABLE asked_check ADD CONSTRAINT asked CHECK (${condition})`);
  const [row] = await queryCatalog<{ condition: string }>(
    database,
    "SELECT pg_get_expr(conbin, conrelid) AS condition FROM pg_constraint WHERE conrelid = 'pg_temp.asked_check'::regclass AND conname = 'asked'",
  );
  if (!row) throw new Error(`PostgreSQL made no constraint of ${condition}`);
  return row.condition;
}

/** The predicate of a partial index on this table. */
export async function askedPredicate(database: Database, table: QualifiedName, predicate: string): Promise<string> {
  await likeOf(database, table, "asked_predicate");
  await database.query(`CREATE INDEX asked_predicate_index ON asked_predicate ((true)) WHERE ${predicate}`);
  const [row] = await queryCatalog<{ predicate: string }>(
    database,
    "SELECT pg_get_expr(indpred, indrelid) AS predicate FROM pg_index WHERE indrelid = 'pg_temp.asked_predicate'::regclass",
  );
  if (!row) throw new Error(`PostgreSQL made no predicate of ${predicate}`);
  return row.predicate;
}
