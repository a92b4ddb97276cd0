import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "@jest/globals";
import { load } from "js-yaml";
import { kinds } from "../src/checks/table.ts";
import { firstWorkflow } from "../src/plan/first-workflow.ts";
import { readPlan } from "../src/plan/read.ts";
import { cli } from "./support/project.ts";

/** What the README promises is so. */

const root = new URL("../", import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), "utf8");
const readme = read("README.md");

const blocks = (language: string): readonly string[] =>
  [...readme.matchAll(/^```(.*)\n([\s\S]*?)^```$/gm)].flatMap(([, given, text = ""]) =>
    given === language ? [text] : [],
  );

/** The cells of the table whose first heading is this. */
function table(heading: string): readonly (readonly string[])[] {
  const [, body = ""] = new RegExp(`^\\| ${heading} \\|.*\\n\\|[-| ]+\\|\\n((?:\\|.*\\n)+)`, "m").exec(readme) ?? [];
  return body
    .trimEnd()
    .split("\n")
    .map((line) =>
      line
        .slice(1, -1)
        .split("|")
        .map((cell) => cell.trim().replace(/^`(.*)`$/, "$1")),
    );
}

interface Described {
  readonly description: string;
  readonly default?: string;
}
// Only what is compared here.
const action = load(read("action.yml")) as {
  readonly inputs: Record<string, Described>;
  readonly outputs: Record<string, Described>;
};

test("the table of inputs is what action.yml declares", () => {
  expect(table("input")).toEqual(
    Object.entries(action.inputs).map(([name, input]) => [name, input.description, input.default ?? ""]),
  );
});

test("the table of outputs is what action.yml declares", () => {
  expect(table("output")).toEqual(Object.entries(action.outputs).map(([name, output]) => [name, output.description]));
});

test("the plan that is shown is one", () => {
  const [plan = ""] = blocks("yaml").filter((text) => /^phases:/m.test(text));
  expect(readPlan(plan, "phasegate.yml", kinds)).not.toHaveProperty("mistakes");
});

test("the plan that is shown names the schema where the package has it", () => {
  const { name, files } = JSON.parse(read("package.json"));
  const [, path = ""] = /^# yaml-language-server: \$schema=\.\/node_modules\/(.+)$/m.exec(readme) ?? [];
  expect(path.startsWith(`${name}/`)).toBe(true);
  const inside = path.slice(name.length + 1);
  expect(existsSync(new URL(inside, root))).toBe(true);
  expect(files).toContain(inside.split("/")[0]);
});

test("the workflow that is shown starts this action with what it needs, and is the one that `init` writes", () => {
  const [workflow = ""] = blocks("yaml").filter((text) => /^jobs:/m.test(text));
  expect(workflow.trimEnd()).toBe(firstWorkflow("main", false).replaceAll(/ #.*$/gm, "").trimEnd());
  expect(load(workflow)).toMatchObject({
    on: { pull_request: { branches: ["main"] }, merge_group: null, push: { branches: ["main"] } },
    permissions: { contents: "read", checks: "write", "pull-requests": "write", actions: "write" },
    jobs: { phasegate: { steps: [{ uses: "actions/checkout@v6" }, { uses: "phasegate/phasegate@v1" }] } },
  });
  expect(workflow.trimEnd().split("\n").length).toBeLessThan(25);
});

const shown = [...readme.matchAll(/^phasegate (.+?)(?: {2,}.*)?$/gm)].map(([, args = ""]) => args);

test("the commands of the command line are shown", () => {
  expect(shown.map((args) => args.split(" ")[0])).toEqual(expect.arrayContaining(["run", "explain"]));
});

test.each(shown)("`phasegate %s` is a command with such options", async (args) => {
  const options = args.split(" ").filter((arg) => arg.startsWith("--"));
  const { code, stdout } = await cli([args.split(" ")[0] ?? "", "--help"], { cwd: new URL(root).pathname });
  expect(code).toBe(0);
  for (const option of options) expect(stdout).toContain(option);
});

test("the npm scripts that are shown exist", () => {
  const { scripts } = JSON.parse(read("package.json"));
  const names = blocks("sh").flatMap((text) => [...text.matchAll(/npm (?:run )?(\w+)/g)].map(([, name]) => name));
  expect(names).toEqual(expect.arrayContaining(["ci", "start", "test"]));
  const own = ["ci", "install", "pack"];
  expect(names.filter((name = "") => !own.includes(name) && !Object.hasOwn(scripts, name))).toEqual([]);
});

test("every file that is linked to is there", () => {
  const links = [...readme.matchAll(/\]\(([^)#:]+)\)/g)].map(([, path = ""]) => path);
  expect(links.length).toBeGreaterThan(0);
  expect(links.filter((path) => !existsSync(new URL(path, root)))).toEqual([]);
});

test("the exit codes are those that help tells", async () => {
  const { stdout } = await cli(["--help"], { cwd: new URL(root).pathname });
  const told = [...stdout.matchAll(/^ {2}(\d) {2}(.+)$/gm)].map(([, code, meaning]) => [code, meaning]);
  expect(table("exit code")).toEqual(told);
});
