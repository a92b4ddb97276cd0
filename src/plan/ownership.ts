import picomatch from "picomatch";
import type { Mistake } from "../model/report.ts";
import { nearest } from "./mistakes.ts";
import type { ReadPlan } from "./read.ts";

/** What of a tree belongs to one phase. */
export interface Owned {
  /** File names in the migrations folder, in running order. */
  readonly migrations: readonly string[];
  /** Paths, sorted. */
  readonly files: readonly string[];
}

export interface Ownership {
  /** By phase id, for every phase of the plan. */
  readonly phases: ReadonlyMap<string, Owned>;
  /** Migrations that no phase owns, in running order. */
  readonly unclaimed: readonly string[];
  readonly mistakes: readonly Mistake[];
}

/**
 * Tells which phase owns which migrations and files.
 *
 * @param migrations file names in the migrations folder, in running order
 * @param files paths of the tree
 */
export function ownership({ plan, at }: ReadPlan, migrations: readonly string[], files: readonly string[]): Ownership {
  const owner = new Map<string, string>();
  const mistakes: Mistake[] = [];
  const phases = new Map<string, Owned>();

  plan.phases.forEach((phase, index) => {
    const place = at(["phases", index, "owns", "migrations"]);
    const unmatched: Mistake[] = [];
    const claimed = new Set<string>();
    const claim = (names: readonly string[]) => {
      for (const name of names) {
        const other = owner.get(name);
        if (other !== undefined && other !== phase.id) {
          mistakes.push({
            place,
            message: `The migration ${name} belongs to ${other} and to ${phase.id}.`,
            help: "Narrow one of the globs: every migration has one phase.",
          });
        }
        owner.set(name, phase.id);
        claimed.add(name);
      }
    };

    const owned = phase.owns.migrations;
    if (Array.isArray(owned)) {
      owned.forEach((glob, item) => {
        const matched = migrations.filter(matches(glob));
        if (matched.length === 0)
          unmatched.push({
            place: at(["phases", index, "owns", "migrations", item]),
            message: `\`${glob}\` matches no file in ${plan.migrations.dir}/.`,
            help: `Correct the glob, or add the migration of ${phase.id}.`,
          });
        claim(matched);
      });
    } else if (owned) {
      const last = migrations.findIndex((name) => name === owned.through || stem(name) === owned.through);
      // What it would own hangs on that one, so there is nothing to wait for.
      if (last < 0)
        mistakes.push({
          place: at(["phases", index, "owns", "migrations", "through"]),
          message: `\`through: ${owned.through}\` names no migration in ${plan.migrations.dir}/.`,
          help: meant(owned.through, migrations),
        });
      claim(migrations.slice(0, last + 1).filter((name) => !owner.has(name)));
    }

    const ownFiles = new Set<string>();
    (phase.owns.files ?? []).forEach((glob, item) => {
      const matched = files.filter(matches(glob));
      if (matched.length === 0)
        unmatched.push({
          place: at(["phases", index, "owns", "files", item]),
          message: `\`${glob}\` matches no file.`,
          help: `Correct the glob, or add the file of ${phase.id}.`,
        });
      for (const file of matched) ownFiles.add(file);
    });

    phases.set(phase.id, { migrations: migrations.filter((name) => claimed.has(name)), files: [...ownFiles].sort() });
    // Of a phase that nobody has begun there is nothing to match yet.
    if (claimed.size > 0 || ownFiles.size > 0) mistakes.push(...unmatched);
  });

  const unclaimed = migrations.filter((name) => !owner.has(name));
  const gone = migrations.length > 0 ? undefined : noFolder({ plan, at }, files, mistakes.length > 0);
  // Where there is no folder, nothing else can be right about its migrations.
  return { phases, unclaimed, mistakes: gone ? [gone] : mistakes };
}

/** The folder of the migrations is not there, and something asks for it. */
function noFolder(
  { plan, at }: Pick<ReadPlan, "plan" | "at">,
  files: readonly string[],
  asked: boolean,
): Mistake | undefined {
  const { dir } = plan.migrations;
  if (!plan.phases.some(({ owns }) => owns.migrations)) return undefined;
  const folders = [
    ...new Set(files.flatMap((file) => (file.includes("/") ? [file.slice(0, file.lastIndexOf("/"))] : []))),
  ];
  if (folders.some((folder) => folder === dir || folder.startsWith(`${dir}/`))) return undefined;
  // A plan may be there before its first migration.
  if (!asked) return undefined;
  const near = nearest(dir, folders);
  return {
    place: at(["migrations", "dir"]),
    message: `\`migrations.dir\` is \`${dir}\`, and there is no such folder.`,
    help: near === undefined ? "Write the folder that holds the migrations." : `Did you mean \`${near}\`?`,
  };
}

/** A migration's name without its extension. */
const stem = (name: string): string => name.replace(/\.[^.]+$/, "");

/** Which of the migrations somebody most likely meant; its number may have been left out. */
function meant(given: string, migrations: readonly string[]): string {
  const names = migrations.map(stem);
  const bare = names.map((name) => name.replace(/^\d+[_-]/, ""));
  const near = nearest(given, names) ?? names[bare.indexOf(nearest(stem(given), bare) ?? "")];
  return near === undefined
    ? "Write the name of a migration that is there; for those to come, write globs."
    : `Did you mean \`${near}\`?`;
}

/** Matches as the plan's globs do: `*` stays inside a folder, dot files count. */
export const matches = (glob: string): ((path: string) => boolean) => {
  const match = picomatch(glob, { dot: true, nonegate: true });
  return (path) => match(path);
};
