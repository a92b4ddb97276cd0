import { execFileSync } from "node:child_process";
import { chmodSync, renameSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test } from "@jest/globals";
import type { FileChange } from "../../src/model/ports.ts";
import { type Files, type Repository, repository } from "../support/repository.ts";
import { opened, stagedIn } from "./opened.ts";

const made: Repository[] = [];
afterEach(() => {
  for (const one of made.splice(0)) one.dispose();
});

function start(files: Files): Repository {
  const one = repository(files);
  made.push(one);
  return one;
}

const said = (changes: readonly FileChange[]): readonly string[] => changes.map(({ path, how }) => `${how} ${path}`);
const edit = (on: Repository, files: Files): void => {
  for (const [path, content] of Object.entries(files)) on.write(path, content);
};
const move = (on: Repository, from: string, to: string): void => renameSync(join(on.root, from), join(on.root, to));
const link = (on: Repository, path: string, target: string): void => symlinkSync(target, join(on.root, path));

interface Row {
  readonly files: Files;
  readonly work: (on: Repository) => void;
  readonly changes: readonly string[];
}

/** Seen alike while it only lies in the checkout, and after it is committed. */
const everywhere: { readonly [sentence: string]: Row } = {
  "nothing done is no change": { files: { a: "1" }, work: () => {}, changes: [] },
  "an edit is one": { files: { a: "1", b: "2" }, work: (on) => on.write("a", "2"), changes: ["altered a"] },
  "a new file in a new folder is an addition": {
    files: { a: "1" },
    work: (on) => on.write("d/e/b", "1"),
    changes: ["added d/e/b"],
  },
  "a file that is gone is a deletion": {
    files: { a: "1", b: "2" },
    work: (on) => on.remove("a"),
    changes: ["deleted a"],
  },
  "a rename is a deletion and an addition": {
    files: { a: "1".repeat(999) },
    work: (on) => move(on, "a", "b"),
    changes: ["deleted a", "added b"],
  },
  "an edit there and back is none": {
    files: { a: "1" },
    work: (on) => {
      on.write("a", "2");
      on.commit();
      on.write("a", "1");
    },
    changes: [],
  },
  "changes are sorted by path": {
    files: { b: "1", c: "1" },
    work: (on) => edit(on, { z: "1", b: "2", a: "1", Z: "1" }),
    changes: ["added Z", "added a", "altered b", "added z"],
  },
  "a file that becomes a folder is a deletion and an addition": {
    files: { a: "1" },
    work: (on) => {
      on.remove("a");
      on.write("a/b", "1");
    },
    changes: ["deleted a", "added a/b"],
  },
  "a folder that becomes a file is an addition, and a deletion of all that was in it": {
    files: { "a/b": "1", "a/c": "1" },
    work: (on) => {
      on.remove("a");
      on.write("a", "1");
    },
    changes: ["added a", "deleted a/b", "deleted a/c"],
  },
  "a file that became a folder and a file again is unchanged": {
    files: { a: "1" },
    work: (on) => {
      on.remove("a");
      on.write("a/b", "1");
      on.commit();
      on.remove("a");
      on.write("a", "1");
    },
    changes: [],
  },
  "a mode alone is no change": { files: { a: "1" }, work: (on) => chmodSync(join(on.root, "a"), 0o755), changes: [] },
  "a name that differs only in case is another file": {
    files: { "a.sql": "1" },
    work: (on) => on.write("A.sql", "2"),
    changes: ["added A.sql"],
  },
  "a name that differs only in its Unicode form is another file": {
    files: { "\u00e9": "1" },
    work: (on) => on.write("e\u0301", "1"),
    changes: ["added e\u0301"],
  },
  "a file that becomes a link to a file with its text is altered": {
    files: { a: "b", b: "b" },
    work: (on) => {
      on.remove("a");
      link(on, "a", "b");
    },
    changes: ["altered a"],
  },
  "a folder that becomes a link to where its files went is an addition, and they are deleted and added": {
    files: { "a/b": "1" },
    work: (on) => {
      move(on, "a", "c");
      link(on, "a", "c");
    },
    changes: ["added a", "deleted a/b", "added c/b"],
  },
  "line ends alone are no change": {
    files: { a: "1\n2\n", b: "1\r\n2\r\n", c: "1\r\n2\n" },
    work: (on) => edit(on, { a: "1\r\n2\r\n", b: "1\n2\n", c: "1\n2\r\n" }),
    changes: [],
  },
  "a line more is a change, and so is a carriage return that ends none": {
    files: { a: "1\n", b: "1\n" },
    work: (on) => edit(on, { a: "1\r\n\r\n", b: "1\r" }),
    changes: ["altered a", "altered b"],
  },
  "what looks like a line end in what is no text is a change": {
    files: { a: "\0\n" },
    work: (on) => on.write("a", "\0\r\n"),
    changes: ["altered a"],
  },
  "a byte order mark is a change": {
    files: { a: "1\n" },
    work: (on) => on.write("a", "\uFEFF1\n"),
    changes: ["altered a"],
  },
  "bytes that look the same where they are shown as text are a change": {
    files: { a: Buffer.from([0xff]) },
    work: (on) => on.write("a", Buffer.from([0xfe])),
    changes: ["altered a"],
  },
  "a file too large to be read is compared all the same": {
    files: { a: Buffer.alloc(9e6, 97), b: Buffer.alloc(9e6, 97) },
    work: (on) => edit(on, { a: Buffer.alloc(9e6, 98), b: Buffer.alloc(9e6, 97) }),
    changes: ["altered a"],
  },
  "a file that was empty, or becomes so, is altered": {
    files: { a: "", b: "1" },
    work: (on) => edit(on, { a: "1", b: "" }),
    changes: ["altered a", "altered b"],
  },
  "hostile names are names": {
    files: { " ": "1", "-x": "1", ":(top)a": "1", '"q"': "1", "new\nline": "1", "b\\n": "1", "é*?[a]": "1" },
    work: (on) =>
      edit(on, {
        " ": "2",
        "-x": "2",
        ":(top)a": "2",
        '"q"': "2",
        "new\nline": "2",
        "b\\n": "2",
        "é*?[a]": "2",
        "\n": "1",
        "100644 e69de29bb2d1d6434b8b29ae775ad8c2e48c5391 0\tz": "1",
        ":100644 000000 00 00 A": "1",
      }),
    changes: [
      "added \n",
      "altered  ",
      'altered "q"',
      "altered -x",
      "added 100644 e69de29bb2d1d6434b8b29ae775ad8c2e48c5391 0\tz",
      "altered :(top)a",
      "added :100644 000000 00 00 A",
      "altered b\\n",
      "altered new\nline",
      "altered é*?[a]",
    ],
  },
  "attributes hide no change": {
    files: { ".gitattributes": "* -diff export-subst\n*.x binary ident\n", "a.x": "$Id$", b: "$Format:%H$" },
    work: (on) => edit(on, { "a.x": "$Id$ 2", b: "$Format:%h$" }),
    changes: ["altered a.x", "altered b"],
  },
};

