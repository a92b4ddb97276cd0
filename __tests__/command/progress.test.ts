import { expect, test } from "@jest/globals";
import { progressText } from "../../src/command/run.ts";

test.each([
  [1, "Replaying 1 migration", "Looking with 1 check", "Proving that 1 check can fail"],
  [2, "Replaying 2 migrations", "Looking with 2 checks", "Proving that 2 checks can fail"],
])("progress over %d counts in words", (count, migrating, checking, proving) => {
  const stages = [
    progressText({ kind: "migrating", migration: "1_a", index: 0, count }),
    progressText({ kind: "checking", done: 0, count }),
    progressText({ kind: "proving", done: 0, count }),
  ];
  expect(stages.map(([stage]) => stage)).toEqual([migrating, checking, proving]);
});
