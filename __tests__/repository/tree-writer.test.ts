import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { treeWriter } from "../../src/repository/tree-writer.ts";

let outside: string;
let root: string;

beforeEach(() => {
  outside = realpathSync(mkdtempSync(join(tmpdir(), "phasegate-writer-")));
  root = join(outside, "root");
  mkdirSync(join(root, ".git"), { recursive: true });
  mkdirSync(join(root, "folder.md"));
  mkdirSync(join(outside, "elsewhere"));
  writeFileSync(join(root, "old.md"), "old, and longer than what comes");
  symlinkSync(join(outside, "elsewhere"), join(root, "link"));
  symlinkSync(join(outside, "elsewhere/x.md"), join(root, "link.md"));
});

afterEach(() => rmSync(outside, { recursive: true, force: true }));

test.each(["new.md", "old.md", "a/b/new.md"])("%s is written whole, and nothing is left beside it", (path) => {
  treeWriter(root).write(path, "text");
  expect(readFileSync(join(root, path), "utf8")).toBe("text");
  expect(readdirSync(root, { recursive: true, encoding: "utf8" }).filter((name) => name.includes(".tmp"))).toEqual([]);
});

test.each([
  ["a path that leaves the repository", "../x.md", /no file of the repository/],
  ["a path that leaves it further down", "a/../../x.md", /no file of the repository/],
  ["git's own folder", ".git/hooks/pre-commit", /no file of the repository/],
  ["git's own folder, where case makes no difference", ".GIT/config", /no file of the repository/],
  ["a folder that is a link out of it", "link/x.md", /leads out of the repository/],
  ["a new folder below such a link", "link/a/x.md", /leads out of the repository/],
  ["a file that is a link", "link.md", /something else than a file/],
  ["a folder", "folder.md", /something else than a file/],
])("%s is not written", (_, path, message) => {
  expect(() => treeWriter(root).write(path, "text")).toThrow(message);
  expect(readdirSync(outside).sort()).toEqual(["elsewhere", "root"]);
  expect(readdirSync(join(outside, "elsewhere"))).toEqual([]);
  expect(existsSync(join(root, ".git/config"))).toBe(false);
});
