import { expect, test } from "@jest/globals";
import { planPath } from "../../src/command/plan-path.ts";

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
