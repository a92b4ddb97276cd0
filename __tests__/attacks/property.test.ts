import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { dice } from "./generator.ts";
import { isVerified, opinion } from "./oracle.ts";
import { type Engine, engine } from "./property-engine.ts";
import { played, type Style, told } from "./property-game.ts";
import type { Checkout, Work } from "./property-world.ts";

/** PHASEGATE_SEED plays one seed, PHASEGATE_RUNS so many seeds that nobody has chosen; else the same ones every time. */
const { PHASEGATE_SEED: seed, PHASEGATE_RUNS: runs } = process.env;
const chosen = { honest: [5], mixed: [4, 7, 502] };
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

const patience = runs === undefined ? 300_000 : 7_200_000;

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

test("on a lent server, base is judged after the change, and a gate of verified work that breaks is told", async () => {
  const plan: Checkout["plan"] = {
    predecessors: "base",
    incomplete: "block",
    phases: ["p1", "p2"].map((id, index) => ({
      id,
      after: index === 0 ? [] : ["p1"],
      on: undefined,
      gates: [{ id: `${id}.1`, asks: "not-null", blocking: true, excused: false }],
    })),
  };
  const work: Work = {
    plan,
    migrations: [{ time: 1, owner: "p1", deeds: [{ what: "makes", object: "p1", how: "right" }] }],
  };
  const base: Checkout = {
    ...work,
    planIsThere: true,
    papers: { p1: { how: "issued", of: "p1", from: work, at: work } },
  };
  const loosened = { time: 2, owner: "p1", deeds: [{ what: "loosens", object: "p1" }] } as const;
  const head: Checkout = { ...base, migrations: [...base.migrations, loosened] };
  expect(isVerified(base, "p1")).toBe(true);
  expect(opinion(base, head).refusals).toContain("p1.1 held on base");
  const { code, why } = await phasegate.says(base, head);
  expect([code, why.join("\n")]).toEqual([1, expect.stringMatching(/p1\.1/)]);
});
