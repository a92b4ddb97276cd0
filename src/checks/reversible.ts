import picomatch from "picomatch";
import { z } from "zod";
import type { Tree } from "../model/ports.ts";
import { defineLaboratoryKind, type KindFinding, type LaboratoryWorld } from "./kind.ts";
import { type Code, findingsOf } from "./reversible-findings.ts";
import { fileName, filesFor, type Load, load } from "./reversible-load.ts";
import { reversibleMutants } from "./reversible-mutants.ts";
import { type Observed, type Sources, type Trip, tripSeen } from "./reversible-observed.ts";
import { optional, ordered, turnedOn } from "./strength.ts";

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
      strict: turnedOn,
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
