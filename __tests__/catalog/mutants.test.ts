import { describe, expect, test } from "@jest/globals";
import { compareCatalogs } from "../../src/catalog/compare.ts";
import {
  comparisonsSwapped,
  conjuncts,
  conjunctsRemoved,
  elementsRemoved,
} from "../../src/catalog/mutants/expression.ts";
import { mutantName, type SchemaMutant, schemaMutants } from "../../src/catalog/mutants.ts";
import { readCatalog } from "../../src/catalog/read.ts";
import type { Session } from "../../src/model/ports.ts";
import { literal } from "../../src/sql/identifier.ts";
import { server } from "../suites/server.ts";
import { schema } from "../suites/sql.ts";

const more = `${schema}
  CREATE TABLE "Odd table" (id int PRIMARY KEY, "a b" int NOT NULL DEFAULT 3, other int, during int4range, EXCLUDE USING gist (during WITH &&),
    CONSTRAINT "fk other" FOREIGN KEY (other) REFERENCES "Odd table" (id) ON UPDATE CASCADE ON DELETE SET NULL (other) DEFERRABLE INITIALLY DEFERRED);
  CREATE DOMAIN positive AS int CONSTRAINT above_zero CHECK (VALUE > 0);
  CREATE FUNCTION many(n int DEFAULT 1) RETURNS SETOF int LANGUAGE sql AS 'SELECT 1';
  CREATE FUNCTION rows(OUT a int, OUT b text) LANGUAGE sql AS 'SELECT 1, ''x''';
  CREATE PROCEDURE act() LANGUAGE sql AS 'SELECT 1';
  CREATE VIEW guarded WITH (security_barrier = true, security_invoker = true) AS SELECT id FROM "Odd table";
  CREATE VIEW over_daily WITH (security_barrier = true) AS SELECT cents FROM daily;
  CREATE TABLE keyed (a int, b int, PRIMARY KEY (a), CONSTRAINT both_key UNIQUE (a, b), CONSTRAINT ck_both CHECK (a > 0 AND b > 0));
  CREATE TABLE refers (a int, b int, CONSTRAINT fk_both FOREIGN KEY (a, b) REFERENCES keyed (a, b) ON DELETE SET NULL (b));
  CREATE UNIQUE INDEX idx_positive ON keyed (b) WHERE a > 10;
  CREATE POLICY two_parts ON keyed USING (a > 0 AND b > 0) WITH CHECK (a > 1 AND b > 1);
  CREATE SEQUENCE counter;
  GRANT UPDATE ("a b") ON "Odd table" TO app_rw;
  GRANT USAGE ON SEQUENCE counter TO app_rw;
  GRANT SELECT ON totals, daily TO app_ro;`;

/** Whether a mutant may change this besides its own object: what hangs on the object, and what it is made of. */
function mayChange({ object, operator }: SchemaMutant, identity: string): boolean {
  if (identity === object) return true;
  if (operator.includes(" granted to ")) return identity.startsWith("grant ");
  // A key goes with its index, and with the foreign keys that need it.
  if (object.startsWith("constraint ")) return identity.startsWith("index ") || identity.startsWith("constraint ");
  if (object.startsWith("materialized view ")) return /daily|mutant_/.test(identity);
  return false;
}

describe.each([15, 18])("on PostgreSQL %d", (major) => {
  const { laboratory } = server(major);

  test("every mutant is accepted where there are no rows, and changes the object that it names and no other", async () => {
    const wrong = await (await laboratory(more)).clone(async ({ catalog, session: open }) => {
      const session = await open();
      await session.begin({});
      const told: string[] = [];
      for (const mutant of schemaMutants(catalog)) {
        const outcome = await session.tentatively(async () => {
          for (const sql of mutant.sql) {
            const answer = await session.attempt(sql);
            if (!answer.accepted) return `is refused: ${answer.error.message} (${sql})`;
          }
          const changes = compareCatalogs(catalog, await readCatalog(asDatabase(session)));
          if (changes.length === 0) return "changes nothing";
          const strangers = changes.map(({ identity }) => identity).filter((identity) => !mayChange(mutant, identity));
          return strangers.length === 0 ? undefined : `changes ${strangers.join(", ")}`;
        });
        if (outcome !== undefined) told.push(`${mutant.object}: ${mutant.operator} ${outcome}`);
      }
      await session.rollback();
      await session.close();
      return told;
    });
    expect(wrong).toEqual([]);
  });
});

