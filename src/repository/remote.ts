/** What origin has and this clone lacks. The only calls of git that use the network. */

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Answer, askGit, isHash, refusalOf } from "./git-command.ts";

/** How git shows itself to origin; it is in no argument and no environment, which other programs could read. */
export interface Credentials {
  /** `https://github.com` */
  readonly server: string;
  readonly token: string;
}

/** The commit that a ref names at origin now; `none`: why nobody can say. */
export function tipAtOrigin(
  root: string,
  ref: string,
  credentials?: Credentials,
): { readonly commit: string } | { readonly none: string } {
  const args = ["ls-remote", "--exit-code", "origin", ref];
  const answer = overNetwork(root, args, credentials);
  if (answer.status === "no-program") return { none: "there is no git program here" };
  if (answer.status === "refused")
    return { none: answer.code === 2 ? `origin has no ${ref}` : refusalOf(args, answer.said) };
  const lines = answer.out.toString("utf8").split("\n");
  const commit = lines.map((line) => line.split("\t")).find(([, name]) => name === ref)?.[0] ?? "";
  return isHash(commit) ? { commit } : { none: `origin has no ${ref}` };
}

/**
 * Brings commits to this clone: their files alone, or with all of their history.
 * @returns why it could not be done; `undefined` where it was
 */
export function fetched(
  root: string,
  commits: readonly string[],
  how: "files" | "history",
  credentials?: Credentials,
): string | undefined {
  // A complete clone is never made a shallow one.
  const depth = isShallow(root) ? [how === "history" ? "--unshallow" : "--depth=1"] : [];
  const args = ["fetch", "--no-tags", "--no-recurse-submodules", "--no-write-fetch-head", "--quiet", ...depth];
  const answer = overNetwork(root, [...args, "origin", ...commits], credentials);
  if (answer.status === "answered") return undefined;
  return answer.status === "no-program" ? "there is no git program here" : refusalOf(args, answer.said);
}

/** Whether a part of its history is not in this clone. */
export function isShallow(root: string): boolean {
  const answer = askGit(root, ["rev-parse", "--is-shallow-repository"]);
  return answer.status === "answered" && answer.out.toString("utf8").trim() === "true";
}

/** Whether the files of a commit are here. */
export const hasCommit = (root: string, commit: string): boolean =>
  askGit(root, ["cat-file", "-e", `${commit}^{tree}`]).status === "answered";

function overNetwork(root: string, args: readonly string[], credentials: Credentials | undefined): Answer {
  if (!credentials) return askGit(root, args, { network: true });
  const place = mkdtempSync(join(process.env.RUNNER_TEMP ?? tmpdir(), "phasegate-"));
  try {
    const file = join(place, "config");
    writeFileSync(file, headerFor(credentials), { mode: 0o600 });
    return askGit(root, ["-c", `include.path=${file}`, ...args], { network: true });
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

/** The first line forgets what the checkout may have kept: GitHub refuses two headers. */
function headerFor({ server, token }: Credentials): string {
  const header = Buffer.from(`x-access-token:${token}`, "utf8").toString("base64");
  return `[http ${JSON.stringify(`${server}/`)}]\n\textraheader =\n\textraheader = AUTHORIZATION: basic ${header}\n`;
}
