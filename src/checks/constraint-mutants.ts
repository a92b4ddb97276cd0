import { quoted, quotedName } from "../sql/identifier.ts";
import type { ConstraintCode, ConstraintParams } from "./constraint.ts";
import { type FoundConstraint, stateless } from "./constraint-catalog.ts";
import { parts } from "./params.ts";

/** One way to break one thing of a constraint that the plan asks for. */
export interface Break {
  /** Completes "the check notices when …". */
  readonly name: string;
  readonly sql: readonly string[];
  /** The same on evidence, for where PostgreSQL refuses the statements. */
  readonly change: Partial<FoundConstraint>;
  readonly provokes: ConstraintCode;
}

/** Takes a constraint away. */
export const dropping = ({ table, type }: ConstraintParams, it: FoundConstraint): string => {
  const alter = `ALTER TABLE ${quotedName(parts(table))}`;
  return type === "not null"
    ? `${alter} ALTER COLUMN ${quoted(it.columns[0] ?? "")} DROP NOT NULL`
    : `${alter} DROP CONSTRAINT ${quoted(it.name)} CASCADE`;
};

export const deferral = (deferrable: FoundConstraint["deferrable"]): string =>
  deferrable === false ? "NOT DEFERRABLE" : `DEFERRABLE INITIALLY ${deferrable.toUpperCase()}`;

/** Its definition, with some of a foreign key's parts changed. Validity is not part of it. */
function declared(it: FoundConstraint, change: Partial<FoundConstraint> = {}): string {
  const { columns, references, match, onDelete, onDeleteColumns, onUpdate, deferrable } = { ...it, ...change };
  if (!references) return `${stateless(it.definition)} ${deferrable === false ? "" : deferral(deferrable)}`;
  const target = quotedName({ schema: references.schema, name: references.table });
  const keys = (names: readonly string[]) => names.map(quoted).join(", ");
  const set = onDeleteColumns.length > 0 ? `(${keys(onDeleteColumns)})` : "";
  return `FOREIGN KEY (${keys(columns)}) REFERENCES ${target} (${keys(references.columns)}) MATCH ${match}
    ON DELETE ${onDelete} ${set} ON UPDATE ${onUpdate} ${deferral(deferrable)}`;
}

/** A break for every parameter that the plan gives, on the constraint that is as it asks. */
export function breaks(params: ConstraintParams, it: FoundConstraint): readonly Break[] {
  const here = quotedName(parts(params.table));
  const state = it.validated ? "" : "NOT VALID";
  const again = (declaration: string, suffix = state): string[] => [
    dropping(params, it),
    `ALTER TABLE ${here} ADD CONSTRAINT ${quoted(it.name || "mutant")} ${declaration} ${suffix}`,
  ];
  const list: Break[] = [];
  if (params.columns) list.push(onOtherColumns(params, it, here));
  if (params.definition !== undefined) list.push(withoutEffect(params, it, again));
  if (it.references && params.references) {
    list.push(...elsewhere(params, it.references, (references) => again(declared(it, { references }))));
  }
  list.push(...otherClauses(params, it, again));
  const onDelete = it.onDelete === "cascade" ? "no action" : "cascade";
  const onUpdate = it.onUpdate === "cascade" ? "no action" : "cascade";
  if (params["on-delete"]) {
    const change = { onDelete, onDeleteColumns: [] };
    list.push({
      name: `it is ON DELETE ${onDelete.toUpperCase()}`,
      sql: again(declared(it, change)),
      change,
      provokes: "other-on-delete",
    });
  }
  if (params["on-update"]) {
    const sql = again(declared(it, { onUpdate }));
    list.push({
      name: `it is ON UPDATE ${onUpdate.toUpperCase()}`,
      sql,
      change: { onUpdate },
      provokes: "other-on-update",
    });
  }
  if (params.deferrable !== undefined) {
    const deferrable = it.deferrable === "deferred" ? false : "deferred";
    const sql = again(declared(it, { deferrable }));
    list.push({ name: `it is ${deferral(deferrable)}`, sql, change: { deferrable }, provokes: "other-deferrable" });
  }
  if (params.type === "foreign key" || params.type === "check") {
    const change = { enforced: false, validated: false };
    list.push({
      name: "it is NOT ENFORCED",
      sql: again(declared(it), "NOT ENFORCED"),
      change,
      provokes: "not-enforced",
    });
  }
  if (params.type !== "check" && params.type !== "not null") {
    const child = quotedName({ schema: parts(params.table).schema, name: "mutant" });
    list.push({
      name: "a table that inherits is without it",
      sql: [`CREATE TABLE ${child} () INHERITS (${here})`],
      change: { missingOn: ["mutant"] },
      provokes: "not-on-child",
    });
  }
  if (params.validated && (params.type === "foreign key" || params.type === "check" || params.type === "not null")) {
    const declaration = params.type === "not null" ? `NOT NULL ${quoted(it.columns[0] ?? "")}` : declared(it);
    const change = { validated: false };
    list.push({ name: "it is NOT VALID", sql: again(declaration, "NOT VALID"), change, provokes: "not-validated" });
  }
  return list;
}

