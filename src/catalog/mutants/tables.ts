import type { Catalog, CatalogObject } from "../../model/ports.ts";
import { quoted } from "../../sql/identifier.ts";
import { nameIn } from "../identity.ts";
import type { Operator, Operators, SchemaMutant, Variant } from "../mutants.ts";
import {
  type ChangedExpression,
  comparisonsSwapped,
  conjuncts,
  conjunctsRemoved,
  elementsRemoved,
} from "./expression.ts";

/** Sabotage of tables and of what hangs on them. */

const once = (...sql: string[]): readonly Variant[] => [{ sql }];
const text = (object: CatalogObject, property: string): string => String(object.properties[property] ?? "");
const alter = ({ on = "" }: CatalogObject) => `ALTER TABLE ${on}`;

/** Definition, actions and timing of a constraint, as DDL. */
export function constraintText(
  { properties }: CatalogObject,
  changes: { readonly [property: string]: unknown } = {},
): string {
  const { definition, type, onUpdate, onDelete, onDeleteColumns, deferrable, deferred } = { ...properties, ...changes };
  const columns = Array.isArray(onDeleteColumns)
    ? ` (${onDeleteColumns.map((name) => quoted(String(name))).join(", ")})`
    : "";
  const actions = type === "foreign key" ? ` ON UPDATE ${onUpdate} ON DELETE ${onDelete}${columns}` : "";
  return `${definition}${actions}${deferrable ? ` DEFERRABLE INITIALLY ${deferred ? "DEFERRED" : "IMMEDIATE"}` : ""}`;
}

const notInherited =
  (operator: Operator): Operator =>
  (object, catalog) =>
    object.properties.inherited === true ? [] : operator(object, catalog);

/** The constraint is gone and there is another of its name, which the rows that are there need not satisfy. */
const replaced = (object: CatalogObject, definition: string, detail?: string): Variant => {
  const validated = ["check", "foreign key"].includes(text(object, "type")) ? " NOT VALID" : "";
  const sql = [
    `${alter(object)} DROP CONSTRAINT ${quoted(object.name)}`,
    `${alter(object)} ADD CONSTRAINT ${quoted(object.name)} ${definition}${validated}`,
  ];
  return { sql, ...(detail === undefined ? {} : { detail }) };
};

/** Of a check, in parentheses. */
const conditionOf = (object: CatalogObject) => text(object, "definition").replace(/^CHECK /, "");

/** A check with its condition changed, once for each change. */
const recast = (object: CatalogObject, changes: (condition: string) => readonly ChangedExpression[]) =>
  changes(conditionOf(object)).map((changed) => replaced(object, `CHECK ${changed.text}`, changed.detail));

const ofType = (type: string, operator: Operator): Operator =>
  notInherited((object, catalog) => (object.properties.type === type ? operator(object, catalog) : []));

/** Foreign keys need the key that they refer to: it can only go together with them. */
const isReferenced = ({ on, properties }: CatalogObject, catalog: Catalog) =>
  ["primary key", "unique"].includes(String(properties.type)) &&
  [...catalog.values()].some(({ kind, properties: { references } }) => kind === "constraint" && references === on);

const otherAction: { readonly [action: string]: string } = {
  CASCADE: "NO ACTION",
  "SET NULL": "NO ACTION",
  "SET DEFAULT": "NO ACTION",
  RESTRICT: "CASCADE",
  "NO ACTION": "CASCADE",
};

const withoutColumns = (action: string | undefined, changed: string) => ({
  [changed]: action,
  onDeleteColumns: undefined,
});

