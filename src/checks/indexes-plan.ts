import { type Part, walk } from "../sql/walk.ts";
import { codeBlocks, tables } from "./markdown.ts";
import { parsedBefore } from "./parsed-before.ts";

/**
 * Reads an index plan: Markdown with a table whose columns are `index`, `on`, `kind` and `query`, and queries, each a
 * paragraph or heading that begins with its number and an `sql` block below it.
 *
 *     | index   | on                                  | kind   | query           |
 *     | ------- | ----------------------------------- | ------ | --------------- |
 *     | `a_x_y` | a (x, y desc) where y is not null   | needed | Q1; for reports |
 *
 *     **Q1** — the newest of one x
 *
 *     ```sql
 *     SELECT … FROM a WHERE x = $1 AND y IS NOT NULL ORDER BY y DESC LIMIT 1
 *     ```
 *
 * `on` is what `CREATE INDEX … ON` takes. `kind`: `unique` (a rule, whether a query needs it or not), `needed` (by the
 * queries that are named), `speculative` (by none). Other tables, and other blocks, are not looked at.
 */

export const kinds = ["unique", "needed", "speculative"] as const;
export type IndexKind = (typeof kinds)[number];

export type PlannedIndex = {
  readonly name: string;
  readonly line: number;
  /** What follows ON, without the schema. */
  readonly on: string;
  readonly table: string;
  readonly kind: IndexKind;
  /** `Q1`, …, in order. */
  readonly queries: readonly string[];
};

export type PlannedQuery = {
  readonly name: string;
  readonly line: number;
  /** One statement, tables without the schema. */
  readonly sql: string;
  /** How many `$n` it has. */
  readonly parameters: number;
  /** Tables and views that it names, without the schema. */
  readonly relations: readonly string[];
  /** It asks for the first rows of an order, which an index can have them in. */
  readonly isOrderedAndLimited: boolean;
};

export type Mistake = { readonly line: number; readonly message: string };

export type IndexPlan = {
  readonly indexes: readonly PlannedIndex[];
  readonly queries: readonly PlannedQuery[];
  readonly mistakes: readonly Mistake[];
};

const columns = ["index", "on", "kind", "query"] as const;

/** @param schema of the tables; names may leave it out */
export async function readIndexPlan(text: string, schema: string): Promise<IndexPlan> {
  const mistakes: Mistake[] = [];
  const read = tables(text).flatMap(({ head, rows }) => {
    const titles = head.cells.map((cell) => cell.toLowerCase());
    const places = columns.map((column) => titles.indexOf(column));
    return places.includes(-1)
      ? []
      : rows.map(({ cells, line }) => ({ line, cells: places.map((at) => cells[at] ?? "") }));
  });
  if (read.length === 0) {
    mistakes.push({ line: 1, message: `it has no table with the columns ${columns.join(", ")} and a row` });
  }
  const indexes: PlannedIndex[] = [];
  for (const { line, cells } of read) {
    const [name = "", on = "", kind = "", query = ""] = cells;
    const known = kinds.find((one) => one === kind);
    const made = await readOn(on, schema);
    if (name === "") mistakes.push({ line, message: "a row names no index" });
    else if (indexes.some((one) => one.name === name)) mistakes.push({ line, message: `${name} is in the plan twice` });
    else if (!known) {
      mistakes.push({ line, message: `${name} is of the kind "${kind}"; there are ${kinds.join(", ")}` });
    } else if ("mistake" in made) mistakes.push({ line, message: `${name} is on \`${on}\`: ${made.mistake}` });
    else indexes.push({ name, line, ...made, kind: known, queries: [...new Set(query.match(/\bQ\d+\b/g) ?? [])] });
  }
  const queries: PlannedQuery[] = [];
  for (const { language, code, line, introduction } of codeBlocks(text)) {
    const name = /^Q\d+\b/.exec(introduction)?.[0];
    if (name === undefined || language.toLowerCase() !== "sql") continue;
    const query = await readQuery(code, schema);
    if (queries.some((one) => one.name === name)) mistakes.push({ line, message: `${name} is written twice` });
    else if ("mistake" in query) mistakes.push({ line, message: `${name}: ${query.mistake}` });
    else queries.push({ name, line, ...query });
  }
  return { indexes, queries, mistakes };
}

