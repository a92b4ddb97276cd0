import { existsSync } from "node:fs";
import { expect, test } from "@jest/globals";
import type { CheckKind, Example } from "../../src/checks/kind.ts";
import { kinds } from "../../src/checks/table.ts";
import type { Json } from "../../src/model/json.ts";
import { lookAgain } from "../../src/run/look.ts";
import { cluster } from "../migrate/world.ts";
import { codesOf, trying } from "./example-world.ts";

const server = cluster();
const attempt = trying(server);

const table: readonly (readonly [word: string, kind: CheckKind])[] = Object.entries<CheckKind>(kinds);
const examples = table.flatMap(([word, kind]) =>
  kind.examples.map((example, at) => [`${word} ${at + 1}`, kind, example as Example<Json>] as const),
);

/**
 * Parameters that say what is looked at, how, or as whom, and so assert nothing that a mutant of theirs could violate.
 * Every other optional parameter must, in some example, change the mutants by being there.
 */
const assertNothing: { readonly [word: string]: readonly string[] } = {
  constraint: ["name"],
  data: ["at"],
  sql: ["as", "set"],
  statement: ["as", "set"],
  stops: ["for"],
};

test("the words are in order, so that two people who add one do not meet", () => {
  const words = table.map(([word]) => word);
  expect(words).toEqual([...words].sort());
});

test.each(table)("%s is in the file of its name, with what a kind needs", (word, kind) => {
  expect(kind.kind).toBe(word);
  expect(existsSync(new URL(`../../src/checks/${word}.ts`, import.meta.url))).toBe(true);
  expect(kind.summary).toMatch(/^[A-Z].*\.$/s);
  expect(new Set(kind.codes).size).toBe(kind.codes.length);
});

/** What was provoked, and which parameters had a mutant, over all examples. */
const provoked = new Map<string, Set<string>>();
const proven = new Map<string, Set<string>>();
const into = (map: Map<string, Set<string>>, word: string, value: string) =>
  map.set(word, (map.get(word) ?? new Set()).add(value));

test.each(examples)("example %s holds, every mutant is killed, nothing moves it", async (_, kind, example) => {
  const tried = await attempt(kind, example.params, example);
  expect(codesOf(tried.seen)).toEqual(["passed"]);
  expect(kind.claim(tried.claim.params)).toMatch(/^\S.*$/);
  expect(kind.claim(tried.claim.params)).not.toMatch(/\n/);

  const { observed = null, examined } = tried.seen.evidence ?? {};
  expect(examined).toBeGreaterThan(0);
  const copy: Json = JSON.parse(JSON.stringify(observed));
  expect(copy).toEqual(observed);
  expect(lookAgain(tried.claim, copy)).toEqual({ status: "passed" });
  expect(kind.strength(tried.claim.params, kind.params.parse(example.params))).toBe("same");

  const { mutants, placebo } = await tried.prove();
  expect(mutants.map(({ name, outcome }) => [name, outcome])).toEqual(
    mutants.map(({ name }) => [name, { status: "killed" }]),
  );
  expect(mutants.length).toBeGreaterThan(0);
  expect(placebo).toBe("unmoved");
  for (const { provokes } of mutants) into(provoked, kind.kind, provokes);

  // Being shown mutants leaves nothing behind.
  const again = await attempt(kind, example.params, example);
  expect(JSON.stringify(again.seen)).toBe(JSON.stringify(tried.seen));
});

const before = examples.filter(([, kind]) => kind.looksAt === "database" && kind.points[0] === "after");
test.each(before)("example %s does not hold before its phase", async (_, kind, example) => {
  const seen = await (await attempt(kind, example.params, example)).before();
  expect(seen?.verdict.status).toMatch(/^(failed|errored)$/);
});

test.each(examples)("example %s: parameters that are left out take their mutants along", async (_, kind, example) => {
  const given = example.params;
  if (kind.prove || typeof given !== "object" || given === null || Array.isArray(given)) return;
  const namesOf = async (params: Json) => {
    if (!kind.params.safeParse(params).success) return undefined;
    const { mutants } = await attempt(kind, params, example);
    return (await mutants()).map(({ name, provokes }) => `${name} → ${provokes}`);
  };
  const all = await namesOf(given);
  for (const key of Object.keys(given)) {
    const rest = await namesOf(Object.fromEntries(Object.entries(given).filter(([other]) => other !== key)));
    if (rest && JSON.stringify(rest) !== JSON.stringify(all)) into(proven, kind.kind, key);
  }
});

test.each(table)("%s: every code is provoked by a mutant of an example", (word, { codes }) => {
  expect([...(provoked.get(word) ?? [])].sort()).toEqual([...codes].sort());
});

test.each(table)("%s: every optional parameter that is asserted has a mutant", (word, kind) => {
  const { shape } = kind.params as unknown as {
    shape: { [key: string]: { safeParse(value: unknown): { success: boolean } } };
  }; // all are strict objects
  const optional = Object.keys(shape).filter((key) => shape[key]?.safeParse(undefined).success);
  const missing = optional.filter((key) => !proven.get(word)?.has(key));
  const needed = kind.prove ? [] : missing.filter((key) => !isChoice(kind, key));
  expect(needed).toEqual([...(assertNothing[word] ?? [])].filter((key) => missing.includes(key)));
});

/** One of several that exclude each other cannot be left out; its example proves it by holding alone. */
const isChoice = (kind: CheckKind, key: string): boolean =>
  kind.examples.some(({ params }) => {
    const given: { readonly [key: string]: unknown } = { ...(params as object) }; // all are objects
    const rest = Object.fromEntries(Object.entries(given).filter(([other]) => other !== key));
    return key in given && !kind.params.safeParse(rest).success;
  });
