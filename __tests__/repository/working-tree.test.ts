import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { overlay } from "../../src/model/ports.ts";
import { workingTree } from "../../src/repository/working-tree.ts";

let outside: string;
let root: string;

beforeEach(() => {
  outside = realpathSync(mkdtempSync(join(tmpdir(), "phasegate-tree-")));
  root = join(outside, "with a space");
  for (const folder of ["a", "node_modules/x", ".git-like", "ignored"])
    mkdirSync(join(root, folder), { recursive: true });
  writeFileSync(join(outside, "secret"), "s");
  writeFileSync(join(root, "a/b.sql"), "SELECT 1");
  writeFileSync(join(root, "ü.md"), "ü");
  writeFileSync(join(root, "node_modules/x/y.js"), "");
  writeFileSync(join(root, "ignored/z"), "");
});

afterEach(() => rmSync(outside, { recursive: true, force: true }));

const git = (...args: string[]) =>
  execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@b", ...args], { cwd: root, stdio: "pipe" });

test("without git, everything but node_modules is listed, sorted", () => {
  expect(workingTree(root).list()).toEqual(["a/b.sql", "ignored/z", "ü.md"]);
});

test("with git, what it tracks or would add is listed, as it is on the disk", () => {
  git("init", "-q");
  writeFileSync(join(root, ".gitignore"), "ignored/\nnode_modules/\n");
  writeFileSync(join(root, "gone"), "");
  git("add", "-A");
  rmSync(join(root, "gone"));
  writeFileSync(join(root, "new"), "");
  expect(workingTree(root).list()).toEqual([".gitignore", "a/b.sql", "new", "ü.md"]);
});

test("a folder inside another repository is listed by itself", () => {
  execFileSync("git", ["init", "-q"], { cwd: outside });
  expect(workingTree(root).list()).toEqual(["a/b.sql", "ignored/z", "ü.md"]);
});

test("a file is read as UTF-8, and one that is not there, or is a folder, is none", () => {
  const tree = workingTree(root);
  expect([tree.read("ü.md"), tree.read("nothing"), tree.read("a")]).toEqual(["ü", undefined, undefined]);
});

test.each<[name: string, prepare: () => void, message: RegExp]>([
  [
    "bytes that are no UTF-8",
    () => writeFileSync(join(root, "bad"), Buffer.from([0xff, 0xfe])),
    /bad is not UTF-8 text/,
  ],
  [
    "more bytes than the limit",
    () => writeFileSync(join(root, "bad"), Buffer.alloc(8 * 1024 * 1024 + 1, 97)),
    /at most 8388608 are read/,
  ],
  [
    "a link that leads out",
    () => symlinkSync(join(outside, "secret"), join(root, "bad")),
    /leads out of the repository/,
  ],
  ["a link inside", () => symlinkSync("a/b.sql", join(root, "bad")), /is a symbolic link/],
])("%s: refused", (_name, prepare, message) => {
  prepare();
  expect(() => workingTree(root).read("bad")).toThrow(message);
});

test("a path through a linked folder that leads out is refused", () => {
  symlinkSync(outside, join(root, "way"));
  expect(() => workingTree(root).read("way/secret")).toThrow(/leads out of the repository/);
});

test("an overlay changes, adds and takes away, and leaves the tree below as it is", () => {
  const tree = workingTree(root);
  const changed = overlay(tree, { "a/b.sql": "SELECT 2", "c.sql": "SELECT 3", "ü.md": undefined });
  expect([changed.list(), changed.read("a/b.sql"), changed.read("ü.md"), changed.read("ignored/z")]).toEqual([
    ["a/b.sql", "c.sql", "ignored/z"],
    "SELECT 2",
    undefined,
    "",
  ]);
  expect([tree.list().length, tree.read("a/b.sql")]).toEqual([3, "SELECT 1"]);
});
