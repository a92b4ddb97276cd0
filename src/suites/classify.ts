import { compareCatalogs } from "../catalog/compare.ts";
import { mutantName, type SchemaMutant } from "../catalog/mutants.ts";
import { queryCatalog } from "../catalog/query.ts";
import { readCatalog } from "../catalog/read.ts";
import { type Unneeded, unneeded } from "../catalog/unneeded.ts";
import type { Attempt, Catalog, Clone, Database } from "../model/ports.ts";
import { literal } from "../sql/identifier.ts";

/** A mutant that no case is asked to notice, with the reason. */
export type Class = Unneeded | { readonly status: "stillborn"; readonly reason: string };

/** By the mutant's name; what is missing here has to be noticed. */
export type Classes = ReadonlyMap<string, Class>;

/**
 * Tells mutants apart that no test could notice: those that PostgreSQL refuses, and those that a rule shows to change
 * nothing. Each is tried in a transaction on the schema without a row of any fixture. No test has a say in it.
 * @throws where a refusal says nothing about the schema, such as a missing privilege of the judge
 */
export async function classify(mutants: readonly SchemaMutant[], clone: Clone): Promise<Classes> {
  const classes = new Map<string, Class>();
  const privileges = new Map<string, string>();
  const spare = new Spare();
  // Checks before columns: NULL is refused by NOT NULL before any check is looked at, so of the two NOT NULL is needed.
  const ordered = [...mutants].sort((a, b) => rank(a) - rank(b));
  for (const mutant of ordered) {
    const byRule = unneeded(mutant, clone.catalog);
    const found = byRule ?? (await clone.transaction((database) => tried(database, mutant, clone, privileges, spare)));
    if (!found) continue;
    classes.set(mutantName(mutant), found);
    if (found.status === "redundant") spare.add(mutant);
  }
  return classes;
}

const rank = ({ object, operator }: SchemaMutant) =>
  object.startsWith("constraint ") ? (operator === "dropped" ? 0 : 2) : object.startsWith("column ") ? 1 : 2;

/**
 * Constraints that turned out to be redundant. They are out of the way while others are looked at: otherwise two that
 * enforce the same would each be redundant because of the other, and nothing would ask for either.
 */
class Spare {
  readonly #dropped = new Map<string, SchemaMutant>();

  add(mutant: SchemaMutant): void {
    if (mutant.operator === "dropped" && mutant.object.startsWith("constraint "))
      this.#dropped.set(mutant.object, mutant);
  }

  of({ object, on }: SchemaMutant): readonly string[] {
    const others = [...this.#dropped.values()].filter((other) => other.on === on && other.object !== object);
    return others.flatMap(({ sql }) => sql);
  }
}

async function tried(
  database: Database,
  mutant: SchemaMutant,
  { catalog }: Clone,
  privileges: Map<string, string>,
  spare: Spare,
): Promise<Class | undefined> {
  const granted = grantOf(mutant, catalog);
  if (granted && !privileges.has(granted.key)) privileges.set(granted.key, await holders(database, granted));
  for (const sql of mutant.sql) {
    const answer = await database.attempt(sql);
    if (!answer.accepted) return stillborn(answer, mutant);
  }
  if (granted) return privilegeAnyway(database, granted, privileges.get(granted.key) ?? "");
  return impliedByOthers(database, mutant, catalog, spare);
}

/** Refusals that come of the schema. Others say that the judge cannot try it, which is no class of a mutant. */
function stillborn({ error }: Extract<Attempt, { accepted: false }>, mutant: SchemaMutant): Class {
  const { condition, message } = error;
  // PostgreSQL has one condition for what it cannot read and for the NOT NULL of identity columns.
  const unreadable = condition === "syntax_error" && message.startsWith("syntax error");
  if (unreadable || notOfTheSchema.has(condition))
    throw new Error(`The mutant "${mutantName(mutant)}" cannot be tried: ${condition}: ${message}`);
  return { status: "stillborn", reason: message };
}

const notOfTheSchema = new Set([
  "insufficient_privilege",
  "undefined_object",
  "deadlock_detected",
  "lock_not_available",
  "query_canceled",
  "object_in_use",
  "out_of_memory",
  "disk_full",
  "internal_error",
]);

interface Granted {
  readonly key: string;
  readonly privilege: string;
  readonly kind: string;
  /** As SQL text. */
  readonly relation: string;
  readonly column?: string;
}

/** The privilege on a table, view or column of one that a mutant gives or takes away. */
function grantOf({ object, operator }: SchemaMutant, catalog: Catalog): Granted | undefined {
  const it = catalog.get(object);
  const added = /^(\S+) granted to /.exec(operator)?.[1];
  const [privilege, target] =
    added !== undefined
      ? [added, object]
      : it?.kind === "grant"
        ? [String(it.properties.privilege), String(it.properties.object)]
        : [undefined, ""];
  const [, kind, name = ""] = /^(table|foreign table|view|materialized view|column) (.*)$/.exec(target) ?? [];
  if (privilege === undefined || kind === undefined) return undefined;
  const key = `${privilege} on ${target}`;
  if (kind !== "column") return { key, privilege, kind, relation: name };
  const [, relation = "", column = ""] = /^(.*)\.("(?:[^"]|"")*"|[^".]+)$/.exec(name) ?? [];
  return { key, privilege, kind, relation, column: column.replace(/^"(.*)"$/, "$1").replaceAll('""', '"') };
}

