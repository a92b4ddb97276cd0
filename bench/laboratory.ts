import { matched } from "../src/checks/suite-files.ts";
import { kinds } from "../src/checks/table.ts";
import type { Laboratory } from "../src/model/ports.ts";
import { createLaboratory } from "../src/run/laboratory.ts";
import { replay } from "../src/run/replay.ts";
import type { CoverageRequest } from "../src/suites/coverage.ts";
import { readSuite } from "../src/suites/read.ts";
import type { SuiteFile } from "../src/suites/suite.ts";
import { inCluster } from "./cluster.ts";

export interface Measured {
  readonly laboratory: Laboratory;
  /** What the first `coverage` check of the plan asks for. */
  readonly request: Pick<CoverageRequest, "suites" | "tables" | "roles">;
}

/** Work with the database at head of a project, and what its plan's `coverage` looks at. */
export const inLaboratory = <Result>(project: string, work: (measured: Measured) => Promise<Result>): Promise<Result> =>
  inCluster(project, async ({ read, tree, major, cluster, tool }) => {
    const check = read.plan.phases
      .flatMap(({ gates }) => gates.flatMap(({ checks }) => checks))
      .find(({ kind }) => kind === "coverage");
    if (!check) throw new Error("the plan has no coverage check");
    const params = kinds.coverage.params.parse(check.params);
    const head = tool.list(tree).length;
    const databases = { ...cluster, major };
    const replayed = await replay(
      { databases, migrations: tool, tree, progress: () => {} },
      new Set([head]),
      new Set([head]),
    );
    if (replayed.failure) throw new Error(`${replayed.failure.migration.name}: ${replayed.failure.error.message}`);
    const suites: SuiteFile[] = [];
    for (const file of matched(params.suites, tree).paths) {
      const suite = await readSuite(tree.read(file) ?? "");
      if (suite.status === "unreadable") throw new Error(`${file}: ${suite.mistakes[0].message}`);
      suites.push({ file, suite: suite.suite });
    }
    // The plan's own are all in public.
    const tables = params.tables.map((table) => (table.includes(".") ? table : `public.${table}`));
    const laboratory = createLaboratory({ databases, migrations: tool }, replayed);
    return work({ laboratory, request: { suites, tables, roles: params.roles ?? [] } });
  });
