import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "@jest/globals";
import { load } from "js-yaml";
import { readWorkflow } from "../../src/checks/workflow-file.ts";

/** The workflows of this repository, read by GitHub's own parser. */

const root = new URL("../../", import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, root), "utf8");
const workflows = readdirSync(new URL(".github/workflows/", root)).map((name) => `.github/workflows/${name}`);

test("there are those that a release needs", () => {
  const names = workflows.map((path) => path.split("/").at(-1));
  expect(names.sort()).toEqual(["check-dist.yml", "ci.yml", "gate.yml", "long.yml", "phasegate.yml", "release.yml"]);
});

test.each(workflows)("%s is one", async (path) => {
  expect(await readWorkflow(path, read(path))).toMatchObject({ status: "workflow" });
});

const reporting = "actions: write, checks: write, contents: read, pull-requests: write";

test("no job has a token that may do more than it is known to need", () => {
  const tokens = workflows.flatMap((path) => {
    // Only what is looked at here.
    const { permissions, jobs } = load(read(path)) as {
      readonly permissions?: Record<string, string>;
      readonly jobs: Record<string, { readonly permissions?: Record<string, string> }>;
    };
    return Object.entries(jobs).map(([id, job]): [string, string] => {
      const scopes = Object.entries(job.permissions ?? permissions ?? { everything: "write" });
      const name = `${path.split("/").at(-1)} ${id}`;
      return [
        name,
        scopes
          .map((scope) => scope.join(": "))
          .sort()
          .join(", "),
      ];
    });
  });
  expect(Object.fromEntries(tokens)).toEqual({
    "check-dist.yml check-dist": "contents: read",
    "ci.yml test": "contents: read",
    "gate.yml phasegate": reporting,
    "long.yml test-long": "contents: read",
    "phasegate.yml phasegate": reporting,
    "release.yml github": "contents: write",
    "release.yml npm": "contents: read, id-token: write",
    "release.yml test": "contents: read",
  });
});

test("a workflow with a misspelt key is none", async () => {
  const text = read(".github/workflows/ci.yml").replace("runs-on:", "run-on:");
  expect(await readWorkflow("ci.yml", text)).toMatchObject({ status: "invalid" });
});

test("this repository is judged by what base has", () => {
  const text = read(".github/workflows/phasegate.yml");
  expect(text).toMatch(/ref: \$\{\{ github\.event\.pull_request\.base\.sha/);
  expect(text).toMatch(/uses: \.\/\.phasegate-of-base/);
});

test("what action.yml starts is there", () => {
  // Only what is looked at here.
  const { runs } = load(read("action.yml")) as { readonly runs: Record<"using" | "main" | "post", string> };
  expect(runs.using).toBe("node24");
  for (const path of [runs.main, runs.post]) expect(read(path).length).toBeGreaterThan(0);
});
