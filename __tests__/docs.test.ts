import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "@jest/globals";
import { checksPage } from "../scripts/checks-page.ts";
import { kinds } from "../src/checks/table.ts";

const read = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), "utf8");

test("docs/checks.md is what `npm run build` writes", () => {
  expect(read("docs/checks.md")).toBe(checksPage());
});

test("every check kind has its heading, its file and its word in the table", () => {
  const headings = [...read("docs/checks.md").matchAll(/^## (.*)$/gm)].map(([, heading]) => heading);
  expect(headings).toEqual(Object.keys(kinds));
  const files = readdirSync(new URL("../src/checks/", import.meta.url));
  for (const [word, { kind }] of Object.entries(kinds)) {
    expect(kind).toBe(word);
    expect(files).toContain(`${word}.ts`);
  }
});
