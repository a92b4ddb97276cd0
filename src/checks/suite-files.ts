import picomatch from "picomatch";
import type { Tree } from "../model/ports.ts";

export interface MatchedFiles {
  /** Sorted, each once. */
  readonly paths: readonly string[];
  /** Globs that match no file. */
  readonly unmatched: readonly string[];
}

export const filesOf = (glob: string, tree: Tree): readonly string[] =>
  tree.list().filter((file) => picomatch(glob, { dot: true })(file));

/** The SQL test files that globs name. */
export function matched(globs: readonly string[], tree: Tree): MatchedFiles {
  const byGlob = globs.map((glob) => ({ glob, paths: filesOf(glob, tree) }));
  return {
    paths: [...new Set(byGlob.flatMap(({ paths }) => paths))].sort(),
    unmatched: byGlob.filter(({ paths }) => paths.length === 0).map(({ glob }) => glob),
  };
}
