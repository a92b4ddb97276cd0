import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { cli } from "../support/project.ts";
import { documentOf, migrationOf, type Workshop, with4A } from "../support/workshop.ts";

/** 4A is verified and merged, 4B may be begun, 4C may not. */

let workshop: Workshop;
beforeAll(async () => {
  workshop = await with4A();
  workshop.branch("work");
}, 240_000);
afterAll(() => workshop.dispose());

test.each([
  ["a migration that a phase was verified with", migrationOf["4A"], 1, "4A was verified with it"],
  ["one of a phase that may be begun", migrationOf["4B"], 0, ""],
  ["one of a phase that may not", migrationOf["4C"], 1, "it belongs to 4C, which is prohibited"],
  ["the document of that phase", documentOf("4C"), 1, "it belongs to 4C, which is prohibited"],
  ["the document of one that may be begun", documentOf("4B"), 1, "`phasegate verify 4B` writes it"],
  ["the document of one that is verified", documentOf("4A"), 1, "`phasegate verify 4A` writes it"],
  ["a folder with migrations that a phase was verified with", "migrations/", 1, "4A was verified with it"],
  ["the whole checkout", ".", 1, "4A was verified with it"],
  ["a folder with nothing in it that is guarded", "db/tests", 0, ""],
  ["a folder that is not there", "db/new/", 0, ""],
  ["a file of nobody", "README.md", 0, ""],
])("%s", async (_what, path, exit, why) => {
  const { code, stderr } = await workshop.phasegate("guard", path);
  expect({ code, said: stderr.includes(why) }).toEqual({ code: exit, said: true });
});

test("a path is that of the caller's folder, and what is behind a link is what it is", async () => {
  const from = (folder: string, ...args: readonly string[]) => cli(args, { cwd: join(workshop.root, folder) });
  const name = migrationOf["4C"].replace("migrations/", "");
  expect(await from("migrations", "guard", name)).toMatchObject({ code: 1 });
  expect(await from("migrations", "guard", migrationOf["4C"])).toMatchObject({ code: 0 });
  expect(await from("db/docs", "status")).toMatchObject({ code: 0, stderr: "" });
  symlinkSync("migrations", join(workshop.root, "way"));
  expect(await workshop.phasegate("guard", `way/${name}`)).toMatchObject({ code: 1 });
  workshop.remove("way");
});

test("a document is committed as `verify` wrote it, and not after a hand has been on it", async () => {
  const path = documentOf("4A");
  workshop.edit(path, (text) => text.replace(/(?<=<!-- phasegate: begin sign-off -->\n)/, "Seen by Ada.\n"));
  workshop.git("add", "-A");
  expect(await workshop.phasegate("guard", "--staged")).toMatchObject({ code: 0, stderr: "" });
  workshop.edit(path, (text) => text.replace("PASS", "PASS, really"));
  workshop.git("add", "-A");
  const { code, stderr } = await workshop.phasegate("guard", "--staged");
  expect(stderr).toMatch(/4A.*: line \d+: .* Take the edit back: `phasegate verify 4A` writes it/);
  expect(code).toBe(1);
  workshop.git("checkout", "-q", "HEAD", "--", path);
});

test("what is staged counts, and not what lies in the checkout", async () => {
  const path = documentOf("4A");
  const asVerified = workshop.read(path);
  workshop.edit(path, (text) => text.replace("PASS", "PASS, really"));
  workshop.git("add", "-A");
  workshop.write(path, asVerified);
  const { code, stderr } = await workshop.phasegate("guard", "--staged");
  expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(/4A.*: line \d+: .* Take the edit back/) });
  workshop.git("add", "-A");
  workshop.edit(path, (text) => text.replace("PASS", "PASS, really"));
  expect(await workshop.phasegate("guard", "--staged")).toMatchObject({ code: 0, stderr: "" });
  workshop.git("checkout", "-q", "HEAD", "--", path);
});

test("a base that is not there is an argument that is wrong", async () => {
  for (const command of ["run", "status"]) {
    const { code, stderr } = await workshop.phasegate(command, "--base", "nope");
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: expect.stringMatching(/^There is no commit nope here\.\n +Give a base with --base/),
    });
  }
});

test("a document that is as a run derives it is left as it is, and that is said", async () => {
  const before = workshop.read(documentOf("baseline"));
  const { code, stdout } = await workshop.phasegate("verify", "baseline", "--verifier", "Somebody else");
  expect({ code, stdout }).toEqual({
    code: 0,
    stdout: `Nothing to write: what this run derives stands in ${documentOf("baseline")}.\n`,
  });
  expect(workshop.read(documentOf("baseline"))).toBe(before);
}, 60_000);

test("a document that is as derived verifies nothing while a phase before it is not verified", async () => {
  const kept = workshop.read(documentOf("baseline"));
  workshop.remove(documentOf("baseline"));
  const { code, stdout } = await workshop.phasegate("verify", "4A");
  expect({ code, stdout }).toEqual({
    code: 1,
    stdout: expect.stringContaining("4A comes after baseline, which is not verified: verify baseline first."),
  });
  workshop.write(documentOf("baseline"), kept);
}, 60_000);

test("a report that cannot be written at the end is told in words, and the others are written", async () => {
  const other = join("db", "report.md");
  const { code, stderr } = await workshop.phasegate(
    "run",
    "--report",
    "json=/dev/full",
    "--report",
    `markdown=${other}`,
  );
  expect(stderr).toMatch(/^The report \/dev\/full was not written: ENOSPC.*\.$/m);
  expect(stderr).not.toMatch(/^ +at /m);
  expect({ code, written: workshop.exists(other) }).toEqual({ code: 3, written: true });
  workshop.remove(other);
}, 60_000);

test("a migration that a phase was verified with, after it was edited", async () => {
  workshop.edit(migrationOf["4A"], (text) => `${text}-- later\n`);
  workshop.git("add", "-A");
  const { code, stderr } = await workshop.phasegate("guard", "--staged");
  expect({ code, said: stderr.includes("4A was verified with it") }).toEqual({ code: 1, said: true });
});
