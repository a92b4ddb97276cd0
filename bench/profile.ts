/** Where a run's time goes, by kind of check and by what is asked of PostgreSQL. */

import { AsyncLocalStorage } from "node:async_hooks";
import "../src/json-imports.ts";
import { nobody } from "../src/approvals/nobody.ts";
import type { CheckKind } from "../src/checks/kind.ts";
import { kinds } from "../src/checks/table.ts";
import type { Json } from "../src/model/json.ts";
import { programs } from "../src/programs/programs.ts";
import type { Databases, World } from "../src/run/ports.ts";
import { run } from "../src/run/run.ts";
import { linter } from "../src/squawk/linter.ts";
import { inCluster } from "./cluster.ts";

export interface Spent {
  readonly what: string;
  readonly times: number;
  /** Jobs run side by side, so that all of these together are more than the run took. */
  readonly busyMs: number;
}

export interface Profile {
  readonly replayMs: number;
  readonly checksMs: number;
  readonly proofMs: number;
  readonly byKind: readonly Spent[];
  readonly byRequest: readonly Spent[];
}

/** A run in this process whose kinds and databases are watched. */
export const profile = (project: string): Promise<Profile> =>
  inCluster(project, async ({ read, tree, major, cluster, tool, died }) => {
    const byKind = ledger();
    const byRequest = ledger();
    const world: World = {
      databases: watchedDatabases({ ...cluster, major }, byKind, byRequest),
      migrations: tool,
      tree,
      linter: linter(),
      programs: programs(project),
      approvals: nobody("a bench asks nobody"),
      now: () => performance.now(),
      progress: () => undefined,
      died,
    };
    const watched = Object.fromEntries(Object.entries(kinds).map(([name, kind]) => [name, watchedKind(kind, byKind)]));
    const judged = await run(read, watched, world, { phases: [], documents: "not-asked" });
    if ("mistakes" in judged) throw new Error(judged.mistakes[0].message);
    const { replayMs, checksMs, proofMs } = judged;
    return { replayMs, checksMs, proofMs, byKind: byKind.spent(), byRequest: byRequest.spent() };
  });

interface Ledger {
  add(what: string, tookMs: number): void;
  timed<Result>(what: string, work: () => Promise<Result>): Promise<Result>;
  /** The longest first. */
  spent(): readonly Spent[];
}

function ledger(): Ledger {
  const entries = new Map<string, { times: number; busyMs: number }>();
  const add = (what: string, tookMs: number) => {
    const entry = entries.get(what) ?? { times: 0, busyMs: 0 };
    entries.set(what, { times: entry.times + 1, busyMs: entry.busyMs + tookMs });
  };
  return {
    add,
    async timed(what, work) {
      const begun = performance.now();
      try {
        return await work();
      } finally {
        add(what, performance.now() - begun);
      }
    },
    spent: () =>
      [...entries].map(([what, entry]) => ({ what, ...entry })).toSorted((one, other) => other.busyMs - one.busyMs),
  };
}

/** What is under way: a transaction that was opened for a check, or a look of a kind that opens its own. */
const inside = new AsyncLocalStorage<{ kind?: string }>();

/** Of kinds that look at a database whole transactions count, sabotage included; of others their looks and searches. */
function watchedKind(kind: CheckKind, byKind: Ledger): CheckKind {
  const note = <Result>(work: () => Promise<Result>): Promise<Result> => {
    const transaction = inside.getStore();
    if (transaction) transaction.kind = kind.kind;
    return kind.looksAt === "database" ? work() : inside.run({ kind: kind.kind }, () => byKind.timed(kind.kind, work));
  };
  const search = kind.prove?.bind(kind);
  return {
    ...kind,
    observe: (world: never, params: unknown) => note(() => kind.observe(world, params)),
    mutants: (params: unknown, observed: Json, world: never) => {
      const transaction = inside.getStore();
      if (transaction) transaction.kind = kind.kind;
      return kind.mutants(params, observed, world);
    },
    ...(search && {
      prove: (world: never, params: unknown, observed: Json) => note(() => search(world, params, observed)),
    }),
  } as CheckKind; // each kind gets the world that it asks for, as it would without the watch
}

function watchedDatabases(databases: Databases, byKind: Ledger, byRequest: Ledger): Databases {
  return {
    ...databases,
    create: (database) => byRequest.timed("create a database", () => databases.create(database)),
    clone: (from, to) => byRequest.timed("clone a database", () => databases.clone(from, to)),
    drop: (database) => byRequest.timed("drop a database", () => databases.drop(database)),
    session: (database) => byRequest.timed("open a session", () => databases.session(database)),
    transaction: async (database, work) => {
      const transaction = () => byRequest.timed("transaction", () => databases.transaction(database, work));
      if (inside.getStore()) return transaction();
      return inside.run({}, async () => {
        const begun = performance.now();
        try {
          return await transaction();
        } finally {
          byKind.add(inside.getStore()?.kind ?? "(catalogs of the replay)", performance.now() - begun);
        }
      });
    },
  };
}
