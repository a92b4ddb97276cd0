import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { migrationOf, plan, unplanned, type Workshop } from "../support/workshop.ts";

/** The hooks of docs/agents.md, as they are copied from there, against a plan of which nothing is verified. */

const product = fileURLToPath(new URL("../..", import.meta.url));
const page = readFileSync(join(product, "docs/agents.md"), "utf8");
const hook = (begins: string): string => {
  const block = [...page.matchAll(/^```\w+\n([\s\S]*?)^```$/gm)].find(([, text]) => text?.includes(begins));
  if (!block?.[1]) throw new Error(`docs/agents.md has no ${begins}`);
  return block[1];
};

const bin = mkdtempSync(join(tmpdir(), "phasegate-hooks-"));
const env = { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH}` };
let workshop: Workshop;

beforeAll(() => {
  writeFileSync(
    join(bin, "phasegate"),
    `#!/bin/sh\nexec "${process.execPath}" "${join(product, "dist/cli.js")}" "$@"\n`,
  );
  chmodSync(join(bin, "phasegate"), 0o755);
  writeFileSync(join(bin, "pre-edit.mjs"), hook("// pre-edit"));
  workshop = unplanned();
  workshop.write("phasegate.yml", plan);
  workshop.land("A plan");
  workshop.write(".git/hooks/pre-commit", hook("# pre-commit"));
  chmodSync(join(workshop.root, ".git/hooks/pre-commit"), 0o755);
});
afterAll(() => {
  workshop.dispose();
  rmSync(bin, { recursive: true });
});

const committed = (...paths: readonly string[]) => {
  workshop.git("add", ...paths);
  const { status, stderr } = spawnSync(
    "git",
    ["-c", "user.name=Eve", "-c", "user.email=e@example.org", "commit", "-m", "Work"],
    {
      cwd: workshop.root,
      env,
      encoding: "utf8",
    },
  );
  return { status, stderr };
};

test("a commit of a prohibited phase is refused, with the reason", () => {
  workshop.add("4A");
  const { status, stderr } = committed(migrationOf["4A"]);
  expect(stderr).toContain(`${migrationOf["4A"]}: it belongs to 4A, which is prohibited: baseline has no document`);
  expect(status).toBe(1);
  workshop.git("reset", "-q");
});

test("a commit of anything else is made", () => {
  workshop.write("README.md", "Revenue\n");
  expect(committed("README.md")).toMatchObject({ status: 0 });
});

test.each([
  ["of a prohibited phase is refused", migrationOf["4B"], 2],
  ["of the baseline, which is in progress, is made", "migrations/20251112090000000_create-core-tables.sql", 0],
  ["of a file of nobody is made", "README.md", 0],
])("an edit %s", (_name, path, status) => {
  const edit = spawnSync(process.execPath, [join(bin, "pre-edit.mjs")], {
    cwd: workshop.root,
    env,
    encoding: "utf8",
    input: JSON.stringify({ tool_name: "Edit", tool_input: { file_path: join(workshop.root, path) } }),
  });
  expect({ status: edit.status, said: edit.stderr.includes("prohibited") }).toEqual({ status, said: status === 2 });
});
