import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "@jest/globals";

const src = new URL("../src/", import.meta.url);
const files = readdirSync(src, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"));

const imports = (file: string): readonly string[] => {
  const text = readFileSync(new URL(file, src), "utf8");
  return [...text.matchAll(/(?:from|import\()\s*"([^"]+)"/g)].map(([, specifier]) => specifier ?? "");
};

const folderOf = (file: string): string => (file.includes("/") ? (file.split("/")[0] ?? "") : "");

/** Folders of `src` that a file imports from; `""` for a composition root. */
const foldersImported = (file: string): readonly string[] =>
  imports(file)
    .filter((specifier) => specifier.startsWith("."))
    .map((specifier) => folderOf(new URL(specifier, new URL(file, src)).href.slice(src.href.length)));

/** Which folders each folder may import from, besides itself. The rule of src/README.md. */
const allowed: { readonly [folder: string]: readonly string[] } = {
  model: [],
  sql: ["model"],
  catalog: ["model", "sql"],
  suites: ["model", "sql", "catalog"],
  plan: ["model", "sql"],
  migration: ["model", "sql"],
  checks: ["model", "sql", "catalog", "suites", "migration"],
  report: ["model"],
  documents: ["model"],
  run: ["model", "sql", "catalog", "migration", "plan", "checks", "documents"],
  doctor: ["model", "plan", "sql", "checks", "report"],
  tools: [],
  postgres: ["model", "sql", "tools"],
  migrate: ["model", "sql", "migration", "run"],
  squawk: ["model", "tools"],
  repository: ["model"],
  programs: ["model", "tools"],
  approvals: ["model"],
  github: ["model", "doctor", "report"],
};

test.each(Object.keys(allowed))("src/%s imports only what its place in the architecture allows", (folder) => {
  const own = files.filter((file) => folderOf(file) === folder);
  expect(own.length).toBeGreaterThan(0);
  const wrong = own.flatMap((file) =>
    foldersImported(file)
      .filter((other) => other !== folder && !allowed[folder]?.includes(other))
      .map((other) => `${file} imports ${other || "a composition root"}`),
  );
  expect(wrong).toEqual([]);
});

test("every folder of src has its rule", () => {
  const folders = new Set(files.map(folderOf).filter((folder) => !["", "command", "action"].includes(folder)));
  expect([...folders].sort()).toEqual(Object.keys(allowed).sort());
});

/** What may be looked at, but not changed, by code that must give the same answer every time. */
const impure =
  /\bfrom "(node:(?!util|path\/posix|v8)[^"]+|pg|@actions\/(?!workflow-parser")[^"]+)"|\bprocess\.|\bconsole\.|\bDate\.now|\bnew Date\(\)|\bMath\.random|\bperformance\./;

test.each(["model", "plan", "report", "documents", "catalog", "migration"])(
  "src/%s has no clock, file system, environment or console",
  (folder) => {
    const found = files
      .filter((file) => folderOf(file) === folder)
      .flatMap((file) =>
        readFileSync(new URL(file, src), "utf8")
          .split("\n")
          .flatMap((line, index) => (impure.test(line) ? [`${file}:${index + 1} ${line.trim()}`] : [])),
      );
    expect(found).toEqual([]);
  },
);

test("check kinds touch nothing but what they are given", () => {
  const found = files
    .filter((file) => folderOf(file) === "checks")
    .flatMap((file) =>
      readFileSync(new URL(file, src), "utf8")
        .split("\n")
        .flatMap((line, index) => (impure.test(line) ? [`${file}:${index + 1} ${line.trim()}`] : [])),
    );
  expect(found).toEqual([]);
});
