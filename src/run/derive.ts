/** Writes what checks derive, before anything is judged: so the run judges what it wrote. */

import { ConnectionLost, type Laboratory, overlay, type Tree } from "../model/ports.ts";
import type { Assignment } from "./assign.ts";
import type { World } from "./ports.ts";

/**
 * Derives the files of every check that derives some, and writes those that are not in the tree as they should be.
 * @returns the tree as it is afterwards
 * @throws ConnectionLost; what the writer throws; where two checks derive one file differently
 */
export async function writeDerived(
  assignments: readonly Assignment[],
  world: Pick<World, "tree" | "writer" | "progress">,
  laboratory: Laboratory,
): Promise<Tree> {
  const { tree, writer, progress } = world;
  if (!writer) return tree;
  const derived = new Map<string, string>();
  for (const { claim, subject } of assignments) {
    const { kind, params } = claim;
    if (kind.looksAt !== "laboratory" || !kind.derives) continue;
    const files = await kind.derives({ laboratory, tree, subject }, params).catch((error: unknown) => {
      if (error instanceof ConnectionLost) throw error;
      // The check looks at the same, and is told to be errored with the same words.
      return [];
    });
    for (const { path, text } of files) {
      if ((derived.get(path) ?? text) !== text)
        throw new Error(`Two checks of the plan derive ${path}, and each something else.`);
      derived.set(path, text);
    }
  }
  const changed = [...derived].filter(([path, text]) => tree.read(path) !== text);
  for (const [path, text] of changed) {
    writer.write(path, text);
    progress({ kind: "written", file: path });
  }
  return overlay(tree, Object.fromEntries(changed));
}
