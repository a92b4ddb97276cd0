import type { Laboratory } from "../model/ports.ts";
import type { World } from "./ports.ts";
import type { Replay } from "./replay.ts";
import { roundTrips } from "./round-trip.ts";

/** Databases of this run to try things in: each is a copy, and is dropped when the work is done. */
export function createLaboratory(
  { databases, migrations }: Pick<World, "databases" | "migrations">,
  replayed: Replay,
): Laboratory {
  const places = new Map(replayed.migrations.map(({ path }, index) => [path, index]));
  let clones = 0;
  return {
    roundTrip: roundTrips({
      databases,
      migrations,
      before: (path) => replayed.at(places.get(path) ?? -1),
    }),
    async clone(work) {
      const head = replayed.at(replayed.migrations.length);
      if (!head) throw new Error("there is no database with every migration applied: the replay did not come so far");
      clones += 1;
      const name = `clone_${clones}`;
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
}
