/** What is true of a small world, told without Phasegate: nothing here comes from src. */

import type { Checkout, Gate, Migration, Paper, Phase, Plan, Work } from "./property-world.ts";

export interface Opinion {
  /** Why the change must not be merged. */
  readonly refusals: readonly string[];
  /** Why it may be refused all the same; with neither, it has to be merged. */
  readonly doubts: readonly string[];
}

interface Made {
  readonly notNull: boolean;
  readonly key: boolean;
}
type State = ReadonlyMap<string, Made>;

/** The database after so many migrations; shorter where one fails. */
function states({ plan, migrations }: Work): readonly State[] {
  const all: State[] = [new Map()];
  for (const { deeds } of migrations) {
    const now = new Map(all.at(-1));
    for (const deed of deeds) {
      const is = now.get(deed.object);
      if (deed.what === "makes") {
        const on = plan.phases.find(({ id }) => id === deed.object)?.on;
        if (is || deed.how === "broken" || (on !== undefined && !now.has(on))) return all;
        now.set(deed.object, { notNull: deed.how !== "nullable", key: deed.how !== "keyless" });
      } else {
        if (!is) return all;
        if (deed.what === "loosens") now.set(deed.object, { ...is, notNull: false });
      }
    }
    all.push(now);
  }
  return all;
}

const applies = (work: Work): boolean => states(work).length > work.migrations.length;

function satisfied(state: State | undefined, object: string, asks: Gate["asks"]): boolean {
  const made = state?.get(object);
  if (!made) return false;
  return asks === "type" || (asks === "not-null" ? made.notNull : made.key);
}

/** Right after the phase, at head, and not before, unless the plan excuses that. */
function gateHolds(work: Work, phase: Phase, { asks, excused }: Gate): boolean {
  if (!applies(work)) return false;
  const all = states(work);
  const own = work.migrations.flatMap(({ owner }, index) => (owner === phase.id ? [index] : []));
  const [first, last] = [own[0], own.at(-1)];
  if (!satisfied(all.at(-1), phase.id, asks)) return false;
  if (first === undefined || last === undefined) return true;
  return satisfied(all[last + 1], phase.id, asks) && (excused || !satisfied(all[first], phase.id, asks));
}

const phaseIn = ({ plan }: Work, id: string): Phase | undefined => plan.phases.find((phase) => phase.id === id);
const own = ({ migrations }: Work, id: string): readonly Migration[] => migrations.filter(({ owner }) => owner === id);
const same = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);

export function holds(work: Work, id: string): boolean {
  const phase = phaseIn(work, id);
  return phase?.gates.every((gate) => !gate.blocking || gateHolds(work, phase, gate)) ?? false;
}

/** What a run writes down of a phase. */
const recordOf = (work: Work, id: string): unknown => {
  const phase = phaseIn(work, id);
  return [phase, own(work, id), phase?.gates.map((gate) => gateHolds(work, phase, gate))];
};

/** A forgery of what holds anyway says what a run would have said. */
function unmasked(paper: Paper | undefined): Paper | undefined {
  if (!paper || !["flipped", "data", "as-if"].includes(paper.how)) return paper;
  const phase = phaseIn(paper.at, paper.of);
  const allHold = phase?.gates.every((gate) => gateHolds(paper.at, phase, gate)) ?? false;
  return allHold ? { ...paper, how: "issued", from: paper.at } : paper;
}

/** It was issued of this work, and not of other work, and nobody wrote it. */
const isTrue = (checkout: Checkout, id: string): boolean => {
  const paper = unmasked(checkout.papers[id]);
  return paper?.how === "issued" && paper.of === id && same(recordOf(paper.from, id), recordOf(checkout, id));
};

/** The migrations for which a paper says PASS of this phase; `undefined`: it says nothing of the kind. */
function claimOf(given: Paper | undefined, id: string): readonly Migration[] | undefined {
  const paper = unmasked(given);
  if (!paper) return undefined;
  switch (paper.how) {
    case "issued":
      return holds(paper.from, id) ? own(paper.from, id) : undefined;
    case "data":
    case "as-if":
      return own(paper.at, id);
    case "renamed":
      return holds(paper.from, paper.of) ? own(paper.from, paper.of) : undefined;
    default:
      return undefined;
  }
}

const claimed = (checkout: Checkout, id: string): boolean =>
  phaseIn(checkout, id) !== undefined && claimOf(checkout.papers[id], id) !== undefined;

/** Its work is right, its paper is true, and that is so of all that it builds on. */
export function isVerified(checkout: Checkout, id: string): boolean {
  const phase = phaseIn(checkout, id);
  return (
    phase !== undefined &&
    holds(checkout, id) &&
    isTrue(checkout, id) &&
    phase.after.every((one) => isVerified(checkout, one))
  );
}

/** Something of it is there. */
export const isStarted = (checkout: Checkout, id: string): boolean =>
  own(checkout, id).length > 0 || id in checkout.papers || (states(checkout).at(-1)?.has(id) ?? false);

/** What may never be merged, by however many changes: a phase that was begun although one before it was never proven. */
export function disorder(checkout: Checkout): readonly string[] {
  const proven = (id: string) => holds(checkout, id) && claimed(checkout, id);
  return checkout.plan.phases.flatMap(({ id, after }) =>
    own(checkout, id).length === 0
      ? []
      : after.filter((one) => !proven(one)).map((one) => `${id} lies on base, and ${one} is not proven there`),
  );
}

/** Migrations of head that base has not, or not so; and those of base that are gone. */
function changedMigrations(base: Work, head: Work): readonly Migration[] {
  const isIn = ({ migrations }: Work, migration: Migration) => migrations.some((each) => same(each, migration));
  return [
    ...head.migrations.filter((each) => !isIn(base, each)),
    ...base.migrations.filter((each) => !isIn(head, each)),
  ];
}

