import { realpathSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { placeOf, planPath } from "../../src/command/plan-path.ts";
import { unplanned, type Workshop } from "../support/workshop.ts";

test.each([
  ["as trees name it", "phasegate.yml", "phasegate.yml"],
  ["with the folder it is in", "./phasegate.yml", "phasegate.yml"],
  ["with a detour", "plans/../plans//a.phasegate.yml", "plans/a.phasegate.yml"],
  ["from the root of the machine", "/repo/plans/a.phasegate.yml", "plans/a.phasegate.yml"],
  ["outside of the checkout it stays outside", "../phasegate.yml", "../phasegate.yml"],
  ["the checkout itself is no plan", ".", "."],
])("a plan is found whatever way its path is typed: %s", (_name, given, path) => {
  expect(planPath(given, "/repo")).toBe(path);
});

let workshop: Workshop;
beforeAll(() => {
  workshop = unplanned();
  workshop.write("phasegate.yml", "the plan");
  workshop.write("billing/phasegate.yml", "a plan of its own");
});
afterAll(() => workshop.dispose());

test.each<[what: string, folder: string, given: string | undefined, root: string, plan: string]>([
  ["at the top", ".", undefined, ".", "phasegate.yml"],
  ["in a folder, the top's", "migrations", undefined, ".", "phasegate.yml"],
  ["in a folder, typed from there", "migrations", "../other.yml", ".", "other.yml"],
  ["in a folder, of a file that is not there", "migrations", "other.yml", ".", "migrations/other.yml"],
  ["in a folder that has one itself, which speaks of its files", "billing", undefined, "billing", "phasegate.yml"],
  ["from such a folder, the top's", "billing", "../phasegate.yml", ".", "phasegate.yml"],
])("the checkout and its plan are found: %s", (_what, folder, given, root, plan) => {
  const at = (path: string) => realpathSync(join(workshop.root, path));
  expect(placeOf(given, at(folder))).toEqual({ root: at(root), plan, from: at(folder) });
});
