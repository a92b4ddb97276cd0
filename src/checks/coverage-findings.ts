import { closest } from "fastest-levenshtein";
import { helpFor } from "./coverage-help.ts";
import type { CoverageParams, Observed, SeenMutant } from "./coverage-observed.ts";
import type { KindFinding } from "./kind.ts";
import { parts } from "./params.ts";

export type Code =
  | "no-suites"
  | "no-table"
  | "no-role"
  | "baseline-red"
  | "no-mutants"
  | "survived"
  | "stale-exception";

/** What speaks against the claim that every rule is tested. */
export function findingsOf(params: CoverageParams, observed: Observed): KindFinding<Code>[] {
  const { unmatched, missing, red, mutants } = observed;
  const unlooked = [
    ...unmatched.map((glob) =>
      finding(
        "no-suites",
        `${glob} matches no file; the plan asks for SQL tests there.`,
        "Add the file, or correct the glob in the plan.",
      ),
    ),
    ...missing.tables.map((table) =>
      finding(
        "no-table",
        `There is no table or view ${table}; the plan asks that its rules are tested.`,
        "Correct the name in the plan, or create it.",
      ),
    ),
    ...missing.roles.map((role) =>
      finding(
        "no-role",
        `There is no role ${role}; the plan asks what happens when it is granted too much.`,
        "Correct the name, or add the role to `postgres.roles`.",
      ),
    ),
    ...red.map(({ file, line, found }): KindFinding<Code> => {
      const message = `${file}:${line}: ${found}; without any mutant, every case has to hold.`;
      return {
        ...finding("baseline-red", message, "Repair the SQL tests, or the schema, first."),
        place: { file, line },
      };
    }),
  ];
  // Without suites that hold nothing was shown to them.
  if (red.length > 0 || observed.suites.length === 0) return unlooked;
  return [...unlooked, ...withoutMutants(params, observed), ...survivors(params, observed), ...stale(params, mutants)];
}

const finding = (code: Code, message: string, help: string): KindFinding<Code> => ({ code, message, help });

/** A table none of whose rules could be killed is named for nothing. */
function withoutMutants({ tables }: CoverageParams, { missing, mutants }: Observed): KindFinding<Code>[] {
  const killable = new Set(
    mutants.flatMap(({ on, status }) =>
      status === "killed" || status === "survived" ? [JSON.stringify(parts(on ?? "x"))] : [],
    ),
  );
  return tables
    .filter((table) => !missing.tables.includes(table) && !killable.has(JSON.stringify(parts(table))))
    .map((table) =>
      finding(
        "no-mutants",
        `${table} has no rule that could be dropped or weakened; the plan asks that its rules are tested.`,
        "Take it out of `tables`, or give it the rules that it needs.",
      ),
    );
}

function survivors({ exceptions = [] }: CoverageParams, { mutants, suites }: Observed): KindFinding<Code>[] {
  const cases = suites.reduce((sum, suite) => sum + suite.cases, 0);
  const excepted = new Set(exceptions.map(({ mutant }) => mutant));
  return mutants
    .filter(({ name: mutant, status }) => status === "survived" && !excepted.has(mutant))
    .map((mutant) =>
      finding(
        "survived",
        `${mutant.name}: none of ${cases} cases notices it (${mutant.sql.join("; ")}); the plan asks that one does.`,
        helpFor(mutant),
      ),
    );
}

function stale({ exceptions = [] }: CoverageParams, mutants: readonly SeenMutant[]): KindFinding<Code>[] {
  return exceptions.flatMap(({ mutant }) => {
    const found = mutants.find(({ name: known }) => known === mutant);
    if (found?.status === "survived") return [];
    return [
      finding(
        "stale-exception",
        `${mutant} is ${found ? fateInWords(found) : "no mutant of these tables"}; the plan excepts it.`,
        found || mutants.length === 0
          ? "Take the exception out of the plan."
          : `Take the exception out, or correct it; the nearest mutant is \`${closest(
              mutant,
              mutants.map(({ name: known }) => known),
            )}\`.`,
      ),
    ];
  });
}

function fateInWords({ status, by, reason }: SeenMutant): string {
  if (status === "killed")
    return `noticed by ${by?.case == null ? `the fixture of ${by?.file}` : `case "${by.case}" of ${by.file}`}`;
  if (status === "stillborn") return `refused by PostgreSQL (${reason})`;
  return `${status} (${reason})`;
}
