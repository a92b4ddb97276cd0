import { type Part, strings, walk } from "../sql/walk.ts";

/**
 * What a statement asks PostgreSQL about: `rows`, and what rules make of them; `privileges`, which has_table_privilege and
 * the like tell as the server itself decides; `schema`: how things are declared, which is no look at what they do.
 */
export type Asks = "rows" | "privileges" | "schema";

const privilege = /^(?:has_\w+_privilege|pg_has_role)$/;

/** Functions that print declarations; others of the catalogs' (`pg_get_serial_sequence`, `format_type`) print none. */
const printing =
  "pg_get_(?:\\w*def|expr|acl|function_\\w+|object_address)|pg_describe_object|pg_identify_object\\w*|to_reg\\w+|(?:obj|col|shobj)_description|row_security_active|pg_relation_is_updatable|pg_column_is_updatable|pg_index\\w*_has_property|aclexplode|acldefault|\\w+_to_xml(?:schema|_and_xmlschema)";
/** Catalogs and views of them that hold declarations; others (`pg_settings`, `pg_roles`) hold none. */
const declaring =
  "pg_(?:aggregate|am\\w*|attrdef|attribute|cast|class|collation|constraint|conversion|default_acl|depend|description|enum|event_trigger|extension|foreign_\\w+|index(?:es)?|inherits|init_privs|language|matviews|namespace|opclass|operator|opfamily|partitioned_table|polic(?:y|ies)|proc|publication\\w*|range|rewrite|rules|sequences?|shdepend|shdescription|statistic\\w*|stats\\w*|stat(?:io)?_\\w+_(?:tables|indexes|sequences|functions)|tables|trigger|ts_\\w+|type|views)";

/**
 * What every change of the schema leaves behind: locks, versions of rows, files, counters. To notice
 * it is to notice that there was a sabotage. (That a lock is held shows in who waits for it.)
 */
const traces =
  "pg_locks|xmin|xmax|cmin|cmax|ctid|pg_current_wal_\\w+|pg_relation_file\\w+|pg_stat_get_\\w+|pg_stat_(?:wal|io|database|activity)|pg_(?:total_)?relation_size|pg_table_size|pg_indexes_size";

const isPrinting = new RegExp(`^(?:${printing})$`);
const isDeclaring = new RegExp(`^${declaring}$`);
const inText = new RegExp(`\\b(?:${printing}|${declaring}|${traces}|information_schema)\\b`, "i");
const isTrace = new RegExp(`^(?:${traces})$`);

/** Asked of the names in a statement and of its texts, which may be bodies of functions or statements that are executed. */
export function asksOf(tree: unknown): Asks {
  let found: Asks = "rows";
  for (const [key, part] of walk(tree)) {
    if (key === "FuncCall" && privilege.test(strings(part.funcname).at(-1) ?? "")) return "privileges";
    if (isAboutSchema(key, part)) found = "schema";
  }
  return found;
}

function isAboutSchema(key: string, part: Part): boolean {
  if (typeof part.relname === "string")
    return (
      part.schemaname === "information_schema" ||
      (part.schemaname === undefined || part.schemaname === "pg_catalog"
        ? isDeclaring.test(part.relname) || isTrace.test(part.relname)
        : false)
    );
  if (key === "FuncCall") return isPrinting.test(strings(part.funcname).at(-1) ?? "");
  // Text of a constant lies under `sval`, of a body or an option under `String`.
  return typeof part.sval === "string" && inText.test(part.sval);
}

/** The same of a text: what a view or a function of the schema is made of. */
export const asksTheSchema = (text: string): boolean => inText.test(text);

/** The bare name of the function or view that a statement makes. */
export function definedBy(tree: unknown): string | undefined {
  for (const [key, part] of walk(tree)) {
    if (key === "CreateFunctionStmt") return strings(part.funcname).at(-1);
    if (key === "ViewStmt") for (const [, { relname }] of walk(part.view)) return String(relname);
  }
  return undefined;
}