const constraint: Operators[string] = {
  dropped: notInherited((it, catalog) => {
    const sql = [`${alter(it)} DROP CONSTRAINT ${quoted(it.name)}${isReferenced(it, catalog) ? " CASCADE" : ""}`];
    return [{ sql, ...(it.properties.type === "check" ? { lost: `NOT ${conditionOf(it)}` } : {}) }];
  }),
  "made always true": ofType("check", (it) => [{ ...replaced(it, "CHECK (true)"), lost: `NOT ${conditionOf(it)}` }]),
  "with a condition less": ofType("check", (it) => {
    const gone = conjuncts(conditionOf(it));
    return recast(it, conjunctsRemoved).map((variant, at) => ({ ...variant, lost: `NOT (${gone[at]})` }));
  }),
  "with another comparison": ofType("check", (it) => recast(it, comparisonsSwapped)),
  "with a value less": ofType("check", (it) => recast(it, elementsRemoved)),
  "over no rows": ofType("exclude", (it) => [
    replaced(it, `${text(it, "definition").replace(/ WHERE \(.*\)$/s, "")} WHERE (false)`),
  ]),
  "on a column less": ofType("foreign key", onFewerColumns),
  "with another action on delete": ofType("foreign key", (it) => [
    replaced(it, constraintText(it, withoutColumns(otherAction[text(it, "onDelete")], "onDelete"))),
  ]),
  "with another action on update": ofType("foreign key", (it) =>
    it.properties.onUpdate === "NO ACTION"
      ? []
      : [replaced(it, constraintText(it, { onUpdate: otherAction[text(it, "onUpdate")] }))],
  ),
  "no longer deferred": ofType("foreign key", (it) =>
    it.properties.deferred ? once(`${alter(it)} ALTER CONSTRAINT ${quoted(it.name)} NOT DEFERRABLE`) : [],
  ),
};

/** Once for each column without which the others refer to a key as well. */
function onFewerColumns(it: CatalogObject, catalog: Catalog): readonly Variant[] {
  const { references, columns, referencedColumns } = it.properties;
  if (!Array.isArray(columns) || !Array.isArray(referencedColumns) || columns.length < 2) return [];
  const sameColumns = (key: unknown, asked: readonly unknown[]) =>
    Array.isArray(key) && key.length === asked.length && asked.every((name) => key.includes(name));
  const isKey = (asked: readonly unknown[]) =>
    [...catalog.values()].some(
      ({ kind, on, properties }) =>
        kind === "constraint" &&
        on === references &&
        ["primary key", "unique"].includes(String(properties.type)) &&
        sameColumns(properties.columns, asked),
    );
  const list = (names: readonly unknown[]) => names.map((name) => quoted(String(name))).join(", ");
  return columns.flatMap((column, at) => {
    const [from, to] = [
      columns.filter((_, other) => other !== at),
      referencedColumns.filter((_, other) => other !== at),
    ];
    if (!isKey(to)) return [];
    const definition = `FOREIGN KEY (${list(from)}) REFERENCES ${references} (${list(to)})`;
    return [replaced(it, constraintText(it, { definition, onDeleteColumns: undefined }), `without ${column}`)];
  });
}

const isTable = ({ on }: CatalogObject, catalog: Catalog) => on !== undefined && catalog.has(`table ${on}`);

const notNullDropped = (it: CatalogObject, catalog: Catalog) =>
  it.properties.nullable === false && isTable(it, catalog)
    ? [{ sql: [`${alter(it)} ALTER COLUMN ${quoted(it.name)} DROP NOT NULL`], lost: `${quoted(it.name)} IS NULL` }]
    : [];

/** The mutant that the operator "not null dropped" leaves out. */
export const notNullOfKey = (it: CatalogObject, catalog: Catalog): readonly SchemaMutant[] =>
  it.kind === "column" && isInPrimaryKey(it, catalog)
    ? notNullDropped(it, catalog).map((variant) => ({
        operator: "not null dropped",
        object: it.identity,
        ...(it.on === undefined ? {} : { on: it.on }),
        ...variant,
      }))
    : [];

const column: Operators[string] = {
  "not null dropped": (it, catalog) => (isInPrimaryKey(it, catalog) ? [] : notNullDropped(it, catalog)),
  "default dropped": (it, catalog) =>
    it.properties.default !== undefined && isTable(it, catalog)
      ? once(`${alter(it)} ALTER COLUMN ${quoted(it.name)} DROP DEFAULT`)
      : [],
};

/** Whether a column belongs to its table's primary key. */
export const isInPrimaryKey = ({ on, name }: CatalogObject, catalog: Catalog) =>
  [...catalog.values()].some(({ kind, on: table, properties: { type, columns } }) => {
    return (
      kind === "constraint" &&
      table === on &&
      type === "primary key" &&
      Array.isArray(columns) &&
      columns.includes(name)
    );
  });

/** Indexes behind constraints go with their constraint. Other indexes make nothing right or wrong. */
const unique =
  (operator: Operator): Operator =>
  (object, catalog) =>
    object.properties.unique === true && object.properties.constraint === undefined ? operator(object, catalog) : [];

