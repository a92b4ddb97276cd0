import { afterAll, describe, expect, test } from "@jest/globals";
import { expectShown } from "./honest-page.ts";
import { cases } from "./honest-phases.ts";
import { createStages } from "./honest-world.ts";

/** Honest work on a plan and its phases ends in exit 0, by a way that docs/how-to.md shows. */

const stages = createStages();
afterAll(() => stages.dispose());

describe.each(cases)("$name", ({ way, act }) => {
  test("ends in exit 0", () => act(stages), 120_000);
  test("is shown in docs/how-to.md", () => expectShown(way));
});

test("no two cases have one name", () => {
  expect(new Set(cases.map(({ name }) => name)).size).toBe(cases.length);
});
