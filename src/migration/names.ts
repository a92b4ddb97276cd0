/** What the names in a folder of migrations do to their order and to node-pg-migrate. */

import type { Finding } from "../model/report.ts";
import { extension, fileName, type Migration, numericPrefix } from "./list.ts";

export type NameTrap =
  | "program"
  | "unknown-extension"
  | "no-prefix"
  | "no-date"
  | "same-prefix"
  | "same-name"
  | "only-case-differs"
  | "paired-file"
  | "odd-name";

/** What node-pg-migrate hands to its loader of programs. */
const programs = [".js", ".ts", ".cjs", ".mjs", ".cts", ".mts"];

/**
 * Every trap in the names of the migrations of one folder, in running order.
 * @param allowPrograms what the plan's `programs` says
 */
export function nameTraps(migrations: readonly Migration[], allowPrograms: boolean): readonly Finding[] {
  return migrations.flatMap((migration, index) => {
    const earlier = migrations.slice(0, index);
    return [...ofItself(migration, allowPrograms), ...besideOthers(migration, earlier)].map((trap) => ({
      ...trap,
      place: { file: migration.path, line: 1 },
    }));
  });
}

type Named = Omit<Finding, "place"> & { readonly code: NameTrap };

function ofItself({ path, name, kind }: Migration, allowPrograms: boolean): readonly Named[] {
  const file = fileName(path);
  const suffix = extension(file);
  const prefix = numericPrefix(file);
  const traps: Named[] = [];
  if (kind === "program" && !programs.includes(suffix.toLowerCase())) {
    traps.push({
      code: "unknown-extension",
      message: `${file} is no .sql file, and node-pg-migrate would execute it as JavaScript; every file of the folder is a migration to it.`,
      help: "Move it out of the migrations folder, or begin its name with a dot.",
    });
  } else if (kind === "program" && !allowPrograms) {
    traps.push({
      code: "program",
      message: `${file} is a program of the change; the plan refuses programs.`,
      help: "Write the migration in SQL, or let the plan say `policy: { programs: allow }`.",
    });
  }
  if (prefix === undefined) {
    traps.push({
      code: "no-prefix",
      message: `${file} does not begin with a number, and node-pg-migrate cannot order it: it would run nothing at all.`,
      help: "Begin the name with a UTC timestamp of 17 digits, such as 20251112090000000_name.sql.",
    });
  } else if (Number.isNaN(prefix)) {
    traps.push({
      code: "no-date",
      message: `${file} begins with 17 digits that are no date, so node-pg-migrate orders it by its text and not by time.`,
      help: "Write a real UTC date: year, month, day, hours, minutes, seconds, milliseconds.",
    });
  }
  if (/\.(up|down)\.sql$/i.test(file)) {
    traps.push({
      code: "paired-file",
      message: `${file} looks like one half of a pair; node-pg-migrate takes each of the two for a migration of its own and runs both as up.`,
      help: "Put both parts into one file, under `-- Up Migration` and `-- Down Migration`.",
    });
  }
  if (!/^[\w.+-]+$/.test(name) || name.length > 255) {
    traps.push({
      code: "odd-name",
      message: `${file} holds characters that node-pg-migrate puts into its own SQL unquoted, or is longer than 255; letters, digits and . _ + - were asked.`,
      help: "Rename the file.",
    });
  }
  return traps;
}

function besideOthers({ path, name }: Migration, earlier: readonly Migration[]): readonly Named[] {
  const file = fileName(path);
  const traps: Named[] = [];
  const sameName = earlier.find((other) => other.name === name);
  if (sameName) {
    traps.push({
      code: "same-name",
      message: `${file} and ${fileName(sameName.path)} have the same name but for the extension; pgmigrations records both as ${name}, so one never runs.`,
      help: "Rename one of them.",
    });
  }
  const sameCase = earlier.find((other) => other.path !== path && other.path.toLowerCase() === path.toLowerCase());
  if (sameCase) {
    traps.push({
      code: "only-case-differs",
      message: `${file} and ${fileName(sameCase.path)} differ by case only; they are one file where the file system ignores case.`,
      help: "Rename one of them.",
    });
  }
  const prefix = numericPrefix(file);
  const samePrefix = earlier.find((other) => prefix !== undefined && numericPrefix(fileName(other.path)) === prefix);
  if (samePrefix && !sameName) {
    traps.push({
      code: "same-prefix",
      message: `${file} and ${fileName(samePrefix.path)} begin with the same number; their order is left to the locale of the machine.`,
      help: "Give one of them a later number.",
    });
  }
  return traps;
}
