import { z } from "zod";
import { findingsOf } from "./coverage-findings.ts";
import { type CoverageParams, lookAtCoverage } from "./coverage-observed.ts";
import { proveCoverage } from "./coverage-proof.ts";
import { defineLaboratoryKind } from "./kind.ts";
import { name, path, relation } from "./params.ts";
import { ordered, subset, superset } from "./strength.ts";
import { suiteChanges } from "./suite-strength.ts";

/**
 * DESIGN 5.2. View bodies are not what this is about: each case of a suite that reads a view is proven to notice when the
 * view is empty. A view that is named in `tables` is emptied here, too, so that no case at all reading it is found.
 */
export const coverage = defineLaboratoryKind({
  kind: "coverage",
  summary:
    "Every rule of these tables is tested: whatever is dropped or weakened (constraint, unique index, NOT NULL, default, trigger, policy, privilege), a case of the SQL tests fails by what rows do. What a case reads in the catalogs counts only where it asks who has a privilege.",
  params: z.strictObject({
    suites: z.array(path).min(1).describe("Globs of the SQL test files whose cases have to notice; each must match."),
    tables: z
      .array(relation)
      .min(1)
      .describe("Tables and views whose rules are sabotaged, with the functions that their triggers call."),
    roles: z
      .array(name)
      .optional()
      .describe(
        "Roles that could be granted too much, besides those that hold a privilege already: each privilege that they lack is granted, and a case must notice.",
      ),
    exceptions: z
      .array(
        z.strictObject({
          mutant: z.string().min(1).describe("The mutant as the finding names it: `object: operator`."),
          reason: z.string().regex(/\S/, { error: "is no reason" }).describe("Why no case can notice it."),
        }),
      )
      .optional()
      .describe("Mutants that no case can notice. One that is noticed, or does not exist, is a finding."),
  }),
  codes: ["no-suites", "no-table", "no-role", "baseline-red", "no-mutants", "survived", "stale-exception"],
  clones: "head",

  claim: ({ suites, tables, exceptions = [] }) =>
    `the cases of ${suites.join(", ")} notice every rule of ${tables.join(", ")} that is dropped or weakened${
      exceptions.length === 0 ? "" : `, with ${exceptions.length} exception${exceptions.length === 1 ? "" : "s"}`
    }`,

  async observe(world, params) {
    const observed = await lookAtCoverage(world, params);
    const { unmatched, missing, red, mutants } = observed;
    const others = unmatched.length + missing.tables.length + missing.roles.length + red.length;
    return { examined: mutants.length + others, observed };
  },

  judge: findingsOf,

  mutants: () => [],
  prove: proveCoverage,

  strength: (base, head) =>
    ordered(base, head, {
      suites: superset,
      tables: superset,
      roles: superset,
      exceptions: (was, is) => subset(mutantsOf(was), mutantsOf(is)),
    }),
  oracles: ({ suites }) => suites,
  oracleChanges: suiteChanges,

  examples: [
    {
      setup: [
        "CREATE TABLE a (id int PRIMARY KEY, n int NOT NULL DEFAULT 1 CONSTRAINT ck_n CHECK (n > 0));",
        "CREATE TABLE b (a int NOT NULL CONSTRAINT fk_a REFERENCES a ON DELETE CASCADE);",
        "GRANT SELECT ON a TO app_ro;",
      ].join("\n"),
      files: {
        "tests/a.sql": [
          "INSERT INTO a VALUES (1, 1);",
          "-- test: an id is used once",
          "-- expect error: unique_violation on a_pkey",
          "INSERT INTO a VALUES (1, 2);",
          "-- test: nothing is too little",
          "-- expect error: check_violation on ck_n",
          "INSERT INTO a VALUES (2, 0);",
          "-- test: there is an amount",
          "-- expect error: not_null_violation on n",
          "INSERT INTO a VALUES (2, NULL);",
          "-- test: it is 1 unless told",
          "INSERT INTO a (id) VALUES (2);",
          "SELECT n = 1 FROM a WHERE id = 2;",
          "-- test: app_ro reads",
          "-- as: app_ro",
          "SELECT count(*) = 1 FROM a;",
          ...["INSERT INTO a VALUES (3, 1)", "UPDATE a SET n = 1", "DELETE FROM a", "TRUNCATE a"].flatMap((sql) => [
            `-- test: app_ro may not ${sql.split(" ", 1)[0]}`,
            "-- as: app_ro",
            "-- expect error: insufficient_privilege",
            `${sql};`,
          ]),
        ].join("\n"),
        "tests/b.sql": [
          "INSERT INTO a VALUES (1, 1);",
          "-- test: it belongs to something",
          "-- expect error: foreign_key_violation on fk_a",
          "INSERT INTO b VALUES (2);",
          "-- test: it goes with it",
          "INSERT INTO b VALUES (1);",
          "DELETE FROM a;",
          "SELECT count(*) = 0 FROM b;",
          ...["SELECT FROM b", "INSERT INTO b VALUES (1)", "UPDATE b SET a = 1", "DELETE FROM b"].flatMap((sql) => [
            `-- test: app_ro may not ${sql.split(" ", 1)[0]}`,
            "-- as: app_ro",
            "-- expect error: insufficient_privilege",
            `${sql};`,
          ]),
        ].join("\n"),
      },
      params: {
        suites: ["tests/*.sql"],
        tables: ["a", "b"],
        roles: ["app_ro"],
        exceptions: [
          { mutant: "column public.b.a: not null dropped", reason: "the example shows an exception" },
          { mutant: "table public.b: TRUNCATE granted to app_ro", reason: "the example shows an exception" },
        ],
      },
    },
  ],
});

const mutantsOf = (exceptions: CoverageParams["exceptions"]) => exceptions?.map(({ mutant }) => mutant);
