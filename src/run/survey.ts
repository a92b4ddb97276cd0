import { created } from "../catalog/compare.ts";
import type { Catalog } from "../model/ports.ts";
import { isDeclared } from "../plan/objects.ts";
import type { Ownership } from "../plan/ownership.ts";
import type { Phase } from "../plan/schema.ts";
import type { KindTable } from "./assign.ts";
import type { Replay } from "./replay.ts";
import { keptStates, type Stage } from "./stages.ts";

/** What a replay says of one phase. */
export interface Surveyed {
  readonly stage: Stage;
  /** Something that it owns exists: a migration, a file, an object, its document. */
  readonly started: boolean;
  /** It has started, or it was asked for. */
  readonly judged: boolean;
  /** Objects that its migrations created and that are still there after the last of them. */
  readonly created: readonly string[];
}

/** Tells for every phase of the plan whether it has started, and what it made. */
export async function survey(
  phases: readonly Phase[],
  all: readonly Stage[],
  owned: Ownership,
  documented: ReadonlySet<string>,
  replayed: Replay,
  asked: readonly string[],
): Promise<readonly Surveyed[]> {
  const head = await replayed.at(replayed.migrations.length)?.catalog();
  return Promise.all(
    phases.map(async (phase, index) => {
      const stage = all[index] ?? { phase: phase.id, migrations: [] };
      const declared = phase.owns.objects ?? [];
      const exists = [...(head?.values() ?? [])].some((object) => declared.some((name) => isDeclared(object, name)));
      const started =
        stage.migrations.length > 0 ||
        (owned.phases.get(phase.id)?.files.length ?? 0) > 0 ||
        exists ||
        documented.has(phase.id);
      return { stage, started, judged: started || asked.includes(phase.id), created: await createdBy(stage, replayed) };
    }),
  );
}

/** Compares the catalogs around each run of neighbouring migrations of the phase. */
async function createdBy({ migrations, after }: Stage, replayed: Replay): Promise<readonly string[]> {
  const names = new Set<string>();
  for (const index of migrations) {
    if (migrations.includes(index - 1)) continue;
    let end = index + 1;
    while (migrations.includes(end)) end += 1;
    const [from, to] = await Promise.all([replayed.at(index)?.catalog(), replayed.at(end)?.catalog()]);
    if (from && to) for (const identity of created(from, to)) names.add(identity);
  }
  const last: Catalog | undefined = after === undefined ? undefined : await replayed.at(after)?.catalog();
  return [...names].filter((identity) => last?.has(identity)).sort();
}

/** Which databases of the replay are needed, and which of them will be copied while they are looked at. */
export function wantedStates(phases: readonly Phase[], all: readonly Stage[], kinds: KindTable, count: number) {
  const templates = new Set<number>();
  phases.forEach(({ gates }, index) => {
    for (const check of gates.flatMap(({ checks }) => checks)) {
      const kind = kinds[check.kind];
      if (kind?.looksAt !== "laboratory") continue;
      if (kind.clones === "head") templates.add(count);
      else for (const migration of all[index]?.migrations ?? []) templates.add(migration);
    }
  });
  return { keep: new Set([...keptStates(all, count), ...templates]), templates };
}
