import { expect, test } from "@jest/globals";
import { cases as checkouts } from "./honest-checkouts.ts";
import { headings } from "./honest-page.ts";
import { cases as phases } from "./honest-phases.ts";
import { cases as verified } from "./honest-verified.ts";

test("every situation of docs/how-to.md is acted out", () => {
  const acted = new Set([...phases, ...verified, ...checkouts].map(({ way }) => way));
  expect(headings().filter((heading) => !acted.has(heading))).toEqual([]);
  expect(headings().length).toBeGreaterThan(20);
});
