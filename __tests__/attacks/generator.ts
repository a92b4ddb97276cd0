/** Random worlds, honest work and cheats; all that is random comes from the dice. */

import { holds, isStarted, isVerified } from "./oracle.ts";
import {
  type Checkout,
  type Deed,
  forgeries,
  type Gate,
  type How,
  ownMigrations,
  type Phase,
  type Plan,
  type Step,
  type Weakening,
  type World,
} from "./property-world.ts";

export interface Dice {
  /** From 0 to below this. */
  below(limit: number): number;
  chance(of: number): boolean;
  /** Fails where there is nothing to choose from. */
  pick<Item>(items: readonly Item[]): Item;
}

/** The same numbers for the same seed, on every machine (mulberry32). */
export function dice(seed: number): Dice {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number) => Math.floor(next() * limit);
  return {
    below,
    chance: (of) => next() < of,
    pick: (items) => {
      const item = items[below(items.length)];
      if (item === undefined) throw new Error("nothing to pick from");
      return item;
    },
  };
}

type Shape = "chain" | "diamond" | "parallel" | "any";

function afterIn(shape: Shape, index: number, count: number, at: Dice): readonly number[] {
  const all = Array.from({ length: index }, (_, each) => each);
  if (index === 0) return [];
  switch (shape) {
    case "chain":
      return [index - 1];
    case "diamond":
      return index === count - 1 && count > 2 ? all.slice(1) : [0];
    case "parallel":
      return [];
    case "any":
      return all.filter(() => at.chance(0.5));
  }
}

export function randomPlan(at: Dice): Plan {
  const count = 2 + at.below(4);
  const shape = at.pick<Shape>(["chain", "chain", "diamond", "parallel", "any", "any"]);
  const phases: Phase[] = [];
  for (let index = 0; index < count; index += 1) {
    const id = `p${index + 1}`;
    const after = afterIn(shape, index, count, at).map((each) => `p${each + 1}`);
    const tables = phases.filter((phase) => after.includes(phase.id) && phase.on === undefined);
    const on = tables.length > 0 && at.chance(0.4) ? at.pick(tables).id : undefined;
    const first: Gate = { id: `${id}.1`, asks: "not-null", blocking: true, excused: false };
    const gates = at.chance(0.4)
      ? [first, { id: `${id}.2`, asks: "key", blocking: true, excused: false } as const]
      : [first];
    phases.push({ id, after, on, gates });
  }
  return { predecessors: at.chance(0.65) ? "base" : "head", incomplete: at.chance(0.65) ? "block" : "allow", phases };
}

export function firstWorld(at: Dice): World {
  const base: Checkout = { plan: randomPlan(at), planIsThere: true, migrations: [], papers: {} };
  return { base, head: base, clock: 1, forced: false };
}

const propose: Step = { do: "propose", forced: false };
const idsOf = ({ plan }: Checkout): readonly string[] => plan.phases.map(({ id }) => id);

/** Phases that may be begun or gone on with now. */
const ready = (base: Checkout): readonly Phase[] =>
  base.plan.phases.filter(({ id, after }) => !isVerified(base, id) && after.every((one) => isVerified(base, one)));

const early = (base: Checkout): readonly Phase[] =>
  base.plan.phases.filter(({ id, after }) => !isStarted(base, id) && !after.every((one) => isVerified(base, one)));

const finish = (base: Checkout, id: string, how: How): readonly Step[] => [
  ownMigrations(base, id).length > 0 ? { do: "rewrite", phase: id, how } : { do: "write", phase: id, how },
  { do: "verify", phase: id },
];

/** A change that somebody makes who follows the plan; it has to end green. */
export function honestChange({ base }: World, at: Dice): readonly Step[] {
  const { plan } = base;
  const may = ready(base);
  if (may.length === 0 || at.chance(0.08)) {
    const gateless = plan.phases.filter(({ id, gates }) => gates.length === 1 && !isStarted(base, id));
    if (gateless.length > 0 && at.chance(0.5)) return [{ do: "extend", by: { gate: at.pick(gateless).id } }, propose];
    return [{ do: "extend", by: "phase" }, propose];
  }
  const { id } = at.pick(may);
  if (plan.incomplete === "allow" && at.chance(0.35))
    return [
      { do: ownMigrations(base, id).length > 0 ? "rewrite" : "write", phase: id, how: at.pick(["nullable", "right"]) },
      propose,
    ];
  if (at.chance(0.2)) {
    const first = finish(base, id, "nullable").slice(0, 1);
    return [
      ...first,
      ...(at.chance(0.5) ? [propose] : []),
      { do: "rewrite", phase: id, how: "right" },
      { do: "verify", phase: id },
      propose,
    ];
  }
  const together = may.filter((phase) => phase.id === id || at.chance(0.3)).map((phase) => phase.id);
  if (plan.predecessors === "head") {
    for (const phase of plan.phases) {
      const isNext = phase.after.every((one) => isVerified(base, one) || together.includes(one));
      if (isNext && !isStarted(base, phase.id) && !together.includes(phase.id) && at.chance(0.4))
        together.push(phase.id);
    }
  }
  const how = at.pick<How>(["right", "right", "other"]);
  return [...together.flatMap((each) => finish(base, each, how)), propose];
}

