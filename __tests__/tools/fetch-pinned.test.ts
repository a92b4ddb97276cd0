import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { fetchPinned } from "../../src/tools/fetch-pinned.ts";
import { pins } from "../../src/tools/pins.ts";
import { squawkPath } from "../../src/tools/squawk.ts";

const name = `@squawk-cli/${process.platform}-${process.arch}`;
const [version = "", integrity = ""] = Object.entries(pins[name] ?? {})[0] ?? [];

let cacheDir: string;
beforeEach(() => {
  cacheDir = mkdtempSync(join(tmpdir(), "t-cache-"));
});
afterEach(() => rmSync(cacheDir, { recursive: true }));

const entries = (): readonly string[] => readdirSync(join(cacheDir, "npm"));

test("npm fetches a pinned package once, whole, and without a trace of the attempt", async () => {
  const said: string[] = [];
  const onProgress = (message: string): void => void said.push(message);
  const [first, second] = await Promise.all([
    fetchPinned(name, version, { cacheDir, env: process.env, onProgress }),
    fetchPinned(name, version, { cacheDir, env: process.env }),
  ]);
  expect(first).toBe(second);
  expect(existsSync(join(first, "bin", "squawk"))).toBe(true);
  expect(entries()).toHaveLength(1);
  expect(await fetchPinned(name, version, { cacheDir, env: { PATH: "/nonexistent" }, onProgress })).toBe(first);
  expect(said).toEqual([`Fetching ${name} ${version}`]);
});

test("content that is not the pinned one is refused by npm, and not kept", async () => {
  const versions = pins[name] as Record<string, string>; // as the pins would be if the registry's content had changed
  versions[version] = `sha512-${"A".repeat(86)}==`;
  try {
    await expect(fetchPinned(name, version, { cacheDir, env: process.env })).rejects.toThrow(/EINTEGRITY/);
    expect(entries()).toEqual([]);
  } finally {
    versions[version] = integrity;
  }
});

test("a version that is not pinned is not fetched", () =>
  expect(fetchPinned(name, "0.0.1", { cacheDir, env: process.env })).rejects.toThrow(`${name} 0.0.1 is not pinned.`));

test("a cache that is no directory is refused before npm is asked", async () => {
  writeFileSync(join(cacheDir, "file"), "");
  await expect(fetchPinned(name, version, { cacheDir: join(cacheDir, "file"), env: process.env })).rejects.toThrow(
    "cannot be used as a cache",
  );
});

test("squawk is found where npm installed it", async () => {
  expect(await squawkPath({ env: process.env, cacheDir })).toMatch(/node_modules\/@squawk-cli\/[^/]+\/bin\/squawk$/);
  expect(readdirSync(cacheDir)).toEqual([]);
});

test.each(Object.entries(pins))("every pin of %s is an exact version with a SHA-512", (_, versions) => {
  for (const [exact, sum] of Object.entries(versions)) {
    expect(exact).toMatch(/^\d+\.\d+\.\d+(-beta\.\d+)?$/);
    expect(sum).toMatch(/^sha512-[A-Za-z0-9+/]{86}==$/);
  }
});
