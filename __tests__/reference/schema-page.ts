import type { Catalog, CatalogObject } from "../../src/model/ports.ts";

/** Writes db/docs/SCHEMA.md from the catalog of the reference project at head, so that the picture cannot fall behind. */
export function schemaPage(catalog: Catalog): string {
  const objects = [...catalog.values()].filter(({ identity }) => !identity.includes("pgmigrations"));
  const of = (...kinds: readonly string[]) => objects.filter(({ kind }) => kinds.includes(kind));
  const on = (relation: CatalogObject, ...kinds: readonly string[]) =>
    of(...kinds).filter((object) => object.on === `public.${relation.name}`);
  const tables = of("table");
  const views = of("view", "materialized view");
  return [
    "# The schema",
    "",
    "Drawn from the catalog of a database with every migration applied; `npm test` draws it again and compares. What the columns mean is in",
    "[contract_schema_mapping.yaml](contract_schema_mapping.yaml), why things are as they are in [DECISIONS.md](DECISIONS.md).",
    "",
    "## Tables",
    "",
    "```mermaid",
    "erDiagram",
    ...tables.flatMap((table) =>
      on(table, "constraint").flatMap((key) => relationship(key, on(table, "column"), on(table, "index"))),
    ),
    ...tables.flatMap((table) => [
      `  ${table.name} {`,
      ...byPosition(on(table, "column")).map((column) => `    ${attribute(column, on(table, "constraint"))}`),
      "  }",
    ]),
    "```",
    "",
    "`ledger_corrections` has a `tenant_id` and no key to `tenants`: it outlives them.",
    "",
    "## Read models",
    "",
    "A table, the materialized views that are filled from it, and the views through which they are read.",
    "",
    "```mermaid",
    "flowchart LR",
    ...[...tables, ...views]
      .map(({ kind, name }) => `  ${name}${shape[kind]?.(name) ?? ""}`)
      .filter((line) => views.some((view) => line.includes(view.name) || reads(view, nameIn(line)))),
    ...views.flatMap((view) =>
      [...tables, ...views]
        .filter((other) => other !== view && reads(view, other.name))
        .map(
          (other) =>
            `  ${other.name} -->${view.kind === "view" ? "|tenant of the session|" : "|refresh|"} ${view.name}`,
        ),
    ),
    "```",
    "",
    "## What is refused, and by what",
    "",
    "Besides these, NULL is refused in every column that the picture does not call nullable, and each role has its privileges only:",
    "[IMMUTABILITY_POLICY.md](IMMUTABILITY_POLICY.md) has those of the ledger, the migrations all of them.",
    "",
    "| table | keys and uniqueness | checks | triggers | row level security |",
    "| --- | --- | --- | --- | --- |",
    ...tables.map((table) => {
      const constraints = on(table, "constraint");
      const named = (types: readonly string[]) =>
        constraints.filter(({ properties }) => types.includes(String(properties.type))).map(({ name }) => name);
      const unique = on(table, "index")
        .filter(({ properties }) => properties.unique === true)
        .map(({ name }) => name);
      const cells = [
        [...named(["primary key", "unique", "foreign key"]), ...unique],
        named(["check"]),
        on(table, "trigger").map(({ name }) => name),
      ];
      const written = cells.map((names) =>
        [...new Set(names)]
          .sort()
          .map((name) => `\`${name}\``)
          .join(" "),
      );
      return `| ${[table.name, ...written, rowSecurity(table, on(table, "policy"))].join(" | ")} |`;
    }),
    "",
  ].join("\n");
}

const shape: { readonly [kind: string]: (name: string) => string } = {
  table: (name) => `[(${name})]`,
  "materialized view": (name) => `[[${name}]]`,
  view: (name) => `(${name})`,
};

const nameIn = (line: string) => /^ {2}(\w+)/.exec(line)?.[1] ?? "";
const reads = ({ properties }: CatalogObject, name: string) =>
  new RegExp(`\\b(FROM|JOIN) \\(*(public\\.)?${name}\\b`).test(String(properties.definition));

const byPosition = (columns: readonly CatalogObject[]) =>
  [...columns].sort((a, b) => Number(a.properties.position) - Number(b.properties.position));

/** A foreign key, with how many rows there can be at either end: a nullable one may lead to none, a unique one comes from one at most. */
function relationship(
  { name, on = "", properties }: CatalogObject,
  columns: readonly CatalogObject[],
  indexes: readonly CatalogObject[],
): string[] {
  if (properties.type !== "foreign key") return [];
  const bare = (relation: unknown) => String(relation).replace(/^public\./, "");
  const key = names(properties.columns);
  const nullable = columns.some((column) => key.includes(column.name) && column.properties.nullable === true);
  const unique = indexes.some(
    (index) =>
      index.properties.unique === true &&
      names(index.properties.columns).every((column) => key.includes(column)) &&
      holdsWhereKeyIs(index.properties.predicate, key),
  );
  const ends = `${nullable ? "|o" : "||"}--${unique ? "o|" : "o{"}`;
  return [`  ${bare(properties.references)} ${ends} ${bare(on)} : "${key.join(", ") || name}"`];
}

const names = (columns: unknown): readonly string[] => (Array.isArray(columns) ? columns.map(String) : []);

/** Whether a predicate leaves out only rows in which the key is NULL, and which so refer to nothing. */
const holdsWhereKeyIs = (predicate: unknown, key: readonly string[]): boolean =>
  predicate === undefined ||
  String(predicate)
    .split(" AND ")
    .every((part) => key.includes(/^\(*(\w+) IS NOT NULL\)*$/.exec(part)?.[1] ?? ""));

function rowSecurity({ properties }: CatalogObject, policies: readonly CatalogObject[]): string {
  if (properties.rowSecurity !== true) return "";
  const forced = properties.forceRowSecurity === true ? "forced" : "not for the owner";
  return `${policies.map(({ name }) => `\`${name}\``).join(" ")}, ${forced}`;
}

/** Mermaid knows `type name keys "comment"`, and no blanks or brackets with commas in a type. */
function attribute({ name, properties }: CatalogObject, constraints: readonly CatalogObject[]): string {
  const keys = constraints.flatMap(({ properties: { type, columns } }) =>
    Array.isArray(columns) && columns.includes(name) && (type === "primary key" || type === "foreign key")
      ? [type === "primary key" ? "PK" : "FK"]
      : [],
  );
  const type = String(properties.type).replace("timestamp with time zone", "timestamptz").replaceAll(",", "_");
  const nullable = properties.nullable === true ? ' "nullable"' : "";
  return `${type} ${name}${keys.length === 0 ? "" : ` ${[...new Set(keys)].sort().reverse().join(", ")}`}${nullable}`;
}
