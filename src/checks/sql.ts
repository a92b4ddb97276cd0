import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import type { Json } from "../model/json.ts";
import { acting, as, set } from "./acting.ts";
import { defineDatabaseKind, type KindFinding, type Strength } from "./kind.ts";
import { asList, preparing, statements } from "./params.ts";
import { fixed, free, ordered } from "./strength.ts";

const json: z.ZodType<Json> = z.json();
const count = z.int().min(0);
const gives = z.union([
  z.literal("empty"),
  z.literal(["true", true]).transform(() => "true" as const),
  z.strictObject({ count: z.union([count, z.strictObject({ "at-least": count })]) }),
  z.strictObject({ rows: z.array(z.array(json).min(1)).min(1) }),
]);
type Gives = z.output<typeof gives>;

type Row = readonly Json[];
type Observed = {
  readonly count: number;
  /** All of them where rows are asked for, otherwise the first ten. */
  readonly rows: readonly Row[];
};

const codes = ["not-empty", "not-true", "other-count", "other-rows"] as const;
type Code = (typeof codes)[number];

const params = z.strictObject({
  name: z.string().min(1).describe("What is true when it gives what it must, as a sentence."),
  query: z.string().min(1).describe("One query; it cannot write."),
  gives: gives.describe(
    "`empty`; `true`: one row with the one value true; `{ count: n }` or `{ count: { at-least: n } }`: that many rows; `{ rows: [[…], …] }`: these rows in this order.",
  ),
  as,
  set,
  sabotage: statements.describe(
    "SQL after which it must give something else: one statement (a `DO` block holds several), or a list of them. Rolled back.",
  ),
});

/** Values are compared as PostgreSQL prints them, JSON by its meaning; only null is null. */
function sameValue(found: Json, asked: Json): boolean {
  if (typeof found === "object" || typeof asked === "object") return isDeepStrictEqual(found, asked);
  return String(found) === String(asked);
}
const sameRow = (found: Row, asked: Row): boolean =>
  found.length === asked.length && found.every((value, at) => sameValue(value, asked[at] ?? null));

const rowsOf = (number: number): string => (number === 1 ? "1 row" : `${number} rows`);
const text = (row: Row | undefined): string => (row ? JSON.stringify(row) : "no row");

/** The first thing that is not as asked, in words: found, then asked. */
function difference(gives: Gives, { count, rows }: Observed): { code: Code; found: string; asked: string } | undefined {
  if (gives === "empty") {
    const shown = rows.slice(0, 3).map(text).join(", ");
    return count === 0 ? undefined : { code: "not-empty", found: `${rowsOf(count)}: ${shown}`, asked: "none" };
  }
  if (gives === "true") {
    const [row] = rows;
    if (count === 1 && row?.length === 1 && row[0] === true) return undefined;
    return {
      code: "not-true",
      found: count === 1 ? text(row) : rowsOf(count),
      asked: "one row with the one value true",
    };
  }
  if ("count" in gives) {
    const least = typeof gives.count === "number" ? undefined : gives.count["at-least"];
    if (least === undefined ? count === gives.count : count >= least) return undefined;
    const asked = typeof gives.count === "number" ? rowsOf(gives.count) : `at least ${rowsOf(gives.count["at-least"])}`;
    return { code: "other-count", found: rowsOf(count), asked };
  }
  const asked = gives.rows;
  const other = rows.findIndex((row, at) => !sameRow(row, asked[at] ?? []));
  const at = other === -1 ? rows.length : other;
  if (other === -1 && rows.length === asked.length) return undefined;
  return {
    code: "other-rows",
    found: `${text(rows[at])} as row ${at + 1} of ${count}`,
    asked: `${text(asked[at])}, of ${asked.length}`,
  };
}

/** What a query that gives something else gives as its code. */
const codeOf = (gives: Gives): Code => {
  if (gives === "empty") return "not-empty";
  if (gives === "true") return "not-true";
  return "count" in gives ? "other-count" : "other-rows";
};

