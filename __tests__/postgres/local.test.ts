import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { boot } from "../../src/postgres/boot.ts";

const found = majorOfThisMachine();
if (found === undefined)
  process.stderr.write("No PostgreSQL is installed on this machine: the provider `local` was not tried for real.\n");

let path: string;
beforeEach(() => {
  path = mkdtempSync(join(tmpdir(), "t-path-"));
});
afterEach(() => rmSync(path, { recursive: true }));

test(
  found === undefined ? "no local PostgreSQL on this machine: says so" : `boots the machine's PostgreSQL ${found}`,
  async () => {
    if (found === undefined) {
      await expect(boot({ provider: "local", major: 18, env: process.env })).rejects.toThrow("local has no PostgreSQL");
      return;
    }
    const server = await boot({ provider: "local", major: found, env: process.env });
    expect(server).toMatchObject({ provider: "local", major: found, owned: true, prefix: "", why: "" });
    await server.stop();
  },
);

test("programs on PATH are found by what they say, also those with a version nobody has", async () => {
  program("postgres", "echo 'postgres (PostgreSQL) 99.3'");
  program("initdb", "exit 1");
  await expect(boot({ provider: "local", major: 98, env: { PATH: path } })).rejects.toThrow(
    /^This run needs PostgreSQL 98; local has (.* and )?99\.3( and .*)?\. Install PostgreSQL 98 on this machine\.$/,
  );
});

test("pg_config on PATH says where the programs are", async () => {
  const elsewhere = join(path, "elsewhere");
  mkdirSync(elsewhere);
  program("pg_config", `echo ${elsewhere}`);
  program("elsewhere/postgres", "echo 'postgres (PostgreSQL) 99beta1'");
  program("elsewhere/initdb", "exit 1");
  await expect(boot({ provider: "local", major: 98, env: { PATH: path } })).rejects.toThrow(
    /local has (.* and )?99( and .*)?\. Install/,
  );
});

test.each([
  ["a server without initdb", { postgres: "echo 'postgres (PostgreSQL) 99.3'" }],
  ["a program that is not PostgreSQL", { postgres: "echo hello", initdb: "exit 1" }],
  ["a program that does not run", { postgres: "exit 1", initdb: "exit 1" }],
])("%s is passed over", async (_, programs) => {
  for (const [name, body] of Object.entries(programs)) program(name, body);
  const error: Error = await boot({ provider: "local", major: 99, env: { PATH: path } }).catch((thrown) => thrown);
  expect(error.message).toMatch(/local has (no PostgreSQL|\d)/);
  expect(error.message).not.toContain("99.3");
});

function program(name: string, body: string): void {
  writeFileSync(join(path, name), `#!/bin/sh\n${body}\n`);
  chmodSync(join(path, name), 0o755);
}

function majorOfThisMachine(): number | undefined {
  try {
    return Number(/ (\d+)/.exec(execFileSync("pg_config", ["--version"], { encoding: "utf8" }))?.[1]);
  } catch {
    return undefined;
  }
}
