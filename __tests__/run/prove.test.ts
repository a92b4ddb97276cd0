import { expect, test } from "@jest/globals";
import { z } from "zod";
import { defineFilesKind, type Mutant } from "../../src/checks/kind.ts";
import { vacuity } from "../../src/model/judge.ts";
import type { Tree } from "../../src/model/ports.ts";
import type { Sight } from "../../src/run/look.ts";
import { prove } from "../../src/run/prove.ts";

const refuse = (): never => {
  throw new Error("a check of files asks for nothing else");
};
const tree: Tree = { read: (path) => (path === "a" ? "1" : undefined), list: () => ["a"] };
const sight: Sight = {
  database: { query: refuse, attempt: refuse, act: refuse },
  tree,
  laboratory: {
    roundTrip: refuse,
    clone: refuse,
    get rehearsing() {
      return this;
    },
  },
  linter: { lint: refuse, rules: refuse },
  programs: { run: refuse },
  approvals: { ask: refuse },
  subject: { phase: "A", migrations: [], created: [], major: 18 },
};

/** Asks that the file says 1; `seen` may change what is seen, and `mutants` what it is shown. */
const kindOf = (mutants: readonly Mutant<"wrong", string>[], seen = (text: string) => text) =>
  defineFilesKind({
    kind: "one",
    summary: "The file says 1.",
    params: z.strictObject({}),
    codes: ["wrong"],
    claim: () => "the file says 1",
    observe: async (world) => {
      const text = world.tree.read("a");
      if (text === undefined) throw new Error("a does not exist");
      return { examined: 1, observed: seen(text) };
    },
    judge: (_, text: string) =>
      text === "1" ? [] : [{ code: "wrong" as const, message: `It says ${text}.`, help: "Write 1." }],
    mutants: () => mutants,
    strength: () => "same",
    examples: [{ params: {} }],
  });

const proof = (mutants: readonly Mutant<"wrong", string>[], seen?: (text: string) => string) =>
  prove({ kind: kindOf(mutants, seen), params: {} }, "1", { status: "none", reason: "files" }, (work) => work(sight));

const two: Mutant<"wrong", string> = { name: "it says 2", sabotage: { files: { a: "2" } }, provokes: "wrong" };

test("a mutant of the files that is noticed is killed, and the tree below is as it was", async () => {
  const red = await proof([two]);
  expect(red).toMatchObject({ placebo: "unmoved", mutants: [{ sabotage: "a", outcome: { status: "killed" } }] });
  expect([vacuity(red, "c"), tree.read("a")]).toEqual([[], "1"]);
});

test("a mutant on evidence is judged without looking", async () => {
  expect(await proof([{ ...two, sabotage: { evidence: "3" } }])).toMatchObject({
    mutants: [{ sabotage: "on evidence only", outcome: { status: "killed" } }],
  });
});

test("a mutant that is not noticed survives, and an error on it proves nothing", async () => {
  const red = await proof([
    { ...two, sabotage: { files: { b: "2" } } },
    { ...two, sabotage: { files: { a: undefined } } },
  ]);
  expect(red.mutants.map(({ outcome }) => outcome)).toEqual([
    { status: "survived" },
    { status: "refused", reason: "a does not exist" },
  ]);
});

test("a check that says something else when nothing was changed is told by the placebo", async () => {
  let looks = 0;
  const red = await proof([two], (text) => {
    looks += 1;
    return looks === 1 ? "another" : text;
  });
  expect(red.placebo).toBe("moved");
  expect(vacuity(red, "the claim")).toMatchObject([
    { code: "vacuous-check", message: '"the claim": it fails when nothing was changed.' },
  ]);
});

const refusing = (condition: string): Sight => ({
  ...sight,
  database: { ...sight.database, attempt: async () => ({ accepted: false, error: { condition, message: "no" } }) },
});

test.each([
  [
    "because something depends on the object, the recorded observation is changed instead",
    "dependent_objects_still_exist",
    "on evidence only",
    "killed",
  ],
  ["by a deadlock, nothing is proven", "deadlock_detected", "DROP", "refused"],
])("where PostgreSQL refuses the sabotage %s", async (_name, condition, sabotage, status) => {
  const mutant: Mutant<"wrong", string> = { ...two, sabotage: { sql: ["DROP"] }, otherwise: { evidence: "2" } };
  const claim = { kind: kindOf([mutant]), params: {} };
  const red = await prove(claim, "1", { status: "none", reason: "files" }, (work) => work(refusing(condition)));
  expect(red.mutants).toMatchObject([{ sabotage, outcome: { status } }]);
});

test("a look that errors on the sabotaged database is no proof, and evidence does not stand in for it", async () => {
  const mutant: Mutant<"wrong", string> = { ...two, sabotage: { sql: ["DROP"] }, otherwise: { evidence: "2" } };
  let done = false;
  const world: Sight = {
    ...sight,
    database: {
      ...sight.database,
      attempt: async () => {
        done = true;
        return { accepted: true, rows: [] };
      },
    },
    tree: { ...tree, read: (path) => (done ? undefined : tree.read(path)) },
  };
  const red = await prove({ kind: kindOf([mutant]), params: {} }, "1", { status: "none", reason: "files" }, (work) =>
    work(world),
  );
  expect(red.mutants).toMatchObject([{ sabotage: "DROP", outcome: { status: "refused", reason: "a does not exist" } }]);
});
