import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import { quoted, quotedName } from "../sql/identifier.ts";
import { type AskedIndex, askedAsWritten, askedIndex, type FoundIndex, foundIndexes } from "./index-catalog.ts";
import { keyText } from "./index-keys.ts";
import { breaks } from "./index-mutants.ts";
import { defineDatabaseKind, type KindFinding, type Mutant } from "./kind.ts";
import { missingTable, type OfMissingTable, ofMissingTable } from "./missing-table.ts";
import { name, parts, relation } from "./params.ts";
import { fixed, inAnyOrder, optional, ordered, turnedOn } from "./strength.ts";

const params = z.strictObject({
  table: relation.describe("The table or materialized view: `name` or `schema.name`."),
  name: name.optional().describe("Its name. Without it, any index on these columns that is as described will do."),
  columns: z
    .array(z.string().min(1))
    .min(1)
    .describe(
      "Its keys in order, each the name of a column or an expression as in DDL, with COLLATE, operator class and order where they matter: `at DESC`. Compared by meaning; what is not said of collation and operator class must be the default.",
    ),
  unique: z.boolean().optional().describe("`true`: it is unique. `false`: it is not."),
  "nulls-distinct": z
    .boolean()
    .default(true)
    .describe("`false`: it is unique with NULLS NOT DISTINCT, so that two nulls are the same."),
  predicate: z
    .string()
    .min(1)
    .optional()
    .describe("Its WHERE as in DDL, compared by meaning. Without it, the index must be over all rows."),
  method: z.string().min(1).optional().describe("Its access method: `btree`, `gin`, …"),
  include: z.array(name).min(1).optional().describe("The columns that it carries besides its keys."),
  valid: z.boolean().default(true).describe("`false`: it may be one that a failed build left behind."),
});
export type IndexParams = z.output<typeof params>;

type Observed = {
  /** All indexes of the table. */
  readonly found: readonly FoundIndex[];
  readonly asked: AskedIndex | null;
} & OfMissingTable;

const codes = [
  "no-index",
  "other-columns",
  "other-key",
  "not-unique",
  "unique",
  "other-nulls",
  "other-predicate",
  "other-method",
  "other-include",
  "not-valid",
  "not-on-child",
] as const;
export type IndexCode = (typeof codes)[number];

const list = (columns: readonly string[]): string => `(${columns.join(", ")})`;
const sorted = (columns: readonly string[]): string[] => [...columns].sort();

/** The indexes that the plan speaks of: by name, else by columns. */
const identified = (params: IndexParams, { found, asked }: Observed): readonly FoundIndex[] =>
  found.filter((one) =>
    params.name === undefined ? isDeepStrictEqual(one.columns, asked?.columns) : one.name === params.name,
  );

function differences(params: IndexParams, asked: AskedIndex, found: FoundIndex): KindFinding<IndexCode>[] {
  const it = `${found.name} on ${params.table}`;
  const findings: KindFinding<IndexCode>[] = [];
  const differs = (code: IndexCode, is: string, should: string, help: string) =>
    findings.push({ code, message: `${it} ${is}; the plan asks for ${should}.`, help });

  if (!isDeepStrictEqual(found.columns, asked.columns)) {
    differs(
      "other-columns",
      `is on ${list(found.columns)}`,
      list(asked.columns),
      `Create it on ${list(asked.columns)}.`,
    );
  } else {
    for (const [at, key] of asked.keys.entries()) {
      const [of, its] = [asked.columns[at] ?? "", found.keys[at]];
      if (!its) continue;
      const is = keyText(of, { ...its, order: key.order && its.order });
      const should = keyText(of, key);
      if (is === should) continue;
      const help = `Create it with the key \`${should}\`, or ask in the plan for the other.`;
      differs("other-key", `has the key ${is}`, should, help);
    }
  }
  if (found.unique && found.nullsDistinct !== params["nulls-distinct"]) {
    const text = (distinct: boolean) => (distinct ? "NULLS DISTINCT" : "NULLS NOT DISTINCT");
    const should = text(params["nulls-distinct"]);
    differs("other-nulls", `is unique with ${text(found.nullsDistinct)}`, should, `Create it with ${should}.`);
  }
  if (params.unique === true && !found.unique)
    differs("not-unique", "is not unique", "UNIQUE", "Create it as UNIQUE INDEX.");
  if (params.unique === false && found.unique)
    differs("unique", "is unique", "one that is not", "Create it without UNIQUE.");
  if (found.predicate !== asked.predicate) {
    const is = found.predicate === null ? "is over all rows" : `is over rows WHERE ${found.predicate}`;
    const should = asked.predicate === null ? "all rows" : `rows WHERE ${asked.predicate}`;
    const help = asked.predicate === null ? "Create it without WHERE." : `Create it with \`WHERE ${asked.predicate}\`.`;
    differs("other-predicate", is, should, help);
  }
  if (params.method !== undefined && found.method !== params.method) {
    differs("other-method", `is ${found.method}`, params.method, `Create it \`USING ${params.method}\`.`);
  }
  if (params.include && !isDeepStrictEqual(sorted(found.include), sorted(params.include))) {
    const is = found.include.length === 0 ? "includes no columns" : `includes ${list(found.include)}`;
    differs("other-include", is, list(params.include), `Create it with \`INCLUDE ${list(params.include)}\`.`);
  }
  if (params.unique === true && found.missingOn.length > 0) {
    const children = found.missingOn.join(", ");
    const help = `Let ${children} not inherit from ${params.table}; make it a partition, or a table of its own.`;
    differs(
      "not-on-child",
      `knows nothing of ${children}, whose rows are ${params.table}'s too`,
      "one for all rows",
      help,
    );
  }
  if (params.valid && !found.valid) {
    const help = "Drop what the failed build left behind and create it again, or attach the indexes of all partitions.";
    differs("not-valid", "is invalid, so nothing uses it", "a valid one", help);
  }
  return findings;
}

