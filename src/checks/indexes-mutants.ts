import { quoted, quotedName } from "../sql/identifier.ts";
import type { IndexesCode, IndexesParams } from "./indexes.ts";
import type { FoundIndex } from "./indexes-catalog.ts";
import { indexesFindings } from "./indexes-findings.ts";
import type { Described, Observed } from "./indexes-observed.ts";
import type { PlannedQuery } from "./indexes-plan.ts";
import type { Mutant } from "./kind.ts";

type Mutants = Mutant<IndexesCode, Observed>[];

/** @param text of the index plan */
export function indexesMutants(params: IndexesParams, observed: Observed, text: string): Mutants {
  const { plan, found } = observed;
  // Nothing can be shown to a check that does not hold: it would have failed anyway.
  if (!plan || indexesFindings(params, observed).length > 0) return [];
  return [
    ...ofThePlan(
      params,
      plan.indexes,
      plan.queries,
      observed.foreignKeys.flatMap(({ by }) => by),
      text,
    ),
    ...plan.queries.flatMap((query, at) => ofOneQuery(params, query, text).slice(0, at === 0 ? undefined : 1)),
    ...ofTheCatalog(params, observed),
    ...found.map((index): Mutants[number] => ({
      name: `${index.name} is gone`,
      sabotage: { sql: [dropping(params, index)] },
      provokes: "no-index",
    })),
  ];
}

const dropping = ({ schema }: IndexesParams, { name, table, constraint }: FoundIndex): string =>
  constraint === null
    ? `DROP INDEX ${quotedName({ schema, name })} CASCADE`
    : `ALTER TABLE ${quotedName({ schema, name: table })} DROP CONSTRAINT ${quoted(constraint)} CASCADE`;

/**
 * What the index plan says is changed in the file.
 *
 * @param lookedIn indexes that a foreign key needs, so that they need no query
 */
function ofThePlan(
  { plan: path }: IndexesParams,
  indexes: readonly Described[],
  queries: readonly PlannedQuery[],
  lookedIn: readonly string[],
  text: string,
): Mutants {
  const lines = text.split("\n");
  const overlay = (changed: readonly string[]) => ({ files: { [path]: changed.join("\n") } });
  /** The row with something else in it. */
  const row = ({ line }: Described, change: (row: string) => string) =>
    overlay(lines.map((one, at) => (at === line - 1 ? change(one) : one)));
  const kindIn =
    ({ kind }: Described, other: string) =>
    (one: string) =>
      one.replace(new RegExp(`\\|(\\s*)${kind}(\\s*)(?=\\||$)`), `|$1${other}$2`);
  const numbers = queries.map(({ name }) => Number(name.slice(1)));
  const unknown = `Q${Math.max(0, ...numbers) + 1}`;
  const mutants: Mutants = [
    { name: `${path} is gone`, sabotage: { files: { [path]: undefined } }, provokes: "no-file" },
    {
      name: `${unknown} is in ${path}, and no index is for it`,
      sabotage: overlay([...lines, "", `**${unknown}** — mutant`, "", "```sql", "SELECT 1", "```", ""]),
      provokes: "unused-query",
    },
  ];
  const [first] = indexes;
  if (first) {
    mutants.push(
      { name: `the row of ${first.name} is gone`, sabotage: row(first, () => ""), provokes: "unlisted" },
      {
        name: `the kind of ${first.name} is none that there is`,
        sabotage: row(first, kindIn(first, "perhaps")),
        provokes: "unreadable",
      },
      {
        name: `${first.name} is called speculative`,
        sabotage: row(first, kindIn(first, "speculative")),
        provokes: "speculative",
      },
    );
  }
  const needed = indexes.find(({ queries }) => queries.length > 0);
  if (needed) {
    const [query = ""] = needed.queries;
    mutants.push({
      name: `${needed.name} is for a query that is not there`,
      sabotage: row(needed, (one) => one.replace(new RegExp(`\\b${query}\\b`), unknown)),
      provokes: "no-query",
    });
  }
  const purposeless = indexes.find(({ name, kind }) => kind === "needed" && !lookedIn.includes(name));
  if (purposeless) {
    mutants.push({
      name: `no query needs ${purposeless.name}`,
      sabotage: row(purposeless, (one) => one.replace(/\bQ\d+\b/g, "")),
      provokes: "no-purpose",
    });
  }
  return mutants;
}

