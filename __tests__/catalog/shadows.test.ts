import { expect, test } from "@jest/globals";
import { shadows } from "../../src/catalog/shadows.ts";
import { cluster } from "../migrate/world.ts";

const server = cluster();

const sql = (signature: string, returns = "boolean") =>
  `CREATE FUNCTION public.${signature} RETURNS ${returns} LANGUAGE sql AS 'SELECT NULL::${returns}'`;
const operator = (name: string, left: string, right: string) =>
  `${sql(`always(${left}, ${right})`)}; CREATE OPERATOR public.${name} (LEFTARG = ${left}, RIGHTARG = ${right}, FUNCTION = public.always)`;

test.each<readonly [name: string, setup: string, signatures: readonly string[]]>([
  ["nothing", "SELECT 1", []],
  ["an operator that fits better", operator(">=", "numeric", "int"), ["public.>=(numeric,integer)"]],
  ["an operator with a preferred type", operator(">=", "numeric", "float8"), ["public.>=(numeric,double precision)"]],
  ["the operator of another type", operator("=", "oid", "regnamespace"), ["public.=(oid,regnamespace)"]],
  [
    "an operator for an enum",
    `CREATE TYPE state AS ENUM ('a'); ${operator("=", "state", "state")}`,
    ["public.=(public.state,public.state)"],
  ],
  [
    "an operator for a domain",
    `CREATE DOMAIN ratio AS numeric; ${operator(">=", "ratio", "int")}`,
    ["public.>=(public.ratio,integer)"],
  ],
  ["an operator that PostgreSQL has", operator("=", "int", "int"), []],
  ["an operator of a new name", operator("=~=", "int", "int"), []],
  [
    "an operator for what PostgreSQL has none for",
    `CREATE TYPE money_amount AS (cents int); ${operator("+", "money_amount", "money_amount")}`,
    [],
  ],
  [
    "a function for literals",
    sql("has_table_privilege(text, text, text)"),
    ["public.has_table_privilege(text,text,text)"],
  ],
  [
    "a function that fits better",
    sql("has_table_privilege(text, oid, text)"),
    ["public.has_table_privilege(text,oid,text)"],
  ],
  ["a function in the place of a variadic one", sql("concat(text, int)"), ["public.concat(text,integer)"]],
  ["a variadic function", sql("abs(VARIADIC int[])"), ["public.abs(integer[])"]],
  [
    "a function whose last argument is optional",
    sql("lower(text, boolean DEFAULT false)"),
    ["public.lower(text,boolean)"],
  ],
  ["a function that takes anything", sql("length(anyelement)"), ["public.length(anyelement)"]],
  [
    "an aggregate",
    "CREATE AGGREGATE public.sum(text) (SFUNC = pg_catalog.textcat, STYPE = text)",
    ["public.sum(text)"],
  ],
  ["a function with more arguments than PostgreSQL's", sql("lower(text, boolean)"), []],
  ["a function for a type that PostgreSQL's does not take", sql("length(jsonb)", "int"), []],
  [
    "a function of a table's rows",
    "CREATE TABLE film (); CREATE FUNCTION public.age(film) RETURNS int LANGUAGE sql AS 'SELECT 1'",
    [],
  ],
  ["the very function of PostgreSQL, for older versions", sql("uuidv7()", "uuid"), []],
  [
    "what extensions bring",
    "CREATE EXTENSION pgcrypto; CREATE EXTENSION citext; CREATE EXTENSION intarray; CREATE EXTENSION btree_gist; CREATE EXTENSION hstore; CREATE EXTENSION pg_trgm",
    [],
  ],
  [
    "what the change adds to an extension",
    `CREATE EXTENSION pgcrypto; ${sql("sum(text)")}; ALTER EXTENSION pgcrypto ADD FUNCTION public.sum(text);
     ${operator(">=", "numeric", "int")}; ALTER EXTENSION pgcrypto ADD OPERATOR public.>= (numeric, int)`,
    ["public.>=(numeric,integer)", "public.sum(text)"],
  ],
  [
    "a trigger's function",
    "CREATE FUNCTION public.version() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
    [],
  ],
  ["a procedure", "CREATE PROCEDURE public.lower(int) LANGUAGE sql AS 'SELECT 1'", []],
  [
    "a function in a schema that is not on the path",
    `CREATE SCHEMA s; ${sql("x()")}; ALTER FUNCTION public.x() SET SCHEMA s`,
    [],
  ],
])("%s", async (_, setup, signatures) => {
  const { database, last, close } = await server.apply({
    "migrations/1_a.sql": `-- Up Migration\n${setup};\n-- Down Migration\nSELECT 1;\n`,
  });
  await close();
  expect(last).toEqual({ status: "applied", findings: [] });
  const found = await server.get().transaction(database, shadows);
  expect(found.map(({ signature }) => signature)).toEqual(signatures);
});