test.each(Object.entries(everywhere))("%s", (_, { files, work, changes }) => {
  const on = start(files);
  const base = on.git("rev-parse", "HEAD");
  work(on);
  expect(said(opened(on.root).changes(base, "checkout"))).toEqual(changes);
  const head = on.commit();
  expect(said(opened(on.root).changes(base, "checkout"))).toEqual(changes);
  expect(said(opened(on.root).changes(base, head))).toEqual(changes);
  expect(said(opened(on.root).changes(base, on.git("rev-parse", "HEAD^{tree}")))).toEqual(changes);
});

const invalidName = (root: string, byte: number) =>
  Buffer.concat([Buffer.from(`${root}/x`), Buffer.from([byte]), Buffer.from(".sql")]);

/** What lies in a checkout, and what git was told of it. */
const inCheckout: { readonly [sentence: string]: Row } = {
  "what is ignored and not tracked is none of it": {
    files: { ".gitignore": "ignored\n", a: "1" },
    work: (on) => on.write("ignored", "1"),
    changes: [],
  },
  "what is tracked counts although it is ignored": {
    files: { a: "1" },
    work: (on) => edit(on, { ".gitignore": "a\n", a: "2" }),
    changes: ["added .gitignore", "altered a"],
  },
  "what git shall forget and ignore is deleted, although it still lies there": {
    files: { ".gitignore": "*.log\n", a: "1" },
    work: (on) => {
      on.git("rm", "-q", "--cached", "a");
      on.write(".gitignore", "a\n");
    },
    changes: ["altered .gitignore", "deleted a"],
  },
  "what was removed from the index, and lies there as before, is unchanged": {
    files: { a: "1" },
    work: (on) => on.git("rm", "-q", "--cached", "a"),
    changes: [],
  },
  "what was staged and undone in the checkout is unchanged": {
    files: { a: "1" },
    work: (on) => {
      on.write("a", "2");
      on.git("add", "a");
      on.write("a", "1");
    },
    changes: [],
  },
  "an edit is seen of a file that git was told to take as unchanged": {
    files: { a: "1", b: "1" },
    work: (on) => {
      on.git("update-index", "--assume-unchanged", "a", "b");
      on.write("a", "2");
    },
    changes: ["altered a"],
  },
  "a deletion is seen of a file that git was told to take as unchanged": {
    files: { a: "1" },
    work: (on) => {
      on.git("update-index", "--assume-unchanged", "a");
      on.remove("a");
    },
    changes: ["deleted a"],
  },
  "an edit is seen of a file that git was told not to have in the checkout": {
    files: { a: "1" },
    work: (on) => {
      on.git("update-index", "--skip-worktree", "a");
      on.write("a", "2");
    },
    changes: ["altered a"],
  },
  "what a sparse checkout leaves out counts as it is committed": {
    files: { "a/b": "1", "c/d": "1", "c/e": "1" },
    work: (on) => {
      on.write("c/e", "2");
      on.commit();
      on.git("sparse-checkout", "set", "a");
    },
    changes: ["altered c/e"],
  },
  "an edit is seen that leaves size and time as they were, where the settings say that this is enough": {
    files: { a: "one" },
    work: (on) => {
      on.git("config", "core.trustctime", "false");
      on.git("config", "core.checkStat", "minimal");
      const time = new Date("2020-01-01T00:00:00Z");
      utimesSync(join(on.root, "a"), time, time);
      on.git("update-index", "--refresh");
      // What is left to tell by is the second in which its inode was last changed.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1100);
      on.write("a", "two");
      utimesSync(join(on.root, "a"), time, time);
    },
    changes: ["altered a"],
  },
  "an edit is seen where a monitor of files says that there is none": {
    files: { a: "1" },
    work: (on) => {
      on.write(".git/monitor", "#!/bin/sh\nprintf 'token\\0'\n");
      chmodSync(join(on.root, ".git/monitor"), 0o755);
      on.git("config", "core.fsmonitor", ".git/monitor");
      on.git("update-index", "--fsmonitor");
      on.git("status");
      edit(on, { a: "2", b: "1" });
      // Git compares whole seconds: an edit of the same size in the same one is hidden from it without any monitor.
      const later = Date.now() / 1000 + 10;
      utimesSync(join(on.root, "a"), later, later);
      if (on.git("status", "--porcelain").includes("a")) throw new Error("the monitor is not asked");
    },
    changes: ["altered a", "added b"],
  },
  "what is only meant to be added counts": {
    files: { a: "1" },
    work: (on) => {
      edit(on, { b: "1", c: "" });
      on.git("add", "--intent-to-add", "b", "c");
    },
    changes: ["added b", "added c"],
  },
  "what git converts line ends for is unchanged": {
    files: { a: "1\n2\n", b: "1\n" },
    work: (on) => {
      on.git("config", "core.autocrlf", "true");
      on.remove("a");
      on.git("checkout", "-q", "--", "a");
      on.write("b", "2\r\n");
    },
    changes: ["altered b"],
  },
  "what git converts as it did on base is unchanged, and an edit of it is seen": {
    files: {
      ".gitattributes": "*.u16 working-tree-encoding=UTF-16LE\n",
      '"a \\n\n\r.u16': utf16("1"),
      "é.u16": utf16("1"),
      "b.u16": utf16("1"),
    },
    work: (on) => {
      on.git("rm", "-q", "--cached", "-r", ".");
      on.write("b.u16", utf16("2"));
    },
    changes: ["altered b.u16"],
  },
  "of files too large to be read, those are unchanged that have the same bytes": {
    files: { a: Buffer.alloc(9e6, 97), b: Buffer.alloc(9e6, 97) },
    work: (on) => {
      on.git("rm", "-q", "--cached", "-r", ".");
      on.write("b", Buffer.alloc(9e6, 98));
    },
    changes: ["altered b"],
  },
  "a link that becomes a file with its target as text is altered, whatever git converts": {
    files: { ".gitattributes": "*.x text\n", b: "1" },
    work: (on) => {
      link(on, "a", "b");
      on.commit();
      on.git("tag", "--force", "base");
      on.remove("a");
      on.write("a", "b");
    },
    changes: ["altered a"],
  },
  "a new attribute that converts a file alters it, although git takes it for unchanged": {
    files: { a: "a + b", b: "1" },
    work: (on) => {
      on.write(".gitattributes", "a working-tree-encoding=UTF-7\n");
      on.remove("a");
      on.git("checkout", "-q", "--", "a");
    },
    changes: ["added .gitattributes", "altered a"],
  },
  "a repository inside is no file": {
    files: { a: "1" },
    work: (on) => {
      on.write("inner/b", "1");
      execFileSync("git", ["init", "-q"], { cwd: join(on.root, "inner"), env: { PATH: process.env.PATH } });
    },
    changes: [],
  },
  "a pipe in place of a file is no such file any more": {
    files: { a: "1" },
    work: (on) => {
      on.remove("a");
      execFileSync("mkfifo", [join(on.root, "a")]);
    },
    changes: ["altered a"],
  },
  "names that are no UTF-8 are told apart, although they are shown alike": {
    files: { a: "1" },
    work: (on) => {
      writeFileSync(invalidName(on.root, 0xff), "1");
      writeFileSync(invalidName(on.root, 0xfe), "1");
      on.git("add", "--all");
    },
    changes: ["added x\uFFFD.sql", "added x\uFFFD.sql"],
  },
  "in the middle of a merge that conflicts, what lies there counts": {
    files: { a: "1\n", b: "1\n" },
    work: (on) => {
      on.git("checkout", "-q", "-b", "side");
      edit(on, { a: "side\n", b: "side\n" });
      on.commit();
      on.git("checkout", "-q", "main");
      edit(on, { a: "main\n", b: "main\n" });
      on.commit();
      try {
        on.git("merge", "-q", "side");
      } catch {
        // it conflicts
      }
      on.write("b", "1\n");
    },
    changes: ["altered a"],
  },
};