const asDatabase = (session: Session) => ({
  async query<Row extends object>(sql: string, values: readonly unknown[] = []): Promise<readonly Row[]> {
    const answer = await session.attempt(
      values.reduce<string>((text, value, index) => text.replace(`$${index + 1}`, literal(String(value))), sql),
    );
    if (!answer.accepted) throw new Error(answer.error.message);
    return answer.rows as unknown as readonly Row[]; // whoever asks says what the statement gives
  },
});

const { on, laboratory } = server();
const operatorsOf = (mutants: readonly SchemaMutant[]) =>
  [...new Set(mutants.map(({ object, operator }) => `${object.split(" ")[0]}: ${operator}`))].sort();

test("every operator finds something in this schema", async () => {
  expect(operatorsOf(schemaMutants(await on(more, readCatalog)))).toEqual([
    "column: default dropped",
    "column: not null dropped",
    "constraint: dropped",
    "constraint: made always true",
    "constraint: no longer deferred",
    "constraint: on a column less",
    "constraint: over no rows",
    "constraint: with a condition less",
    "constraint: with a value less",
    "constraint: with another action on delete",
    "constraint: with another action on update",
    "constraint: with another comparison",
    "domain: dropped",
    "function: no longer security definer",
    "function: with an empty body",
    "grant: revoked",
    "index: dropped",
    "index: no longer unique",
    "index: over all rows",
    "index: over no rows",
    "index: with another comparison",
    "materialized: SELECT granted to app_rw",
    "materialized: without rows",
    "policy: checking a condition less",
    "policy: dropped",
    "policy: using a condition less",
    "policy: using true",
    "policy: with check true",
    "procedure: with an empty body",
    "table: DELETE granted to app_ro",
    "table: DELETE granted to app_rw",
    "table: INSERT granted to app_ro",
    "table: INSERT granted to app_rw",
    "table: SELECT granted to app_ro",
    "table: SELECT granted to app_rw",
    "table: TRUNCATE granted to app_ro",
    "table: TRUNCATE granted to app_rw",
    "table: UPDATE granted to app_ro",
    "table: UPDATE granted to app_rw",
    "table: row level security disabled",
    "table: row level security not forced",
    "trigger: disabled",
    "trigger: no longer deferred",
    "trigger: with an event less",
    "view: DELETE granted to app_ro",
    "view: DELETE granted to app_rw",
    "view: INSERT granted to app_ro",
    "view: INSERT granted to app_rw",
    "view: SELECT granted to app_ro",
    "view: SELECT granted to app_rw",
    "view: UPDATE granted to app_ro",
    "view: UPDATE granted to app_rw",
    "view: no longer security invoker",
    "view: without rows",
  ]);
});

test("only what hangs on the tables that are asked for, with the functions of their triggers", async () => {
  const mutants = schemaMutants(await on(more, readCatalog), { tables: ["public.parts"], roles: ["nobody"] });
  expect([...new Set(mutants.map(({ on: table }) => table ?? "no table"))].sort()).toEqual([
    "no table",
    "public.parts",
  ]);
  expect(mutants.some(({ object }) => object === "function public.check_sum()")).toBe(true);
  expect(mutants.some(({ operator }) => operator === "SELECT granted to nobody")).toBe(true);
});

test("a materialized view without rows still belongs to whoever it belonged to, and to whom it was granted", async () => {
  const given = await (await laboratory(more)).clone(async ({ catalog, session: open }) => {
    const session = await open();
    await session.begin({});
    const mutant = schemaMutants(catalog).find(
      ({ operator, object }) => operator === "without rows" && object === "materialized view public.daily",
    );
    for (const sql of mutant?.sql ?? []) await session.attempt(sql);
    const after = await readCatalog(asDatabase(session));
    await session.rollback();
    await session.close();
    return [
      after.get("materialized view public.daily")?.properties.owner,
      after.has("grant SELECT on materialized view public.daily to app_ro"),
    ];
  });
  expect(given).toEqual(["pg_database_owner", true]);
});

test.each([
  [
    "a border of each comparison moves",
    "CHECK (((a >= 0) AND (b < 'x >= y'::text)))",
    [
      { text: "CHECK (((a > 0) AND (b < 'x >= y'::text)))", detail: "a > 0" },
      { text: "CHECK (((a >= 0) AND (b <= 'x >= y'::text)))", detail: "b <= 'x >= y'::text" },
    ],
  ],
  ["other operators are left alone", "CHECK ((a <> b) AND (c @> d) AND (e ->> 'f' IS NULL))", []],
  ["a list is no comparison", "CHECK ((a = ANY (ARRAY['x'::text])))", []],
])("%s", (_, expression, changed) => {
  expect(comparisonsSwapped(expression)).toEqual(changed);
});