/** A query asks for something that no index finds; the rest is shown for one query, because it is the same for all. */
function ofOneQuery({ plan: path }: IndexesParams, { name, line }: PlannedQuery, text: string): Mutants {
  const lines = text.split("\n");
  const fence = lines[line - 1] ?? "";
  const end = lines.findIndex((one, at) => at >= line && one.trimStart().startsWith(fence.trimStart().slice(0, 3)));
  const asking = (sql: string) => ({
    files: { [path]: [...lines.slice(0, line), sql, ...lines.slice(end)].join("\n") },
  });
  const unread = lines.map((one, at) => (at === line - 1 ? one.replace(/sql/i, "text") : one)).join("\n");
  return [
    { name: `${name} asks its tables for nothing`, sabotage: asking("SELECT 1"), provokes: "not-used" },
    { name: `${name} is gone`, sabotage: { files: { [path]: unread } }, provokes: "no-query" },
    {
      name: `${name} asks for what is not there`,
      sabotage: asking("SELECT * FROM phasegate_mutant"),
      provokes: "query-refused",
    },
  ];
}

/** Indexes are changed in the database. */
function ofTheCatalog(params: IndexesParams, observed: Observed): Mutants {
  const { schema } = params;
  const { found } = observed;
  const inSchema = (name: string) => quotedName({ schema, name });
  const changed = (index: FoundIndex, change: Partial<FoundIndex>): { readonly evidence: Observed } => ({
    evidence: { ...observed, found: found.map((one) => (one === index ? { ...one, ...change } : one)) },
  });
  const again = (index: FoundIndex, { table = index.table, uses = index.uses, unique = index.unique }): string[] => [
    dropping(params, index),
    `CREATE ${unique ? "UNIQUE " : ""}INDEX ${quoted(index.name)} ON ${inSchema(table)} ${uses}`,
  ];
  const mutants: Mutants = [];
  const [any] = found;
  if (any) {
    const sql = `CREATE INDEX phasegate_mutant ON ${inSchema(any.table)} ${any.uses}`;
    mutants.push(
      { name: "there is an index that the index plan does not list", sabotage: { sql: [sql] }, provokes: "unlisted" },
      { name: `${any.name} is invalid`, sabotage: changed(any, { valid: false }), provokes: "not-valid" },
      {
        name: `${any.name} is on another table`,
        sabotage: {
          sql: [
            `CREATE TABLE ${inSchema("phasegate_mutant")} (LIKE ${inSchema(any.table)})`,
            ...again(any, { table: "phasegate_mutant" }),
          ],
        },
        otherwise: changed(any, { table: "phasegate_mutant" }),
        provokes: "other-table",
      },
    );
  }
  // PostgreSQL refuses it where a foreign key or a view needs the index.
  const other = (index: FoundIndex | undefined, name: string, uses: string, before: readonly string[] = []) => {
    if (!index) return;
    mutants.push({
      name: `${index.name} ${name}`,
      sabotage: { sql: [...before, ...again(index, { uses })] },
      otherwise: changed(index, { uses }),
      provokes: "other-definition",
    });
  };
  const onTable = found.find((index) => index.on === "r" && index.constraint === null);
  if (onTable) {
    const add = `ALTER TABLE ${inSchema(onTable.table)} ADD COLUMN phasegate_mutant integer`;
    const uses = onTable.uses.replace("(", "(phasegate_mutant, ");
    other(onTable, "has another column before its own", uses, [add]);
    const dropped = `ALTER TABLE ${inSchema(onTable.table)} DROP COLUMN ${quoted(onTable.keys[0] ?? "")} CASCADE`;
    if (onTable.uses.includes(`(${quoted(onTable.keys[0] ?? "")}`) || onTable.uses.includes(`(${onTable.keys[0]}`))
      mutants.push({
        name: `the first column of ${onTable.name} is gone`,
        sabotage: { sql: [dropped] },
        provokes: "refused",
      });
  }
  const descending = found.find(({ uses }) => uses.includes(" DESC"));
  other(descending, "is ascending", descending?.uses.replace(" DESC", "") ?? "");
  const partial = found.find(({ isPartial }) => isPartial);
  other(partial, "is over all rows", partial?.uses.replace(/ WHERE .*$/s, "") ?? "");
  const whole = found.find(({ isPartial }) => !isPartial);
  other(whole, "is over no row", `${whole?.uses} WHERE false`);
  for (const unique of [true, false]) {
    const index = found.find((one) => one.unique === unique && one.method === "btree");
    if (!index) continue;
    mutants.push({
      name: `${index.name} is ${unique ? "not unique" : "unique"}`,
      sabotage: { sql: again(index, { unique: !unique }) },
      otherwise: changed(index, { unique: !unique }),
      provokes: "other-uniqueness",
    });
  }
  if (params["foreign-keys"]) {
    const [to, from] = [inSchema("phasegate_mutant"), inSchema("phasegate_mutant_too")];
    const sql = [
      `CREATE TABLE ${to} (id integer PRIMARY KEY)`,
      `CREATE TABLE ${from} (id integer REFERENCES ${to} ON DELETE CASCADE)`,
    ];
    mutants.push({ name: "a foreign key has no index", sabotage: { sql }, provokes: "no-foreign-key-index" });
  }
  return mutants;
}
