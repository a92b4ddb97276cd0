import { describe, expect, test } from "@jest/globals";
import { created } from "../../src/catalog/compare.ts";
import { readCatalog } from "../../src/catalog/read.ts";
import { comments } from "../../src/checks/comments.ts";
import { said, tryKind } from "../suites/kind.ts";
import { server } from "../suites/server.ts";

const it = server();
const createdBy = (setup: string) =>
  it.on(setup, async (database) =>
    created(new Map(), await readCatalog(database)).filter((identity) => identity !== "schema public"),
  );
const tried = async (setup: string, params: object = {}) =>
  tryKind(it, comments, { setup, params, created: await createdBy(setup) });

describe("every example holds, and every mutant of it is noticed", () => {
  test.each(comments.examples.map((example, index) => [index, example] as const))(
    "example %d",
    async (_, { setup = "", params }) => {
      const seen = await tried(setup, params);
      expect(said(seen)).toEqual([]);
      expect(seen.red?.placebo).toBe("unmoved");
      expect(seen.red?.mutants.filter(({ outcome }) => outcome.status !== "killed")).toEqual([]);
      expect([...new Set(seen.red?.mutants.map(({ provokes }) => provokes))].sort()).toEqual(
        [...comments.codes].sort(),
      );
    },
  );
});

const without = (identity: string, sql: string) =>
  `no-comment: ${identity} has no comment; the plan asks for a comment that says something. Add \`COMMENT ON ${sql} IS '…'\` to the migration.`;

test.each([
  [
    "every kind of object",
    `
    CREATE SCHEMA s; CREATE TABLE a (id int PRIMARY KEY, n int UNIQUE CONSTRAINT ck CHECK (n > 0)); CREATE INDEX i ON a (n); CREATE VIEW v AS SELECT 1 AS one;
    CREATE MATERIALIZED VIEW m AS SELECT 1 AS one; CREATE SEQUENCE c; CREATE TYPE e AS ENUM ('x'); CREATE DOMAIN d AS int CONSTRAINT dc CHECK (VALUE > 0);
    CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'; CREATE PROCEDURE p() LANGUAGE sql AS 'SELECT 1';
    CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW EXECUTE FUNCTION f(); CREATE POLICY po ON a; CREATE RULE r AS ON DELETE TO a DO INSTEAD NOTHING`,
    [
      without("column public.a.id", "COLUMN public.a.id"),
      without("column public.a.n", "COLUMN public.a.n"),
      without("column public.m.one", "COLUMN public.m.one"),
      without("column public.v.one", "COLUMN public.v.one"),
      without("constraint a_n_key on public.a", "CONSTRAINT a_n_key on public.a"),
      without("constraint a_pkey on public.a", "CONSTRAINT a_pkey on public.a"),
      without("constraint ck on public.a", "CONSTRAINT ck on public.a"),
      without("domain constraint dc on public.d", "CONSTRAINT dc ON DOMAIN public.d"),
      without("function public.f()", "FUNCTION public.f()"),
      without("index public.i", "INDEX public.i"),
      without("materialized view public.m", "MATERIALIZED VIEW public.m"),
      without("policy po on public.a", "POLICY po on public.a"),
      without("procedure public.p()", "PROCEDURE public.p()"),
      without("rule r on public.a", "RULE r on public.a"),
      without("schema s", "SCHEMA s"),
      without("sequence public.c", "SEQUENCE public.c"),
      without("table public.a", "TABLE public.a"),
      without("trigger t on public.a", "TRIGGER t on public.a"),
      without("type public.d", "TYPE public.d"),
      without("type public.e", "TYPE public.e"),
      without("view public.v", "VIEW public.v"),
    ],
  ],
  [
    "what PostgreSQL makes along with something needs no comment",
    "CREATE TABLE a (id serial PRIMARY KEY, g int GENERATED ALWAYS AS IDENTITY)",
    [
      without("column public.a.g", "COLUMN public.a.g"),
      without("column public.a.id", "COLUMN public.a.id"),
      without("constraint a_pkey on public.a", "CONSTRAINT a_pkey on public.a"),
      without("table public.a", "TABLE public.a"),
    ],
  ],
])("%s", async (_, setup, findings) => {
  const { verdict } = await tried(setup);
  const found =
    verdict.status === "failed" ? verdict.findings.map(({ code, message, help }) => `${code}: ${message} ${help}`) : [];
  expect(found).toEqual(findings);
  for (const sql of findings.map((finding) => /`(.*)`/.exec(finding)?.[1] ?? ""))
    await it.on(setup, (database) => database.query(sql));
});

test.each([
  [
    "a comment of blanks says nothing",
    "CREATE TABLE a (); COMMENT ON TABLE a IS ' .'",
    {},
    [
      "no-comment: table public.a has the comment ' .', which says nothing; the plan asks for a comment that says something.",
    ],
  ],
  [
    "a comment that repeats the name says nothing",
    "CREATE TABLE order_lines (); COMMENT ON TABLE order_lines IS 'Order lines.'",
    {},
    [
      "no-comment: table public.order_lines has the comment 'Order lines.', which says nothing; the plan asks for a comment that says something.",
    ],
  ],
  [
    "nothing was created",
    "SELECT 1",
    {},
    ["nothing-created: The phase created nothing that needs a comment; the plan asks for comments on what it created."],
  ],
  [
    "only privileges were created",
    "CREATE TABLE a (); COMMENT ON TABLE a IS 'Is there.'; GRANT SELECT ON a TO app_ro",
    {},
    [],
  ],
  [
    "an exception names nothing",
    "CREATE TABLE a (); COMMENT ON TABLE a IS 'Is there.'",
    { except: ["table public.b"], reason: "so" },
    ["unused-exception: table public.b was not created by the phase; the plan excepts it."],
  ],
])("%s", async (_, setup, params, findings) => {
  expect(said(await tried(setup, params))).toEqual(findings);
});

test("an exception needs a reason", () => {
  expect(comments.params.safeParse({ except: ["table public.a"] }).success).toBe(false);
});
