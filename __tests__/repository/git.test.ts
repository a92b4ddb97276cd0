import { execFileSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "@jest/globals";
import { history } from "../../src/repository/git.ts";
import { workingTree } from "../../src/repository/working-tree.ts";
import { type Files, gitEnvironment, type Repository, repository } from "../support/repository.ts";
import { opened, stagedIn } from "./opened.ts";

const made: (() => void)[] = [];
const environment = { ...process.env };
afterEach(() => {
  for (const dispose of made.splice(0)) dispose();
  for (const name of Object.keys(process.env)) if (!(name in environment)) delete process.env[name];
  Object.assign(process.env, environment);
});

function start(files: Files = { a: "1\n" }): Repository {
  const one = repository(files);
  made.push(one.dispose);
  return one;
}

function folder(): string {
  const one = realpathSync(mkdtempSync(join(tmpdir(), "phasegate-git-")));
  made.push(() => rmSync(one, { recursive: true, force: true }));
  return one;
}

/** Two branches that part after the first commit. @returns base, main, side */
function parted(on: Repository, main: Files, side: Files): readonly [base: string, main: string, side: string] {
  const base = on.git("rev-parse", "HEAD");
  const commit = (files: Files): string => {
    for (const [path, content] of Object.entries(files)) on.write(path, content);
    return on.commit();
  };
  const ours = commit(main);
  on.git("checkout", "-q", "-b", "side", base);
  return [base, ours, commit(side)];
}

/* Where there is a history. */

test("a folder outside of any repository has none", () => {
  expect(history(folder())).toEqual({ none: "no-git" });
});

test("a folder inside a repository is told where its top is", () => {
  const on = start({ "d/a": "1" });
  expect(history(join(on.root, "d"))).toEqual({
    none: "not-the-top",
    reason: `This folder is part of the repository at ${on.root}.`,
    help: expect.stringContaining("--plan"),
  });
});

test("git's own folder, and a repository without a checkout, have nothing to judge", () => {
  const on = start();
  expect(history(join(on.root, ".git"))).toMatchObject({ none: "refused", help: "Run at the top of a checkout." });
  expect(history(on.clone("--bare").root)).toMatchObject({ none: "refused", help: "Run at the top of a checkout." });
});

test("a repository that is broken is told apart from none", () => {
  const on = start();
  rmSync(join(on.root, ".git/HEAD"));
  expect(history(on.root)).toMatchObject({
    none: "refused",
    reason: expect.stringContaining("not a git repository"),
    help: expect.stringContaining("Repair"),
  });
});

test("a repository of somebody else is refused, with what to do", () => {
  const on = start();
  process.env.GIT_TEST_ASSUME_DIFFERENT_OWNER = "1";
  if (process.getuid?.() === 0) chownSync(on.root, 1, 1);
  expect(history(on.root)).toEqual({
    none: "refused",
    reason: `Git refuses to be asked here: detected dubious ownership in repository at '${on.root}'.`,
    help: `Say that you trust it: git config --global --add safe.directory '${on.root}'`,
  });
});

test("without a git program, a repository is told apart from none", () => {
  const on = start();
  process.env.PATH = folder();
  expect(history(folder())).toEqual({ none: "no-git" });
  expect(history(on.root)).toMatchObject({ none: "refused", help: expect.stringContaining("Install git") });
});

test("before the first commit there is no head", () => {
  const on = start({});
  on.write("a", "1");
  const git = opened(on.root);
  expect(git.head).toBeUndefined();
  expect(git.staged().tree.list()).toEqual([]);
  on.git("add", "a");
  expect(git.staged().tree.list()).toEqual(["a"]);
});

test("a detached head and a further worktree are a checkout like any other", () => {
  const on = start();
  const first = on.git("rev-parse", "HEAD");
  on.write("a", "2\n");
  on.commit();
  const other = on.worktree(first);
  other.write("b", "1");
  const git = opened(other.root);
  expect(git.head).toBe(first);
  expect(git.changes(first, "checkout")).toEqual([{ path: "b", how: "added" }]);
  other.git("add", "b");
  expect(stagedIn(git)).toEqual(["b"]);
  expect(workingTree(other.root).list()).toEqual(["a", "b"]);
});

test("a repository with SHA-256 is one like any other", () => {
  const root = join(folder(), "root");
  mkdirSync(root);
  const on = start();
  on.git("init", "-q", "--object-format=sha256", root);
  writeFileSync(join(root, "a"), "1");
  on.git("-C", root, "add", "a");
  expect(opened(root).staged().tree.list()).toEqual(["a"]);
  on.git("-C", root, "commit", "-qm", "a");
  const git = opened(root);
  writeFileSync(join(root, "a"), "2");
  expect(git.head).toMatch(/^[0-9a-f]{64}$/);
  expect(git.changes(git.head ?? "", "checkout")).toEqual([{ path: "a", how: "altered" }]);
});

/* Hooks. */

test("what a hook of another repository sets leads nowhere else", () => {
  const [on, other] = [start({ mine: "1" }), start({ theirs: "1" })];
  for (const [name, value] of Object.entries({
    GIT_DIR: join(other.root, ".git"),
    GIT_WORK_TREE: other.root,
    GIT_INDEX_FILE: join(other.root, ".git/index"),
    GIT_OBJECT_DIRECTORY: join(other.root, ".git/objects"),
    GIT_PREFIX: "x/",
    GIT_GLOB_PATHSPECS: "1",
    GIT_TRACE: "1",
  }))
    process.env[name] = value;
  const git = opened(on.root);
  expect(git.head).toBe(on.git("rev-parse", "HEAD"));
  expect(git.tree(git.head ?? "").list()).toEqual(["mine"]);
  expect(stagedIn(git)).toEqual([]);
  expect(git.changes(git.head ?? "", "checkout")).toEqual([]);
  expect(workingTree(on.root).list()).toEqual(["mine"]);
  expect(history(folder())).toEqual({ none: "no-git" });
});

test.each<[commit: string, args: readonly string[], staged: readonly string[]]>([
  ["the index", [], ["a"]],
  ["one file alone", ["--", "b"], ["b"]],
  ["all that is tracked", ["--all"], ["a", "b"]],
])("in a hook, what is staged is what the commit that is being made holds: %s", (_, args, staged) => {
  const on = start({ a: "1", b: "1" });
  const module = new URL("../../src/repository/git.ts", import.meta.url);
  const script = `import("${module}").then(({ history }) => {
    const git = history(".");
    console.log(JSON.stringify(git.changes(git.head, git.staged().id).map(({ path }) => path)));
  })`;
  on.write(".git/hooks/pre-commit", `#!/bin/sh\nexec '${process.execPath}' -e '${script}' >> "$RESULT"\n`);
  chmodSync(join(on.root, ".git/hooks/pre-commit"), 0o755);
  const result = join(folder(), "result");
  for (const checkout of [on, on.worktree("HEAD")]) {
    checkout.write("a", "2");
    checkout.write("b", "2");
    checkout.git("add", "a");
    execFileSync("git", ["commit", "-qm", "x", ...args], {
      cwd: checkout.root,
      env: { ...gitEnvironment, RESULT: result },
      stdio: "pipe",
    });
  }
  expect(readFileSync(result, "utf8")).toBe(`${JSON.stringify(staged)}\n`.repeat(2));
});

/* Revisions. */

test("a revision names a commit by branch, tag, hash, or what follows from one", () => {
  const on = start();
  const first = on.git("rev-parse", "HEAD");
  on.git("tag", "-am", "annotated", "v1");
  on.write("a", "2");
  const second = on.commit();
  const git = opened(on.root);
  for (const name of ["v1", "HEAD~1", "main^", first.slice(0, 10), first])
    expect([name, git.commit(name)]).toEqual([name, { commit: first }]);
  expect(git.commit("refs/heads/main")).toEqual({ commit: second });
});

test.each([
  ["an option", "--all"],
  ["nothing", ""],
  ["a name that nothing has", "nope"],
  ["a range", "HEAD~0..HEAD"],
  ["an exclusion", "^HEAD"],
  ["a file", "HEAD:a"],
  ["a hash that nothing has", "1".repeat(40)],
  ["a NUL", "HEAD\0"],
])("%s is no commit", (_, revision) => {
  expect(opened(start().root).commit(revision)).toEqual({ none: expect.stringMatching(/no commit/) });
});

test("a tag with the name of a branch of origin does not take its place", () => {
  const origin = start();
  const on = origin.clone();
  on.write("a", "2");
  const evil = on.commit();
  on.git("tag", "origin/main", evil);
  const git = opened(on.root);
  expect(git.commit("origin/main")).toEqual({
    none: "origin/main names several commits: refs/remotes/origin/main, refs/tags/origin/main. Give one of these names.",
  });
  on.git("tag", "refs/remotes/origin/main", evil);
  expect(git.commit("refs/remotes/origin/main")).toEqual({ commit: origin.git("rev-parse", "HEAD") });
  expect(git.defaultBase()).toEqual({ name: "origin/main", commit: origin.git("rev-parse", "HEAD") });
  on.git("tag", "-f", "origin/main", "refs/remotes/origin/main");
  expect(git.commit("origin/main")).toEqual({ commit: origin.git("rev-parse", "HEAD") });
});

test.each<[sentence: string, refs: readonly string[], head: string | undefined, found: string]>([
  ["origin's default branch is the base", ["develop", "main"], "develop", "origin/develop"],
  ["main is the base where origin names no default", ["main", "other"], undefined, "origin/main"],
  ["master is the base where origin names no default", ["master"], undefined, "origin/master"],
  ["main is the base where origin's default is not here", ["main"], "gone", "origin/main"],
  [
    "of main and master none is the base",
    ["main", "master"],
    undefined,
    "there are both origin/main and origin/master",
  ],
  ["of other branches none is the base", ["other"], undefined, "no origin/HEAD, origin/main or origin/master here"],
  ["without origin there is none", [], undefined, "no origin/HEAD, origin/main or origin/master here"],
])("%s", (_, refs, head, found) => {
  const on = start();
  const commit = on.git("rev-parse", "HEAD");
  for (const name of refs) on.git("update-ref", `refs/remotes/origin/${name}`, commit);
  if (head !== undefined) on.git("symbolic-ref", "refs/remotes/origin/HEAD", `refs/remotes/origin/${head}`);
  const base = opened(on.root).defaultBase();
  expect(base).toEqual(
    found.startsWith("origin/") ? { name: found, commit } : { none: expect.stringContaining(found) },
  );
});

test("where two branches parted, and how far each went, is told", () => {
  const on = start();
  const [base, main, side] = parted(on, { b: "1" }, { c: "1" });
  const git = opened(on.root);
  expect(git.mergeBase(main, side)).toEqual({ commit: base });
  expect([git.ahead(main, side), git.ahead(main, base), git.ahead(base, main)]).toEqual([1, 1, 0]);
  on.git("merge", "-q", "--no-ff", "-m", "merge\n\nparent of nothing", main);
  expect(opened(on.root).parents(on.git("rev-parse", "HEAD"))).toEqual([side, main]);
  expect(git.parents(base)).toEqual([]);
  expect(git.ahead(on.git("rev-parse", "HEAD"), main)).toBe(2);
});

test("commits without one in common have no merge base, and are not merged", () => {
  const on = start();
  const main = on.git("rev-parse", "HEAD");
  on.git("checkout", "-q", "--orphan", "other");
  const other = on.commit("another beginning");
  const git = opened(on.root);
  expect(git.mergeBase(main, other)).toEqual({
    none: `${main.slice(0, 10)} and ${other.slice(0, 10)} have no commit in common.`,
  });
  expect(() => git.merged(main, other)).toThrow(/unrelated histories/);
});

test("replacements and grafts of the clone change nothing", () => {
  const on = start();
  const [base, main, side] = parted(on, { b: "1" }, { c: "1" });
  on.git("replace", main, base);
  writeFileSync(join(on.root, ".git/info/grafts"), `${side}\n`);
  const git = opened(on.root);
  expect(git.tree(main).list()).toEqual(["a", "b"]);
  expect(git.changes(base, main)).toEqual([{ path: "b", how: "added" }]);
  expect(git.mergeBase(main, side)).toEqual({ commit: base });
  expect(git.parents(side)).toEqual([base]);
});

/* Clones that lack something. */

const deepen = /This clone is shallow: `fetch-depth: 0` for actions\/checkout, or `git fetch --unshallow/;

test("a shallow clone says how to get the rest", () => {
  const origin = start();
  const first = origin.git("rev-parse", "HEAD");
  const [, main, side] = parted(origin, { b: "1" }, { c: "1" });
  const on = origin.clone("--depth", "1", "--no-single-branch");
  const git = opened(on.root);
  expect(git.head).toBe(side);
  expect(git.commit(first)).toEqual({ none: expect.stringMatching(deepen) });
  expect(git.commit("HEAD~1")).toEqual({ none: expect.stringMatching(deepen) });
  expect(git.mergeBase(main, side)).toEqual({ none: expect.stringMatching(deepen) });
  expect(() => git.merged(main, side)).toThrow(deepen);
  // The commit knows its parents, also those that are not here.
  expect(git.parents(side)).toEqual([first]);
  expect(() => git.tree(first).list()).toThrow(/git ls-tree: /);

  on.git("fetch", "-q", "--unshallow", "origin", "+refs/heads/*:refs/remotes/origin/*");
  expect(opened(on.root).mergeBase(main, side)).toEqual({ commit: first });
});

test("the branch that a clone is limited to is not its base", () => {
  const origin = start();
  parted(origin, { b: "1" }, { c: "1" });
  origin.git("checkout", "-q", "main");
  const base = (...options: readonly string[]) =>
    opened(origin.clone("--branch", "side", ...options).root).defaultBase();
  expect(base("--single-branch")).toEqual({ none: expect.stringContaining("no origin/HEAD, origin/main") });
  expect(base("--depth", "1")).toEqual({ none: expect.stringMatching(deepen) });
  expect(base()).toEqual({ name: "origin/main", commit: origin.git("rev-parse", "HEAD") });
});

test("a partial clone fetches nothing, and says how to get the rest", () => {
  const origin = start({ a: "a\n", b: "b\n" });
  const first = origin.git("rev-parse", "HEAD");
  origin.write("a", "2\n");
  origin.commit();
  const on = origin.clone("--filter=blob:none");
  const git = opened(on.root);
  const partial = /this clone is partial: `git fetch --refetch --no-filter`/;
  expect(git.tree(first).list()).toEqual(["a", "b"]);
  expect(git.tree(first).read("b")).toBe("b\n");
  expect(() => git.tree(first).read("a")).toThrow(partial);
  expect(() => git.tree(first).bytes?.("a")).toThrow(partial);
  expect(git.changes(first, "checkout")).toEqual([{ path: "a", how: "altered" }]);
  expect(() => opened(origin.clone("--filter=tree:0").root).tree(first).list()).toThrow(partial);

  on.git("fetch", "-q", "--refetch", "--no-filter");
  expect(opened(on.root).tree(first).read("a")).toBe("a\n");
});

/* Merging. */

test("what a merge gives is a tree, and the checkout stays as it is", () => {
  const on = start({ a: "1\n2\n3\n4\n5\n", gone: "1" });
  const base = on.git("rev-parse", "HEAD");
  on.remove("gone");
  on.write("a", "one\n2\n3\n4\n5\n");
  const main = on.commit();
  on.git("checkout", "-q", "-b", "side", base);
  on.write("a", "1\n2\n3\n4\nfive\n");
  on.write("b", "1");
  const side = on.commit();
  on.write("untracked", "1");
  const git = opened(on.root);
  const merged = git.merged(main, side);
  if ("conflicts" in merged) throw new Error("it conflicts");
  expect([merged.tree.list(), merged.tree.read("a")]).toEqual([["a", "b"], "one\n2\n3\n4\nfive\n"]);
  expect(git.changes(main, merged.id)).toEqual([
    { path: "a", how: "altered" },
    { path: "b", how: "added" },
  ]);
  expect(on.git("status", "--porcelain")).toBe("?? untracked");
  expect(on.git("for-each-ref", "--format=%(refname)").split("\n")).toEqual(["refs/heads/main", "refs/heads/side"]);
});

test.each<[sentence: string, files: Files, main: Files, side: Files, conflicts: readonly string[]]>([
  ["edits of the same line", { a: "1\n" }, { a: "2\n" }, { a: "3\n" }, ["a"]],
  ["two files under one name", { a: "1\n" }, { "é\n": "2\n" }, { "é\n": "3\n" }, ["é\n"]],
  ["several, sorted", { b: "1\n", a: "1\n" }, { b: "2\n", a: "2\n" }, { a: "3\n", b: "3\n" }, ["a", "b"]],
])("%s conflict", (_, files, main, side, conflicts) => {
  const on = start(files);
  const [, ours, theirs] = parted(on, main, side);
  expect(opened(on.root).merged(ours, theirs)).toEqual({ conflicts });
});

test("a file in a folder that the other side renamed is no silent move", () => {
  const on = start({ "a/1": "1\n", "a/2": "2\n" });
  on.git("config", "merge.directoryRenames", "true");
  const base = on.git("rev-parse", "HEAD");
  on.git("mv", "a", "b");
  const main = on.commit();
  on.git("checkout", "-q", "-b", "side", base);
  on.write("a/3", "3\n");
  const side = on.commit();
  expect(opened(on.root).merged(main, side)).toEqual({ conflicts: ["a/3", "b/3"] });
});

/* Trees. */

test("the files of a commit are read as those of a checkout are", () => {
  const on = start({ "b/c.sql": "SELECT 1\r\n", "ü.md": "ü", ":(top) \n": "x" });
  const head = on.git("rev-parse", "HEAD");
  on.write("b/c.sql", "later");
  const tree = opened(on.root).tree(head);
  expect(tree.list()).toEqual([":(top) \n", "b/c.sql", "ü.md"]);
  expect(
    ["b/c.sql", "ü.md", ":(top) \n", "nothing", "b", "", "B/c.sql", "/b/c.sql"].map((path) => tree.read(path)),
  ).toEqual(["SELECT 1\r\n", "ü", "x", undefined, undefined, undefined, undefined, undefined]);
  expect(tree.bytes?.("ü.md")).toEqual(Buffer.from("ü"));
  expect(tree.bytes?.("nothing")).toBeUndefined();
});

test("a commit and its checkout refuse the same files in the same words", () => {
  const on = start({ "d/file": "1", bad: Buffer.from([0xff]), large: Buffer.alloc(8 * 1024 * 1024 + 1, 97) });
  for (const [path, target] of Object.entries({
    link: "d/file",
    folder: "d",
    out: "../../secret",
    "d/up": "../link",
    circle: "circle",
    far: "/etc/passwd",
  }))
    on.git("update-index", "--add", "--cacheinfo", `120000,${blobOf(on, target)},${path}`);
  on.git("commit", "-qm", "links");
  on.git("checkout", "-q", "--", ".");
  writeFileSync(join(on.root, "../../secret"), "");
  made.push(() => rmSync(join(on.root, "../../secret"), { force: true }));
  const head = on.git("rev-parse", "HEAD");
  const [tree, checkout] = [opened(on.root).tree(head), workingTree(on.root)];
  const outcome = (look: () => unknown): unknown => {
    try {
      return look();
    } catch (error) {
      return `${error}`;
    }
  };
  expect(tree.list()).toEqual(checkout.list());
  for (const path of ["d/file", "bad", "large", "link", "folder", "folder/file", "d/up", "nothing", "d/file/x"])
    expect([path, outcome(() => tree.read(path))]).toEqual([path, outcome(() => checkout.read(path))]);
  for (const path of ["d/file", "bad", "large", "link", "folder", "folder/file", "d/up", "nothing"])
    expect([path, shown(tree.bytes?.(path))]).toEqual([path, shown(checkout.bytes?.(path))]);
  expect(() => tree.read("link")).toThrow("link is a symbolic link; the file itself is asked");
  expect(() => tree.read("large")).toThrow("large has 8388609 bytes; at most 8388608 are read");
  for (const path of ["out", "far"]) {
    expect(() => tree.read(path)).toThrow();
    expect(() => checkout.read(path)).toThrow(/leads out of the repository/);
    expect(() => tree.bytes?.(path)).toThrow(/leads out of the repository/);
    expect(() => checkout.bytes?.(path)).toThrow(/leads out of the repository/);
  }
  expect(tree.bytes?.("circle")).toBeUndefined();
});

/** Millions of bytes are compared slowly, and a text of them quickly. */
const shown = (bytes: Uint8Array | undefined): string | undefined => bytes && Buffer.from(bytes).toString("latin1");

function blobOf(on: Repository, text: string): string {
  const file = join(on.root, ".git/text");
  writeFileSync(file, text);
  return on.git("hash-object", "-w", file);
}

test("a file whose name is no UTF-8 is listed, and not read", () => {
  const on = start();
  writeFileSync(Buffer.concat([Buffer.from(`${on.root}/x`), Buffer.from([0xff])]), "1");
  const head = on.commit();
  for (const tree of [opened(on.root).tree(head), workingTree(on.root)]) {
    expect(tree.list()).toEqual(["a", "x\uFFFD"]);
    expect(() => tree.read("x\uFFFD")).toThrow(/the name of x\uFFFD is not UTF-8/);
  }
});

test("a folder that is a link hides what git tracks below it", () => {
  const on = start({ "a/b": "1" });
  renameSync(join(on.root, "a"), join(on.root, "c"));
  symlinkSync("c", join(on.root, "a"));
  expect(workingTree(on.root).list()).toEqual(["a", "c/b"]);
});

test("git is asked for many files at once", () => {
  const files = Object.fromEntries(
    Array.from({ length: 300 }, (_, at) => [`d${at % 60}/f${at}.sql`, `SELECT ${at};\n`]),
  );
  const on = start(files);
  const head = on.git("rev-parse", "HEAD");
  const bin = folder();
  const log = join(bin, "log");
  writeFileSync(join(bin, "git"), `#!/bin/sh\necho "$*" >> ${log}\nPATH='${process.env.PATH}' exec git "$@"\n`);
  chmodSync(join(bin, "git"), 0o755);
  writeFileSync(log, "");
  process.env.PATH = `${bin}:${process.env.PATH}`;
  const tree = opened(on.root).tree(head);
  for (const [path, text] of Object.entries(files)) expect(tree.read(path)).toBe(text);
  expect(
    readFileSync(log, "utf8")
      .split("\n")
      .filter((line) => line.includes("cat-file")).length,
  ).toBeLessThanOrEqual(4);
});
