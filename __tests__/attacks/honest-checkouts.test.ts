import { afterAll, describe, test } from "@jest/globals";
import { cases } from "./honest-checkouts.ts";
import { expectShown } from "./honest-page.ts";
import { createStages } from "./honest-world.ts";

/** The same verdict whatever way the work is merged and checked out; docs/how-to.md shows each. */

const stages = createStages();
afterAll(() => stages.dispose());

describe.each(cases)("$name", ({ way, act }) => {
  test("ends in exit 0", () => act(stages), 120_000);
  test("is shown in docs/how-to.md", () => expectShown(way));
});