function weakening({ plan }: Checkout, at: Dice): Weakening {
  const phase = at.pick(plan.phases);
  const of = at.pick([
    "ask",
    "gate",
    "blocking",
    "excuse",
    "phase",
    "after",
    "after",
    "predecessors",
    "incomplete",
  ] as const);
  if (of === "predecessors" || of === "incomplete") return { of };
  if (of !== "after") return { of, phase: phase.id };
  const following = plan.phases.filter(({ after }) => after.length > 0);
  const one = following.length > 0 ? at.pick(following) : phase;
  return { of, phase: one.id, less: one.after.length > 0 ? at.pick(one.after) : "" };
}

/** One deed that somebody does who wants to get round the plan, or does not know it. */
export function cheat({ base, head }: World, at: Dice): Step {
  const ids = idsOf(head);
  const id = at.pick(ids);
  const other = at.pick(ids);
  const begun = ids.filter((each) => ownMigrations(head, each).length > 0);
  const fresh = begun.filter((each) => ownMigrations(base, each).length === 0);
  const some = fresh.length > 0 && at.chance(0.5) ? fresh : begun;
  const one = some.length > 0 && at.chance(0.8) ? at.pick(some) : id;
  const claimed = ids.filter((each) => each in base.papers);
  const verified = claimed.length > 0 && at.chance(0.6) ? at.pick(claimed) : one;
  const hows = ["right", "other", "nullable", "keyless", "broken"] as const;
  const deed = at.pick<Deed>([
    { what: "defaults", object: one },
    { what: "defaults", object: other },
    { what: "loosens", object: other },
    { what: "makes", object: other, how: "right" },
  ]);
  const deeds: readonly (() => Step)[] = [
    () => ({ do: "write", phase: id, how: at.pick(hows) }),
    () => ({ do: "write", phase: id, how: "right", smuggles: other }),
    () => ({ do: "rewrite", phase: verified, how: at.pick(hows) }),
    () => ({ do: "rewrite", phase: one, how: "right", smuggles: other }),
    () => ({ do: "add", phase: at.chance(0.15) ? "nobody" : verified, deed }),
    () => ({ do: "backdate", phase: one }),
    () => ({ do: "rewrite", phase: one, how: "right", smuggles: id }),
    () => ({ do: "withdraw", phase: verified }),
    () => ({ do: "tear", phase: verified }),
    () => ({ do: "forge", phase: one, how: at.pick(forgeries), of: other }),
    () => ({ do: "forge", phase: one, how: at.pick(forgeries), of: other }),
    () => ({ do: "weaken", by: weakening(head, at) }),
    () => ({ do: "weaken", by: weakening(head, at) }),
    () => ({ do: "extend", by: at.chance(0.5) ? { gate: one } : at.pick(["phase", "hotfix", "policy"]) }),
    () => ({ do: "verify", phase: one }),
    ...(at.chance(0.2) ? [() => ({ do: "unplan" }) as const] : []),
  ];
  return at.pick(deeds)();
}

/** Documents of all that holds and has none that is true, in the order of the plan. */
const papersFor = ({ head }: World): readonly Step[] =>
  idsOf(head)
    .filter((id) => ownMigrations(head, id).length > 0 && holds(head, id) && !isVerified(head, id))
    .map((phase) => ({ do: "verify", phase }));

/** A phase and the one after it in one change, both right. */
function atOnce({ base }: World, at: Dice): readonly Step[] {
  const firsts = ready(base).filter(({ id }) => base.plan.phases.some(({ after }) => after.includes(id)));
  if (firsts.length === 0) return [];
  const first = at.pick(firsts).id;
  const second = at.pick(base.plan.phases.filter(({ after }) => after.includes(first))).id;
  return [...finish(base, first, "right"), ...finish(base, second, "right")];
}

/** A change with or without cheats in it, and what is tried when it is refused. */
export function anyChange(world: World, at: Dice): readonly Step[] {
  const forced: Step = { do: "propose", forced: at.chance(0.12) };
  const way = at.below(12);
  if (way < 3) return honestChange(world, at);
  if (way < 5) {
    const soon = early(world.base);
    if (soon.length > 0) return [...finish(world.base, at.pick(soon).id, "right"), forced];
  }
  if (way === 10) return [...atOnce(world, at), forced];
  const [soonest] = ready(world.base);
  if (way === 11 && soonest) {
    const [write, ...rest] = finish(world.base, soonest.id, "right");
    return write ? [write, { do: "backdate", phase: soonest.id }, ...rest, forced] : [];
  }
  if (way < 8) {
    const honest = honestChange(world, at).filter((step) => step.do !== "propose");
    const cut = at.below(honest.length + 1);
    return [...honest.slice(0, cut), cheat(world, at), ...honest.slice(cut), forced];
  }
  return [cheat(world, at), ...(at.chance(0.4) ? [cheat(world, at)] : []), forced];
}

/** What is done about a change that was refused. */
export function answer(world: World, at: Dice): readonly Step[] {
  const way = at.below(4);
  if (way === 0) return [...papersFor(world), propose];
  if (way === 1) return [cheat(world, at), ...papersFor(world), propose];
  return [{ do: "abandon" }];
}
