/** What cannot be seen from outside: one clone, and one mutant of the catalog. */

import { kinds } from "../src/checks/table.ts";
import type { Laboratory } from "../src/model/ports.ts";
import type { Cluster } from "../src/postgres/cluster.ts";
import { type Claim, look, type Sight } from "../src/run/look.ts";
import { inCluster } from "./cluster.ts";

export interface Parts {
  readonly cloneMs: readonly number[];
  /** One mutant after the other: a transaction, the sabotage, a look, the rollback. */
  readonly mutantMs: readonly number[];
}

/** The kinds whose mutants are DDL in a transaction and whose look is at the catalog alone. */
const catalogKinds = { column: kinds.column, constraint: kinds.constraint, index: kinds.index };

export const timeParts = (project: string, clones: number): Promise<Parts> =>
  inCluster(project, async ({ read, tree, major, cluster, tool }) => {
    await cluster.create("head");
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

    const linter = { lint: unasked, rules: unasked };
    const outside = { programs: { run: unasked }, approvals: { ask: unasked } };
    const subject = { phase: "all", migrations: [], created: [], major };
    const checks = read.plan.phases.flatMap(({ gates }) => gates.flatMap(({ checks }) => checks));
    const mutantMs: number[] = [];
    for (const { kind, params } of checks) {
      if (!Object.hasOwn(catalogKinds, kind)) continue;
      const claim: Claim = { kind: catalogKinds[kind as keyof typeof catalogKinds], params }; // just found there
      mutantMs.push(...(await mutantsOf(claim, cluster, { tree, linter, ...outside, laboratory: nothing, subject })));
    }
    return { cloneMs, mutantMs };
  });

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
