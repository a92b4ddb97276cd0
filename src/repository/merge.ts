import { askGit, fieldsOf, refusalOf, textPath } from "./git-command.ts";
import { deepenClone, whole } from "./revisions.ts";

/**
 * Merges two commits as `git merge` does, without a checkout; what it gives is written into the repository, where nothing
 * names it.
 * @throws where they cannot be merged at all: unrelated, or not in this clone
 */
export function mergedTree(
  root: string,
  ours: string,
  theirs: string,
  shallow: boolean,
): { readonly id: string } | { readonly conflicts: readonly string[] } {
  const args = ["merge-tree", "--write-tree", "--name-only", "--messages", "-z", ...whole(ours, theirs)];
  const answer = askGit(root, args);
  if (answer.status === "no-program") throw new Error("there is no git program here");
  const [id = "", ...rest] = fieldsOf(answer.out);
  if (answer.status === "answered") return { id };
  if (answer.code === 1) return { conflicts: conflictsOf(rest) };
  // Before 2.38 it knows no such option.
  const old = answer.code === 129 ? "; git 2.38 or newer is asked" : "";
  throw new Error(`${refusalOf(args, answer.said)}${old}${shallow ? `. ${deepenClone}` : ""}`);
}

/** Paths, an empty field, then messages: how many paths, the paths, its kind, its text. Some conflicts are told as messages alone. */
function conflictsOf(fields: readonly string[]): readonly string[] {
  const end = fields.indexOf("");
  const paths = new Set(fields.slice(0, end < 0 ? fields.length : end));
  const messages = end < 0 ? [] : fields.slice(end + 1);
  for (let at = 0; at < messages.length; ) {
    const count = Number(messages[at]);
    if (!Number.isInteger(count)) break;
    const kind = messages[at + count + 1] ?? "";
    if (kind.startsWith("CONFLICT")) for (const path of messages.slice(at + 1, at + 1 + count)) paths.add(path);
    at += count + 3;
  }
  return [...paths].map(textPath).sort();
}
