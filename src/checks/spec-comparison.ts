import { compareCatalogs } from "../catalog/compare.ts";
import { readCatalog } from "../catalog/read.ts";
import type { Json } from "../model/json.ts";
import type { Catalog, CatalogObject, Database } from "../model/ports.ts";
import { type QualifiedName, quoted } from "../sql/identifier.ts";
import { type ParsedStatement, parseTree } from "../sql/statements.ts";
import { targetOf } from "./spec-statement.ts";

export interface SpecMistake {
  readonly [key: string]: Json;
  readonly line: number;
  readonly message: string;
  readonly help: string;
}

/** What became of a DDL file. As types of data, not as interfaces, because they are evidence. */
export type Compared =
  | { readonly status: "refused"; readonly mistakes: readonly SpecMistake[] }
  | { readonly status: "no-table" }
  | {
      readonly status: "compared";
      /** Of the real table, in order, as SQL text. */
      readonly columns: readonly string[];
      readonly rowSecurity: boolean;
      /** Tables that inherit from it. */
      readonly heirs: readonly string[];
      readonly differences: readonly {
        readonly identity: string;
        readonly property: string | null;
        readonly real: Json;
        readonly described: Json;
      }[];
    };

/** Where the file is executed. It stands for the table's own schema, and is gone with the transaction. */
const scratch = "phasegate_spec";

const compared: readonly string[] = ["table", "column", "constraint", "index", "trigger", "policy", "rule"];
const left: readonly string[] = ["owner", "comment"];

/**
 * Executes a DDL file beside the table that it describes, and compares the two. Owner, comments and privileges are
 * other checks' affair.
 */
export async function compareWithSpec(database: Database, sql: string, table: QualifiedName): Promise<Compared> {
  const parsed = await parseTree(sql);
  if (parsed.status === "refused") {
    const { line, message } = parsed.mistake;
    return {
      status: "refused",
      mistakes: [{ line, message: `PostgreSQL cannot read it: ${message}`, help: "Correct the SQL." }],
    };
  }
  const refused = await execute(database, sql, parsed.statements, table);
  if (refused.length > 0) return { status: "refused", mistakes: refused };

  const catalog = await readCatalog(database);
  const own = printed(catalog, table);
  const copy = printed(catalog, { schema: scratch, name: table.name });
  if (!own) return { status: "no-table" };
  const real = of(catalog, own, (text) => text);
  const described = of(catalog, copy, (text) => text.replaceAll(`${scratch}.`, `${own.schema}.`));
  const columns = [...real.values()]
    .filter(({ kind }) => kind === "column")
    .sort((a, b) => Number(a.properties.position) - Number(b.properties.position));
  return {
    status: "compared",
    columns: columns.map(({ name }) => quoted(name)),
    rowSecurity: real.get(`table ${own.table}`)?.properties.rowSecurity === true,
    heirs: heirs(catalog, own.table),
    differences: compareCatalogs(real, described).map(({ identity, property = null, before, after }) => {
      return { identity, property, real: before, described: after };
    }),
  };
}

/** Tables whose rows are the table's too, without being its partitions. A file describes one table, and so none of them. */
const heirs = (catalog: Catalog, table: string): readonly string[] =>
  [...catalog.values()].flatMap(({ identity, properties: { inherits, partitionBound = null } }) =>
    partitionBound === null && Array.isArray(inherits) && inherits.some((parent) => parent === table) ? [identity] : [],
  );

async function execute(
  database: Database,
  sql: string,
  statements: readonly ParsedStatement[],
  table: QualifiedName,
): Promise<readonly SpecMistake[]> {
  const targets = statements.map((statement) => targetOf(statement, sql, table));
  const mistakes = targets.flatMap((target) => ("mistake" in target ? [target.mistake] : []));
  if (statements.length === 0)
    mistakes.push({ line: 1, message: "it holds no statement", help: "Write the table's DDL." });
  if (mistakes.length > 0) return mistakes;
  await database.query(`CREATE SCHEMA ${scratch}`);
  await database.query(`SET LOCAL search_path = ${scratch}, public`);
  for (const target of targets) {
    if ("mistake" in target) continue;
    const attempt = await database.attempt(target.sql);
    if (attempt.accepted) continue;
    const { message, detail, hint } = attempt.error;
    const found = [message, detail, hint].filter(Boolean).join("; ").replaceAll(`${scratch}.`, "");
    return [{ line: target.line, message: `PostgreSQL refuses it: ${found}`, help: "Correct the SQL." }];
  }
  return [];
}

/** A table's name as the catalog prints it: quoted where PostgreSQL thinks that it has to be. */
interface Printed {
  readonly schema: string;
  readonly table: string;
}

function printed(catalog: Catalog, { schema, name }: QualifiedName): Printed | undefined {
  const candidates = [schema, quoted(schema)].flatMap((first) =>
    [name, quoted(name)].map((second) => ({ schema: first, table: `${first}.${second}` })),
  );
  return candidates.find(({ table }) => catalog.has(`table ${table}`));
}

/** What is compared of one table, under the names that it has in the table's own schema. */
function of(catalog: Catalog, at: Printed | undefined, rename: (text: string) => string): Catalog {
  const mine = [...catalog.values()].filter(
    ({ kind, identity, on }) => compared.includes(kind) && at && (on === at.table || identity === `table ${at.table}`),
  );
  return new Map(mine.map((object) => renamed(object, rename)).map((object) => [object.identity, object]));
}

function renamed(
  { kind, identity, on, name, properties }: CatalogObject,
  rename: (text: string) => string,
): CatalogObject {
  const kept = Object.entries(properties).filter(([property]) => !left.includes(property));
  return {
    kind,
    identity: rename(identity),
    ...(on === undefined ? {} : { on: rename(on) }),
    name,
    properties: Object.fromEntries(kept.map(([property, value]) => [property, renamedIn(value, rename)])),
  };
}

function renamedIn(value: Json, rename: (text: string) => string): Json {
  if (typeof value === "string") return rename(value);
  if (Array.isArray(value)) return value.map((item: Json) => renamedIn(item, rename));
  return value;
}
