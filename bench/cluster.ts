import { readPlanOf } from "../src/judge.ts";
import { migrations } from "../src/migrate/tool.ts";
import type { Tree } from "../src/model/ports.ts";
import type { ReadPlan } from "../src/plan/read.ts";
import { boot } from "../src/postgres/boot.ts";
import { type Cluster, openCluster } from "../src/postgres/cluster.ts";
import { workingTree } from "../src/repository/working-tree.ts";
import type { Migrations } from "../src/run/ports.ts";

export interface Opened {
  readonly read: ReadPlan;
  readonly tree: Tree;
  readonly major: number;
  readonly cluster: Cluster;
  readonly tool: Migrations;
  /** Resolves when the server ended by itself. */
  readonly died: Promise<string>;
}

/** Work in this process with a project's plan and a server for it, which is gone afterwards. */
export async function inCluster<Result>(project: string, work: (opened: Opened) => Promise<Result>): Promise<Result> {
  const tree = workingTree(project);
  const reading = readPlanOf(tree, "phasegate.yml");
  if ("mistakes" in reading) throw new Error(reading.mistakes[0].message);
  const { read } = reading;
  const { version, roles, migrator } = read.plan.postgres;
  const server = await boot({ provider: "embedded", major: version, env: process.env });
  let cluster: Cluster | undefined;
  try {
    const planned = roles.map(({ name, bypassrls, "member-of": memberOf }) => ({ name, bypassrls, memberOf }));
    cluster = await openCluster(server, { roles: planned, migrator });
    const tool = migrations(cluster, read.plan);
    return await work({ read, tree, major: server.major, cluster, tool, died: server.died });
  } finally {
    await cluster?.close();
    await server.stop();
  }
}
