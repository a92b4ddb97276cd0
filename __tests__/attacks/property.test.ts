import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { dice } from "./generator.ts";
import { type Engine, engine } from "./property-engine.ts";
import { played, type Style, told } from "./property-game.ts";

/** PHASEGATE_SEED plays one seed, PHASEGATE_RUNS so many seeds that nobody has chosen; else the same ones every time. */
const { PHASEGATE_SEED: seed, PHASEGATE_RUNS: runs } = process.env;
const chosen = { honest: [1, 2, 3, 4, 5], mixed: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10] };
const start = Date.now() % 1_000_000;

const seeds = (style: Style): readonly number[] => {
  if (seed !== undefined) return [Number(seed)];
  if (runs === undefined) return chosen[style];
  return Array.from(
    { length: Math.ceil(Number(runs) * (style === "honest" ? 0.25 : 0.75)) },
    (_, each) => start + each,
  );
};

let phasegate: Engine;
beforeAll(async () => {
  phasegate = await engine();
});
afterAll(() => phasegate.stop());

const patience = runs === undefined ? 120_000 : 3_600_000;

async function play(style: Style): Promise<void> {
  const found: string[] = [];
  const counts = { green: 0, red: 0 };
  for (const each of seeds(style)) {
    const game = await played(dice(each), style, phasegate);
    counts.green += game.green;
    counts.red += game.red;
    if (game.fault) found.push(await told(each, style, game, phasegate));
  }
  if (seed !== undefined || runs !== undefined)
    process.stdout.write(`${style}: ${JSON.stringify(counts)}, ${phasegate.runs()} runs so far\n`);
  expect(found.join("\n\n")).toBe("");
  // A game in which nothing is ever merged, or nothing refused, shows nothing.
  expect(counts.green).toBeGreaterThan(0);
  if (style === "mixed" && seed === undefined) expect(counts.red).toBeGreaterThan(0);
}

test("work that follows the plan ends green", () => play("honest"), patience);

test(
  "what is green has verified predecessors and no weaker plan, whatever was tried before",
  () => play("mixed"),
  patience,
);
