/** How the phases and gates of a plan differ from those of base. */

import { isDeepStrictEqual } from "node:util";
import type { Place, PlanDifference } from "../model/report.ts";
import { checksDifferences } from "./ratchet-checks.ts";
import type { RatchetRequest } from "./ratchet-request.ts";
import { arrow, differences, listText, some } from "./ratchet-words.ts";
import type { ReadPlan } from "./read.ts";
import type { Gate, Phase } from "./schema.ts";
import type { Path } from "./yaml.ts";

/** Something of a plan, and where it is. */
export interface Placed<Value> {
  readonly read: ReadPlan;
  readonly path: Path;
  readonly value: Value;
}

const placeOf = ({ read, path }: Placed<unknown>, more: Path = []): Place => read.at([...path, ...more]);

const phaseOf = (read: ReadPlan, id: string): Placed<Phase> | undefined => {
  const index = read.plan.phases.findIndex((phase) => phase.id === id);
  const value = read.plan.phases[index];
  return value && { read, path: ["phases", index], value };
};

const gatesOf = ({ read, path, value }: Placed<Phase>): readonly Placed<Gate>[] =>
  value.gates.map((gate, index) => ({ read, path: [...path, "gates", index], value: gate }));

export function phasesDifferences(request: RatchetRequest): PlanDifference[] {
  const { base, head } = request;
  const gone = base.plan.phases.flatMap(({ id, gates }): PlanDifference[] => {
    const was = phaseOf(base, id);
    if (!was || phaseOf(head, id)) return [];
    const message = `${id} is gone, with its ${gates.length === 1 ? "gate" : `${gates.length} gates`}`;
    return [{ direction: "weaker", message, place: placeOf(was), phase: id }];
  });
  const rest = head.plan.phases.flatMap(({ id }) => {
    const [was, is] = [phaseOf(base, id), phaseOf(head, id)];
    if (!is) return [];
    const told = was ? phaseDifferences(request, was, is) : [newPhase(request, is)];
    return told.map((difference) => ({ ...difference, phase: id }));
  });
  return [...gone, ...rest];
}

/** A phase that comes after all that base has, and of which nothing exists, takes nothing from any phase. */
function newPhase({ base, head, started }: RatchetRequest, is: Placed<Phase>): PlanDifference {
  const { id } = is.value;
  const before = predecessors(head, id);
  const beside = base.plan.phases.map((phase) => phase.id).filter((one) => phaseOf(head, one) && !before.has(one));
  const place = placeOf(is);
  if (started.has(id)) return { direction: "weaker", message: `${id} is new, and started already`, place };
  if (beside.length > 0)
    return { direction: "weaker", message: `${id} is new, and does not come after ${some(beside)}`, place };
  return { direction: "neutral", message: `${id} is new, after all that base has`, place };
}

/** The phases that come before one, transitively. */
function predecessors({ plan }: ReadPlan, id: string): ReadonlySet<string> {
  const found = new Set<string>();
  const waiting = [id];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const one = next;
    for (const before of plan.phases.find((phase) => phase.id === one)?.after ?? []) {
      if (found.has(before)) continue;
      found.add(before);
      waiting.push(before);
    }
  }
  return found;
}

function phaseDifferences(request: RatchetRequest, was: Placed<Phase>, is: Placed<Phase>): PlanDifference[] {
  const { id } = is.value;
  const [before, now] = [was.value, is.value];
  const list = (key: "after" | "touches", direction: PlanDifference["direction"]): PlanDifference[] =>
    sameSet(before[key], now[key])
      ? []
      : [{ direction, message: `${id} \`${key}\`: ${listText(before[key], now[key])}`, place: placeOf(is, [key]) }];
  return [
    ...titleDifferences(was, is),
    ...list("after", "weaker"),
    ...ownsDifferences(was, is),
    ...throughDifferences(request, was, is),
    ...list("touches", "neutral"),
    ...gatesDifferences(request, was, is),
  ];
}

