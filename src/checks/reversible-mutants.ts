/** Sabotage that `reversible` must notice: of a migration's text where it is SQL, of the recorded trip elsewhere. */

import { literal, quotedName } from "../sql/identifier.ts";
import type { LaboratoryWorld, Mutant } from "./kind.ts";
import { appended, instead } from "./migration-text.ts";
import { parts } from "./params.ts";
import type { Code } from "./reversible-findings.ts";
import { filesFor, type Load } from "./reversible-load.ts";
import { type Observed, type SchemaDifference, some, type Trip } from "./reversible-observed.ts";
import type { RowDifference } from "./row-differences.ts";

interface Params {
  readonly data?: Load | undefined;
  readonly "data-after"?: Load | undefined;
  readonly strict?: boolean | undefined;
}

/** The second time in one session it leaves a table behind; the first time it leaves nothing but a setting. */
const onceMore = `DO $mutant$
BEGIN
  IF current_setting('phasegate.mutant', true) = 'ran' THEN CREATE TABLE public.phasegate_mutant (); END IF;
  PERFORM set_config('phasegate.mutant', 'ran', false);
END
$mutant$;`;

/** Every mutant costs a round trip, so each code is provoked once, on the first migration that it can be shown on. */
export function reversibleMutants(
  params: Params,
  observed: Observed,
  { tree }: LaboratoryWorld,
): Mutant<Code, Observed>[] {
  const { trips } = observed;
  const mutants: Mutant<Code, Observed>[] = [
    {
      name: "the phase has no migration",
      sabotage: { evidence: { ...observed, trips: [] } },
      provokes: "no-migration",
    },
  ];
  const edit = (
    name: string,
    provokes: Code,
    trip: Trip | undefined,
    edited: (text: string) => string | undefined,
    otherwise: Partial<Trip>,
  ) => {
    if (!trip) return;
    const text = trip.path.toLowerCase().endsWith(".sql") ? tree.read(trip.path) : undefined;
    const changed = text === undefined ? undefined : edited(text);
    const sabotage =
      changed === undefined ? { evidence: withTrip(observed, trip, otherwise) } : { files: { [trip.path]: changed } };
    mutants.push({ name, sabotage, provokes });
  };
  const isSql = ({ path }: Trip) => path.toLowerCase().endsWith(".sql");
  const preferSql = (fits: (trip: Trip) => boolean) =>
    trips.find((trip) => isSql(trip) && fits(trip)) ?? trips.find(fits);

  edit(
    "an up part is refused",
    "refused",
    preferSql(() => true),
    (text) => appended(text, "up", "SELECT 1 / 0;"),
    {
      refused: [{ part: "up", message: "division by zero", detail: null, line: 1, statement: null, file: "" }],
    },
  );
  edit(
    "a down part undoes nothing",
    "not-undone",
    preferSql(({ changes }) => changes !== null && changes > 0),
    (text) => instead(text, "down", "SELECT 1;"),
    { undone: some([leftBehind]) },
  );
  edit(
    "a second up part does something else",
    "not-redone",
    preferSql(() => true),
    (text) => appended(text, "up", onceMore),
    {
      redone: some([leftBehind]),
    },
  );
  const filled = preferSql((trip) => victim(trip) !== undefined);
  const table = filled && victim(filled);
  if (filled && table !== undefined) {
    edit(
      "a down part loses rows",
      "rows-lost",
      filled,
      (text) => appended(text, "down", emptying([table, ...filled.filled])),
      {
        rowsUndone: some([lost(table)]),
      },
    );
    mutants.push({
      name: "a down part changes a row",
      sabotage: {
        evidence: withTrip(observed, filled, {
          rowsUndone: some([{ ...lost(table), change: "changed", columns: ["a"] }]),
        }),
      },
      provokes: "rows-changed",
    });
  }
  mutants.push(...emptied(params, trips), ...(params.strict ? strictly(observed) : []));
  return mutants;
}

/** A table with rows, best one that the migration alters. */
const victim = ({ altered, filled }: Trip): string | undefined =>
  altered.find(({ rows }) => rows > 0)?.table ?? filled[0];

/** Empties the first of the tables that lets itself be emptied: a trigger of the schema may refuse it. */
const emptying = (tables: readonly string[]): string => `DO $mutant$
DECLARE
  victim text;
BEGIN
  FOREACH victim IN ARRAY ARRAY[${tables.map((table) => literal(quotedName(parts(table)))).join(", ")}] LOOP
    BEGIN
      EXECUTE 'TRUNCATE ' || victim || ' CASCADE';
      RETURN;
    EXCEPTION WHEN OTHERS THEN
      NULL;
    END;
  END LOOP;
END
$mutant$;`;

const lost = (table: string): RowDifference => ({ table, change: "lost", row: { id: "1" }, columns: [] });

const leftBehind: SchemaDifference = {
  identity: "table public.phasegate_mutant",
  property: null,
  nature: "substance",
  before: null,
  after: "there",
};

const withTrip = (observed: Observed, trip: Trip, changed: Partial<Trip>): Observed => ({
  ...observed,
  trips: observed.trips.map((one) => (one === trip ? { ...one, ...changed } : one)),
});

/** Each file that rows are loaded from, without them. */
function emptied(params: Params, trips: readonly Trip[]): Mutant<Code, Observed>[] {
  const parts = ["data", "data-after"] as const;
  const files = parts.flatMap((part) =>
    trips.flatMap(({ path }) => filesFor(params[part], path).map((file) => ({ part, file }))),
  );
  const each = new Map(files.map((one) => [one.file, one]));
  return [...each.values()].map(({ part, file }) => ({
    name: `${file} loads nothing as \`${part}\``,
    sabotage: { files: { [file]: "SELECT 1;\n" } },
    provokes: "no-rows",
  }));
}

function strictly(observed: Observed): Mutant<Code, Observed>[] {
  const [trip] = observed.trips;
  if (!trip) return [];
  const differences: readonly [name: string, provokes: Code, difference: SchemaDifference][] = [
    [
      "a column stands elsewhere after the down",
      "moved",
      { identity: "column public.a.b", property: "position", nature: "moved", before: 1, after: 2 },
    ],
    [
      "a function body has other blank lines after the down",
      "whitespace",
      { identity: "function public.f()", property: "body", nature: "whitespace", before: "BEGIN", after: "\nBEGIN" },
    ],
    [
      "an extension is left behind by the down",
      "extension",
      { identity: "extension citext", property: null, nature: "extension", before: null, after: "there" },
    ],
  ];
  return differences.map(([name, provokes, difference]) => ({
    name,
    sabotage: { evidence: withTrip(observed, trip, { undone: some([difference]) }) },
    provokes,
  }));
}
