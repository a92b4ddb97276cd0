/** What a mutant costs in `coverage`, beside the way that comes to mind first: a new clone, and all suites on it. */

import { mutantName, type SchemaMutant } from "../src/catalog/mutants.ts";
import type { Laboratory } from "../src/model/ports.ts";
import { coverage } from "../src/suites/coverage.ts";
import { runSuite } from "../src/suites/run.ts";
import type { SuiteFile } from "../src/suites/suite.ts";
import { inLaboratory } from "./laboratory.ts";

export interface CoverageTimes {
  readonly mutants: number;
  readonly cases: number;
  readonly killed: number;
  /** Of each mutant that is shown to cases, until the first notices it; two are under way at a time. */
  readonly eachMs: readonly number[];
  /** All of it, with the suites run without any mutant, and the classes found. */
  readonly wholeMs: number;
  /** Of each mutant of a sample; one at a time. */
  readonly naiveMs: readonly number[];
}

export const timeCoverage = (project: string, sample: number): Promise<CoverageTimes> =>
  inLaboratory(project, async ({ laboratory, request }) => {
    const begun = new Map<string, number>();
    const eachMs: number[] = [];
    const from = performance.now();
    const found = await coverage(
      {
        ...request,
        onMutant: (event, name) => {
          if (event === "begun") begun.set(name, performance.now());
          else eachMs.push(performance.now() - (begun.get(name) ?? from));
        },
      },
      laboratory,
    );
    const wholeMs = performance.now() - from;
    if (found.status === "red") throw new Error(`a suite does not hold: ${JSON.stringify(found.red[0])}`);
    const killed = found.mutants.filter(({ fate }) => fate.status === "killed").map(({ mutant }) => mutant);

    const naiveMs: number[] = [];
    // Spread over all operators and tables.
    const step = Math.max(1, Math.floor(killed.length / sample));
    for (const mutant of killed.filter((_, index) => index % step === 0).slice(0, sample)) {
      const began = performance.now();
      if (!(await naively(mutant, request.suites, laboratory)))
        throw new Error(`no case fails on ${mutantName(mutant)}, which coverage says one does`);
      naiveMs.push(performance.now() - began);
    }
    const cases = request.suites.reduce((sum, { suite }) => sum + suite.cases.length, 0);
    return { mutants: found.mutants.length, cases, killed: killed.length, eachMs, wholeMs, naiveMs };
  });

/** Runs all suites on clones that have the mutant; whether anything in them does not hold. */
async function naively(
  mutant: SchemaMutant,
  suites: readonly SuiteFile[],
  laboratory: Pick<Laboratory, "clone">,
): Promise<boolean> {
  const sabotaged: Pick<Laboratory, "clone"> = {
    clone: (work) =>
      laboratory.clone(async (clone) => {
        const session = await clone.session();
        await session.begin({});
        for (const sql of mutant.sql) await session.attempt(sql);
        await session.commit();
        await session.close();
        return work(clone);
      }),
  };
  let noticed = false;
  for (const { suite } of suites) {
    const result = await runSuite(suite, sabotaged).catch(() => undefined);
    noticed ||= result?.status !== "played" || result.cases.some((one) => one.result.status === "failed");
  }
  return noticed;
}
