import picomatch from "picomatch";
import { z } from "zod";
import type { Tree } from "../model/ports.ts";
import type { Finding } from "../model/report.ts";
import { defineLaboratoryKind, type KindFinding, type LaboratoryWorld } from "./kind.ts";
import { path } from "./params.ts";
import { placeOf, refusalWords } from "./refusal.ts";
import { reversibleMutants } from "./reversible-mutants.ts";
import { type SchemaDifference, type Some, type Sources, type Trip, tripSeen } from "./reversible-observed.ts";
import type { RowDifference } from "./row-differences.ts";
import { optional, ordered } from "./strength.ts";

export type Observed = {
  readonly trips: readonly Trip[];
  /** Globs of `for` that no migration of the phase has, and files that do not exist. */
  readonly unmatched: readonly string[];
  readonly missing: readonly string[];
};
export type Code =
  | "no-migration"
  | "no-rows"
  | "refused"
  | "not-undone"
  | "not-redone"
  | "rows-lost"
  | "rows-changed"
  | "moved"
  | "whitespace"
  | "extension";

const load = z.union([
  path,
  z
    .array(
      z.strictObject({
        for: z.string().min(1).describe("The migration's file name, or a glob of it."),
        load: path.describe("The SQL file that is loaded for it."),
      }),
    )
    .min(1),
]);
export type Load = z.output<typeof load>;

const fileName = (file: string): string => file.slice(file.lastIndexOf("/") + 1);

/** Files for one migration, in the order of the plan. */
export const filesFor = (given: Load | undefined, migration: string): readonly string[] =>
  typeof given === "string"
    ? [given]
    : (given ?? []).filter((entry) => picomatch.isMatch(fileName(migration), entry.for)).map((entry) => entry.load);

