/** How the checks of a gate differ from those that it has at base. */

import { isDeepStrictEqual } from "node:util";
import type { PlanDifference } from "../model/report.ts";
import type { Placed } from "./ratchet-phases.ts";
import { kindOf, type RatchetKind, type RatchetKinds } from "./ratchet-request.ts";
import { cut, differences, sameItems, some } from "./ratchet-words.ts";
import type { Check, Gate } from "./schema.ts";

type Direction = PlanDifference["direction"];

const checksOf = ({ read, path, value }: Placed<Gate>): readonly Placed<Check>[] =>
  value.checks.map((check, index) => ({ read, path: [...path, "checks", index], value: check }));

/**
 * Every check of base needs a check of its own that asks for at least as much. Where there is none, the nearest one that
 * is left says what became weaker.
 */
export function checksDifferences(kinds: RatchetKinds, was: Placed<Gate>, is: Placed<Gate>): PlanDifference[] {
  const [before, now] = [checksOf(was), checksOf(is)];
  const { id } = is.value;
  const strength = (one: Placed<Check>, other: Placed<Check>) =>
    one.value.kind === other.value.kind
      ? kindOf(kinds, one.value.kind).strength(one.value.params, other.value.params)
      : "weaker";
  const holds = (one: Placed<Check>, other: Placed<Check>) =>
    one.value.holdsBefore !== undefined || other.value.holdsBefore === undefined;
  const pairs = paired(before, now, [
    (one, other) => isDeepStrictEqual(one.value, other.value),
    (one, other) => strength(one, other) === "same" && holds(one, other),
    (one, other) => strength(one, other) !== "weaker" && holds(one, other),
    (one, other) => strength(one, other) !== "weaker",
  ]);
  const left = now.filter((check) => ![...pairs.values()].includes(check));

  const told: PlanDifference[] = [];
  for (const check of before) {
    const { kind, params } = check.value;
    const other = pairs.get(check) ?? nearest(check, left);
    if (other) {
      if (!pairs.has(check)) left.splice(left.indexOf(other), 1);
      told.push(...checkDifferences(kinds, id, check, other));
    } else {
      const message = `${id} \`${kind}\` is gone: ${cut(kindOf(kinds, kind).claim(params))}`;
      told.push({ direction: "weaker", message, place: check.read.at(check.path) });
    }
  }
  const added = left.map((check): PlanDifference => {
    const { kind, params } = check.value;
    const message = `${id} \`${kind}\` is new: ${cut(kindOf(kinds, kind).claim(params))}`;
    return { direction: "stronger", message, place: check.read.at(check.path) };
  });
  return [...told, ...added];
}

type Fits = (base: Placed<Check>, head: Placed<Check>) => boolean;

/** As many pairs as there can be; earlier rules are used up first, and what they pair stays paired. */
function paired(
  before: readonly Placed<Check>[],
  now: readonly Placed<Check>[],
  rules: readonly Fits[],
): ReadonlyMap<Placed<Check>, Placed<Check>> {
  const taken = new Map<Placed<Check>, Placed<Check>>();
  /** Finds a partner, for which others may have to find another one. */
  const find = (one: Placed<Check>, fits: Fits, tried: Set<Placed<Check>>): boolean =>
    now.some((other) => {
      if (tried.has(other) || !fits(one, other)) return false;
      tried.add(other);
      const rival = taken.get(other);
      if (rival && !find(rival, fits, tried)) return false;
      taken.set(other, one);
      return true;
    });
  for (const fits of rules) {
    const alone = before.filter((one) => ![...taken.values()].includes(one));
    for (const one of alone) find(one, fits, new Set());
  }
  return new Map([...taken].map(([other, one]) => [one, other]));
}

const writtenOf = ({ read, path, value }: Placed<Check>): unknown => read.written([...path, value.kind]);

/** Of the same kind, the one with the fewest parameters that are written differently. */
function nearest(check: Placed<Check>, left: readonly Placed<Check>[]): Placed<Check> | undefined {
  const distance = (other: Placed<Check>) => differences(writtenOf(check), writtenOf(other)).length;
  return left
    .filter(({ value }) => value.kind === check.value.kind)
    .toSorted((one, other) => distance(one) - distance(other))[0];
}

function checkDifferences(kinds: RatchetKinds, gate: string, was: Placed<Check>, is: Placed<Check>): PlanDifference[] {
  const { kind } = is.value;
  const of = kindOf(kinds, kind);
  const changes = parameters(was, is, of);
  // No parameter alone says it: together they do.
  const together =
    of.strength(was.value.params, is.value.params) === "weaker" &&
    !changes.some(({ direction }) => direction === "weaker");
  return [
    ...changes.map(
      ({ key, direction, text }): PlanDifference => ({
        direction: together ? "weaker" : direction,
        message: `${gate} ${kind} ${text}`,
        place: is.read.at([...is.path, kind, key]),
      }),
    ),
    ...holdsBeforeDifferences(gate, was, is),
  ];
}

const entries = (value: unknown): { readonly [key: string]: unknown } =>
  typeof value === "object" && value !== null ? { ...value } : {};

/** Parameters that mean something else, with what the change of each alone comes to. */
function parameters(was: Placed<Check>, is: Placed<Check>, of: RatchetKind) {
  const [before, now] = [entries(was.value.params), entries(is.value.params)];
  const [written, writtenNow] = [entries(writtenOf(was)), entries(writtenOf(is))];
  const keys = [...new Set([...Object.keys(before), ...Object.keys(now)])];
  return keys.flatMap((key) => {
    if (isDeepStrictEqual(before[key], now[key])) return [];
    const strength = of.strength(before, { ...before, [key]: now[key] });
    if (strength === "same" && sameItems(before[key], now[key])) return [];
    const direction: Direction = strength === "same" ? "neutral" : strength;
    const texts = differences(written[key], writtenNow[key], [key]).map(
      ({ path, text }) => `\`${path.join(".")}\`: ${text}`,
    );
    return [{ key, direction, text: some(texts) }];
  });
}

/** An excuse for a check that holds before its phase already lets it prove less. */
function holdsBeforeDifferences(gate: string, was: Placed<Check>, is: Placed<Check>): PlanDifference[] {
  const [before, now] = [was.value.holdsBefore, is.value.holdsBefore];
  if (before === now) return [];
  const direction = before === undefined ? "weaker" : now === undefined ? "stronger" : "neutral";
  const [{ text } = { text: "" }] = differences(before, now);
  const message = `${gate} ${is.value.kind} \`holds-before\`: ${text}`;
  return [{ direction, message, place: is.read.at([...is.path, "holds-before"]) }];
}
