import { expect, test } from "@jest/globals";
import { hangsOn, isDeclared } from "../../src/plan/objects.ts";

const object = (kind: string, identity: string, name: string, on?: string) => ({
  kind,
  identity,
  name,
  ...(on === undefined ? {} : { on }),
});

test.each([
  ["a table", object("table", "table public.a", "a"), "a", true],
  ["a table of another schema", object("table", "table s.a", "a"), "a", false],
  ["a table by its schema", object("table", "table s.a", "a"), "s.a", true],
  ["a materialized view", object("materialized view", "materialized view public.v", "v"), "v", true],
  ["a function of one argument", object("function", "function public.f(integer)", "f"), "f", true],
  ["a function of two", object("function", "function public.f(integer, text)", "f"), "f", true],
  ["a function of a type of two words", object("function", "function public.f(double precision)", "f"), "f", true],
  ["a table whose name has a space", object("table", 'table public."my table"', "my table"), '"my table"', true],
  ["a column", object("column", "column public.a.b", "b", "public.a"), "a.b", true],
  ["a column of another table", object("column", "column public.c.b", "b", "public.c"), "a.b", false],
])("%s is declared by its name", (_what, of, declared, is) => {
  expect(isDeclared(of, declared)).toBe(is);
});

test("what hangs on a table hangs on its declaration", () => {
  expect(hangsOn({ on: "public.a" }, "a")).toBe(true);
  expect(hangsOn({ on: "s.a" }, "a")).toBe(false);
});