test.each(Object.entries(inCheckout))("in a checkout: %s", (_, { files, work, changes }) => {
  const on = start(files);
  on.git("tag", "base");
  work(on);
  const base = on.git("rev-parse", "base");
  expect(said(opened(on.root).changes(base, "checkout"))).toEqual(changes);
});

function utf16(text: string): Buffer {
  return Buffer.from(text, "utf16le");
}

test("a submodule is no file, and where it takes a file's place the file is deleted", () => {
  const on = start({ a: "1", b: "1" });
  const base = on.git("rev-parse", "HEAD");
  on.git("update-index", "--add", "--cacheinfo", `160000,${base},sub`);
  on.git("rm", "-q", "b");
  on.git("update-index", "--add", "--cacheinfo", `160000,${base},b`);
  on.git("commit", "-qm", "submodules");
  const head = on.git("rev-parse", "HEAD");
  const git = opened(on.root);
  expect(said(git.changes(base, head))).toEqual(["deleted b"]);
  expect(said(git.changes(head, base))).toEqual(["added b"]);
  expect(said(git.changes(base, "checkout"))).toEqual(["deleted b"]);
  expect(git.tree(head).list()).toEqual(["a"]);
});

test("two trees are compared by whole hashes alone", () => {
  const on = start({ a: "1" });
  const head = on.git("rev-parse", "HEAD");
  for (const name of ["HEAD", "main", head.slice(0, 10), "--output=x", ""]) {
    expect(() => opened(on.root).changes(name, head)).toThrow(/no whole hash/);
    expect(() => opened(on.root).changes(head, name)).toThrow(/no whole hash/);
    expect(() => opened(on.root).changes(name, "checkout")).toThrow(/no whole hash/);
  }
});