/** Every role that has a privilege in effect: by itself, through another role, as the owner, or as everybody. */
async function holders(database: Database, { privilege, relation, column }: Granted): Promise<string> {
  const has =
    column === undefined
      ? `pg_catalog.has_table_privilege(r.oid, ${literal(relation)}, ${literal(privilege)})`
      : `pg_catalog.has_column_privilege(r.oid, ${literal(relation)}, ${literal(column)}, ${literal(privilege)})`;
  const rows = await queryCatalog<{ name: string }>(
    database,
    `SELECT r.rolname AS name FROM pg_catalog.pg_roles r WHERE NOT r.rolsuper AND ${has} ORDER BY r.rolname COLLATE "C"`,
  );
  return rows.map(({ name }) => name).join(" ");
}

/** Bits of `pg_relation_is_updatable`. */
const writes: { readonly [privilege: string]: number } = { UPDATE: 4, INSERT: 8, DELETE: 16 };

async function privilegeAnyway(database: Database, granted: Granted, before: string): Promise<Class | undefined> {
  const { privilege, kind, relation } = granted;
  if (kind === "view" && writes[privilege] !== undefined) {
    const [row] = await queryCatalog<{ bits: number }>(
      database,
      `SELECT pg_catalog.pg_relation_is_updatable(${literal(relation)}::pg_catalog.regclass, true) AS bits`,
    );
    if (((row?.bits ?? 0) & (writes[privilege] ?? 0)) === 0)
      return { status: "equivalent", rule: `nobody can ${privilege} on ${relation}, which is a view that takes none` };
  }
  if ((await holders(database, granted)) !== before) return undefined;
  return {
    status: "equivalent",
    rule: "the same roles have the privilege without it: by ownership, membership or PUBLIC",
  };
}

/**
 * Asks PostgreSQL whether the rules that are left refuse what the one that is gone refused: with constraint exclusion its
 * planner looks for a proof that no row can be there which the lost condition is false of, and plans no scan if it finds one.
 */
async function impliedByOthers(
  database: Database,
  mutant: SchemaMutant,
  catalog: Catalog,
  spare: Spare,
): Promise<Class | undefined> {
  const { lost, on } = mutant;
  // A partitioned table has no row of its own, whatever its constraints are.
  if (lost === undefined || catalog.get(`table ${on}`)?.properties.partitionKey !== undefined) return undefined;
  for (const sql of spare.of(mutant)) await database.query(sql);
  await database.query("SET LOCAL constraint_exclusion = on");
  const [plan] = await queryCatalog<{ "QUERY PLAN": readonly { Plan: { [key: string]: unknown } }[] }>(
    database,
    `EXPLAIN (FORMAT JSON, COSTS OFF) SELECT FROM ${on} WHERE ${lost}`,
  );
  const top = plan?.["QUERY PLAN"][0]?.Plan;
  if (top?.["Node Type"] !== "Result" || top["One-Time Filter"] !== "false") return undefined;
  return {
    status: "redundant",
    rule: "PostgreSQL proves from the table's other constraints that they refuse the same rows",
  };
}

/**
 * Of these mutants those after which the whole catalog is what it was before: they changed nothing at all.
 */
export async function unchanged(mutants: readonly SchemaMutant[], clone: Clone): Promise<ReadonlySet<string>> {
  const names = new Set<string>();
  for (const mutant of mutants)
    await clone.transaction(async (database) => {
      for (const sql of mutant.sql) await database.query(sql);
      if (compareCatalogs(clone.catalog, await readCatalog(database)).length === 0) names.add(mutantName(mutant));
    });
  return names;
}
