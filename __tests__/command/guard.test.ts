import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { documentOf, migrationOf, type Workshop, with4A } from "../support/workshop.ts";

/** 4A is verified and merged, 4B may be begun, 4C may not. */

let workshop: Workshop;
beforeAll(async () => {
  workshop = await with4A();
  workshop.branch("work");
}, 240_000);
afterAll(() => workshop.dispose());

test.each([
  ["a migration that a phase was verified with", migrationOf["4A"], 1, "4A was verified with it"],
  ["one of a phase that may be begun", migrationOf["4B"], 0, ""],
  ["one of a phase that may not", migrationOf["4C"], 1, "it belongs to 4C, which is prohibited"],
  ["the document of that phase", documentOf("4C"), 1, "it belongs to 4C, which is prohibited"],
  ["a file of nobody", "README.md", 0, ""],
])("%s", async (_what, path, exit, why) => {
  const { code, stderr } = await workshop.phasegate("guard", path);
  expect({ code, said: stderr.includes(why) }).toEqual({ code: exit, said: true });
});

test("a migration that a phase was verified with, after it was edited", async () => {
  workshop.edit(migrationOf["4A"], (text) => `${text}-- later\n`);
  workshop.git("add", "-A");
  const { code, stderr } = await workshop.phasegate("guard", "--staged");
  expect({ code, said: stderr.includes("4A was verified with it") }).toEqual({ code: 1, said: true });
});
