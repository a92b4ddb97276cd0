import { expect, test } from "@jest/globals";
import { function as functionKind } from "../../src/checks/function.ts";
import { pathElements } from "../../src/checks/path-elements.ts";
import { cluster } from "../migrate/world.ts";
import { codesOf, findingsOf, trying } from "./example-world.ts";

const attempt = trying(cluster());

const f = (given: string, options = "", returns = "int") =>
  `CREATE FUNCTION f(${given}) RETURNS ${returns} LANGUAGE sql ${options} AS 'SELECT NULL::${returns.replace(/^SETOF /, "")}'`;
const path = (search: string) => ({ name: "f", "search-path": search });

test.each<readonly [name: string, params: object, setup: string, codes: readonly string[]]>([
  [
    "the types of arguments, by other words",
    { name: "f", arguments: ["int4", "varchar"] },
    f("integer, character varying"),
    ["passed"],
  ],
  ["a length counts for nothing in an argument", { name: "f", arguments: ["numeric(6,5)"] }, f("numeric"), ["passed"]],
  ["there is none", { name: "f" }, "SELECT 1", ["no-function"]],
  [
    "it is in another schema",
    { name: "f" },
    "CREATE SCHEMA s; CREATE FUNCTION s.f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    ["no-function"],
  ],
  ["it is a procedure", { name: "f" }, "CREATE PROCEDURE f() LANGUAGE sql AS ''", ["no-function"]],
  ["it is an aggregate", { name: "f" }, "CREATE AGGREGATE f(int) (SFUNC = int4pl, STYPE = int)", ["no-function"]],
  ["it takes other arguments", { name: "f", arguments: ["text"] }, f("int"), ["other-arguments"]],
  ["it takes arguments where none are asked for", { name: "f", arguments: [] }, f("int"), ["other-arguments"]],
  ["the arguments are in order", { name: "f", arguments: ["int", "text"] }, f("text, int"), ["other-arguments"]],
  ["an argument of a type that is not there yet", { name: "f", arguments: ["mood"] }, f("int"), ["other-arguments"]],
  [
    "one of several is named by its arguments",
    { name: "f", arguments: ["int"] },
    `${f("int")}; ${f("text")}`,
    ["passed"],
  ],
  ["several, and none is named", { name: "f" }, `${f("int")}; ${f("text")}`, ["ambiguous"]],
  [
    "a procedure of the same name does not make it several",
    { name: "f" },
    `${f("int")}; CREATE PROCEDURE f() LANGUAGE sql AS ''`,
    ["passed"],
  ],
  ["it returns something else", { name: "f", returns: "bigint" }, f("int"), ["other-returns"]],
  ["it returns one where a set is asked for", { name: "f", returns: "SETOF int" }, f(""), ["other-returns"]],
  ["it returns a type that is not there yet", { name: "f", returns: "mood" }, f(""), ["other-returns"]],
  ["it runs with its caller's rights", { name: "f", security: "definer" }, f(""), ["other-security"]],
  [
    "it runs with its owner's rights",
    { name: "f", security: "invoker" },
    f("", "SECURITY DEFINER"),
    ["other-security"],
  ],
  [
    "the same path, written in another way",
    path('"pg_catalog",Public , pg_temp'),
    f("", "SET search_path = pg_catalog, public, pg_temp"),
    ["passed"],
  ],
  [
    "a path in another order lets pg_temp shadow",
    path("pg_catalog, pg_temp"),
    f("", "SET search_path = pg_temp, pg_catalog"),
    ["other-search-path"],
  ],
  [
    "a path with an element less",
    path("pg_catalog, public, pg_temp"),
    f("", "SET search_path = pg_catalog, public"),
    ["other-search-path"],
  ],
  ["no path of its own", path("public"), f(""), ["other-search-path"]],
  ["no path of its own is not an empty one", path(""), f(""), ["other-search-path"]],
  ["an empty path", path('""'), f("", "SET search_path = ''"), ["passed"]],
  ["another setting is no path", path("public"), f("", "SET work_mem = '1MB'"), ["other-search-path"]],
  ["another volatility", { name: "f", volatility: "stable" }, f(""), ["other-volatility"]],
  ["another language", { name: "f", language: "plpgsql" }, f(""), ["other-language"]],
  ["another way with parallel queries", { name: "f", parallel: "safe" }, f(""), ["other-parallel"]],
  ["another way with NULL", { name: "f", strict: true }, f(""), ["other-strict"]],
  [
    "several things at once",
    { name: "f", security: "definer", strict: true },
    f(""),
    ["other-security", "other-strict"],
  ],
  [
    "a mistake in the arguments is an error in PostgreSQL's words",
    { name: "f", arguments: ["int int int"] },
    f(""),
    ['errored: syntax error at or near "int"'],
  ],
])("%s", async (_, params, setup, codes) => {
  const { seen } = await attempt(functionKind, params, { setup });
  expect(codesOf(seen)).toEqual(codes);
});

test.each<readonly [name: string, params: object, setup: string, message: string]>([
  [
    "all of the name",
    { name: "f" },
    `${f("int")}; ${f("text")}`,
    "f is overloaded: f(integer), f(text); the plan does not say which.",
  ],
  [
    "what it is instead",
    { name: "f" },
    "CREATE PROCEDURE f(int) LANGUAGE sql AS ''",
    "f is the procedure f(integer); the plan asks for a function.",
  ],
  [
    "those with other arguments",
    { name: "f", arguments: ["int8"] },
    `${f("int")}; ${f("text")}`,
    "There is f(integer), f(text); the plan asks for f with the arguments (bigint).",
  ],
  [
    "the path",
    path("pg_catalog, pg_temp"),
    f("", "SET search_path = public"),
    "f() sets the search_path public; the plan asks for pg_catalog, pg_temp.",
  ],
])("a finding names %s", async (_, params, setup, message) => {
  const { seen } = await attempt(functionKind, params, { setup });
  expect(findingsOf(seen).map((finding) => finding.message)).toEqual([message]);
});

test.each([
  ["pg_catalog, public", ["pg_catalog", "public"]],
  ['"$user",public', ["$user", "public"]],
  ['"A ""b"", c"', ['A "b", c']],
  ['""', []],
  ["", []],
  ["a,", undefined],
  ["a b", undefined],
  [",", undefined],
])("the schemas of %j", (text, elements) => {
  expect(pathElements(text)).toEqual(elements);
});

test.each([
  [{ name: "f()" }, "name"],
  [path("a b"), "search-path"],
])("%j is a mistake of the plan", (params, at) => {
  expect(functionKind.params.safeParse(params).error?.issues.map((issue) => issue.path.join("."))).toEqual([at]);
});

test.each([
  ["a path that is asked for now", { name: "f" }, path("public"), "stronger"],
  ["another path", path("public"), path("pg_temp, public"), "weaker"],
  ["rights that are not asked for any more", { name: "f", security: "definer" }, { name: "f" }, "weaker"],
])("%s (%s → %s: %s)", (_, base, head, strength) => {
  const { params, strength: order } = functionKind;
  expect(order(params.parse(base), params.parse(head))).toBe(strength);
});
