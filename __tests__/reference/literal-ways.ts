import { readdirSync, readFileSync } from "node:fs";
import type { Project } from "../support/project.ts";

/** How the faults of the requirements' own SQL are put into a copy of the reference project, and what a row of their table says. */

export const migrations = {
  rls: "migrations/20251112093000000_enable-row-level-security.sql",
  "4A": "migrations/20251113120000000_enhance-allocation-schema.sql",
  "4B": "migrations/20251114120000000_add-sum-equality-validation.sql",
  "4C": "migrations/20251115120000000_enhance-revenue-ledger.sql",
  "5A": "migrations/20251116120000000_shape-read-models-by-contract.sql",
  "5B": "migrations/20251117120000000_keep-justified-indexes.sql",
} as const;

/** Does something to a copy of the reference project. */
export type Put = (project: Project) => void;

/** Gates, and for each what some finding of it says. */
export type Red = Readonly<Record<string, readonly [RegExp, ...RegExp[]]>>;

/** One way back to a fault: ours with this and nothing else changed. */
export interface Way {
  /** Completes "with …". */
  readonly name: string;
  readonly put: Put;
  /** The gates that turn red, of those that are run, and no others. */
  readonly red: Red;
}

/** One fault of the requirements' own SQL. */
export interface Point {
  readonly number: number;
  readonly fault: string;
  /** What turns red because of it with all of the requirements' SQL in place of ours; absent where another fault of it hides this one. */
  readonly literally?: Red;
  readonly alone: readonly Way[];
}

const fixtures = new URL("literal/", import.meta.url);

/** The requirements' own SQL in place of ours, in every phase that has a migration. */
export const literal: Put = (project) => {
  for (const file of readdirSync(fixtures)) {
    project.edit(`migrations/${file}`, () => readFileSync(new URL(file, fixtures), "utf8"));
  }
};

/** One passage replaced by another, or all of them where the pattern is global. That there is none is an error. */
export const swap =
  (path: string, from: string | RegExp, to: string): Put =>
  (project) =>
    project.edit(path, (text) => text.replace(from, () => to));

/** More at the end of the up. */
export const upEndsWith = (path: string, sql: string): Put =>
  swap(path, "-- Down Migration", `${sql};\n\n-- Down Migration`);

export const all =
  (...puts: readonly Put[]): Put =>
  (project) => {
    for (const put of puts) put(project);
  };

/** A migrating role that row level security hides every row from, and migrations that are not told to mind. */
export const migratorThatSeesNoRows: Put = all(
  swap("phasegate.yml", "bypassrls: true", "bypassrls: false"),
  ...(["4A", "4B", "4C", "5A"] as const).map((phase) =>
    swap(migrations[phase], /^ *SET (LOCAL )?row_security = off;?\n/gm, ""),
  ),
);
