import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "@jest/globals";

/** The npm package: what `npm pack` takes, in a project of its own, with the packages beside it that npm would install. */

const root = fileURLToPath(new URL("../..", import.meta.url));
let project: string;

beforeAll(() => {
  project = mkdtempSync(join(tmpdir(), "phasegate-package-"));
  execFileSync("npm", ["pack", "--silent", "--pack-destination", project], { cwd: root, stdio: "pipe" });
  const [packed = ""] = readdirSync(project).filter((name) => name.endsWith(".tgz"));
  const modules = join(project, "node_modules");
  mkdirSync(modules);
  // What the package depends on comes from this repository, so that the test needs no network.
  for (const name of readdirSync(join(root, "node_modules")))
    symlinkSync(join(root, "node_modules", name), join(modules, name));
  mkdirSync(join(modules, "phasegate"));
  execFileSync("tar", ["-xzf", join(project, packed), "--strip-components=1", "-C", join(modules, "phasegate")]);
  writeFileSync(join(project, "package.json"), JSON.stringify({ type: "module", private: true }));
  mkdirSync(join(project, "migrations"));
  writeFileSync(
    join(project, "migrations/1700000000000_create-orders.sql"),
    "-- Up Migration\nCREATE TABLE orders (id integer CONSTRAINT pk_orders PRIMARY KEY);\n\n-- Down Migration\nDROP TABLE orders;\n",
  );
}, 120_000);
afterAll(() => rmSync(project, { recursive: true }));

const node = (...args: readonly string[]): string =>
  execFileSync(process.execPath, args, { cwd: project, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });

test("holds what it says, and nothing of the repository around it", () => {
  const inside = readdirSync(join(project, "node_modules/phasegate")).sort();
  expect(inside).toEqual(["LICENSE", "README.md", "action.yml", "bin", "dist", "package.json"]);
});

test("its command writes a first plan and judges it", () => {
  const program = join(project, "node_modules/phasegate/bin/phasegate.js");
  expect(node(program, "--version").trim()).toBe(JSON.parse(readFileSync(join(root, "package.json"), "utf8")).version);
  node(program, "init");
  expect(existsSync(join(project, "phasegate.yml"))).toBe(true);
  expect(node(program, "run", "--audit", "--no-documents")).toMatch(/1 of 1 started phase would be verified/);
}, 60_000);

test("its library judges, and its types say what it gives", () => {
  writeFileSync(
    join(project, "judge.ts"),
    [
      'import { judge, type JudgeOptions, type Report } from "phasegate";',
      'const options: JudgeOptions = { root: ".", plan: "phasegate.yml", base: { kind: "audit" }, documents: "not-asked" };',
      "const run = await judge(options);",
      'const report: Report | undefined = run.status === "judged" ? run.report : undefined;',
      "console.log(report?.conclusion);",
      "",
    ].join("\n"),
  );
  expect(node("judge.ts").trim()).toBe("in-order");
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  const flags = ["--noEmit", "--strict", "--module", "nodenext", "--target", "es2024", "--types", "node"];
  expect(() => node(tsc, ...flags, "judge.ts")).not.toThrow();
  writeFileSync(join(project, "wrong.ts"), 'import { judge } from "phasegate";\nawait judge({ root: 1 });\n');
  expect(() => node(tsc, ...flags, "wrong.ts")).toThrow();
}, 60_000);
