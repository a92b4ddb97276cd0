import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { recorded } from "../../src/approvals/recorded.ts";

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "phasegate-test-approvals-"));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const head = "a".repeat(40);
const review = { reviewer: "@ada", commit: head, state: "approved" };
const recording = { author: "@eve", head, reviews: [review], teams: { "@org/db": ["@ada"] } };
const write = (content: unknown): string => {
  const file = join(root, "reviews.json");
  writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content));
  return file;
};

const read = (content: unknown, checkout = root) => {
  const approvals = recorded(write(content), checkout);
  if ("mistake" in approvals) throw new Error(approvals.mistake);
  return approvals;
};

test("reviews are as they were recorded, and the report says where they come from", async () => {
  const approvals = read(recording);
  expect(await approvals.ask(["@org/db"])).toEqual(recording);
  expect(approvals.source).toMatch(
    /^Approvals come from a recorded file \(.*reviews\.json\), and from no pull request\. No git/,
  );
});

test("a team that was not recorded is an error", async () => {
  await expect(read(recording).ask(["@org/other"])).rejects.toThrow("does not say who belongs to @org/other");
});

test("reviews of another commit than the one that is checked out are none", async () => {
  const checkout = mkdtempSync(join(root, "checkout-"));
  const git = (...args: readonly string[]) =>
    execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@b", "-c", "commit.gpgsign=false", ...args], {
      cwd: checkout,
      encoding: "utf8",
    }).trim();
  git("init", "--quiet");
  git("commit", "--quiet", "--allow-empty", "-m", "a");
  const commit = git("rev-parse", "HEAD");
  const of = { ...recording, head: commit };
  expect(await read(of, checkout).ask([])).toEqual(of);
  expect(read(of, checkout).source).not.toContain("No git");
  expect(await read(recording, checkout).ask([])).toEqual({
    none: expect.stringContaining(`was recorded for commit aaaaaaaaaa, and the checkout is at ${commit.slice(0, 10)}`),
  });
});

test.each<readonly [name: string, content: unknown, mistake: RegExp]>([
  ["no JSON", "{", /cannot be read: /],
  ["no reviews", { author: "@eve", head }, /`reviews`/],
  ["a key that it does not have", { ...recording, approved: true }, /approved/],
  ["a state that there is not", { ...recording, reviews: [{ ...review, state: "APPROVED" }] }, /`reviews\.0\.state`/],
  ["a commit that is cut off", { ...recording, head: "abc" }, /`head` is no commit/],
  ["a login without its sign", { ...recording, author: "eve" }, /`author` is no login/],
])("%s is a mistake", (_, content, mistake) => {
  expect(recorded(write(content), root)).toEqual({ mistake: expect.stringMatching(mistake) });
});

test("a file that is not there is a mistake", () => {
  expect(recorded(join(root, "none.json"), root)).toEqual({ mistake: expect.stringContaining("ENOENT") });
});
