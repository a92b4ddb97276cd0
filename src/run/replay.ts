import { readCatalog } from "../catalog/read.ts";
import type { Migration } from "../migration/list.ts";
import type { Catalog } from "../model/ports.ts";
import type { Finding } from "../model/report.ts";
import type { Databases, MigrationFailure, World } from "./ports.ts";

/**
 * The databases of a replay, each as it was when so many migrations had been applied. Kept as a template that nobody
 * connects to, so that it can be copied at any time; what looks at it looks at a copy.
 */
export interface Replay {
  readonly migrations: readonly Migration[];
  /** How many were applied; fewer than there are where one failed. */
  readonly applied: number;
  readonly failure?: { readonly migration: Migration; readonly error: MigrationFailure };
  /** What each migration did beyond its database, by path. */
  readonly findings: ReadonlyMap<string, readonly Finding[]>;
  /** The database after so many migrations; `undefined` where the replay did not get so far. */
  at(applied: number): State | undefined;
}

export interface State {
  /** Nobody is ever connected to it. */
  readonly template: string;
  /** A copy to look at. */
  readonly database: string;
  /** Read when first asked for. */
  catalog(): Promise<Catalog>;
}

/**
 * Applies the migrations one by one on an empty database and keeps what `keep` names: how many were applied.
 * `templates` are those of them that will be copied while they are looked at.
 */
export async function replay(
  { databases, migrations: tool, tree, progress }: Pick<World, "databases" | "migrations" | "tree" | "progress">,
  keep: ReadonlySet<number>,
  templates: ReadonlySet<number>,
): Promise<Replay> {
  const migrations = tool.list(tree);
  const states = new Map<number, State>();
  const findings = new Map<string, readonly Finding[]>();
  const building = "replay";
  await databases.create(building);

  let applied = 0;
  let failure: Replay["failure"];
  let session: Awaited<ReturnType<typeof tool.open>> | undefined;
  try {
    for (;;) {
      if (keep.has(applied)) {
        await session?.close();
        session = undefined;
        states.set(applied, await keepState(databases, building, applied, templates.has(applied)));
      }
      const migration = migrations[applied];
      if (!migration) break;
      progress({ kind: "migrating", migration: migration.name, index: applied, count: migrations.length });
      session ??= await tool.open(building);
      const outcome = await session.up(migration, tree);
      if (outcome.status === "refused") {
        failure = { migration, error: outcome.error };
        break;
      }
      findings.set(migration.path, outcome.findings);
      applied += 1;
    }
  } finally {
    await session?.close();
  }
  return { migrations, applied, findings, ...(failure ? { failure } : {}), at: (count) => states.get(count) };
}

async function keepState(databases: Databases, building: string, applied: number, copied: boolean): Promise<State> {
  const database = `after_${applied}`;
  await databases.clone(building, database);
  const template = copied ? `template_${applied}` : database;
  if (copied) await databases.clone(building, template);
  let read: Promise<Catalog> | undefined;
  const catalog = () => {
    read ??= databases.transaction(database, readCatalog);
    return read;
  };
  return { template, database, catalog };
}
