import { expect, test } from "@jest/globals";
import { kinds } from "../../src/checks/table.ts";
import { readPlan } from "../../src/plan/read.ts";

const plan = (declared: string) =>
  `version: 1\nname: n\npostgres: { version: 18 }\nphases:\n  - id: A\n    title: A\n    owns: { objects: ["${declared}"] }\n    gates:\n      - { id: A.1, title: t, checks: [{ file: { path: a } }] }\n`;

test.each(["f(integer)", "a.b.c", "a b"])("`%s` names no object, and would guard nothing: a mistake", (declared) => {
  const reading = readPlan(plan(declared), "phasegate.yml", kinds);
  expect("mistakes" in reading && reading.mistakes[0].message).toMatch(/is no name of an object/);
});

test.each(["a", "a.b", "s.a"])("`%s` names one", (declared) => {
  expect(readPlan(plan(declared), "phasegate.yml", kinds)).toHaveProperty("read");
});