export const reversible = defineLaboratoryKind({
  kind: "reversible",
  summary:
    "Each migration of the phase goes up, down and up again on rows, and leaves neither the schema nor a row different.",
  params: z.strictObject({
    data: load
      .optional()
      .describe(
        "SQL that loads rows before the up: one file for every migration, or a list of `{ for, load }` where a migration has other tables than the next.",
      ),
    "data-after": load
      .optional()
      .describe(
        "SQL that loads rows which only the up makes possible. They need not survive the down, but the second up must give them back.",
      ),
    strict: z
      .boolean()
      .optional()
      .describe(
        "`true`: a column that merely moved, blank lines in a function body and an extension left behind fail too.",
      ),
  }),
  codes: [
    "no-migration",
    "no-rows",
    "refused",
    "not-undone",
    "not-redone",
    "rows-lost",
    "rows-changed",
    "moved",
    "whitespace",
    "extension",
  ],
  clones: "migrations",

  claim: ({ data, strict }) =>
    `each migration of the phase goes up, down and up again${data === undefined ? "" : " on rows"} and leaves nothing different${strict ? ", strictly" : ""}`,

  async observe(world, params) {
    const { migrations } = world.subject;
    const trips: Trip[] = [];
    for (const migration of migrations) trips.push(await travelled(world, migration, params));
    const given = [params.data, params["data-after"]];
    const globs = given.flatMap((one) => (typeof one === "object" ? one.map((entry) => entry.for) : []));
    const files = given.flatMap((one) => (typeof one === "object" ? one.map((entry) => entry.load) : (one ?? [])));
    const unmatched = globs.filter(
      (glob) => !migrations.some((migration) => picomatch.isMatch(fileName(migration), glob)),
    );
    const missing = files.filter((file) => world.tree.read(file) === undefined);
    return { examined: trips.length, observed: { trips, unmatched, missing } };
  },

  judge({ strict = false }, { trips, unmatched, missing }: Observed): KindFinding<Code>[] {
    const findings: KindFinding<Code>[] = [];
    if (trips.length === 0) {
      findings.push({
        code: "no-migration",
        message: "The phase has no migration that could be reverted.",
        help: "Add one, or take the check out.",
      });
    }
    for (const glob of unmatched) {
      findings.push({
        code: "no-migration",
        message: `No migration of the phase is named ${glob}; rows were to be loaded for it.`,
        help: "Correct the `for:` of the check.",
      });
    }
    for (const file of missing) {
      findings.push({
        code: "no-rows",
        message: `${file} does not exist; it was to load rows.`,
        help: "Write INSERT statements into it, or correct the path.",
      });
    }
    return [...findings, ...trips.flatMap((trip) => findingsOf(trip, strict))];
  },

  mutants: reversibleMutants,

  strength: (base, head) =>
    ordered(base, head, {
      data: optional,
      "data-after": optional,
      strict: (was = false, is = false) => (was === is ? "same" : is ? "stronger" : "weaker"),
    }),

  oracles: (params) =>
    [params.data, params["data-after"]].flatMap((given) =>
      typeof given === "object" ? given.map((entry) => entry.load) : (given ?? []),
    ),

  examples: [
    {
      before: "CREATE TABLE a (id int PRIMARY KEY, name text NOT NULL)",
      setup: `-- Up Migration
ALTER TABLE a ADD COLUMN short text;
UPDATE a SET short = left(name, 3);
ALTER TABLE a ALTER COLUMN short SET NOT NULL, ADD CONSTRAINT ck_short CHECK (length(short) <= 4);
-- Down Migration
ALTER TABLE a DROP COLUMN short;
`,
      files: {
        "db/rows.sql": "INSERT INTO a VALUES (1, 'alpha'), (2, 'beta');",
        "db/rows-after.sql": "INSERT INTO a VALUES (3, 'gamma', 'gam');",
      },
      params: { data: "db/rows.sql", "data-after": "db/rows-after.sql", strict: true },
    },
    {
      setup: "-- Up Migration\nCREATE TABLE a (id int);\n-- Down Migration\nDROP TABLE a;",
      params: {},
    },
    {
      before: "CREATE TABLE a (id int)",
      setup: "-- Up Migration\nCREATE INDEX i ON a (id);\n-- Down Migration\nDROP INDEX i;",
      files: { "db/rows.sql": "INSERT INTO a VALUES (1), (1), (2);" },
      params: { data: [{ for: "*_example.sql", load: "db/rows.sql" }] },
    },
  ],
});

async function travelled(
  { laboratory, tree }: LaboratoryWorld,
  migration: string,
  { data, "data-after": dataAfter }: { readonly data?: Load | undefined; readonly "data-after"?: Load | undefined },
): Promise<Trip> {
  const sources: Sources = {
    data: read(tree, filesFor(data, migration)),
    "data-after": read(tree, filesFor(dataAfter, migration)),
  };
  const joined = (part: keyof Sources) => sources[part].map(({ text }) => text).join("\n");
  const trip = await laboratory.roundTrip({
    migration,
    tree,
    ...(sources.data.length === 0 ? {} : { data: joined("data") }),
    ...(sources["data-after"].length === 0 ? {} : { dataAfter: joined("data-after") }),
  });
  return tripSeen(migration, trip, sources);
}

const read = (tree: Tree, files: readonly string[]) =>
  files.flatMap((file) => {
    const text = tree.read(file);
    return text === undefined ? [] : [{ path: file, text }];
  });