interface Named {
  readonly schemaname?: string;
  readonly relname: string;
  readonly location: number;
}

const isNamed = (part: Part): part is Part & Named => typeof part.relname === "string";

/** The tables and views that a statement names; `libpg-query` leaves a location of 0 out. */
const namedIn = (node: unknown): readonly Named[] =>
  [...walk(node)].flatMap(([, part]) =>
    isNamed(part) ? [{ ...part, location: typeof part.location === "number" ? part.location : 0 }] : [],
  );

/** The text without the schema before the tables' names: they are looked for in copies, which have no schema of their own. */
function withoutSchema(sql: string, named: readonly Named[], schema: string): string {
  let bytes = Buffer.from(sql, "utf8");
  for (const { location } of named
    .filter(({ schemaname }) => schemaname === schema)
    .toSorted((a, b) => b.location - a.location)) {
    const rest = bytes.subarray(location).toString("utf8");
    const prefix = /^(?:"(?:[^"]|"")*"|[^\s."]+)\s*\.\s*/.exec(rest)?.[0] ?? "";
    bytes = Buffer.concat([bytes.subarray(0, location), Buffer.from(rest.slice(prefix.length), "utf8")]);
  }
  return bytes.toString("utf8");
}

async function readOn(
  on: string,
  schema: string,
): Promise<{ readonly on: string; readonly table: string } | { readonly mistake: string }> {
  const create = "CREATE INDEX ON ";
  const parsed = await parsedBefore(`${create}${on}`);
  if (parsed.status === "refused") return { mistake: parsed.mistake.message };
  const [statement, ...more] = parsed.statements;
  if (!statement || more.length > 0 || !("IndexStmt" in statement.node)) {
    return { mistake: "it is not what CREATE INDEX … ON takes" };
  }
  const [table] = namedIn(statement.node);
  if (!table) return { mistake: "it names no table" };
  if (table.schemaname !== undefined && table.schemaname !== schema) {
    return { mistake: `it is in the schema ${table.schemaname}; the plan asks for those of ${schema}` };
  }
  return { on: withoutSchema(statement.text, [table], schema).slice(create.length), table: table.relname };
}

async function readQuery(
  code: string,
  schema: string,
): Promise<Omit<PlannedQuery, "name" | "line"> | { readonly mistake: string }> {
  const parsed = await parsedBefore(code);
  if (parsed.status === "refused") return { mistake: parsed.mistake.message };
  const [statement, ...more] = parsed.statements;
  if (!statement || more.length > 0)
    return { mistake: `it is ${parsed.statements.length} statements, and must be one` };
  const { node } = statement;
  const planned = ["SelectStmt", "InsertStmt", "UpdateStmt", "DeleteStmt", "MergeStmt"];
  if (!planned.some((type) => type in node)) return { mistake: "it is no query" };
  // Locations count from the start of the whole text, of which the statement is a part.
  const before = Buffer.byteLength(code.slice(0, statement.offset), "utf8");
  const named = namedIn(node).map((one) => ({ ...one, location: one.location - before }));
  const numbers = [...walk(node)].flatMap(([key, { number }]) =>
    key === "ParamRef" ? [typeof number === "number" ? number : 0] : [],
  );
  const select = "SelectStmt" in node ? node.SelectStmt : undefined;
  return {
    sql: withoutSchema(statement.text, named, schema),
    parameters: Math.max(0, ...numbers),
    relations: [
      ...new Set(
        named
          .filter(({ schemaname }) => schemaname === undefined || schemaname === schema)
          .map(({ relname }) => relname),
      ),
    ],
    isOrderedAndLimited: select?.sortClause !== undefined && select.limitCount !== undefined,
  };
}
