/** Which files `reversible` loads rows from, for which migration. */

import picomatch from "picomatch";
import { z } from "zod";
import { path } from "./params.ts";

export const load = z.union([
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

/** The file's name: what follows the last slash. */
export const fileName = (file: string): string => file.slice(file.lastIndexOf("/") + 1);

/** Files for one migration, in the order of the plan. */
export const filesFor = (given: Load | undefined, migration: string): readonly string[] =>
  typeof given === "string"
    ? [given]
    : (given ?? []).filter((entry) => picomatch.isMatch(fileName(migration), entry.for)).map((entry) => entry.load);
