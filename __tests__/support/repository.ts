import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** A git repository to try things in; always the same commits for the same files. */
export interface Repository {
  readonly root: string;
  /** @returns what git prints, without the last line end */
  git(...args: readonly string[]): string;
  write(path: string, content: string | Uint8Array): void;
  remove(path: string): void;
  /** Commits everything that is there. @returns the commit */
  commit(message?: string): string;
  /** Clones it into a new folder beside it, as from another machine. */
  clone(...options: readonly string[]): Repository;
  /** Adds a further checkout of a commit beside it. */
  worktree(commit: string): Repository;
  /** Removes it, with its clones and worktrees. */
  dispose(): void;
}

const date = "2026-01-05T10:00:00Z";

/** Nothing of this machine's or a hook's settings. */
export const gitEnvironment: NodeJS.ProcessEnv = {
  PATH: process.env.PATH,
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_AUTHOR_NAME: "Ada",
  GIT_AUTHOR_EMAIL: "ada@example.org",
  GIT_AUTHOR_DATE: date,
  GIT_COMMITTER_NAME: "Ada",
  GIT_COMMITTER_EMAIL: "ada@example.org",
  GIT_COMMITTER_DATE: date,
};

export type Files = { readonly [path: string]: string | Uint8Array };

/** An empty repository on the branch `main`, with these files committed where there are any. */
export function repository(files: Files = {}): Repository {
  const place = realpathSync(mkdtempSync(join(tmpdir(), "phasegate-repository-")));
  let beside = 0;

  const at = (root: string): Repository => {
    const git = (...args: readonly string[]): string =>
      execFileSync("git", args, { cwd: root, env: gitEnvironment, encoding: "utf8", stdio: "pipe" }).replace(/\n$/, "");
    const next = (): string => {
      beside += 1;
      return join(place, `beside-${beside}`);
    };
    return {
      root,
      git,
      write: (path, content) => {
        mkdirSync(dirname(join(root, path)), { recursive: true });
        writeFileSync(join(root, path), content);
      },
      remove: (path) => rmSync(join(root, path), { recursive: true }),
      commit: (message = "a commit") => {
        git("add", "--all");
        git("commit", "--quiet", "--allow-empty", "--message", message);
        return git("rev-parse", "HEAD");
      },
      clone: (...options) => {
        const folder = next();
        git("config", "uploadpack.allowFilter", "true");
        git("clone", "--quiet", ...options, `file://${root}`, folder);
        return at(folder);
      },
      worktree: (commit) => {
        const folder = next();
        git("worktree", "add", "--quiet", "--detach", folder, commit);
        return at(folder);
      },
      dispose: () => rmSync(place, { recursive: true, force: true }),
    };
  };

  const root = join(place, "root");
  mkdirSync(root);
  const made = at(root);
  made.git("init", "--quiet", "--initial-branch", "main");
  for (const [path, content] of Object.entries(files)) made.write(path, content);
  if (Object.keys(files).length > 0) made.commit();
  return made;
}
