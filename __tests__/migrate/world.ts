import { afterAll, beforeAll } from "@jest/globals";
import { migrations } from "../../src/migrate/tool.ts";
import type { Migration } from "../../src/migration/list.ts";
import type { Laboratory, Tree } from "../../src/model/ports.ts";
import { boot } from "../../src/postgres/boot.ts";
import { type Cluster, openCluster } from "../../src/postgres/cluster.ts";
import { createLaboratory } from "../../src/run/laboratory.ts";
import type { Databases, MigrationOutcome, Migrations } from "../../src/run/ports.ts";
import { replay } from "../../src/run/replay.ts";

export const treeOf = (files: { readonly [path: string]: string }): Tree => ({
  read: (path) => files[path],
  list: () => Object.keys(files).sort(),
});

/** `-- Up Migration` and `-- Down Migration` around two texts. */
export const migration = (up: string, down = "SELECT 1;"): string =>
  `-- Up Migration\n${up}\n\n-- Down Migration\n${down}\n`;

/** One server and its roles for a file of tests. */
export function cluster(options: { readonly createrole?: boolean; readonly roles?: readonly string[] } = {}) {
  let opened: Cluster | undefined;
  let stop = async () => {};
  let count = 0;
  beforeAll(async () => {
    const server = await boot({ provider: "auto", major: 18, env: process.env });
    stop = async () => {
      await opened?.close();
      await server.stop();
    };
    const role = (name: string) => ({ name, bypassrls: false, memberOf: [] });
    const migrator = { bypassrls: true, createrole: options.createrole ?? false, superuser: false };
    opened = await openCluster(server, { roles: ["app_rw", "app_ro", ...(options.roles ?? [])].map(role), migrator });
  });
  afterAll(() => stop());
  const get = (): Cluster => {
    if (!opened) throw new Error("the server is not there yet");
    return opened;
  };
  const name = () => {
    count += 1;
    return `${process.pid}_${count}`;
  };
  return {
    get,
    name,
    tool: (programs: "allow" | "refuse" = "refuse"): Migrations =>
      migrations(get(), { migrations: { dir: "migrations" }, policy: { programs } }),
    /** Applies migrations in order on a fresh database; the first refusal ends it. */
    async apply(files: { readonly [path: string]: string }, programs: "allow" | "refuse" = "refuse") {
      const database = `applied_${name()}`;
      await get().create(database);
      const tree = treeOf(files);
      const tool = this.tool(programs);
      const session = await tool.open(database);
      const outcomes: MigrationOutcome[] = [];
      for (const one of tool.list(tree)) {
        const outcome = await session.up(one, tree);
        outcomes.push(outcome);
        if (outcome.status === "refused") break;
      }
      const down = async (one: Migration) => session.down(one, tree);
      return { database, outcomes, last: outcomes.at(-1), down, close: () => session.close(), list: tool.list(tree) };
    },
    async rows(database: string, sql: string): Promise<readonly object[]> {
      return get().transaction(database, (inside) => inside.query<object>(sql));
    },
    /** The laboratory of a run over these files, with a template before every migration. */
    async laboratory(files: {
      readonly [path: string]: string;
    }): Promise<{ laboratory: Laboratory; tree: Tree; paths: readonly string[] }> {
      const tree = treeOf(files);
      const tool = this.tool();
      const prefix = `${name()}_`;
      const inner = get();
      const databases: Databases = {
        ...inner,
        major: 18,
        create: (database) => inner.create(prefix + database),
        clone: (from, to) => inner.clone(prefix + from, prefix + to),
        drop: (database) => inner.drop(prefix + database),
        transaction: (database, work) => inner.transaction(prefix + database, work),
        session: (database) => inner.session(prefix + database),
        release: (database) => inner.release(prefix + database),
      };
      const world = {
        databases,
        migrations: { ...tool, open: (database: string) => tool.open(prefix + database) },
        tree,
        progress: () => {},
      };
      const all = new Set(tool.list(tree).map((_, index) => index));
      const replayed = await replay(world, new Set([...all, all.size]), all);
      if (replayed.failure) throw new Error(`${replayed.failure.migration.path}: ${replayed.failure.error.message}`);
      return { laboratory: createLaboratory(world, replayed), tree, paths: tool.list(tree).map(({ path }) => path) };
    },
  };
}
