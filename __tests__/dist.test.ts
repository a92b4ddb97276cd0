import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "@jest/globals";
import { Ajv2020 } from "ajv/dist/2020.js";
import { load } from "js-yaml";

/** dist/ is what ships, and what the end-to-end tests run. */

const root = fileURLToPath(new URL("..", import.meta.url));
const dist = join(root, "dist");

test("dist/ is what `npm run build` makes of the sources, to the byte", () => {
  const fresh = mkdtempSync(join(tmpdir(), "phasegate-dist-"));
  try {
    execFileSync(process.execPath, [join(root, "scripts/build.ts"), fresh], { stdio: "pipe" });
    expect(filesOf(dist)).toEqual(filesOf(fresh));
    const stale = filesOf(fresh).filter(
      (name) => !readFileSync(join(dist, name)).equals(readFileSync(join(fresh, name))),
    );
    expect(stale).toEqual([]);
  } finally {
    rmSync(fresh, { recursive: true });
  }
});

/** With those in folders. */
const filesOf = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => statSync(join(folder, name)).isFile())
    .sort();

test("the programs are under 5 MB, PostgreSQL's parser included", () => {
  const programs = filesOf(dist).filter((name) => /\.(js|wasm)$/.test(name));
  const bytes = programs.map((name) => statSync(join(dist, name)).size);
  expect(bytes.length).toBeGreaterThan(10);
  expect(bytes.reduce((sum, size) => sum + size, 0)).toBeLessThan(5_000_000);
});

test("the shipped schema of plans accepts the plan of this repository, and refuses one with a key that nobody knows", () => {
  const schema = JSON.parse(readFileSync(join(dist, "plan.schema.json"), "utf8"));
  const validate = new Ajv2020({ strict: false, allErrors: true }).compile(schema);
  const plan = load(readFileSync(join(root, "phasegate.yml"), "utf8"));
  validate(plan);
  expect(validate.errors).toBeNull();
  expect(validate({ ...Object(plan), phasse: [] })).toBe(false);
});
