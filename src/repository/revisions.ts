import type { History } from "../model/ports.ts";
import { askGit, isHash, lineOf, refusalOf, toldByGit } from "./git-command.ts";

/** The commits of a repository, and how they hang together. */
export function revisions(
  root: string,
  shallow: boolean,
): Pick<History, "commit" | "defaultBase" | "mergeBase" | "ahead" | "parents"> {
  const deepen = shallow ? ` ${deepenClone}` : "";
  return {
    commit: (revision) => {
      // What begins with a dash is no revision, and no argument of a process has a NUL.
      if (/^-|\0/.test(revision)) return { none: `\`${revision.replaceAll("\0", "␀")}\` names no commit.` };
      const answer = askGit(root, ["rev-parse", "--verify", "--end-of-options", `${revision}^{commit}`]);
      const commit = lineOf(answer.status === "no-program" ? Buffer.of() : answer.out);
      if (answer.status !== "answered" || !isHash(commit))
        return { none: `There is no commit ${revision} here.${deepen}` };
      const isShort = !revision.startsWith("refs/");
      const meant = isShort && /is ambiguous/.test(answer.aside) ? refsCalled(root, revision) : [];
      if (new Set(meant.map(({ id }) => id)).size < 2) return { commit };
      return {
        none: `${revision} names several commits: ${meant.map(({ ref }) => ref).join(", ")}. Give one of these names.`,
      };
    },

    defaultBase: () => {
      const head = "refs/remotes/origin/HEAD";
      const usual = ["refs/remotes/origin/main", "refs/remotes/origin/master"];
      const here = refsAt(root, [head, ...usual]);
      const pointed = here.find(({ ref }) => ref === head);
      if (pointed) return named(pointed.symref || head, pointed);
      const [only, ...others] = here;
      if (only && others.length === 0) return named(only.ref, only);
      const found = only
        ? "origin/HEAD is not here, and there are both origin/main and origin/master"
        : "there is no origin/HEAD, origin/main or origin/master here";
      return { none: `Nothing says what this branch goes into: ${found}.${only ? "" : deepen}` };
    },

    mergeBase: (a, b) => {
      const answer = askGit(root, ["merge-base", ...whole(a, b)]);
      if (answer.status === "answered") return { commit: lineOf(answer.out).split("\n")[0] ?? "" };
      const [from, to] = [a.slice(0, 10), b.slice(0, 10)];
      if (answer.status === "refused" && answer.code !== 1)
        return { none: `${refusalOf(["merge-base"], answer.said)}.${deepen}` };
      return { none: `${from} and ${to} have no commit in common${shallow ? " in this clone" : ""}.${deepen}` };
    },

    ahead: (a, b) => {
      const [of, without] = whole(a, b);
      return Number(lineOf(toldByGit(root, ["rev-list", "--count", of, `^${without}`, "--"])));
    },

    // The commit itself is asked: `rev-list` would know no parents where a shallow clone ends.
    parents: (commit) => {
      const [head = ""] = toldByGit(root, ["cat-file", "commit", ...whole(commit)])
        .toString("utf8")
        .split("\n\n");
      return [...head.matchAll(/^parent ([0-9a-f]+)$/gm)].map(([, id = ""]) => id);
    },
  };
}

export const deepenClone =
  "This clone is shallow: `fetch-depth: 0` for actions/checkout, or `git fetch --unshallow origin '+refs/heads/*:refs/remotes/origin/*'`, brings the rest.";

/** @throws what is no whole hash */
export function whole<const Ids extends readonly string[]>(...ids: Ids): Ids {
  for (const id of ids) if (!isHash(id)) throw new Error(`${id} is no whole hash of a commit`);
  return ids;
}

interface Ref {
  readonly ref: string;
  readonly id: string;
  /** What it stands for, where it is the name of a name; empty otherwise. */
  readonly symref: string;
}

const named = (ref: string, { id }: Ref) => ({ name: ref.replace("refs/remotes/", ""), commit: id });

/** Those of the refs that are here and name a commit. */
function refsAt(root: string, refs: readonly string[]): readonly Ref[] {
  const format = "%(refname)%00%(objecttype)%00%(objectname)%00%(*objecttype)%00%(*objectname)%00%(symref)";
  const out = toldByGit(root, ["for-each-ref", `--format=${format}`, "--", ...refs]).toString("utf8");
  return out.split("\n").flatMap((line): readonly Ref[] => {
    const [ref = "", type, id = "", taggedType, tagged = "", symref = ""] = line.split("\0");
    if (!refs.includes(ref)) return [];
    if (type === "commit") return [{ ref, id, symref }];
    return taggedType === "commit" ? [{ ref, id: tagged, symref }] : [];
  });
}

/** What a short name can mean. */
const refsCalled = (root: string, name: string): readonly Ref[] =>
  refsAt(root, [name, ...["", "tags/", "heads/", "remotes/"].map((kind) => `refs/${kind}${name}`)]);
