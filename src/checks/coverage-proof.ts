import { judgeMutant } from "../model/judge.ts";
import { overlay } from "../model/ports.ts";
import type { MutantResult } from "../model/report.ts";
import { coverage, type Killer } from "../suites/coverage.ts";
import { readSuite } from "../suites/read.ts";
import type { Case, SuiteFile } from "../suites/suite.ts";
import { type Code, findingsOf } from "./coverage-findings.ts";
import { type CoverageParams, counted, lookAtCoverage, type Observed, type SeenMutant } from "./coverage-observed.ts";
import type { LaboratoryWorld } from "./kind.ts";
import { filesOf } from "./suite-files.ts";

/**
 * Shows that the check can fail. That a suite is red, and that a mutant survives when the cases which notice it are taken
 * away, is carried out: on one file and one mutant, because each would be the same search again. Of every other table, role
 * and exception the recorded evidence is changed, in which the one mutant stands beside the name of its killer; what the
 * search says of it then was shown by the first.
 */
export async function proveCoverage(
  world: LaboratoryWorld,
  params: CoverageParams,
  observed: Observed,
): Promise<readonly MutantResult[]> {
  const judged = (name: string, provokes: Code, sabotage: string, changed: Observed, asked = params): MutantResult => {
    const [first, ...more] = findingsOf(asked, changed);
    const verdict = first
      ? ({ status: "failed", findings: [first, ...more] } as const)
      : ({ status: "passed" } as const);
    return { name, sabotage, provokes, outcome: judgeMutant(verdict, provokes) };
  };
  const evidence = "on evidence only";
  const { missing, mutants } = observed;
  return [
    ...params.suites.map((glob) =>
      judged(`no file matches ${glob}`, "no-suites", filesOf(glob, world.tree).join(", "), {
        ...observed,
        unmatched: [glob],
      }),
    ),
    ...params.tables.map((table) =>
      judged(`there is no ${table}`, "no-table", evidence, { ...observed, missing: { ...missing, tables: [table] } }),
    ),
    ...(params.roles ?? ["nobody"]).map((role) =>
      judged(`there is no role ${role}`, "no-role", evidence, { ...observed, missing: { ...missing, roles: [role] } }),
    ),
    ...(await withRedCase(world, params, observed, judged)),
    judged("no rule of the tables can be dropped or weakened", "no-mutants", evidence, { ...observed, ...counted([]) }),
    ...(await withoutKillers(world, params, observed, judged)),
    ...eachTable(mutants).map((mutant) =>
      judged(`no case notices ${mutant.name}`, "survived", evidence, surviving(observed, mutant)),
    ),
    ...exceptions(params, observed).map(({ mutant, asked, changed }) =>
      judged(`the plan excepts ${mutant}, which is noticed`, "stale-exception", evidence, changed, asked),
    ),
  ];
}

type Judged = (
  name: string,
  provokes: Code,
  sabotage: string,
  changed: Observed,
  asked?: CoverageParams,
) => MutantResult;

const surviving = (observed: Observed, { name }: SeenMutant): Observed => ({
  ...observed,
  ...counted(
    observed.mutants.map((mutant) =>
      mutant.name === name ? { ...mutant, status: "survived", by: null, reason: null } : mutant,
    ),
  ),
});

async function withRedCase(world: LaboratoryWorld, params: CoverageParams, { suites }: Observed, judged: Judged) {
  const smallest = [...suites].sort((a, b) => a.cases - b.cases)[0];
  if (!smallest) return [];
  const { file } = smallest;
  const text = `${world.tree.read(file) ?? ""}\n-- test: phasegate's mutant\nSELECT false;\n`;
  const tree = overlay(world.tree, { [file]: text });
  const seen = await lookAtCoverage({ ...world, tree }, { ...params, suites: [file] });
  return [judged(`a case of ${file} does not hold`, "baseline-red", "SELECT false", seen)];
}

/** One killed mutant of each table, and of the functions of triggers. */
const eachTable = (mutants: readonly SeenMutant[]): readonly SeenMutant[] =>
  [...Map.groupBy(mutants, ({ on }) => on).values()].flatMap(
    (all) => all.find(({ status }) => status === "killed") ?? [],
  );

/** Takes away from one file all cases that notice one mutant, and searches again. */
async function withoutKillers(world: LaboratoryWorld, params: CoverageParams, observed: Observed, judged: Judged) {
  const size = (file: string) => observed.suites.find((suite) => suite.file === file)?.cases ?? 0;
  const candidates = observed.mutants
    .flatMap((mutant) => {
      const { on, by, status } = mutant;
      return status === "killed" && on !== null && by?.case != null ? [{ mutant, on, file: by.file }] : [];
    })
    .sort((a, b) => size(a.file) - size(b.file));
  for (const { mutant, on, file } of candidates) {
    const read = await readSuite(world.tree.read(file) ?? "");
    if (read.status === "unreadable") throw new Error(`${file} cannot be read any more`);
    const search = async (suite: SuiteFile["suite"]) => {
      const only = (name: string) => name === mutant.name;
      const request = { suites: [{ file, suite }], tables: [on], roles: params.roles ?? [], killers: Infinity, only };
      const found = await coverage(request, world.laboratory);
      return found.status === "measured" ? found.mutants[0]?.fate : undefined;
    };
    const fate = await search(read.suite);
    if (fate?.status !== "killed") continue;
    const [first, ...others] = read.suite.cases.filter((one) => !fate.by.some((killer) => isBy(killer, one)));
    if (!first) continue;
    const rest = await search({ ...read.suite, cases: [first, ...others] });
    const taken = fate.by.map((killer) => ("case" in killer ? `"${killer.case}"` : "the fixture")).join(", ");
    const changed = rest?.status === "survived" ? surviving(observed, mutant) : observed;
    return [
      judged(
        `the cases of ${file} that notice ${mutant.name} are taken away`,
        "survived",
        `${file} without ${taken}`,
        changed,
      ),
    ];
  }
  return [];
}

const isBy = (killer: Killer, one: Case) => "case" in killer && killer.case === one.name;

/** Each exception on a mutant that is noticed; where there is none, one is made up. */
function exceptions({ exceptions: given = [], ...params }: CoverageParams, observed: Observed) {
  const killer = { file: "mutant.sql", case: "mutant", how: "assertion" as const };
  const noticed = (name: string): Observed => ({
    ...observed,
    ...counted(
      observed.mutants.map((mutant) => (mutant.name === name ? { ...mutant, status: "killed", by: killer } : mutant)),
    ),
  });
  const asked: CoverageParams = { ...params, exceptions: given };
  const all = given.map(({ mutant }) => ({ mutant, asked, changed: noticed(mutant) }));
  const killed = observed.mutants.find(({ status }) => status === "killed");
  if (all.length > 0 || !killed) return all;
  const made = [{ mutant: killed.name, reason: "a mutant" }];
  return [{ mutant: killed.name, asked: { ...params, exceptions: made }, changed: observed }];
}
