import picomatch from "picomatch";
import { z } from "zod";
import { compareCatalogs } from "../catalog/compare.ts";
import type { Laboratory, RoundTrip, Tree } from "../model/ports.ts";
import { readComment } from "../suites/directives.ts";
import { defineLaboratoryKind, type KindFinding, type Mutant } from "./kind.ts";
import { path } from "./params.ts";
import { refusals, refusalWords } from "./refusal.ts";
import { fileName } from "./reversible-load.ts";
import { rowDifferences } from "./row-differences.ts";
import { fixed, ordered, superset } from "./strength.ts";

type Expected = {
  readonly condition: string;
  readonly on: string | null;
  readonly matching: string | null;
  readonly line: number;
};

type Seen =
  | { readonly status: "not-loaded"; readonly found: string; readonly line: number }
  | { readonly status: "went-through" }
  | {
      readonly status: "stopped";
      readonly condition: string;
      /** Constraint, or column, that the error names. */
      readonly on: string | null;
      readonly words: string;
      /** What is not as it was before, in words; `null` in a rehearsal, which cannot tell. */
      readonly changed: readonly string[] | null;
    };

type Observed = {
  /** Path of the migration; `null` where it is not clear which. */
  readonly migration: string | null;
  /** Globs that match no file. */
  readonly unmatched: readonly string[];
  readonly files: readonly {
    readonly file: string;
    /** `null`: the file does not say with what the migration is to stop. */
    readonly expected: Expected | null;
    readonly seen: Seen;
  }[];
};

const codes = [
  "no-files",
  "no-migration",
  "no-expectation",
  "not-loaded",
  "not-stopped",
  "stopped-otherwise",
  "changed",
] as const;
type Code = (typeof codes)[number];

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
type Params = z.output<typeof params>;

const heading = "-- expect error:";