/** What is asked of a constraint although the plan says nothing of it. */
function otherClauses(
  params: ConstraintParams,
  it: FoundConstraint,
  again: (declaration: string) => readonly string[],
): Break[] {
  const list: Break[] = [];
  const changed = (name: string, change: Partial<FoundConstraint>, provokes: ConstraintCode) =>
    list.push({ name, sql: again(declared(it, change)), change, provokes });
  if (it.match !== null && it.columns.length > 1) {
    const match = it.match === "full" ? "simple" : "full";
    changed(`it is MATCH ${match.toUpperCase()}`, { match }, "other-match");
  }
  if (params["on-delete"]?.startsWith("set ") && it.columns.length > 1) {
    const all = it.columns.every((column) => it.onDeleteColumns.length === 0 || it.onDeleteColumns.includes(column));
    const columns = all ? it.columns.slice(0, 1) : [];
    const name = `ON DELETE sets ${all ? columns.join() : "all columns"}`;
    changed(name, { onDeleteColumns: columns }, "other-on-delete");
  }
  if (params.type === "unique") {
    const unique = it.nullsDistinct ? "UNIQUE NULLS NOT DISTINCT" : "UNIQUE";
    const definition = it.definition.replace(/^UNIQUE( NULLS NOT DISTINCT)?/, unique);
    const name = `two nulls are ${it.nullsDistinct ? "the same" : "different"} to it`;
    list.push({
      name,
      sql: again(declared({ ...it, definition })),
      change: { nullsDistinct: !it.nullsDistinct },
      provokes: "other-nulls",
    });
  }
  return list;
}

function onOtherColumns({ type, name }: ConstraintParams, it: FoundConstraint, here: string): Break {
  const [first = "", second] = it.columns;
  const rename = (from: string, to: string) => `ALTER TABLE ${here} RENAME COLUMN ${quoted(from)} TO ${quoted(to)}`;
  const provokes = name === undefined ? "no-constraint" : "other-columns";
  // Without a name, a key on the same columns in another order could stand in for it.
  if (type === "check" || second === undefined || name === undefined) {
    const columns = ["mutant", ...it.columns.slice(1)];
    return {
      name: `it is on another column than ${first}`,
      sql: [rename(first, "mutant")],
      change: { columns },
      provokes,
    };
  }
  const sql = [rename(first, "mutant"), rename(second, first), rename("mutant", second)];
  const columns = [second, first, ...it.columns.slice(2)];
  return { name: `its columns ${first} and ${second} change places`, sql, change: { columns }, provokes };
}

function withoutEffect(
  { type, name, columns }: ConstraintParams,
  it: FoundConstraint,
  again: (declaration: string) => readonly string[],
): Break {
  const provokes = name === undefined && columns === undefined ? "no-constraint" : "other-definition";
  if (type === "check") {
    const condition = `(${it.condition} OR true)`;
    return { name: "its condition is always true", sql: again(`CHECK ${condition}`), change: { condition }, provokes };
  }
  const definition = `${stateless(it.definition).replace(/ WHERE \(.*\)$/s, "")} WHERE (false)`;
  return { name: "it excludes no row", sql: again(definition), change: { definition }, provokes };
}

function elsewhere(
  { table, references: asked }: ConstraintParams,
  found: NonNullable<FoundConstraint["references"]>,
  pointing: (references: NonNullable<FoundConstraint["references"]>) => readonly string[],
): Break[] {
  const there = quotedName({ schema: found.schema, name: found.table });
  const twin = { ...found, schema: parts(table).schema, table: "mutant" };
  const copy = quotedName({ schema: twin.schema, name: twin.table });
  const list: Break[] = [
    {
      name: `it references another table than ${found.table}`,
      sql: [
        `CREATE TABLE ${copy} (LIKE ${there} INCLUDING INDEXES)`,
        `INSERT INTO ${copy} TABLE ${there}`,
        ...pointing(twin),
      ],
      change: { references: twin },
      provokes: "other-reference",
    },
  ];
  const [first = "", ...more] = found.columns;
  if (asked?.columns) {
    list.push({
      name: `it references another column than ${first}`,
      sql: [`ALTER TABLE ${there} RENAME COLUMN ${quoted(first)} TO mutant`],
      change: { references: { ...found, columns: ["mutant", ...more] } },
      provokes: "other-reference",
    });
  }
  return list;
}
