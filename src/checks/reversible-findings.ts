/** How `reversible` says what one round trip left different. */

import type { Finding } from "../model/report.ts";
import type { KindFinding } from "./kind.ts";
import { placeOf, refusalWords } from "./refusal.ts";
import { fileName } from "./reversible-load.ts";
import type { SchemaDifference, Some, Trip } from "./reversible-observed.ts";
import type { RowDifference } from "./row-differences.ts";

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

/** Everything that speaks against one trip. `strict`: also what is no difference of substance. */
export function findingsOf(trip: Trip, strict: boolean): KindFinding<Code>[] {
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

function rowless({ altered, loaded, changes, changesRows }: Trip, it: string): Bare[] {
  const empty = altered.filter(({ rows: count }) => count === 0).map(({ table }) => table);
  const useless = loaded.filter(({ added }) => added !== null && added <= 0);
  const idle: Bare = {
    code: "no-rows",
    message: `The up of ${it} changes neither the schema nor a row; the round trip was asked to be made on rows that it changes.`,
    help: "Give the check `data:` with rows that the up part changes.",
  };
  return [
    ...(changes === 0 && !changesRows ? [idle] : []),
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