export function isAdvanced(base: Checkout, head: Checkout, id: string): boolean {
  const changed = changedMigrations(base, head);
  const paperIsOther = !same(base.papers[id], head.papers[id]) && !isTrue(head, id);
  const objectIs = changed.some(({ deeds }) => deeds.some(({ object }) => object === id));
  return paperIsOther || changed.some(({ owner }) => owner === id) || (objectIs && !claimed(base, id));
}

/** Why a phase that comes before an advanced one is not verified. */
function lacks(base: Checkout, head: Checkout, id: string, strict: boolean): string | undefined {
  if (!holds(head, id)) return `${id} does not hold`;
  if (!isTrue(head, id)) return `the document of ${id} is not true`;
  if (strict && !same(claimOf(base.papers[id], id), own(head, id)))
    return `${id} is not verified on base with this work`;
  const before = phaseIn(head, id)?.after ?? [];
  return before.map((one) => lacks(base, head, one, strict)).find((why) => why !== undefined);
}

export function opinion(base: Checkout, head: Checkout): Opinion {
  const refusals: string[] = [];
  const doubts: string[] = [];
  if (!head.planIsThere) return { refusals: ["the plan is gone"], doubts };
  const strict = base.plan.predecessors === "base" || head.plan.predecessors === "base";
  const block = base.plan.incomplete === "block" || head.plan.incomplete === "block";
  refusals.push(...weaker(base.plan, head.plan, (id) => isStarted(head, id)));

  const changed = changedMigrations(base, head);
  const last = Math.max(...base.migrations.map(({ time }) => time), 0);
  for (const { time, owner, deeds } of changed.filter((each) => head.migrations.includes(each))) {
    if (time < last && !base.migrations.some((each) => each.time === time && each.owner === owner))
      refusals.push(`a migration of ${owner} is dated before what base has`);
    if (!phaseIn(head, owner)) refusals.push(`a migration of ${owner} belongs to no phase`);
    if (deeds.some(({ object }) => object !== owner)) doubts.push(`a migration of ${owner} works on another's object`);
  }
  if (!applies(head)) (applies(base) ? refusals : doubts).push("the migrations cannot be applied");

  for (const { id, after } of head.plan.phases) {
    const wasClaimed = claimed(base, id);
    const wants = new Set([...after, ...(phaseIn(base, id)?.after ?? [])]);
    if (isAdvanced(base, head, id)) {
      if (!wasClaimed)
        for (const one of wants) {
          const why = lacks(base, head, one, strict);
          if (why !== undefined) refusals.push(`${id} is advanced, and ${why}`);
        }
      if (block && !(holds(head, id) && isTrue(head, id))) refusals.push(`${id} is advanced, and not verified`);
      if (!isStarted(head, id)) doubts.push(`${id} is withdrawn`);
    }
    if (wasClaimed) refusals.push(...undone(base, head, id));
    const [was, is] = [base.papers[id], head.papers[id]];
    if (is && !same(was, is) && !isTrue(head, id))
      (is.how === "issued" && !holds(is.from, id) ? doubts : refusals).push(`the new document of ${id} is not true`);
  }
  return { refusals, doubts };
}

/** What was done to work that base calls verified. */
function undone(base: Checkout, head: Checkout, id: string): readonly string[] {
  const reasons: string[] = [];
  const now = own(head, id);
  if (own(base, id).some((migration) => !now.some((each) => same(each, migration))))
    reasons.push(`verified work of ${id} is changed`);
  const added = now.filter((migration) => !own(base, id).some((each) => same(each, migration)));
  if (added.some(({ deeds }) => deeds.some(({ object }) => object !== id)))
    reasons.push(`${id} is verified, and reaches for another's object`);
  if (!head.papers[id]) reasons.push(`the document of ${id} is gone`);
  const [was, is] = [phaseIn(base, id), phaseIn(head, id)];
  for (const gate of is?.gates ?? []) {
    const before = was?.gates.find((each) => each.id === gate.id);
    if (!is || !gate.blocking || gateHolds(head, is, gate)) continue;
    if (!was || !before || gateHolds(base, was, before)) reasons.push(`${gate.id} held on base`);
  }
  return reasons;
}

function weaker(base: Plan, head: Plan, started: (id: string) => boolean): readonly string[] {
  const reasons: string[] = [];
  if (base.predecessors === "base" && head.predecessors === "head") reasons.push("predecessors: head");
  if (base.incomplete === "block" && head.incomplete === "allow") reasons.push("incomplete: allow");
  for (const was of base.phases) {
    const is = head.phases.find(({ id }) => id === was.id);
    if (!is) {
      reasons.push(`${was.id} is no phase any more`);
      continue;
    }
    if (!same(was.after.toSorted(), is.after.toSorted())) reasons.push(`${was.id} comes after others`);
    for (const gate of was.gates) {
      const now = is.gates.find(({ id }) => id === gate.id);
      const isLess =
        !now ||
        (now.asks !== gate.asks && now.asks === "type") ||
        (gate.blocking && !now.blocking) ||
        (now.excused && !gate.excused);
      if (isLess) reasons.push(`${gate.id} asks less`);
    }
  }
  for (const { id, after } of head.phases.filter((phase) => !base.phases.some((each) => each.id === phase.id))) {
    if (started(id)) reasons.push(`${id} is new, and started`);
    if (base.phases.some((phase) => !after.includes(phase.id))) reasons.push(`${id} is new, and not after all others`);
  }
  return reasons;
}
