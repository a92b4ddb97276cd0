/** What the text of migrations shows to be there after the last one, without a database. */

import type { AlterTableCmd, Constraint, Node, RangeVar } from "libpg-query";
import { type ParsedStatement, parseTree } from "../sql/statements.ts";
import { strings, walk } from "../sql/walk.ts";

export interface KnownTable {
  readonly schema: string;
  readonly name: string;
  /** Of its primary key; absent where the text shows none. */
  readonly key?: readonly string[];
  /** Columns that are neither generated nor an identity, in the order in which they were made. */
  readonly columns: readonly string[];
}

export interface KnownView {
  readonly schema: string;
  readonly name: string;
  readonly materialized: boolean;
}

export interface KnownObjects {
  readonly tables: readonly KnownTable[];
  readonly views: readonly KnownView[];
  /** Roles that are spoken of, sorted. */
  readonly roles: readonly string[];
}

/**
 * Reads the up parts of migrations, in running order; `undefined` is a program, which may have changed everything that
 * was there before it. What is not certain is left out: a table whose key some statement
 * may have changed in a way that is not followed here is no known table.
 */
export async function knownObjects(ups: readonly (string | undefined)[]): Promise<KnownObjects> {
  const known = new Known();
  const roles = new Set<string>();
  for (const up of ups) {
    // Each migration begins with the search_path `public`.
    known.isLost = false;
    const parsed = up === undefined ? undefined : await parseTree(up);
    if (parsed?.status !== "parsed") known.doubtAll();
    else
      for (const statement of parsed.statements) {
        apply(statement, known);
        for (const role of rolesIn(statement.node)) roles.add(role);
      }
  }
  return { ...known.certain(), roles: [...roles].sort() };
}

interface Table {
  key: { readonly name: string; columns: readonly string[] } | undefined;
  columns: string[];
}

interface Name {
  readonly schema: string;
  readonly name: string;
}

class Known {
  readonly tables = new Map<string, Name & Table>();
  readonly views = new Map<string, KnownView>();
  /** Something else than `public` may be meant by a name without a schema. */
  isLost = false;
  readonly #doubted = new Set<string>();

  /** `undefined` where nobody can tell which schema is meant; then every table of the name is in doubt. */
  nameOf({ schemaname, relname = "" }: RangeVar): Name | undefined {
    if (schemaname === undefined && this.isLost) {
      this.doubt(relname);
      return undefined;
    }
    return { schema: schemaname ?? "public", name: relname };
  }

  table(relation: RangeVar | undefined): (Name & Table) | undefined {
    const name = relation && this.nameOf(relation);
    return name && this.tables.get(idOf(name));
  }

  doubt(name: string): void {
    this.#doubted.add(name);
  }

  doubtAll(): void {
    for (const { name } of [...this.tables.values(), ...this.views.values()]) this.doubt(name);
  }

  certain(): Omit<KnownObjects, "roles"> {
    const isCertain = ({ name }: Name) => !this.#doubted.has(name);
    return {
      tables: [...this.tables.values()]
        .filter(isCertain)
        .map(({ schema, name, key, columns }) => ({ schema, name, columns, ...(key ? { key: key.columns } : {}) })),
      views: [...this.views.values()].filter(isCertain),
    };
  }
}

const idOf = ({ schema, name }: Name): string => JSON.stringify([schema, name]);

function apply({ node, text }: ParsedStatement, known: Known): void {
  if ("CreateStmt" in node) createTable(node.CreateStmt, known);
  else if ("AlterTableStmt" in node) {
    const { relation, cmds = [] } = node.AlterTableStmt;
    const table = known.table(relation);
    for (const cmd of table ? cmds : []) if (table && "AlterTableCmd" in cmd) alterTable(table, cmd.AlterTableCmd);
  } else if ("RenameStmt" in node) rename(node.RenameStmt, known);
  else if ("DropStmt" in node) drop(node.DropStmt, known);
  else if ("AlterObjectSchemaStmt" in node) move(node.AlterObjectSchemaStmt, known);
  else if ("ViewStmt" in node) createView(node.ViewStmt.view, false, known);
  else if ("CreateTableAsStmt" in node) {
    const { objtype, into } = node.CreateTableAsStmt;
    if (objtype === "OBJECT_MATVIEW") createView(into?.rel, true, known);
  } else if (/\bsearch_path\b/i.test(text) && ("VariableSetStmt" in node || "SelectStmt" in node)) known.isLost = true;
  // What a block puts together is not followed: only that it may take away.
  else if ("DoStmt" in node && /\b(?:drop|rename|set\s+schema)\b/i.test(text)) known.doubtAll();
}

type CreateStmt = Extract<Node, { CreateStmt: unknown }>["CreateStmt"];
type RenameStmt = Extract<Node, { RenameStmt: unknown }>["RenameStmt"];
type DropStmt = Extract<Node, { DropStmt: unknown }>["DropStmt"];
type MoveStmt = Extract<Node, { AlterObjectSchemaStmt: unknown }>["AlterObjectSchemaStmt"];

