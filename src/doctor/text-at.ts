import type { Tree } from "../model/ports.ts";

/** The text of a file; `undefined` where there is none, or none that GitHub would read: a symbolic link, another encoding. */
export function textAt(tree: Tree, path: string): string | undefined {
  try {
    return tree.read(path);
  } catch {
    return undefined;
  }
}
