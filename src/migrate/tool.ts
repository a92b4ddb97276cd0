import type pg from "pg";
import { listMigrations } from "../migration/list.ts";
import { nameTraps } from "../migration/names.ts";
import { readSections } from "../migration/sections.ts";
import { textTraps } from "../migration/traps.ts";
import type { Finding } from "../model/report.ts";
import type { Migrations } from "../run/ports.ts";
import { applyDown, applyUp, type Run } from "./runner.ts";

/** Connects to a database as the role that runs migrations; whoever asked ends the connection. */
export interface Connections {
  connect(database: string, as: "migrator"): Promise<pg.Client>;
}

/** What the plan says about migrations. */
export interface MigrationsOfPlan {
  readonly migrations: { readonly dir: string };
  readonly policy: { readonly programs: "refuse" | "allow" };
}

/**
 * node-pg-migrate 9 as the migration tool of a run. A session is one connection, as all that is pending is one run in
 * production: what a migration SETs without LOCAL reaches the next one of the session.
 */
export function migrations(connections: Connections, { migrations: { dir }, policy }: MigrationsOfPlan): Migrations {
  const programs: Run["programs"] = { allowed: policy.programs === "allow" };
  return {
    list: (tree) => listMigrations(tree.list(), dir),

    async traps(tree) {
      const all = listMigrations(tree.list(), dir);
      const traps: Finding[] = [...nameTraps(all, programs.allowed)];
      for (const { path, kind } of all) {
        if (kind === "sql") traps.push(...(await textTraps(path, tree.read(path) ?? "")));
      }
      return Map.groupBy(traps, ({ place }) => place?.file ?? dir);
    },

    sections({ path, kind }, tree) {
      const text = kind === "sql" ? tree.read(path) : undefined;
      return text === undefined ? undefined : readSections(text);
    },

    async open(database) {
      const client = await connections.connect(database, "migrator");
      return {
        up: (migration, tree) => applyUp({ client, tree, migration, programs }),
        down: (migration, tree) => applyDown({ client, tree, migration, programs }),
        close: () => client.end(),
      };
    },
  };
}