function findingsOf(trip: Trip, strict: boolean): KindFinding<Code>[] {
  const place = placeOf(trip.path, null);
  const it = fileName(trip.path);
  const refused = trip.refused.map(
    (refusal): KindFinding<Code> => ({
      code: "refused",
      message: `The ${refusal.part} of ${it} is refused: ${refusalWords(refusal)}; the round trip was asked to go through.`,
      help: refusal.part.startsWith("data")
        ? "Load rows that the tables at this place accept."
        : "Correct the migration so that it runs on these rows.",
      place: placeOf(refusal.file, refusal.line),
    }),
  );
  const all = [
    ...refused,
    ...rowless(trip, it),
    ...schema(
      trip.undone,
      strict,
      "not-undone",
      `After the down of ${it} the schema is not as before its up`,
      "Complete the down part.",
    ),
    ...schema(
      trip.redone,
      strict,
      "not-redone",
      `After the second up of ${it} the schema is not as after the first`,
      "Make the up part do the same each time, whatever the down part left.",
    ),
    ...rows(
      trip.rowsUndone,
      `After the down of ${it}`,
      "before its up",
      "Make the up and the down part keep what the rows hold.",
    ),
    ...rows(
      trip.rowsRedone,
      `After the second up of ${it}`,
      "after the first",
      "Let the down part keep what the up part needs again. A value that is made while the migration runs (now(), gen_random_uuid()) is another each time: derive it from the row.",
    ),
  ];
  return all.map((finding) => ({ place, ...finding }));
}

type Bare = Omit<Finding, "place" | "code"> & { readonly code: Code };

function rowless({ altered, loaded }: Trip, it: string): Bare[] {
  const empty = altered.filter(({ rows: count }) => count === 0).map(({ table }) => table);
  const useless = loaded.filter(({ added }) => added !== null && added <= 0);
  return [
    ...empty.map(
      (table): Bare => ({
        code: "no-rows",
        message: `${table} has no row when ${it} alters it; the round trip was asked to be made on rows in every table that it alters.`,
        help: "Give the check `data:` with INSERT statements for it; rows that hurt are better than many.",
      }),
    ),
    ...useless.map(
      ({ part, files }): Bare => ({
        code: "no-rows",
        message: `${files.join(", ")} adds no row for ${it}; \`${part}\` was asked to load rows.`,
        help: "Write INSERT statements into it.",
      }),
    ),
  ];
}

const quotedInSentence = 5;

function schema(
  differences: Some<SchemaDifference> | null,
  strict: boolean,
  code: Code,
  message: string,
  help: string,
): Bare[] {
  if (!differences) return [];
  return (["substance", "moved", "whitespace", "extension"] as const).flatMap((nature): Bare[] => {
    const found = differences.first.filter((difference) => difference.nature === nature);
    if (found.length === 0 || (nature !== "substance" && !strict)) return [];
    const more = differences.count > found.length && found.length > quotedInSentence ? " …" : "";
    const words = found.slice(0, quotedInSentence).map(difference).join("; ");
    return [{ code: nature === "substance" ? code : nature, message: `${message}: ${words}${more}.`, help }];
  });
}

function difference({ identity, property, before, after }: SchemaDifference): string {
  if (property === null) return `${identity} ${after === null ? "is gone" : "is there"}`;
  return `${identity} has ${property} ${JSON.stringify(after)} instead of ${JSON.stringify(before)}`;
}

function rows(differences: Some<RowDifference> | null, when: string, than: string, help: string): Bare[] {
  if (!differences) return [];
  const told = (code: Code, found: readonly RowDifference[]): Bare[] => {
    if (found.length === 0) return [];
    const words = found.slice(0, quotedInSentence).map(rowDifference).join("; ");
    return [
      {
        code,
        message: `${when} rows are not as ${than}: ${words}${found.length > quotedInSentence ? " …" : ""}.`,
        help,
      },
    ];
  };
  return [
    ...told(
      "rows-lost",
      differences.first.filter(({ change }) => change === "lost"),
    ),
    ...told(
      "rows-changed",
      differences.first.filter(({ change }) => change !== "lost"),
    ),
  ];
}

function rowDifference({ table, change, row, columns }: RowDifference): string {
  const which = Object.entries(row)
    .map(([column, value]) => `${column}=${value}`)
    .join(", ")
    .slice(0, 200);
  if (change === "changed") return `${table} (${which}) has another ${columns.join(", ")}`;
  return `${table} (${which}) ${change === "lost" ? "is gone" : "is new"}`;
}
