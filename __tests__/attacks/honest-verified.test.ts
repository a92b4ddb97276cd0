import { afterAll, describe, test } from "@jest/globals";
import { expectShown } from "./honest-page.ts";
import { cases } from "./honest-verified.ts";
import { createStages } from "./honest-world.ts";

/** Honest changes of what is verified, and of the plan that asks it, end in exit 0; docs/how-to.md shows each. */

const stages = createStages();
afterAll(() => stages.dispose());

describe.each(cases)("$name", ({ way, act }) => {
  test("ends in exit 0", () => act(stages), 120_000);
  test("is shown in docs/how-to.md", () => expectShown(way));
});