const staged: { readonly [sentence: string]: Omit<Row, "files"> } = {
  "nothing is staged": { work: (on) => on.write("a", "2"), changes: [] },
  "what was added, altered and deleted is staged, and nothing that only lies there": {
    work: (on) => {
      edit(on, { a: "2", "new": "1" });
      on.remove("b");
      on.git("add", "--all");
      edit(on, { c: "2", newer: "1" });
    },
    changes: ["a", "b", "new"],
  },
  "a rename stages both names": { work: (on) => on.git("mv", "a", "z"), changes: ["a", "z"] },
  "what is only meant to be added is not staged": {
    work: (on) => {
      on.write("new", "1");
      on.git("add", "--intent-to-add", "new");
    },
    changes: [],
  },
  "a mode alone is not staged": { work: (on) => on.git("update-index", "--chmod=+x", "a"), changes: [] },
  "a submodule has no files of this repository": {
    work: (on) => on.git("update-index", "--add", "--cacheinfo", `160000,${on.git("rev-parse", "HEAD")},sub`),
    changes: [],
  },
};

test.each(Object.entries(staged))("%s", (_, { work, changes }) => {
  const on = start({ a: "1", b: "1", c: "1" });
  work(on);
  expect(stagedIn(opened(on.root))).toEqual(changes);
});
