/** Where in the replay each phase begins and ends. Pure. */

import type { Ownership } from "../plan/ownership.ts";
import type { ReadPlan } from "../plan/read.ts";

/** Where one phase lies, counted in migrations that were applied. */
export interface Stage {
  readonly phase: string;
  /** Indexes of its migrations in the replay. */
  readonly migrations: readonly number[];
  /** Before its first migration; `undefined` where it has none. */
  readonly before?: number;
  /** After its last one. */
  readonly after?: number;
}

/** @param names the names that `ownership` was asked with: file names in running order */
export function stages({ plan }: ReadPlan, { phases }: Ownership, names: readonly string[]): readonly Stage[] {
  return plan.phases.map(({ id }) => {
    const migrations = (phases.get(id)?.migrations ?? []).map((name) => names.indexOf(name));
    const first = migrations[0];
    const last = migrations.at(-1);
    return first === undefined || last === undefined
      ? { phase: id, migrations }
      : { phase: id, migrations, before: first, after: last + 1 };
  });
}

/** Counts of applied migrations whose database is looked at: before and after each phase and each of its migrations that stand alone, and head. */
export function keptStates(all: readonly Stage[], count: number): ReadonlySet<number> {
  const kept = new Set<number>([count]);
  for (const { migrations } of all) {
    for (const index of migrations) {
      if (!migrations.includes(index - 1)) kept.add(index);
      if (!migrations.includes(index + 1)) kept.add(index + 1);
    }
  }
  return kept;
}
