/** What migrations do to the objects of the database, told by the catalogs around them. */

import { compareCatalogs } from "../catalog/compare.ts";
import type { Catalog, CatalogObject } from "../model/ports.ts";
import type { SchemaChange } from "../model/report.ts";
import { hangsOn, isDeclared } from "../plan/objects.ts";
import type { Phase } from "../plan/schema.ts";
import type { Replay } from "./replay.ts";

export interface Effect extends SchemaChange {
  readonly named: Pick<CatalogObject, "kind" | "identity" | "on" | "name">;
}

const hows = ["created", "altered", "dropped"] as const;

/** In the order created, altered, dropped, and by name. */
export function effectsBetween(before: Catalog, after: Catalog): readonly Effect[] {
  const effects = new Map<string, Effect>();
  for (const { identity } of compareCatalogs(before, after)) {
    const [was, is] = [before.get(identity), after.get(identity)];
    const named = is ?? was;
    if (!named) continue;
    const how = was === undefined ? "created" : is === undefined ? "dropped" : "altered";
    effects.set(identity, { object: identity, how, named });
  }
  return [...effects.values()].toSorted(
    (a, b) => hows.indexOf(a.how) - hows.indexOf(b.how) || (a.object < b.object ? -1 : 1),
  );
}

/** What one migration did; nothing where the replay did not get so far. */
export async function effectsOf(replayed: Replay, index: number): Promise<readonly Effect[]> {
  const [from, to] = await Promise.all([replayed.at(index)?.catalog(), replayed.at(index + 1)?.catalog()]);
  return from && to ? effectsBetween(from, to) : [];
}

/** What the migrations of a phase did in all; what lies between them is not its own. */
export async function effectsOfPhase(replayed: Replay, migrations: readonly number[]): Promise<readonly Effect[]> {
  const effects: Effect[] = [];
  for (const index of migrations) {
    if (migrations.includes(index - 1)) continue;
    let end = index + 1;
    while (migrations.includes(end)) end += 1;
    const [from, to] = await Promise.all([replayed.at(index)?.catalog(), replayed.at(end)?.catalog()]);
    if (from && to) effects.push(...effectsBetween(from, to));
  }
  return effects;
}

/** The phases that declare an object: those that name it, or else those that name what it hangs on. */
export function declaring(phases: readonly Phase[], named: Effect["named"]): readonly string[] {
  const by = (declares: (declared: string) => boolean) =>
    phases.filter(({ owns }) => owns.objects?.some(declares)).map(({ id }) => id);
  const exact = by((declared) => isDeclared(named, declared));
  return exact.length > 0 ? exact : by((declared) => hangsOn(named, declared));
}
