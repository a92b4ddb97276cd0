/** Where a plan does not fit the tree that it is to judge. */

import type { Migration } from "../migration/list.ts";
import { overlay, type Tree } from "../model/ports.ts";
import type { Mistake } from "../model/report.ts";
import { type Ownership, ownership } from "../plan/ownership.ts";
import type { ReadPlan } from "../plan/read.ts";
import type { Against, NamesOf } from "./change.ts";

export interface Misfits {
  /** Nothing can be judged. */
  readonly mistakes: readonly Mistake[];
  /** Globs that match nothing only because the change deletes what they matched, which is told as what it is. */
  readonly emptied: readonly Mistake[];
}

export function misfits(
  read: ReadPlan,
  owned: Ownership,
  tree: Tree,
  migrations: readonly Pick<Migration, "path">[],
  against: Against | undefined,
  namesOf: NamesOf,
): Misfits {
  const unread = unreadable(tree, migrations);
  if (unread.length > 0) return { mistakes: unread, emptied: [] };
  const deleted = (against?.changes ?? []).filter(({ how }) => how === "deleted").map(({ path }) => path);
  if (owned.mistakes.length === 0 || deleted.length === 0) return { mistakes: owned.mistakes, emptied: [] };
  const whole = overlay(tree, Object.fromEntries(deleted.map((path) => [path, ""])));
  const { mistakes } = ownership(read, namesOf(whole), whole.list());
  return mistakes.length > 0 ? { mistakes, emptied: [] } : { mistakes, emptied: owned.mistakes };
}

/** A migration that is a link, or no text, is none that anybody could have read and approved. */
function unreadable(tree: Tree, migrations: readonly Pick<Migration, "path">[]): readonly Mistake[] {
  return migrations.flatMap(({ path }): readonly Mistake[] => {
    try {
      tree.read(path);
      return [];
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      return [{ message: `${why}.`, help: "A migration is a UTF-8 text file.", place: { file: path, line: 1 } }];
    }
  });
}
