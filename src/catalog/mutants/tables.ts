import type { Catalog, CatalogObject } from "../../model/ports.ts";
import { quoted } from "../../sql/identifier.ts";
import { nameIn } from "../identity.ts";
import type { Operator, Operators } from "../mutants.ts";
import { comparisonsSwapped, elementsRemoved } from "./expression.ts";

/** Sabotage of tables and of what hangs on them. */

const once = (...sql: string[]): readonly (readonly string[])[] => [sql];
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
const replaced = (object: CatalogObject, definition: string) => {
  const validated = ["check", "foreign key"].includes(text(object, "type")) ? " NOT VALID" : "";
  return [
    `${alter(object)} DROP CONSTRAINT ${quoted(object.name)}`,
    `${alter(object)} ADD CONSTRAINT ${quoted(object.name)} ${definition}${validated}`,
  ];
};

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
  dropped: notInherited((it, catalog) =>
    once(`${alter(it)} DROP CONSTRAINT ${quoted(it.name)}${isReferenced(it, catalog) ? " CASCADE" : ""}`),
  ),
  "made always true": ofType("check", (it) => [replaced(it, "CHECK (true)")]),
  "with another comparison": ofType("check", (it) =>
    comparisonsSwapped(text(it, "definition")).map((definition) => replaced(it, definition)),
  ),
  "with a value less": ofType("check", (it) =>
    elementsRemoved(text(it, "definition")).map((definition) => replaced(it, definition)),
  ),
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

const isTable = ({ on }: CatalogObject, catalog: Catalog) => on !== undefined && catalog.has(`table ${on}`);

const column: Operators[string] = {
  "not null dropped": (it, catalog) =>
    it.properties.nullable === false && isTable(it, catalog) && !isInPrimaryKey(it, catalog)
      ? once(`${alter(it)} ALTER COLUMN ${quoted(it.name)} DROP NOT NULL`)
      : [],
  "default dropped": (it, catalog) =>
    it.properties.default !== undefined && isTable(it, catalog)
      ? once(`${alter(it)} ALTER COLUMN ${quoted(it.name)} DROP DEFAULT`)
      : [],
};

const isInPrimaryKey = ({ on, name }: CatalogObject, catalog: Catalog) =>
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
};

const recreated = (it: CatalogObject, definition: string) => [
  `DROP TRIGGER ${quoted(it.name)} ON ${it.on}`,
  definition,
];

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
      );
    });
  }),
};

const policy: Operators[string] = {
  dropped: (it) => once(`DROP POLICY ${quoted(it.name)} ON ${it.on}`),
  "using true": (it) =>
    it.properties.using === undefined ? [] : once(`ALTER POLICY ${quoted(it.name)} ON ${it.on} USING (true)`),
  "with check true": (it) =>
    ["SELECT", "DELETE"].includes(text(it, "command"))
      ? []
      : once(`ALTER POLICY ${quoted(it.name)} ON ${it.on} WITH CHECK (true)`),
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
