/** How git is called: no shell, no network unless it is asked for, no program of its configuration but what converts files. */

import { spawnSync } from "node:child_process";

export type Answer =
  /** `aside`: what it said besides, such as that a name is ambiguous. */
  | { readonly status: "answered"; readonly out: Buffer; readonly aside: string }
  /** `said`: why, in git's words. */
  | { readonly status: "refused"; readonly code: number | null; readonly out: Buffer; readonly said: string }
  | { readonly status: "no-program" };

export interface Asking {
  readonly input?: string | Uint8Array;
  /** Another index than that of the checkout. */
  readonly index?: string;
  /** Origin may be asked. */
  readonly network?: boolean;
}

/** A transport that does not answer in this time is taken for one that never will. */
const networkMs = 600_000;

/** No blob that is asked for is larger. */
const maxBuffer = 2 ** 31 - 1;

/** Who is called by a hook finds variables that name the hook's repository, index and objects, which need not be those of the root. */
const keptVariables = /^(?!GIT_)|^GIT_(CONFIG|EXEC_PATH|CEILING_DIRECTORIES|DISCOVERY|TEST_ASSUME)/;

const variables = {
  // Replacements and grafts are a matter of this clone, and no part of the history.
  GIT_NO_REPLACE_OBJECTS: "1",
  GIT_GRAFT_FILE: "/dev/null",
  GIT_LITERAL_PATHSPECS: "1",
  GIT_OPTIONAL_LOCKS: "0",
  // A clone without all objects would fetch them; the second is for git before 2.39.5.
  GIT_NO_LAZY_FETCH: "1",
  GIT_ALLOW_PROTOCOL: "none",
  GIT_TERMINAL_PROMPT: "0",
  LC_ALL: "C",
};

/** What would give another answer in another clone of the same commits, or spare git a look at a file. */
const settings = Object.entries({
  "advice.graftFileDeprecated": "false",
  "core.checkStat": "default",
  "core.fsmonitor": "false",
  "core.hooksPath": "/dev/null",
  "core.quotePath": "false",
  "core.safecrlf": "false",
  "core.trustctime": "true",
  "core.untrackedCache": "false",
  "core.warnAmbiguousRefs": "true",
  "merge.directoryRenames": "conflict",
  "merge.renames": "true",
  "merge.renormalize": "false",
  "submodule.recurse": "false",
}).flatMap(([name, value]) => ["-c", `${name}=${value}`]);

/** Asks git in this folder; that it refuses is an answer. */
export function askGit(folder: string, args: readonly string[], { input = "", index, network }: Asking = {}): Answer {
  const kept = Object.entries(process.env).filter(([name]) => keptVariables.test(name));
  const { error, status, stdout, stderr } = spawnSync("git", [...settings, ...args], {
    cwd: folder,
    env: {
      ...Object.fromEntries(kept),
      ...variables,
      ...(index === undefined ? {} : { GIT_INDEX_FILE: index }),
      ...(network ? { GIT_ALLOW_PROTOCOL: "file:http:https:ssh" } : {}),
    },
    ...(network ? { timeout: networkMs } : {}),
    input,
    maxBuffer,
    windowsHide: true,
  });
  if (error && "code" in error && error.code === "ENOENT") return { status: "no-program" };
  // It may end before it has read everything.
  if (error && !("code" in error && error.code === "EPIPE")) throw error;
  const words = stderr.toString("utf8").trim();
  if (status === 0) return { status: "answered", out: stdout, aside: words };
  return { status: "refused", code: status, out: stdout, said: words };
}

/** What git answers. @throws where it refuses, with its words */
export function toldByGit(folder: string, args: readonly string[], asking?: Asking): Buffer {
  const answer = askGit(folder, args, asking);
  if (answer.status === "answered") return answer.out;
  throw new Error(answer.status === "refused" ? refusalOf(args, answer.said) : "there is no git program here");
}

/** Git's refusal as a sentence; where this clone lacks objects, with the way to get them. */
export function refusalOf([command = ""]: readonly string[], said: string): string {
  const reason = said.split("\n").find((line) => /^(fatal|error): /.test(line)) ?? said.split("\n")[0] ?? "";
  const help = isPartial(said) ? `; ${completeClone}` : "";
  return `git ${command}: ${reason.replace(/^(fatal|error): /, "")}${help}`;
}

export const isPartial = (said: string): boolean => /promisor|lazy fetch/.test(said);

export const completeClone =
  "this clone is partial: `git fetch --refetch --no-filter`, or no `filter` for actions/checkout, brings the rest";

/** One line that git answers. */
export const lineOf = (out: Buffer): string => out.toString("utf8").replace(/\n$/, "");

/**
 * A path as git keeps it: bytes, each of them a character. Two paths that are not UTF-8 would be the same text, and
 * could not be told apart.
 */
export type RawPath = string;

/** What `-z` ends with NUL. */
export const fieldsOf = (out: Buffer): readonly RawPath[] => {
  const fields = out.toString("latin1").split("\0");
  return fields.slice(0, -1);
};

export const textPath = (path: RawPath): string => Buffer.from(path, "latin1").toString("utf8");
export const isText = (path: RawPath): boolean => Buffer.from(textPath(path), "utf8").toString("latin1") === path;

/** Whether it is a whole hash, and so nothing that git could take for an option, a name or a path. */
export const isHash = (text: string): boolean => /^([0-9a-f]{40}|[0-9a-f]{64})$/.test(text);