function createTable({ relation, tableElts = [], if_not_exists: ifNotExists }: CreateStmt, known: Known): void {
  const name = relation && known.nameOf(relation);
  if (!name || relation.relpersistence === "t" || (ifNotExists && known.tables.has(idOf(name)))) return;
  const table: Name & Table = { ...name, key: undefined, columns: [] };
  known.tables.set(idOf(name), table);
  for (const element of tableElts) {
    if ("ColumnDef" in element) addColumn(table, element);
    if ("Constraint" in element) addConstraint(table, element.Constraint);
  }
}

function addColumn(table: Name & Table, { ColumnDef }: Extract<Node, { ColumnDef: unknown }>): void {
  const { colname = "", constraints = [] } = ColumnDef;
  const own = constraints.flatMap((each) => ("Constraint" in each ? [each.Constraint] : []));
  for (const constraint of own) addConstraint(table, { ...constraint, keys: [{ String: { sval: colname } }] });
  const isMade = own.some(({ contype }) => contype === "CONSTR_IDENTITY" || contype === "CONSTR_GENERATED");
  if (!isMade) table.columns.push(colname);
}

function addConstraint(table: Name & Table, { contype, conname, keys }: Constraint): void {
  // A key that takes over an index has no columns here.
  if (contype !== "CONSTR_PRIMARY" || !keys) return;
  table.key = { name: conname ?? `${table.name}_pkey`, columns: strings(keys) };
}

function alterTable(table: Name & Table, { subtype, name, def }: AlterTableCmd): void {
  if (subtype === "AT_AddConstraint" && def && "Constraint" in def) addConstraint(table, def.Constraint);
  if (subtype === "AT_AddColumn" && def && "ColumnDef" in def) addColumn(table, def);
  if (subtype === "AT_DropConstraint" && name === table.key?.name) table.key = undefined;
  if (subtype === "AT_DropColumn") {
    table.columns = table.columns.filter((column) => column !== name);
    if (table.key?.columns.includes(name ?? "")) table.key = undefined;
  }
  // One that becomes an identity is not described by its name alone any more.
  if (subtype === "AT_AddIdentity") table.columns = table.columns.filter((column) => column !== name);
}

function rename({ renameType, relation, subname = "", newname = "" }: RenameStmt, known: Known): void {
  if (renameType === "OBJECT_SCHEMA") known.doubtAll();
  const name = relation && known.nameOf(relation);
  if (!name) return;
  const table = known.tables.get(idOf(name));
  if (renameType === "OBJECT_TABCONSTRAINT" && table?.key?.name === subname)
    table.key = { ...table.key, name: newname };
  if (renameType === "OBJECT_COLUMN" && table) {
    const renamed = (column: string) => (column === subname ? newname : column);
    table.columns = table.columns.map(renamed);
    if (table.key) table.key = { ...table.key, columns: table.key.columns.map(renamed) };
  }
  if (isRelation(renameType)) put(name, { ...name, name: newname }, known);
}

const isRelation = (type: string | undefined): boolean =>
  type === "OBJECT_TABLE" || type === "OBJECT_VIEW" || type === "OBJECT_MATVIEW";

/** ALTER TABLE renames and moves views too. */
function put(from: Name, to: Name, { tables, views }: Known): void {
  const table = tables.get(idOf(from));
  const view = views.get(idOf(from));
  tables.delete(idOf(from));
  views.delete(idOf(from));
  if (table) tables.set(idOf(to), { ...table, ...to });
  if (view) views.set(idOf(to), { ...view, ...to });
}

function move({ objectType, relation, newschema = "" }: MoveStmt, known: Known): void {
  const name = isRelation(objectType) && relation ? known.nameOf(relation) : undefined;
  if (name) put(name, { ...name, schema: newschema }, known);
}

function drop({ objects = [], removeType, behavior }: DropStmt, known: Known): void {
  // What hangs on it goes with it, and what that is the text does not say: views, and keys that are inherited.
  if (behavior === "DROP_CASCADE") for (const { name } of known.views.values()) known.doubt(name);
  if (removeType === "OBJECT_SCHEMA" || removeType === "OBJECT_EXTENSION" || removeType === "OBJECT_TYPE") {
    if (behavior === "DROP_CASCADE") known.doubtAll();
    return;
  }
  if (!isRelation(removeType)) return;
  for (const object of objects) {
    const [last = "", schemaname] = [...strings(object)].reverse();
    const name = known.nameOf({ relname: last, ...(schemaname === undefined ? {} : { schemaname }) });
    if (!name) continue;
    known.tables.delete(idOf(name));
    known.views.delete(idOf(name));
  }
}

function createView(relation: RangeVar | undefined, materialized: boolean, known: Known): void {
  const name = relation && known.nameOf(relation);
  if (name && relation.relpersistence !== "t") known.views.set(idOf(name), { ...name, materialized });
}

/** Roles that a statement grants to, or that it names as owner or in a policy; PostgreSQL brings those with `pg_`. */
function rolesIn(node: Node): readonly string[] {
  return [...walk(node)].flatMap(([, { roletype, rolename }]) =>
    roletype === "ROLESPEC_CSTRING" && typeof rolename === "string" && !rolename.startsWith("pg_") ? [rolename] : [],
  );
}
