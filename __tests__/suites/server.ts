import { afterAll, beforeAll } from "@jest/globals";
import { readCatalog } from "../../src/catalog/read.ts";
import type { Database, Laboratory } from "../../src/model/ports.ts";
import { boot } from "../../src/postgres/boot.ts";
import { type Cluster, openCluster } from "../../src/postgres/cluster.ts";

/** One server for a file of tests, with databases that a setup has been applied to as the migrator. */
export function server(major = 18) {
  let opened: Cluster | undefined;
  let stop = async () => {};
  let count = 0;
  const databases = new Map<string, Promise<string>>();
  beforeAll(async () => {
    const booted = await boot({ provider: "auto", major, env: process.env });
    stop = async () => {
      await opened?.close();
      await booted.stop();
    };
    const role = (name: string) => ({ name, bypassrls: false, memberOf: [] });
    const migrator = { bypassrls: true, createrole: false, superuser: false };
    opened = await openCluster(booted, { roles: [role("app_rw"), role("app_ro")], migrator });
  });
  afterAll(() => stop());
  const cluster = (): Cluster => {
    if (!opened) throw new Error("the server is not there yet");
    return opened;
  };

  async function make(setup: string): Promise<string> {
    count += 1;
    const name = `setup_${count}`;
    await cluster().create(name);
    const client = await cluster().connect(name, "migrator");
    try {
      await client.query(setup);
    } finally {
      await client.end();
    }
    // Its own copy, because a database that somebody looks at cannot be copied.
    await cluster().clone(name, `template_${name}`);
    return name;
  }

  function database(setup: string): Promise<string> {
    const known = databases.get(setup) ?? make(setup);
    databases.set(setup, known);
    return known;
  }

  return {
    cluster,
    /** Work on a database with this setup, in a transaction that is rolled back. */
    async on<Result>(setup: string, work: (database: Database) => Promise<Result>): Promise<Result> {
      return cluster().transaction(await database(setup), work);
    },
    /** Clones of a database with this setup. */
    async laboratory(setup: string): Promise<Laboratory> {
      const head = await database(setup);
      const catalog = await cluster().transaction(head, readCatalog);
      const laboratory: Laboratory = {
        roundTrip: () => Promise.reject(new Error("there are no migrations")),
        get rehearsing() {
          return laboratory;
        },
        async clone(work) {
          count += 1;
          const name = `clone_${count}`;
          await cluster().clone(`template_${head}`, name);
          try {
            return await work({
              catalog,
              testRole: cluster().testRole,
              transaction: (inside) => cluster().transaction(name, inside),
              session: () => cluster().session(name),
            });
          } finally {
            await cluster().drop(name);
          }
        },
      };
      return laboratory;
    },
  };
}

/** How many databases the server has made; those of a laboratory are numbered on. */
export async function copiesSoFar(place: Laboratory): Promise<number> {
  const [row] = await place.clone(({ transaction }) =>
    transaction((database) => database.query<{ name: string }>("SELECT current_database() AS name")),
  );
  return Number(/\d+$/.exec(row?.name ?? ""));
}
