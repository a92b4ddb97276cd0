/** Reviews from a recorded file: for tests and trials. The report says that they come from there. */

import { execFileSync } from "node:child_process";
import { readFileSync, realpathSync } from "node:fs";
import { z } from "zod";
import type { Approvals, Reviews } from "../model/ports.ts";

const login = z.string().regex(/^@[\w-]+(\[bot\])?$/, { error: "is no login; write `@name`" });
const commit = z.string().regex(/^[0-9a-f]{40}([0-9a-f]{24})?$/, { error: "is no commit; write its whole hash" });
const team = z.string().regex(/^@[\w-]+\/[\w.-]+$/, { error: "is no team; write `@organization/team`" });

const recording = z.strictObject({
  author: login,
  head: commit,
  reviews: z.array(
    z.strictObject({
      reviewer: login,
      commit,
      state: z.enum(["approved", "changes-requested", "commented", "dismissed"]),
    }),
  ),
  teams: z.record(team, z.array(login)).default({}),
});

/**
 * Reads a recording.
 * @param root the checkout; where git knows its commit, reviews of another one are of another tree
 * @returns the approvals, or in words what is wrong with the file
 */
export function recorded(file: string, root: string): Approvals | { readonly mistake: string } {
  const read = readRecording(file);
  if ("mistake" in read) return read;
  const { reviews } = read;
  const head = headOf(root);
  const unchecked = head === undefined ? " No git is there to say whether they are of this commit." : "";
  return {
    source: `Approvals come from a recorded file (${file}), and from no pull request.${unchecked}`,
    async ask(teams) {
      if (head !== undefined && head !== reviews.head) {
        return {
          none: `${file} was recorded for commit ${short(reviews.head)}, and the checkout is at ${short(head)}`,
        };
      }
      const unknown = teams.filter((name) => !Object.hasOwn(reviews.teams, name));
      if (unknown.length > 0) throw new Error(`${file} does not say who belongs to ${unknown.join(", ")}.`);
      return reviews;
    },
  };
}

function readRecording(file: string): { readonly reviews: Reviews } | { readonly mistake: string } {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    return { mistake: `${file} cannot be read: ${error instanceof Error ? error.message : String(error)}` };
  }
  const parsed = recording.safeParse(value);
  if (parsed.success) return { reviews: parsed.data };
  const [issue] = parsed.error.issues;
  const at = issue?.path.join(".") ?? "";
  return { mistake: `${file} is no recording of reviews: ${at === "" ? "it" : `\`${at}\``} ${issue?.message ?? ""}` };
}

const short = (commit: string): string => commit.slice(0, 10);

/** `undefined` where the folder is not the top of a checkout, or git is not there. */
function headOf(root: string): string | undefined {
  const git = (...args: readonly string[]): string =>
    execFileSync("git", args, { cwd: root, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trimEnd();
  try {
    return realpathSync(git("rev-parse", "--show-toplevel")) === realpathSync(root)
      ? git("rev-parse", "--verify", "HEAD")
      : undefined;
  } catch {
    // No git, no repository, or no commit yet: nothing to compare with, which the report says.
    return undefined;
  }
}
