import { randomUUID } from "node:crypto";
import type { Laboratory } from "../model/ports.ts";
import type { World } from "./ports.ts";
import { rehearsals } from "./rehearsal.ts";
import type { Replay } from "./replay.ts";
import { roundTrips } from "./round-trip.ts";

/** Databases of this run to try things in: each is a copy, and is dropped when the work is done. */
export function createLaboratory(
  { databases, migrations }: Pick<World, "databases" | "migrations">,
  replayed: Replay,
): Laboratory {
  const places = new Map(replayed.migrations.map(({ path }, index) => [path, index]));
  const world = { databases, migrations, before: (path: string) => replayed.at(places.get(path) ?? -1) };
  const roundTrip = roundTrips(world);
  const rehearsed = rehearsals(world, roundTrip);
  const laboratory: Laboratory = {
    roundTrip,
    get rehearsing() {
      return rehearsing;
    },
    async clone(work) {
      const head = replayed.at(replayed.migrations.length);
      if (!head) throw new Error("there is no database with every migration applied: the replay did not come so far");
      // No number: it would tell a test whether a mutant is being shown to it.
      const name = `clone_${randomUUID().replaceAll("-", "")}`;
      await databases.clone(head.template, name);
      try {
        return await work({
          catalog: await head.catalog(),
          testRole: databases.testRole,
          transaction: (inside) => databases.transaction(name, inside),
          session: () => databases.session(name),
        });
      } finally {
        await databases.drop(name);
      }
    },
  };
  const rehearsing: Laboratory = {
    roundTrip: rehearsed,
    get rehearsing() {
      return this;
    },
    clone: laboratory.clone,
  };
  return laboratory;
}