export const stops = defineLaboratoryKind({
  kind: "stops",
  summary:
    "The migration of the phase stops on rows that break its rules, says which, and leaves everything as it was.",
  params,
  codes,
  clones: "migrations",

  claim: ({ on }) => `the migration stops on ${on.join(", ")}, and changes nothing`,

  async observe({ laboratory, tree, subject }, params) {
    const { paths, unmatched } = filesOf(params, tree);
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

  mutants(_, observed: Observed, { tree }) {
    const { files } = observed;
    const [first, ...others] = files;
    if (!first) return [];
    const text = tree.read(first.file) ?? "";
    const edited = (name: string, to: string, provokes: Code): Mutant<Code, Observed> => ({
      name: `${first.file} ${name}`,
      sabotage: { files: { [first.file]: to } },
      provokes,
    });
    const heads = text.split("\n").filter((line) => line.startsWith("--"));
    const changed: Seen = {
      status: "stopped",
      condition: "",
      on: null,
      words: "",
      changed: ["table public.mutant is there"],
    };
    const { expected } = first;
    const otherwise = (name: string, to: Partial<Expected>): Mutant<Code, Observed> => ({
      name: `${first.file} expects ${name}`,
      sabotage: {
        files: {
          [first.file]: [written({ ...(expected ?? none), ...to }), text.replaceAll(/^--.*\n/gm, "")].join("\n"),
        },
      },
      provokes: "stopped-otherwise",
    });
    return [
      ...files.map(
        ({ file }): Mutant<Code, Observed> => ({
          name: `${file} has no rows`,
          sabotage: {
            files: {
              [file]: `${(tree.read(file) ?? "")
                .split("\n")
                .filter((line) => line.startsWith("--"))
                .join("\n")}\nSELECT 1;\n`,
            },
          },
          provokes: "not-stopped",
        }),
      ),
      otherwise("another condition", { condition: "division_by_zero", on: null, matching: null }),
      ...(expected?.on ? [otherwise("another constraint", { on: "mutant" })] : []),
      ...(expected?.matching ? [otherwise("other words", { matching: "mutant" })] : []),
      edited("says nothing of an error", text.replaceAll(/^--.*\n/gm, ""), "no-expectation"),
      edited("is refused itself", `${heads.join("\n")}\nSELECT 1 / 0;\n`, "not-loaded"),
      {
        name: "something is left behind",
        sabotage: {
          evidence: {
            ...observed,
            files: [
              {
                ...first,
                seen: {
                  ...(first.seen.status === "stopped" ? first.seen : changed),
                  changed: ["table public.mutant is there"],
                },
              },
              ...others,
            ],
          },
        },
        provokes: "changed",
      },
      {
        name: "there is no file",
        sabotage: { files: Object.fromEntries(files.map(({ file }) => [file, undefined])) },
        provokes: "no-files",
      },
      {
        name: "there is no migration",
        sabotage: { evidence: { ...observed, migration: null, files: [] } },
        provokes: "no-migration",
      },
    ];
  },

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

const none: Expected = { condition: "division_by_zero", on: null, matching: null, line: 1 };

const written = ({ condition, on, matching }: Omit<Expected, "line">): string =>
  [heading, condition, on && `on ${on}`, matching && `matching ${matching}`].filter(Boolean).join(" ");

function filesOf({ on }: Params, tree: Tree) {
  const all = tree.list();
  const byGlob = on.map((glob) => ({ glob, paths: all.filter((file) => picomatch(glob, { dot: true })(file)) }));
  return {
    paths: [...new Set(byGlob.flatMap(({ paths }) => paths))].sort(),
    unmatched: byGlob.filter(({ paths }) => paths.length === 0).map(({ glob }) => glob),
  };
}

/**
 * What the head of a file says that the migration stops with.
 * @throws where it says so more than once, or in words that are no directive
 */
function expectation(file: string, text: string): Expected | null {
  const found: Expected[] = [];
  for (const [index, line] of text.split("\n").entries()) {
    const comment = line.startsWith("--") ? readComment(line) : undefined;
    if (comment?.kind === "mistake") throw new Error(`${file}:${index + 1}: ${comment.message}. ${comment.help}`);
    if (comment?.kind !== "expect") continue;
    const { condition, on = null, matching = null } = comment.expects;
    found.push({ condition, on, matching, line: index + 1 });
  }
  const [first = null, second] = found;
  if (second)
    throw new Error(`${file}:${second.line}: a migration stops once. Write a file of its own for the other rows.`);
  return first;
}

async function tried(
  file: string,
  migration: string,
  tree: Tree,
  laboratory: Laboratory,
): Promise<Observed["files"][number]> {
  const data = tree.read(file) ?? "";
  const trip = await laboratory.roundTrip({ migration, tree, data, once: true });
  const seen = seenOf(trip);
  // A rehearsal cannot tell what would be left; the look that the verdict rests on is none.
  if (seen.status === "stopped" && seen.changed === null && laboratory !== laboratory.rehearsing)
    throw new Error(`it was not looked at what ${migration} left behind when it stopped`);
  return { file, expected: expectation(file, data), seen };
}

function seenOf({ executions, catalogs, rows, afterRefusal }: RoundTrip): Seen {
  const [refusal] = refusals(executions);
  const failed = executions.find(({ error }) => error);
  if (!refusal || !failed?.error || failed.part === "down") return { status: "went-through" };
  if (failed.part === "data") return { status: "not-loaded", found: refusalWords(refusal), line: refusal.line ?? 1 };
  const { condition, constraint, column, message, detail } = failed.error;
  const changed = afterRefusal && [
    ...compareCatalogs(catalogs.before, afterRefusal.catalog).map(({ identity, property }) =>
      property === undefined ? `${identity} is not as it was` : `${property} of ${identity} is not as it was`,
    ),
    ...rowDifferences(rows.before, afterRefusal.rows, catalogs.before).map(
      ({ table, change }) => `a row of ${table} is ${change}`,
    ),
  ];
  return {
    status: "stopped",
    condition,
    on: constraint ?? column ?? null,
    words: detail === undefined ? message : `${message} (${detail})`,
    changed: changed?.slice(0, 20) ?? null,
  };
}

function findingsOf({ file, expected, seen }: Observed["files"][number], migration: string): KindFinding<Code>[] {
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
      if (seen.changed && seen.changed.length > 0) {
        const message = `After ${it} stopped on the rows of ${file}, ${seen.changed.slice(0, 5).join("; ")}; nothing was to be changed.`;
        const help = "Do all of the migration in one transaction.";
        findings.push({ code: "changed", message, help, place: { file: migration, line: 1 } });
      }
      return findings;
    }
  }
}
