import { expect, test } from "@jest/globals";
import { judged, referenceProject } from "../support/project.ts";

/**
 * 4D.5 needs every case that it has: without the only case that notices a mutant, the mutant survives, and the gate says which one.
 * `node bench/only-killers.ts` lists all of them; these are one of each suite and kind of sabotage.
 */

const rows: readonly [name: string, file: string, survivor: RegExp][] = [
  ["a ratio goes up to 1 and not beyond", "db/tests/test_check_constraints.sql", /allocation_ratio.*condition less/],
  [
    "app_rw creates no tenant but the one that is set",
    "db/tests/test_isolation.sql",
    /public\.tenants: with check true/,
  ],
  ["one of two allocations cannot be deleted", "db/tests/test_sum_equality.sql", /an event less \(without DELETE\)/],
];

test("without the only cases that notice three mutants, 4D.5 fails and names each", async () => {
  const project = referenceProject();
  try {
    project.keepGates("4D.5");
    for (const [name, file] of rows)
      project.edit(file, (text) =>
        text
          .split(/^(?=-- test: )/m)
          .filter((part) => !part.startsWith(`-- test: ${name}\n`))
          .join(""),
      );
    const { code, report } = await judged(project);
    // That 5A and 5B were begun all the same is told beside it.
    const red = report.violations
      .filter(({ code }) => code !== "phase-advanced")
      .map((violation) => ({
        gate: violation.gate,
        code: violation.code,
        codes: [...new Set(violation.findings.map((finding) => finding.code))],
      }));
    expect({ code, red }).toEqual({ code: 1, red: [{ gate: "4D.5", code: "gate-failed", codes: ["survived"] }] });
    const survivors = report.violations[0]?.findings.map((finding) => finding.message).join("\n");
    for (const [, , survivor] of rows) expect(survivors).toMatch(survivor);
  } finally {
    project.dispose();
  }
});