test.each([
  [
    "each value in turn",
    "CHECK ((a = ANY (ARRAY['x, y'::text, 'it''s'::text])))",
    [
      { text: "CHECK ((a = ANY (ARRAY['it''s'::text])))", detail: "without 'x, y'" },
      { text: "CHECK ((a = ANY (ARRAY['x, y'::text])))", detail: "without 'it''s'" },
    ],
  ],
  ["none of a list of one", "CHECK ((a = ANY (ARRAY['x'::text])))", []],
  [
    "numbers",
    "CHECK ((a = ANY (ARRAY[1, 2])))",
    [
      { text: "CHECK ((a = ANY (ARRAY[2])))", detail: "without 1" },
      { text: "CHECK ((a = ANY (ARRAY[1])))", detail: "without 2" },
    ],
  ],
])("a list loses %s", (_, expression, changed) => {
  expect(elementsRemoved(expression)).toEqual(changed);
});

test.each([
  ["every part of a conjunction", "(((a >= 0) AND (b < 1) AND c))", ["(a >= 0)", "(b < 1)", "c"]],
  ["an expression without AND as it is", "((a >= 0))", ["a >= 0"]],
  ["no AND below an OR", "(((a AND b) OR c))", ["(a AND b) OR c"]],
  [
    "no AND in a string or a quoted name",
    `(((a = ' AND ') AND ("b AND c" > 0)))`,
    ["(a = ' AND ')", `("b AND c" > 0)`],
  ],
  ["parentheses in a string for text", "(((a = '(') AND (b = ')')))", ["(a = '(')", "(b = ')')"]],
])("takes %s", (_, expression, parts) => {
  expect(conjuncts(expression)).toEqual(parts);
});

test("an expression loses each of its conditions, and one with a single condition none", () => {
  expect(conjunctsRemoved("((a >= 0) AND (b < 1) AND c)")).toEqual([
    { text: "((b < 1) AND c)", detail: "without (a >= 0)" },
    { text: "((a >= 0) AND c)", detail: "without (b < 1)" },
    { text: "((a >= 0) AND (b < 1))", detail: "without c" },
  ]);
  expect(conjunctsRemoved("((a >= 0))")).toEqual([]);
});

test("every mutant has a name of its own, also where an expression says the same twice", async () => {
  const twice = "CREATE TABLE a (n int CONSTRAINT ck CHECK (n > 0 OR n > 0))";
  const names = schemaMutants(await on(twice, readCatalog)).map(mutantName);
  expect(names.filter((name) => name.includes("comparison"))).toEqual([
    "constraint ck on public.a: with another comparison (n >= 0)",
    "constraint ck on public.a: with another comparison (n >= 0, 2)",
  ]);
  const all = schemaMutants(await on(more, readCatalog)).map(mutantName);
  expect(new Set(all).size).toBe(all.length);
});

test("the NOT NULL of a key is a mutant only for whoever counts everything, because PostgreSQL refuses it", async () => {
  const catalog = await on(more, readCatalog);
  const named = (ofKeys: boolean) =>
    schemaMutants(catalog, { ofKeys }).filter(
      ({ object, operator }) => operator === "not null dropped" && object === "column public.keyed.a",
    );
  expect(named(false)).toEqual([]);
  const [mutant] = named(true);
  await expect(on(more, (database) => database.query(mutant?.sql[0] ?? ""))).rejects.toThrow(/primary key/);
});

test("a view over a materialized view without rows has no rows either, and keeps its options", async () => {
  const filled = `${more}; INSERT INTO events VALUES (1, 1, 5); REFRESH MATERIALIZED VIEW daily;`;
  const seen = await on(filled, async (database) => {
    const catalog = await readCatalog(database);
    const before = await database.query("SELECT cents FROM over_daily");
    const mutant = schemaMutants(catalog).find(
      ({ operator, object }) => operator === "without rows" && object === "materialized view public.daily",
    );
    for (const sql of mutant?.sql ?? []) await database.query(sql);
    const after = await database.query("SELECT cents FROM over_daily");
    const options = (await readCatalog(database)).get("view public.over_daily")?.properties.options;
    return [before.length, after.length, options];
  });
  expect(seen).toEqual([1, 0, ["security_barrier=true"]]);
});

test("a function with an empty body keeps its rights", async () => {
  const rights = await on(more, async (database) => {
    const mutant = schemaMutants(await readCatalog(database)).find(
      ({ operator, object }) => operator === "with an empty body" && object === "function public.check_sum()",
    );
    for (const sql of mutant?.sql ?? []) await database.query(sql);
    return (await readCatalog(database)).get("function public.check_sum()")?.properties;
  });
  expect(rights).toMatchObject({ securityDefiner: true, language: "plpgsql" });
});