const withPredicate = (it: CatalogObject, predicate: string) => {
  const definition = text(it, "definition");
  const where = definition.lastIndexOf(` WHERE ${text(it, "predicate")}`);
  return (it.properties.predicate === undefined || where === -1 ? definition : definition.slice(0, where)) + predicate;
};

const index: Operators[string] = {
  dropped: unique((it) => once(`DROP INDEX ${nameIn(it)}`)),
  "no longer unique": unique((it) =>
    once(`DROP INDEX ${nameIn(it)}`, text(it, "definition").replace("CREATE UNIQUE INDEX", "CREATE INDEX")),
  ),
  "over no rows": unique((it) => once(`DROP INDEX ${nameIn(it)}`, withPredicate(it, " WHERE false"))),
  "over all rows": unique((it) =>
    it.properties.predicate === undefined ? [] : once(`DROP INDEX ${nameIn(it)}`, withPredicate(it, "")),
  ),
  "with another comparison": unique((it) =>
    comparisonsSwapped(text(it, "predicate")).map((changed) => ({
      sql: [`DROP INDEX ${nameIn(it)}`, withPredicate(it, ` WHERE ${changed.text}`)],
      detail: changed.detail,
    })),
  ),
};

const recreated = (it: CatalogObject, definition: string, detail?: string): Variant => ({
  sql: [`DROP TRIGGER ${quoted(it.name)} ON ${it.on}`, definition],
  ...(detail === undefined ? {} : { detail }),
});

const trigger: Operators[string] = {
  disabled: notInherited((it) => once(`${alter(it)} DISABLE TRIGGER ${quoted(it.name)}`)),
  "no longer deferred": notInherited((it) =>
    it.properties.deferred ? [recreated(it, text(it, "definition").replace(" DEFERRABLE INITIALLY DEFERRED", ""))] : [],
  ),
  "with an event less": notInherited((it) => {
    const [head, moment = "", events = ""] =
      /^.*? (BEFORE|AFTER|INSTEAD OF) (.*?) ON /.exec(text(it, "definition")) ?? [];
    const all = events.split(" OR ");
    if (head === undefined || all.length < 2) return [];
    return all.map((event) => {
      const fewer = all.filter((other) => other !== event).join(" OR ");
      return recreated(
        it,
        text(it, "definition").replace(`${moment} ${events} ON `, () => `${moment} ${fewer} ON `),
        `without ${event}`,
      );
    });
  }),
};

/** One of the conditions of a policy with a part less, once for each part. */
const policyRecast = (it: CatalogObject, property: "using" | "check", clause: string): readonly Variant[] =>
  conjunctsRemoved(text(it, property)).map(({ text: condition, detail }) => ({
    sql: [`ALTER POLICY ${quoted(it.name)} ON ${it.on} ${clause} (${condition})`],
    detail,
  }));

const policy: Operators[string] = {
  dropped: (it) => once(`DROP POLICY ${quoted(it.name)} ON ${it.on}`),
  "using true": (it) =>
    it.properties.using === undefined ? [] : once(`ALTER POLICY ${quoted(it.name)} ON ${it.on} USING (true)`),
  "with check true": (it) =>
    ["SELECT", "DELETE"].includes(text(it, "command"))
      ? []
      : once(`ALTER POLICY ${quoted(it.name)} ON ${it.on} WITH CHECK (true)`),
  "using a condition less": (it) => policyRecast(it, "using", "USING"),
  "checking a condition less": (it) => policyRecast(it, "check", "WITH CHECK"),
};

const table: Operators[string] = {
  "row level security disabled": (it) =>
    it.properties.rowSecurity ? once(`ALTER TABLE ${nameIn(it)} DISABLE ROW LEVEL SECURITY`) : [],
  "row level security not forced": (it) =>
    it.properties.forceRowSecurity ? once(`ALTER TABLE ${nameIn(it)} NO FORCE ROW LEVEL SECURITY`) : [],
};

export const tableMutants: Operators = {
  constraint,
  column,
  index,
  trigger,
  policy,
  table,
  "domain constraint": { dropped: (it) => once(`ALTER DOMAIN ${it.on} DROP CONSTRAINT ${quoted(it.name)}`) },
};
