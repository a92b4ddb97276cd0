import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, expect, test } from "@jest/globals";
import { overlay } from "../../src/model/ports.ts";
import { programs } from "../../src/programs/programs.ts";
import { workingTree } from "../../src/repository/working-tree.ts";
import { treeOf } from "../migrate/world.ts";

const root = mkdtempSync(join(tmpdir(), "phasegate-test-programs-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Copies are made here, and nothing else is. */
const place = join(root, "copies");
mkdirSync(place);
const running = programs(root, place);
const copies = () => readdirSync(place);
afterEach(() => expect(copies()).toEqual([]));

const tree = treeOf({ "a.txt": "one\n" });
const sh = (script: string, timeoutMs = 10_000, on = tree) =>
  running.run({ command: ["sh", "-c", script], tree: on, timeoutMs });

test("a program sees the files of the tree, and writes to a copy", async () => {
  const { ended, stdout } = await sh("cat a.txt; echo two > a.txt; echo new > b.txt; ls");
  expect([ended, stdout.text]).toEqual([{ how: "exit", code: 0 }, "one\na.txt\nb.txt\n"]);
  expect((await sh("cat a.txt")).stdout.text).toBe("one\n");
});

test("of the environment it sees PATH, and nothing that could hold a secret", async () => {
  process.env.PHASEGATE_TEST_SECRET = "hunter2";
  try {
    const { stdout } = await sh("env | sed 's/=.*//' | sort");
    const names = stdout.text
      .split("\n")
      .filter((name) => name !== "" && !["PWD", "SHLVL", "OLDPWD", "_"].includes(name));
    expect(names).toEqual(["HOME", "LANG", "NO_COLOR", "PATH", "TMPDIR", "TZ"]);
  } finally {
    delete process.env.PHASEGATE_TEST_SECRET;
  }
});

test("its input is empty", async () => {
  expect((await sh("cat; echo end")).stdout.text).toBe("end\n");
});

test("output is kept from its beginning, and the rest is counted", async () => {
  const { stdout, stderr } = await sh("yes | head -c 100000; echo what >&2");
  expect([stdout.text.length, stdout.moreBytes, stderr.text]).toEqual([65_536, 34_464, "what\n"]);
});

/** Whoever waits for it finds the mark; so does who leaves it running, a while later. */
const marking = (mark: string) => `sleep 4; touch ${join(root, mark)}`;

async function expectUnmarked(mark: string): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 5500));
  expect(existsSync(join(root, mark))).toBe(false);
}

test("at its time limit all that it started is killed", async () => {
  const { ended, stdout } = await sh(`echo begun; (${marking("late")}) & sleep 30`, 1500);
  expect([ended, stdout.text]).toEqual([{ how: "timeout" }, "begun\n"]);
  await expectUnmarked("late");
});

test("what it leaves behind is killed, and not waited for", async () => {
  const { ended } = await sh(`(${marking("behind")}) & exit 4`);
  expect(ended).toEqual({ how: "exit", code: 4 });
  await expectUnmarked("behind");
});

test("what leaves its process group is killed as well", async () => {
  const { ended, stdout } = await sh(`setsid sh -c 'echo away; ${marking("away")}' & sleep 0.2; exit 4`);
  expect(ended).toEqual({ how: "exit", code: 4 });
  expect(stdout.text).toBe("away\n");
  await expectUnmarked("away");
});

test("a signal is told by its name", async () => {
  expect((await sh("kill -SEGV $$")).ended).toEqual({ how: "signal", signal: "SIGSEGV" });
  expect((await sh("kill -KILL $$")).ended).toEqual({ how: "signal", signal: "SIGKILL" });
});

test("a program that cannot be started is an error", async () => {
  const run = running.run({ command: ["./a.txt"], tree, timeoutMs: 1000 });
  await expect(run).rejects.toThrow("./a.txt cannot be started: spawn ./a.txt EACCES");
});

test("a checkout is copied as it lies there: bytes, links inside, scripts that can be run", async () => {
  const checkout = mkdtempSync(join(root, "checkout-"));
  mkdirSync(join(checkout, "bin"));
  mkdirSync(join(checkout, "node_modules/dependency"), { recursive: true });
  writeFileSync(join(checkout, "node_modules/dependency/index.js"), "");
  writeFileSync(join(checkout, "picture.png"), Buffer.from([0x89, 0x50, 0xff, 0x00]));
  writeFileSync(
    join(checkout, "bin/run"),
    "#!/bin/sh\nod -An -tx1 picture.png linked.png\nls node_modules\ncat added.txt\n",
  );
  symlinkSync("picture.png", join(checkout, "linked.png"));
  symlinkSync("nowhere", join(checkout, "dangling"));
  const own = programs(checkout, place);
  const changed = overlay(workingTree(checkout), { "added.txt": "added\n" });
  const { ended, stdout, stderr } = await own.run({ command: ["bin/run"], tree: changed, timeoutMs: 10_000 });
  expect([ended, stderr.text]).toEqual([{ how: "exit", code: 0 }, ""]);
  expect(stdout.text).toBe(" 89 50 ff 00 89 50 ff 00\ndependency\nadded\n");
});

test("a file that leads out of the checkout is not copied: the program is not run", async () => {
  const checkout = mkdtempSync(join(root, "checkout-"));
  symlinkSync("/etc/hostname", join(checkout, "host"));
  const run = programs(checkout, place).run({ command: ["cat", "host"], tree: workingTree(checkout), timeoutMs: 1000 });
  await expect(run).rejects.toThrow("host leads out of the repository");
});

test("whoever stops waits until everything is gone, and can run nothing any more", async () => {
  const own = programs(root, place);
  const run = own.run({ command: ["sleep", "30"], tree, timeoutMs: 60_000 });
  const refused = expect(run).rejects.toThrow("the run was stopped");
  await new Promise((resolve) => setTimeout(resolve, 200));
  await own.stop();
  expect(copies()).toEqual([]);
  await refused;
  await expect(own.run({ command: ["true"], tree, timeoutMs: 1000 })).rejects.toThrow("the run was stopped");
});
