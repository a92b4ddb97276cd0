/** Plays sequences of steps in a small world, and compares what Phasegate says with what the oracle knows. */

import { answer, anyChange, type Dice, firstWorld, honestChange } from "./generator.ts";
import { disorder, opinion } from "./oracle.ts";
import type { Engine } from "./property-engine.ts";
import { planWords, words } from "./property-words.ts";
import { afterwards, type Step, type World } from "./property-world.ts";

export type Style = "honest" | "mixed";

export interface Fault {
  readonly kind: "hole" | "false red" | "not judged";
  readonly why: readonly string[];
}

export interface Game {
  readonly start: World;
  readonly steps: readonly Step[];
  readonly fault?: Fault;
  readonly green: number;
  readonly red: number;
}

interface Turn {
  readonly world: World;
  readonly said?: "green" | "red";
  readonly fault?: Fault;
}

/** @returns `undefined` where the step cannot be done here */
async function turn(world: World, step: Step, phasegate: Engine): Promise<Turn | undefined> {
  if (step.do === "abandon") return world.head === world.base ? undefined : { world: { ...world, head: world.base } };
  if (step.do !== "propose") {
    const head = afterwards(world, step);
    return head && { world: { ...world, head, clock: world.clock + 1 } };
  }
  const { base, head } = world;
  if (JSON.stringify(base) === JSON.stringify(head)) return undefined;
  const { refusals, doubts } = opinion(base, head);
  const { code, why } = await phasegate.says(base, head);
  const said = code === 0 ? "green" : "red";
  if (code === 3) return { world, said, fault: { kind: "not judged", why } };
  if (code === 0 && refusals.length > 0) return { world, said, fault: { kind: "hole", why: refusals } };
  const broken = code === 0 && !world.forced ? disorder(head) : [];
  if (broken.length > 0) return { world, said, fault: { kind: "hole", why: broken } };
  const isSure = doubts.length === 0 && refusals.length === 0 && !world.forced;
  if (code !== 0 && isSure) return { world, said, fault: { kind: "false red", why } };
  const merges = code === 0 || (step.forced && head.planIsThere);
  return { world: merges ? { ...world, base: head, forced: world.forced || code !== 0 } : world, said };
}

/** Some changes, one after the other, until a fault is found. */
export async function played(at: Dice, style: Style, phasegate: Engine): Promise<Game> {
  const start = firstWorld(at);
  const steps: Step[] = [];
  const counts = { green: 0, red: 0 };
  let world = start;
  for (let change = 0; change < (style === "honest" ? 4 : 6); change += 1) {
    let waiting = style === "honest" ? honestChange(world, at) : anyChange(world, at);
    for (let tries = 0; tries < 3 && waiting.length > 0; tries += 1) {
      let last: Turn | undefined;
      for (const step of waiting) {
        const taken = await turn(world, step, phasegate);
        if (!taken) continue;
        steps.push(step);
        last = taken;
        world = taken.world;
        if (taken.said) counts[taken.said] += 1;
        if (taken.fault) return { start, steps, fault: taken.fault, ...counts };
      }
      waiting = style === "mixed" && last?.said === "red" ? answer(world, at) : [];
    }
    if (style === "honest" && world.head !== world.base) {
      const why = ["an honest change was not merged", ...opinion(world.base, world.head).refusals];
      return { start, steps, fault: { kind: "false red", why }, ...counts };
    }
    if (world.head !== world.base) {
      steps.push({ do: "abandon" });
      world = { ...world, head: world.base };
    }
  }
  return { start, steps, ...counts };
}

/** The fault that these steps lead to; steps that cannot be done are passed over. */
async function faultOf(start: World, steps: readonly Step[], phasegate: Engine): Promise<Fault | undefined> {
  let world = start;
  for (const step of steps) {
    const taken = await turn(world, step, phasegate);
    if (taken?.fault) return taken.fault;
    world = taken?.world ?? world;
  }
  return undefined;
}

/** Leaves out steps as long as the same kind of fault remains. */
async function shrunk(game: Game, phasegate: Engine): Promise<readonly Step[]> {
  const until = phasegate.runs() + 60;
  let steps = await possible(game.start, game.steps, phasegate);
  for (let index = steps.length - 2; index >= 0 && phasegate.runs() < until; index -= 1) {
    const fewer = steps.toSpliced(index, 1);
    const fault = await faultOf(game.start, fewer, phasegate);
    if (fault?.kind !== game.fault?.kind) continue;
    steps = await possible(game.start, fewer, phasegate);
    index = Math.min(index, steps.length - 1);
  }
  return steps;
}

/** Without the steps that cannot be done where they stand. */
async function possible(start: World, steps: readonly Step[], phasegate: Engine): Promise<readonly Step[]> {
  const done: Step[] = [];
  let world = start;
  for (const step of steps) {
    const taken = await turn(world, step, phasegate);
    if (!taken) continue;
    done.push(step);
    world = taken.world;
  }
  return done;
}

/** A fault in words, with the smallest way to it. */
export async function told(seed: number, style: Style, game: Game, phasegate: Engine): Promise<string> {
  const steps = await shrunk(game, phasegate);
  const fault = (await faultOf(game.start, steps, phasegate)) ?? game.fault;
  return [
    `PHASEGATE_SEED=${seed} (${style}): ${fault?.kind}`,
    ...(fault?.why.map((why) => `  ${why}`) ?? []),
    `  ${planWords(game.start.base.plan)}`,
    ...steps.map((step, index) => `  ${index + 1}. ${words(step)}`),
  ].join("\n");
}
