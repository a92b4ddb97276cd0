import { z } from "zod";
import { type DerivedFile, defineLaboratoryKind, type LaboratoryWorld } from "./kind.ts";
import { path } from "./params.ts";
import { optional, ordered, superset } from "./strength.ts";
import { matched } from "./suite-files.ts";
import { findingsOf, type Observed } from "./suite-findings.ts";
import { proveSuites } from "./suite-proof.ts";
import { compared, derive, type Results, resultsPath } from "./suite-results.ts";
import { lookAtSuite, type Seen } from "./suite-seen.ts";
import { suiteChanges } from "./suite-strength.ts";

export const suite = defineLaboratoryKind({
  kind: "suite",
  summary: "Every case of these SQL test files holds, and can fail; and its results are written down.",
  params: z.strictObject({
    files: z.array(path).min(1).describe("Globs of SQL test files; each must match."),
    results: path
      .refine((pattern) => pattern.includes("{name}") && pattern.endsWith(".md"), {
        error: "is no path of a results file; write `{name}` for the name of the SQL test file, and `.md` at the end",
      })
      .optional()
      .describe(
        "Where the results of each file are, as Markdown: each case, what it asks and what fails it. `{name}` is the file's name without `.sql`. `phasegate run --write-results` writes them; every run derives them again and compares.",
      ),
  }),
  codes: [
    "no-files",
    "unreadable",
    "fixture-refused",
    "shadowed",
    "case-failed",
    "results-missing",
    "results-differ",
    "results-not-derived",
  ],
  clones: "head",

  claim: ({ files, results }) =>
    `every case of ${files.join(", ")} holds${results === undefined ? "" : `, as ${results} says`}`,

  async observe(world, params) {
    const { paths, unmatched } = matched(params.files, world.tree);
    const files: Observed["files"][number][] = [];
    for (const file of paths) {
      const seen = await lookAtSuite(world.tree.read(file) ?? "", world.laboratory);
      files.push({ file, seen, results: await resultsOf(file, seen, params.results, paths, world) });
    }
    const examined = files.reduce(
      (sum, { seen }) => sum + (seen.status === "played" ? seen.cases.length : 1),
      unmatched.length,
    );
    return { examined, observed: { unmatched, files } };
  },

  judge: (_, observed: Observed) => findingsOf(observed),

  mutants: () => [],
  prove: proveSuites,

  async derives(world, { files, results }) {
    if (results === undefined) return [];
    const { paths } = matched(files, world.tree);
    const derived: DerivedFile[] = [];
    for (const file of paths) {
      const seen = await lookAtSuite(world.tree.read(file) ?? "", world.laboratory);
      const found = await derive(file, seen, world);
      if ("text" in found && twinOf(file, results, paths) === undefined)
        derived.push({ path: resultsPath(results, file), text: found.text });
    }
    return derived;
  },

  strength: (base, head) => ordered(base, head, { files: superset, results: optional }),
  oracles: ({ files }) => files,
  oracleChanges: suiteChanges,

  examples: [
    {
      setup: "CREATE TABLE a (id int PRIMARY KEY, n int NOT NULL CONSTRAINT ck_n CHECK (n >= 0))",
      files: {
        "tests/a.sql": [
          "INSERT INTO a VALUES (1, 1);",
          "-- test: less than nothing is refused",
          "-- expect error: check_violation on ck_n",
          "INSERT INTO a VALUES (2, -1);",
          "-- test: nothing at all is accepted",
          "INSERT INTO a VALUES (2, 0);",
          "SELECT count(*) = 2 FROM a;",
        ].join("\n"),
      },
      params: { files: ["tests/*.sql"] },
    },
    {
      setup: "CREATE TABLE a (id int PRIMARY KEY, n int CONSTRAINT ck_n CHECK (n >= 0))",
      files: {
        "tests/a.sql": [
          "-- test: less than nothing is refused",
          "-- expect error: check_violation on ck_n",
          "INSERT INTO a VALUES (2, -1);",
        ].join("\n"),
        "tests/a_results.md": [
          "# Results of a.sql",
          "",
          "Phasegate derives this from `tests/a.sql` in every run; `phasegate run --write-results` writes it. Changes by hand are found.",
          "",
          "1 case: it holds, and was seen to fail.",
          "",
          "## 1. less than nothing is refused",
          "",
          "- Status: PASS",
          "- Asked: `INSERT INTO a VALUES (2, -1)` is refused with `check_violation on ck_n`",
          "- Fails with: `constraint ck_n on public.a: dropped`",
          "",
        ].join("\n"),
      },
      params: { files: ["tests/*.sql"], results: "tests/{name}_results.md" },
    },
  ],
});

async function resultsOf(
  file: string,
  seen: Seen,
  pattern: string | undefined,
  paths: readonly string[],
  world: LaboratoryWorld,
): Promise<Results | null> {
  if (pattern === undefined) return null;
  const at = resultsPath(pattern, file);
  const twin = twinOf(file, pattern, paths);
  if (twin !== undefined) return { path: at, status: "underivable", reason: `${twin} has the same name` };
  return compared(at, await derive(file, seen, world), world);
}

/** Another file whose results would be the same file. */
const twinOf = (file: string, pattern: string, paths: readonly string[]): string | undefined =>
  paths.find((other) => other !== file && resultsPath(pattern, other) === resultsPath(pattern, file));