/** A number of rows may grow where a least one is asked for. */
function strengthOfGives(base: Gives, head: Gives): Strength {
  if (isDeepStrictEqual(base, head)) return "same";
  if (typeof base !== "object" || typeof head !== "object" || !("count" in base) || !("count" in head)) return "weaker";
  if (typeof base.count === "number") return "weaker";
  const least = typeof head.count === "number" ? head.count : head.count["at-least"];
  return least >= base.count["at-least"] ? "stronger" : "weaker";
}

export const sql = defineDatabaseKind({
  kind: "sql",
  summary: "A query, which cannot write, gives what it must.",
  params,
  codes,
  points: ["after", "head"],
  claim: ({ name }) => name.replace(/\s+/g, " ").trim(),

  async observe({ database }, params) {
    await database.act({ ...acting(params), readOnly: true });
    const found = await database.query<{ readonly [column: string]: Json }>(params.query);
    const all = typeof params.gives === "object" && "rows" in params.gives;
    const rows = (all ? found : found.slice(0, 10)).map((row) => Object.values(row));
    // An empty result was looked at too: what counts is the query.
    return { examined: 1, observed: { count: found.length, rows } };
  },

  judge({ name, gives }, observed: Observed): KindFinding<Code>[] {
    const other = difference(gives, observed);
    if (!other) return [];
    // Rows come by column name, so columns of one name are one.
    const collapsed =
      typeof gives === "object" &&
      "rows" in gives &&
      gives.rows.some(({ length }, at) => length > (observed.rows[at]?.length ?? length));
    const help = collapsed
      ? "Give every column of the query a name of its own with AS, or ask for as many values as it gives."
      : `Change what the query looks at until this is true: ${name}.`;
    return [{ code: other.code, message: `The query gives ${other.found}; the plan asks for ${other.asked}.`, help }];
  },

  prepares: ({ sabotage }) => preparing("sabotage", sabotage),

  mutants: ({ gives, sabotage }) => [
    {
      name: "its own sabotage is done",
      sabotage: { sql: asList(sabotage) },
      provokes: codeOf(gives),
    },
  ],

  strength: (base, head) =>
    ordered(base, head, { name: free, query: fixed, gives: strengthOfGives, as: fixed, set: fixed, sabotage: fixed }),

  examples: [
    {
      setup: "CREATE TABLE a (x int); INSERT INTO a VALUES (1)",
      params: {
        name: "no row is negative",
        query: "SELECT x FROM a WHERE x < 0",
        gives: "empty",
        sabotage: "INSERT INTO a VALUES (-1)",
      },
    },
    {
      setup: `CREATE TABLE a (t text); ALTER TABLE a ENABLE ROW LEVEL SECURITY;
        CREATE POLICY p ON a USING (t = current_setting('app.t')); GRANT SELECT ON a TO app_ro;
        INSERT INTO a VALUES ('one'), ('two')`,
      params: {
        name: "a tenant sees its own rows only",
        query: "SELECT bool_and(t = 'one') FROM a;",
        gives: true,
        as: "app_ro",
        set: { "app.t": "one" },
        sabotage: ["DROP POLICY p ON a", "CREATE POLICY p ON a USING (true)"],
      },
    },
    {
      setup: "CREATE TABLE a (x int)",
      params: { name: "a is empty", query: "TABLE a", gives: { count: 0 }, sabotage: "INSERT INTO a VALUES (1)" },
    },
    {
      setup: "CREATE TABLE a (x int); INSERT INTO a VALUES (1), (2)",
      params: {
        name: "a has rows",
        query: "SELECT * FROM a",
        gives: { count: { "at-least": 2 } },
        sabotage: "DELETE FROM a WHERE x = 1",
      },
    },
    {
      setup: `CREATE TABLE a (n numeric(6,2), j jsonb, d date, x text); INSERT INTO a VALUES (1.5, '{"b":[1]}', '2026-01-02', NULL)`,
      params: {
        name: "a has its row",
        query: "SELECT n, j, d, x, n > 1 FROM a",
        gives: { rows: [["1.50", { b: [1] }, "2026-01-02", null, true]] },
        sabotage: "UPDATE a SET n = 1.51",
      },
    },
  ],
});
