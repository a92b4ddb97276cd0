/** What cannot be seen from outside: one clone, and one mutant of the catalog. */

import { kinds } from "../src/checks/table.ts";
import { readPlanOf } from "../src/judge.ts";
import { migrations } from "../src/migrate/tool.ts";
import type { Laboratory } from "../src/model/ports.ts";
import { boot } from "../src/postgres/boot.ts";
import { type Cluster, openCluster } from "../src/postgres/cluster.ts";
import { workingTree } from "../src/repository/working-tree.ts";
import { type Claim, look, type Sight } from "../src/run/look.ts";

export interface Parts {
  readonly cloneMs: readonly number[];
  /** One mutant after the other: a transaction, the sabotage, a look, the rollback. */
  readonly mutantMs: readonly number[];
}

/** The kinds whose mutants are DDL in a transaction and whose look is at the catalog alone. */
const catalogKinds = { column: kinds.column, constraint: kinds.constraint, index: kinds.index };

export async function timeParts(project: string, clones: number): Promise<Parts> {
  const tree = workingTree(project);
  const reading = readPlanOf(tree, "phasegate.yml");
  if ("mistakes" in reading) throw new Error(reading.mistakes[0].message);
  const { plan } = reading.read;
  const server = await boot({ provider: "embedded", major: plan.postgres.version, env: process.env });
  let cluster: Cluster | undefined;
  try {
    const roles = plan.postgres.roles.map(({ name, bypassrls, "member-of": memberOf }) => ({
      name,
      bypassrls,
      memberOf,
    }));
    cluster = await openCluster(server, { roles, migrator: plan.postgres.migrator });
    await cluster.create("head");
    const tool = migrations(cluster, plan);
    const session = await tool.open("head");
    for (const migration of tool.list(tree)) {
      const outcome = await session.up(migration, tree);
      if (outcome.status === "refused") throw new Error(outcome.error.message);
    }
    await session.close();

    const cloneMs: number[] = [];
    for (let clone = 0; clone < clones; clone += 1) {
      const begun = performance.now();
      await cluster.clone("head", `clone_${clone}`);
      cloneMs.push(performance.now() - begun);
    }

    const sight = {
      tree,
      linter: { lint: unasked, rules: unasked },
      laboratory: nothing,
      subject: { phase: "all", migrations: [], created: [], major: server.major },
    };
    const checks = plan.phases.flatMap(({ gates }) => gates.flatMap(({ checks }) => checks));
    const mutantMs: number[] = [];
    for (const { kind, params } of checks) {
      if (!Object.hasOwn(catalogKinds, kind)) continue;
      const claim: Claim = { kind: catalogKinds[kind as keyof typeof catalogKinds], params }; // just found there
      mutantMs.push(...(await mutantsOf(claim, cluster, sight)));
    }
    return { cloneMs, mutantMs };
  } finally {
    await cluster?.close();
    await server.stop();
  }
}

async function mutantsOf(claim: Claim, cluster: Cluster, sight: Omit<Sight, "database">): Promise<number[]> {
  const inTransaction = <Result>(work: (sight: Sight) => Promise<Result>) =>
    cluster.transaction("head", (database) => work({ ...sight, database }));
  const mutants = await inTransaction(async (opened) => {
    const { evidence } = await look(claim, opened);
    if (!evidence) throw new Error(`${claim.kind.claim(claim.params)} cannot be looked at`);
    return claim.kind.mutants(claim.params, evidence.observed, opened);
  });
  const tookMs: number[] = [];
  for (const { sabotage } of mutants) {
    if (!("sql" in sabotage)) continue;
    const begun = performance.now();
    const noticed = await inTransaction(async (opened) => {
      for (const statement of sabotage.sql) {
        if (!(await opened.database.attempt(statement)).accepted) return false;
      }
      return (await look(claim, opened)).verdict.status === "failed";
    });
    if (noticed) tookMs.push(performance.now() - begun);
  }
  return tookMs;
}

const nothing: Laboratory = {
  roundTrip: unasked,
  clone: unasked,
  get rehearsing() {
    return nothing;
  },
};

function unasked(): never {
  throw new Error("a kind that looks at the catalog asked for something else");
}
