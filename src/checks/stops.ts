import picomatch from "picomatch";
import { z } from "zod";
import { defineLaboratoryKind, type KindFinding } from "./kind.ts";
import { path } from "./params.ts";
import { fileName } from "./reversible-load.ts";
import { stopsMutants } from "./stops-mutants.ts";
import { heading, type Observed, tried, written } from "./stops-observed.ts";
import { fixed, ordered, superset } from "./strength.ts";
import { matched } from "./suite-files.ts";

const codes = [
  "no-files",
  "no-migration",
  "no-expectation",
  "not-loaded",
  "not-stopped",
  "stopped-otherwise",
  "changed",
] as const;
export type Code = (typeof codes)[number];

const params = z.strictObject({
  on: z
    .array(path)
    .min(1)
    .describe(
      "Globs of SQL files with rows; above its statements each says `-- expect error: <condition> [on <constraint>] [matching <regular expression>]`.",
    ),
  for: z
    .string()
    .min(1)
    .optional()
    .describe("The migration's file name, or a glob of it, where the phase has more than one."),
});

export const stops = defineLaboratoryKind({
  kind: "stops",
  summary:
    "The migration of the phase stops on rows that break its rules, says which, and leaves everything as it was.",
  params,
  codes,
  clones: "migrations",

  claim: ({ on }) => `the migration stops on ${on.join(", ")}, and changes nothing`,

  async observe({ laboratory, tree, subject }, params) {
    const { paths, unmatched } = matched(params.on, tree);
    const found = subject.migrations.filter((one) => !params.for || picomatch.isMatch(fileName(one), params.for));
    const [migration] = found;
    if (migration === undefined || found.length > 1)
      return { examined: 1, observed: { migration: null, unmatched, files: [] } };
    const files: Observed["files"][number][] = [];
    for (const file of paths) files.push(await tried(file, migration, tree, laboratory));
    return { examined: files.length + unmatched.length, observed: { migration, unmatched, files } };
  },

  judge(params, { migration, unmatched, files }: Observed): KindFinding<Code>[] {
    const missing = unmatched.map((glob): KindFinding<Code> => {
      const help = "Add the file, or correct the glob in the plan.";
      return { code: "no-files", message: `${glob} matches no file; the plan asks for rows there.`, help };
    });
    if (migration === null) {
      const which =
        params.for === undefined
          ? "The phase has not exactly one migration"
          : `Not exactly one migration of the phase is named ${params.for}`;
      missing.push({
        code: "no-migration",
        message: `${which}; the plan asks for one that stops.`,
        help: "Say with `for:` which one it is.",
      });
    }
    return [...missing, ...files.flatMap((one) => findingsOf(one, migration ?? ""))];
  },

  mutants: (_, observed: Observed, { tree }) => stopsMutants(observed, tree),

  strength: (base, head) => ordered(base, head, { on: superset, for: fixed }),
  oracles: ({ on }) => on,

  examples: [
    {
      before: "CREATE TABLE a (id int PRIMARY KEY, n int); INSERT INTO a VALUES (1, 1)",
      setup: `-- Up Migration
ALTER TABLE a ALTER COLUMN n SET NOT NULL, ADD CONSTRAINT ck_n CHECK (n > 0);
-- Down Migration
ALTER TABLE a DROP CONSTRAINT ck_n, ALTER COLUMN n DROP NOT NULL;
`,
      files: {
        "db/rejected/negative.sql":
          "-- expect error: check_violation on ck_n matching violated by some row\nINSERT INTO a VALUES (2, -1);\n",
        "db/rejected/null.sql":
          "-- A row that exists already.\n-- expect error: not_null_violation\nINSERT INTO a VALUES (2, NULL);\n",
      },
      params: { on: ["db/rejected/*.sql"] },
    },
    {
      before: "CREATE TABLE a (id int)",
      setup:
        "-- Up Migration\nALTER TABLE a ADD PRIMARY KEY (id);\n-- Down Migration\nALTER TABLE a DROP CONSTRAINT a_pkey;\n",
      files: { "twice.sql": "-- expect error: unique_violation on a_pkey\nINSERT INTO a VALUES (1), (1);\n" },
      params: { on: ["twice.sql"], for: "*_example.sql" },
    },
  ],
});

function findingsOf(
  { file, expected, seen, onlyThese }: Observed["files"][number],
  migration: string,
): KindFinding<Code>[] {
  const it = fileName(migration);
  if (!expected) {
    const message = `${file} does not say with what ${it} is to stop.`;
    const help = `Write \`${heading} <condition> on <constraint>\` above its statements.`;
    return [{ code: "no-expectation", message, help, place: { file, line: 1 } }];
  }
  const place = { file, line: expected.line };
  const asked = written(expected).slice(heading.length + 1);
  switch (seen.status) {
    case "not-loaded": {
      const message = `${file} is refused before ${it} begins: ${seen.found}.`;
      const help = "Load rows that the tables at this place accept.";
      return [{ code: "not-loaded", message, help, place: { file, line: seen.line } }];
    }
    case "went-through": {
      const message = `${it} goes through on the rows of ${file}; it is to stop with ${asked}.`;
      const help = "Let the migration look for such rows first, and raise an error that names them.";
      return [{ code: "not-stopped", message, help, place }];
    }
    case "stopped": {
      const findings: KindFinding<Code>[] = [];
      const { condition, on, matching } = expected;
      const isExpected =
        seen.condition === condition &&
        (on === null || on === seen.on) &&
        (matching === null || new RegExp(matching, "u").test(seen.words));
      if (!isExpected) {
        const found = [seen.condition, seen.on && `on ${seen.on}`].filter(Boolean).join(" ");
        const message = `On the rows of ${file}, ${it} stops with ${found}: ${seen.words}; it is to stop with ${asked}.`;
        const help = "Correct what the migration raises, or what the file expects.";
        findings.push({ code: "stopped-otherwise", message, help, place });
      }
      if (onlyThese) {
        const message = `${it} stops on the rows of ${file}, and goes through on the same rows under other UUIDs; it is to stop with ${asked} on whatever rows break its rule.`;
        const help = "Let the migration look for what is wrong with the rows, and not for these.";
        findings.push({ code: "not-stopped", message, help, place });
      }
      if (seen.changed && seen.changed.length > 0) {
        const message = `After ${it} stopped on the rows of ${file}, ${seen.changed.slice(0, 5).join("; ")}; nothing was to be changed.`;
        const help = "Do all of the migration in one transaction.";
        findings.push({ code: "changed", message, help, place: { file: migration, line: 1 } });
      }
      return findings;
    }
  }
}
