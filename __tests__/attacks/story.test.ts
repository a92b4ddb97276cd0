import { execFile } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, expect, test } from "@jest/globals";
import { story } from "./story.ts";

/** Types the tutorial, and holds that it says what is said. UPDATE_GOLDEN=1 writes it. */

const product = fileURLToPath(new URL("../..", import.meta.url));
const page = join(product, "docs/tutorial.md");
const folder = mkdtempSync(join(tmpdir(), "phasegate-story-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const root = join(folder, "shop");
const bin = join(folder, "bin");
mkdirSync(root);
mkdirSync(bin);
const program = process.env.PHASEGATE_CLI ?? join(product, "dist/cli.js");
writeFileSync(join(bin, "phasegate"), `#!/bin/sh\nexec ${process.execPath} ${program} "$@"\n`);
chmodSync(join(bin, "phasegate"), 0o755);

const env = {
  ...process.env,
  P: product.replace(/\/$/, ""),
  PATH: `${bin}:${process.env.PATH}`,
  NO_COLOR: "1",
  GIT_AUTHOR_NAME: "Eve",
  GIT_AUTHOR_EMAIL: "eve@example.org",
  GIT_COMMITTER_NAME: "Eve",
  GIT_COMMITTER_EMAIL: "eve@example.org",
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_CONFIG_NOSYSTEM: "1",
};
const run = promisify(execFile);

async function typed(command: string): Promise<{ readonly said: string; readonly code: number }> {
  try {
    const { stdout, stderr } = await run("sh", ["-c", command], { cwd: root, env });
    return { said: stderr + stdout, code: 0 };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string }; // as execFile rejects
    return { said: stderr + stdout, code };
  }
}

/** What differs from machine to machine, and from day to day. */
const steady = (text: string): string =>
  text
    .replace(/^(?:Booting|Replaying|Looking|Proving) .*\n/gm, "")
    .replace(
      /^ {2}PostgreSQL \d+\.\d+ \(\w+\) ready in[\s\S]*?(?=^ {2}(?:Against|An audit))/gm,
      "  PostgreSQL 18.4 (embedded) ready in 0.2 s.\n",
    )
    .replace(/\b\d+\.\d s$/gm, (duration) => "0.5 s".padStart(duration.length))
    .replace(/\b[0-9a-f]{10}\b/g, "4f2a9c81d3")
    .trimEnd();

test("the tutorial is what is said", async () => {
  const parts: string[] = [];
  for (const { told, typed: commands } of story) {
    const shown: string[] = [];
    for (const command of commands) {
      const text = typeof command === "string" ? command : command.quiet;
      const { said, code } = await typed(text);
      if (typeof command !== "string") expect({ text, code, said }).toEqual({ text, code: 0, said: "" });
      const end = code === 0 ? "" : `\n# exit ${code}`;
      shown.push(typeof command === "string" ? `$ ${text}\n${steady(said)}${end}`.trimEnd() : `$ ${text}`);
    }
    parts.push(told, `\`\`\`console\n${shown.join("\n\n")}\n\`\`\``);
  }
  const written = `${parts.join("\n\n")}\n`;
  if (process.env.UPDATE_GOLDEN === "1") writeFileSync(page, written);
  expect(existsSync(page)).toBe(true);
  expect(written).toBe(readFileSync(page, "utf8"));
}, 240_000);
