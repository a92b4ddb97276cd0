import type { Catalog, CatalogObject } from "../../model/ports.ts";
import { quoted } from "../../sql/identifier.ts";
import { nameIn } from "../identity.ts";
import type { Operators, Variant } from "../mutants.ts";

/** Sabotage of functions and views: what they are called and give stays, what they do goes. */

const text = (object: CatalogObject, property: string): string => String(object.properties[property] ?? "");

/** Gives nothing, whatever it is asked. */
function emptyBody({ kind, properties }: CatalogObject): string {
  const result = String(properties.result ?? "");
  if (kind === "procedure") return "BEGIN NULL; END";
  if (result === "trigger") return "BEGIN IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END";
  if (result === "event_trigger") return "BEGIN NULL; END";
  const byItself = /^(SETOF |TABLE\(|void$)/.test(result) || /\b(IN)?OUT /.test(String(properties.arguments ?? ""));
  return byItself ? "BEGIN RETURN; END" : "BEGIN RETURN NULL; END";
}

const emptied = (it: CatalogObject): readonly Variant[] => {
  if (["c", "internal"].includes(text(it, "language"))) return [];
  const name = nameIn(it).slice(0, nameIn(it).lastIndexOf("("));
  const returns = it.kind === "procedure" || it.properties.result === undefined ? "" : ` RETURNS ${text(it, "result")}`;
  const head = `CREATE OR REPLACE ${it.kind.toUpperCase()} ${name}(${text(it, "arguments")})${returns}`;
  // What is not said would be reset: a mutant of the body is none of the rights.
  const rights = it.properties.securityDefiner === true ? " SECURITY DEFINER" : "";
  return [{ sql: [`${head} LANGUAGE plpgsql${rights} AS $mutant$ ${emptyBody(it)} $mutant$`] }];
};

/** Plain views that read it. What reads those, reads it through them. */
const readBy = (name: string, catalog: Catalog): readonly CatalogObject[] =>
  [...catalog.values()].filter(
    ({ kind, properties }) =>
      kind === "view" &&
      new RegExp(`(?<![\\w$".])${name.replace(/[^\w]/g, "\\$&")}(?![\\w$"])`).test(String(properties.definition)),
  );

/** A materialized view cannot be replaced: another takes its name, and the views over the first are put over it. */
function materializedWithoutRows(it: CatalogObject, catalog: Catalog): readonly string[] {
  const name = nameIn(it);
  const hanging = [...catalog.values()].filter(({ on }) => on === name);
  const indexes = hanging.filter(({ kind }) => kind === "index");
  const given = hanging.filter(({ kind, properties }) => kind === "grant" && String(properties.object) === it.identity);
  const owner =
    "(SELECT pg_catalog.pg_get_userbyid(relowner) FROM pg_catalog.pg_class WHERE oid = 'MUTANT'::pg_catalog.regclass)";
  const schema = name.slice(0, name.length - quotedAsPrinted(it.name, name).length);
  const old = `${schema}mutant_original`;
  return [
    `ALTER MATERIALIZED VIEW ${name} RENAME TO mutant_original`,
    ...indexes.map(
      ({ identity, kind }, at) => `ALTER INDEX ${nameIn({ kind, identity })} RENAME TO mutant_index_${at}`,
    ),
    `CREATE MATERIALIZED VIEW ${name} AS SELECT * FROM (${body(it)}) mutant WHERE false`,
    `DO $mutant$ BEGIN EXECUTE format('ALTER MATERIALIZED VIEW ${name.replaceAll("'", "''")} OWNER TO %I', ${owner.replace("MUTANT", old.replaceAll("'", "''"))}); END $mutant$`,
    ...indexes.map(({ properties }) => String(properties.definition)),
    ...given.map(({ properties }) => `GRANT ${properties.privilege} ON ${name} TO ${grantee(properties.grantee)}`),
    ...readBy(name, catalog).map((view) => `CREATE OR REPLACE VIEW ${nameIn(view)}${options(view)} AS ${body(view)}`),
  ];
}

const body = (view: CatalogObject) => text(view, "definition").replace(/;\s*$/, "");

const quotedAsPrinted = (bare: string, name: string) => (name.endsWith(quoted(bare)) ? quoted(bare) : bare);

/** As SQL text. */
const grantee = (name: unknown) => (name === "PUBLIC" ? "PUBLIC" : quoted(String(name)));

export const routineMutants: Operators = {
  function: {
    "with an empty body": emptied,
    "no longer security definer": (it) =>
      it.properties.securityDefiner ? [{ sql: [`ALTER FUNCTION ${nameIn(it)} SECURITY INVOKER`] }] : [],
  },
  procedure: { "with an empty body": emptied },
  view: {
    "without rows": (it) => [
      { sql: [`CREATE OR REPLACE VIEW ${nameIn(it)}${options(it)} AS SELECT * FROM (${body(it)}) mutant WHERE false`] },
    ],
    "no longer security invoker": (it) =>
      /security_invoker=(true|on|1|yes)/.test(JSON.stringify(it.properties.options ?? ""))
        ? [{ sql: [`ALTER VIEW ${nameIn(it)} RESET (security_invoker)`] }]
        : [],
  },
  "materialized view": { "without rows": (it, catalog) => [{ sql: materializedWithoutRows(it, catalog) }] },
};

/** Replacing a view without its options would reset them. Views that check what is written cannot be over a subquery. */
function options({ properties }: CatalogObject): string {
  const list = Array.isArray(properties.options) ? properties.options.map(String) : [];
  const kept = list.filter((option) => !option.startsWith("check_option"));
  return kept.length === 0 ? "" : ` WITH (${kept.join(", ")})`;
}
