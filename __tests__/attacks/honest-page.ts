import { readFileSync } from "node:fs";
import { expect } from "@jest/globals";

const page = (): string => readFileSync(new URL("../../docs/how-to.md", import.meta.url), "utf8");

/** The situations of docs/how-to.md, in its order. */
export const headings = (): readonly string[] =>
  [...page().matchAll(/^### (.+)$/gm)].map(([, heading]) => heading ?? "");

export function expectShown(way: string): void {
  expect(headings()).toContain(way);
}