function titleDifferences(was: Placed<Phase | Gate>, is: Placed<Phase | Gate>): PlanDifference[] {
  if (was.value.title === is.value.title) return [];
  const message = `${is.value.id} \`title\`: ${arrow(was.value.title, is.value.title)}`;
  return [{ direction: "neutral", message, place: placeOf(is, ["title"]) }];
}

const sameSet = (one: readonly string[], other: readonly string[]): boolean =>
  one.every((item) => other.includes(item)) && other.every((item) => one.includes(item));

const isList = (value: unknown): value is readonly string[] => Array.isArray(value);

/** More that is owned takes it from other phases, less lets it be done without this one. */
function ownsDifferences(was: Placed<Phase>, is: Placed<Phase>): PlanDifference[] {
  return (["migrations", "files", "objects"] as const).flatMap((key): PlanDifference[] => {
    const [before, now] = [was.value.owns[key], is.value.owns[key]];
    if (isList(before) && isList(now) ? sameSet(before, now) : isDeepStrictEqual(before, now)) return [];
    const texts = differences(before, now, [key]).map(({ path, text }) => `\`owns.${path.join(".")}\`: ${text}`);
    const message = `${is.value.id} ${texts.join(", ")}`;
    return [{ direction: "weaker", message, place: placeOf(is, ["owns", key]) }];
  });
}

/** `through` takes what the phases above leave: with others above it, it owns other migrations. */
function throughDifferences({ base, head }: RatchetRequest, was: Placed<Phase>, is: Placed<Phase>): PlanDifference[] {
  const { id, owns } = is.value;
  if (owns.migrations === undefined || isList(owns.migrations)) return [];
  const above = ({ read }: Placed<Phase>, other: ReadPlan) =>
    read.plan.phases
      .slice(
        0,
        read.plan.phases.findIndex((phase) => phase.id === id),
      )
      .filter((phase) => phase.owns.migrations !== undefined && phaseOf(other, phase.id))
      .map((phase) => phase.id);
  const [before, now] = [above(was, head), above(is, base)];
  if (sameSet(before, now)) return [];
  const message = `${id} owns all migrations \`through\` ${owns.migrations.through} that no phase above it owns, and of those ${listText(before, now)}`;
  return [{ direction: "weaker", message, place: placeOf(is) }];
}

function gatesDifferences(request: RatchetRequest, was: Placed<Phase>, is: Placed<Phase>): PlanDifference[] {
  const [before, now] = [gatesOf(was), gatesOf(is)];
  const gone = before
    .filter(({ value }) => !now.some((gate) => gate.value.id === value.id))
    .map(
      (gate): PlanDifference => ({
        direction: "weaker",
        message: `${gate.value.id} is gone`,
        place: placeOf(gate),
        gate: gate.value.id,
      }),
    );
  const rest = now.flatMap((gate) => {
    const { id } = gate.value;
    const other = before.find(({ value }) => value.id === id);
    const told: PlanDifference[] = other
      ? gateDifferences(request, other, gate)
      : [{ direction: "stronger", message: `${id} is new`, place: placeOf(gate) }];
    return told.map((difference) => ({ ...difference, gate: id }));
  });
  return [...gone, ...rest];
}

function gateDifferences({ kinds }: RatchetRequest, was: Placed<Gate>, is: Placed<Gate>): PlanDifference[] {
  const { id } = is.value;
  const [before, now] = [was.value, is.value];
  const told = titleDifferences(was, is);
  const tell = (direction: PlanDifference["direction"], key: "requirement" | "blocking" | "until") => {
    if (before[key] === now[key]) return;
    told.push({ direction, message: `${id} \`${key}\`: ${arrow(before[key], now[key])}`, place: placeOf(is, [key]) });
  };
  tell("neutral", "requirement");
  tell(now.blocking ? "stronger" : "weaker", "blocking");
  tell(now.until === undefined ? "stronger" : "weaker", "until");
  return [...told, ...checksDifferences(kinds, was, is)];
}
