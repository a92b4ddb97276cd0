import type { Tree } from "../model/ports.ts";
import type { CodeOwners } from "./facts.ts";
import { textAt } from "./text-at.ts";

/** The first that is there counts. */
export const codeOwnersFiles = [".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS"] as const;

/** Reads the CODEOWNERS that GitHub would read. */
export function readCodeOwners(tree: Tree): CodeOwners | undefined {
  for (const file of codeOwnersFiles) {
    const text = textAt(tree, file);
    if (text !== undefined) return { file, rules: text.split("\n").flatMap(rule) };
  }
  return undefined;
}

function rule(text: string, index: number): CodeOwners["rules"] {
  // A space or # that belongs to a name is escaped.
  const [pattern, ...owners] = text
    .replace(/(?<!\\)#.*$/, "")
    .trim()
    .split(/(?<!\\)\s+/);
  if (pattern === undefined || pattern === "") return [];
  return [{ pattern: pattern.replace(/\\([ #])/g, "$1"), owners, line: index + 1 }];
}

/** Who has to review a change of this file; nobody where no pattern matches, or the last one that does names nobody. */
export function ownersOf({ rules }: CodeOwners, path: string): readonly string[] {
  return rules.findLast(({ pattern }) => expression(pattern).test(path))?.owners ?? [];
}

/** As in `.gitignore`: what has a `/` before its end is meant from the root; a folder is meant with all that lies in it, but `docs/*` without folders. */
function expression(pattern: string): RegExp {
  const anchored = /\/./.test(pattern);
  const source = pattern
    .replace(/^\//, "")
    .replace(/\/$/, "")
    .replace(/\*\*\/|\*\*|\*|\?|[.+^$(){}|[\]\\]/g, (part) => wildcards[part] ?? `\\${part}`);
  const end = pattern.endsWith("/") ? "/.*" : pattern.endsWith("/*") ? "" : "(?:/.*)?";
  return new RegExp(`^${anchored ? "" : "(?:.*/)?"}${source}${end}$`, "u");
}

const wildcards: { readonly [wildcard: string]: string } = {
  "**/": "(?:.*/)?",
  "**": ".*",
  "*": "[^/]*",
  "?": "[^/]",
};