export const index = defineDatabaseKind({
  kind: "index",
  summary: "A table has an index as described: keys in order, uniqueness, predicate, and it can be used.",
  params,
  codes,
  points: ["after", "head"],

  claim: ({ table, name, columns, unique, predicate }) =>
    [`${table}:`, unique && "unique", "index", name, list(columns), predicate && `WHERE ${predicate}`]
      .filter(Boolean)
      .join(" ")
      .replace(/\s+/g, " "),

  async observe({ database }, params) {
    const table = parts(params.table);
    const found = await foundIndexes(database, table);
    // Where there is none, the table may be missing too, and nothing could be normalised on it.
    if (found.length === 0)
      return { examined: 1, observed: { found, asked: null, ...(await ofMissingTable(database, table)) } };
    const { columns, predicate, method = "btree" } = params;
    return {
      examined: 1,
      observed: { found, asked: await askedIndex(database, table, { columns, predicate, method }) },
    };
  },

  judge(params, observed: Observed): KindFinding<IndexCode>[] {
    const asked = observed.asked ?? askedAsWritten(params.columns, params.predicate ?? null);
    const [first, ...more] = identified(params, observed).map((one) => differences(params, asked, one));
    if (first) return more.reduce((nearest, next) => (next.length < nearest.length ? next : nearest), first);
    const { table, name, unique } = params;
    const has = observed.found.map((one) => `${one.name} ${list(one.columns)}`).join(", ") || "no index";
    const which = [unique && "unique", "index", name, list(params.columns)].filter(Boolean).join(" ");
    if (observed.table === "missing") return [{ code: "no-index", ...missingTable(table, `the ${which}`) }];
    const message = `${table} has ${has}; the plan asks for the ${which}.`;
    return [{ code: "no-index", message, help: "Create it in a migration of the phase." }];
  },

  mutants(params, observed: Observed) {
    const { asked } = observed;
    const candidates = identified(params, observed);
    const it = asked && candidates.find((one) => differences(params, asked, one).length === 0);
    if (!it) return [];
    const { schema, name: table } = parts(params.table);
    const dropped = candidates.map((one) =>
      one.constraint === null
        ? `DROP INDEX ${quotedName({ schema, name: one.name })} CASCADE`
        : `ALTER TABLE ${quotedName({ schema, name: table })} DROP CONSTRAINT ${quoted(one.constraint)} CASCADE`,
    );
    const changed = (change: Partial<FoundIndex>): Observed => ({ ...observed, found: [{ ...it, ...change }] });
    const mutants: Mutant<IndexCode, Observed>[] = [
      {
        name: "the index is gone",
        sabotage: { sql: dropped },
        otherwise: { evidence: { ...observed, found: [] } },
        provokes: "no-index",
      },
      // Another one that is as asked too would stand in for the broken one, so all of them go.
      ...breaks(params, it).map(
        ({ name, sql, change, provokes }): Mutant<IndexCode, Observed> => ({
          name,
          sabotage: { sql: [...dropped, ...sql] },
          otherwise: { evidence: changed(change) },
          provokes,
        }),
      ),
    ];
    // No DDL leaves an ordinary index invalid inside a transaction.
    if (params.valid) {
      mutants.push({ name: "it is invalid", sabotage: { evidence: changed({ valid: false }) }, provokes: "not-valid" });
    }
    return mutants;
  },

  strength: (base, head) =>
    ordered(base, head, {
      table: fixed,
      name: optional,
      columns: fixed,
      unique: optional,
      // Two nulls that are different let one row more in; two that are the same keep one out that may have to come.
      "nulls-distinct": fixed,
      predicate: fixed,
      method: optional,
      include: inAnyOrder(optional),
      valid: turnedOn,
    }),

  examples: [
    {
      setup: "CREATE TABLE a (x int, y int); CREATE INDEX i ON a (y, x)",
      params: { table: "a", name: "i", columns: ["y", "x"], unique: false, method: "btree" },
    },
    {
      setup: `CREATE TABLE a (t uuid, e text, p jsonb);
        CREATE UNIQUE INDEX i ON a (t, lower(e)) INCLUDE (p) WHERE e IS NOT NULL AND t IS NOT NULL;
        CREATE UNIQUE INDEX j ON a (t, lower(e)) WHERE e IS NOT NULL;
        CREATE INDEX k ON a (t, lower(e))`,
      params: {
        table: "public.a",
        columns: ["t", "lower( e )"],
        unique: true,
        predicate: "(e is not null) AND t IS NOT NULL",
        include: ["p"],
      },
    },
    {
      setup: "CREATE TABLE a (x int PRIMARY KEY); CREATE TABLE b (x int REFERENCES a)",
      params: { table: "a", columns: ["x"], unique: true },
    },
    {
      setup: `CREATE TABLE a ("X" text, y int, at date);
        CREATE UNIQUE INDEX i ON a ("X" COLLATE "C" text_pattern_ops, (y + 1) DESC, at) NULLS NOT DISTINCT`,
      params: {
        table: "a",
        columns: ['"X" collate "C" text_pattern_ops', "(y+1) desc", "at"],
        unique: true,
        "nulls-distinct": false,
      },
    },
    {
      setup: `CREATE SCHEMA s; CREATE MATERIALIZED VIEW s.m AS SELECT 1 AS "X", '{}'::jsonb AS j; CREATE INDEX i ON s.m USING gin (j)`,
      params: { table: "s.m", name: "i", columns: ["j"], method: "gin", valid: false },
    },
  ],
});
