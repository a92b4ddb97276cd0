import type { Catalog, CatalogObject } from "../../model/ports.ts";
import { quoted } from "../../sql/identifier.ts";
import { nameIn } from "../identity.ts";
import type { SchemaMutant } from "../mutants.ts";

/** Privileges taken away, and privileges that nobody gave. */

const asSql = (grantee: string) => (grantee === "PUBLIC" ? "PUBLIC" : quoted(grantee));

/** `ON TABLE a`, `ON FUNCTION f()`; a column's privilege is written beside the privilege. */
function target(object: string): { readonly columns: string; readonly on: string } | undefined {
  const column = /^column (.*)\.("(?:[^"]|"")*"|[^".]+)$/.exec(object);
  if (column) return { columns: ` (${column[2]})`, on: `${column[1]}` };
  const [, kind, name] =
    /^(table|foreign table|view|materialized view|sequence|function|procedure|aggregate|schema|type|foreign server) (.*)$/.exec(
      object,
    ) ?? [];
  if (kind === undefined || name === undefined) return undefined;
  const words: { readonly [kind: string]: string } = { aggregate: "FUNCTION ", "foreign server": "FOREIGN SERVER " };
  const relation = ["table", "foreign table", "view", "materialized view"].includes(kind);
  return { columns: "", on: relation ? name : `${words[kind] ?? `${kind.toUpperCase()} `}${name}` };
}

const removed = ({ identity, on, properties }: CatalogObject): SchemaMutant[] => {
  const { privilege, object, grantee } = properties;
  const found = target(String(object));
  if (!found) return [];
  const sql = `REVOKE ${privilege}${found.columns} ON ${found.on} FROM ${asSql(String(grantee))}`;
  return [{ operator: "revoked", object: identity, ...(on === undefined ? {} : { on }), sql: [sql] }];
};

const privileges: { readonly [kind: string]: readonly string[] } = {
  table: ["SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE"],
  view: ["SELECT", "INSERT", "UPDATE", "DELETE"],
  "materialized view": ["SELECT"],
};

/**
 * Every privilege of a table that is there, revoked; and every one that is not, granted to each role that holds any
 * privilege in the database or is named.
 */
export function grantMutants(catalog: Catalog, roles: readonly string[]): SchemaMutant[] {
  const grants = [...catalog.values()].filter(({ kind }) => kind === "grant");
  const holders = grants.map(({ properties }) => String(properties.grantee));
  const all = [...new Set([...roles, ...holders])]
    .filter((role) => role !== "PUBLIC" && role !== "pg_database_owner")
    .sort();
  const held = new Set(
    grants.map(({ properties }) => `${properties.privilege} ${properties.object} ${properties.grantee}`),
  );
  const added = [...catalog.values()].flatMap(({ kind, identity }) =>
    (privileges[kind] ?? []).flatMap((privilege) =>
      all
        .filter((role) => !held.has(`${privilege} ${identity} ${role}`) && !held.has(`${privilege} ${identity} PUBLIC`))
        .map((role): SchemaMutant => {
          const on = nameIn({ kind, identity });
          return {
            operator: `${privilege} granted to ${role}`,
            object: identity,
            on,
            sql: [`GRANT ${privilege} ON ${on} TO ${asSql(role)}`],
          };
        }),
    ),
  );
  return [...grants.flatMap(removed), ...added];
}
