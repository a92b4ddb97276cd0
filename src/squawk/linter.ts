import { spawn } from "node:child_process";
import { z } from "zod";
import type { Hazard, Linter } from "../model/ports.ts";
import { type FindingSquawk, squawkPath } from "../tools/squawk.ts";

/** Every rule of the pinned squawk; it cannot list them itself. A test holds this list in step with the program. */
export const rules: readonly string[] = [
  "require-concurrent-index-creation",
  "require-concurrent-index-deletion",
  "constraint-missing-not-valid",
  "adding-field-with-default",
  "adding-foreign-key-constraint",
  "changing-column-type",
  "adding-not-nullable-field",
  "adding-serial-primary-key-field",
  "renaming-column",
  "renaming-table",
  "disallowed-unique-constraint",
  "ban-drop-database",
  "prefer-bigint-over-int",
  "prefer-bigint-over-smallint",
  "prefer-identity",
  "prefer-repack",
  "prefer-robust-stmts",
  "prefer-text-field",
  "prefer-timestamp-tz",
  "ban-char-field",
  "ban-drop-column",
  "ban-drop-table",
  "ban-drop-not-null",
  "transaction-nesting",
  "adding-required-field",
  "ban-concurrent-index-creation-in-transaction",
  "ban-create-domain-with-constraint",
  "ban-alter-domain-with-add-constraint",
  "ban-truncate-cascade",
  "require-timeout-settings",
  "ban-uncommitted-transaction",
  "require-enum-value-ordering",
  "require-table-schema",
  "identifier-too-long",
  "require-concurrent-partition-detach",
  "require-concurrent-reindex",
  "require-lock-timeout",
  "require-statement-timeout",
  "ban-duplicate-column-assignments",
];

const violations = z.array(
  z.looseObject({
    rule_name: z.string().min(1),
    message: z.string(),
    help: z.string().nullable(),
    line: z.int().min(0),
  }),
);

const name = "migration.sql";

/** squawk, as it is installed beside this package or fetched; see `squawkPath`. A text is linted once. */
export function linter(finding: FindingSquawk = { env: process.env }): Linter {
  let path: Promise<string> | undefined;
  const known = new Map<string, readonly Hazard[]>();
  return {
    async lint(sql, major) {
      // Exceptions belong in the plan, with a reason, and not in the migration that they excuse.
      const text = sql.replace(/squawk-ignore/gi, "squawk_ignore");
      const key = `${major} ${text}`;
      path ??= squawkPath(finding);
      const found = known.get(key) ?? hazards(await run(await path, major, text));
      known.set(key, found);
      return found;
    },
    rules: async () => rules,
  };
}

function hazards(output: string): readonly Hazard[] {
  const found = violations.parse(JSON.parse(output));
  const unreadable = found.find(({ rule_name }) => rule_name === "syntax-error");
  // What follows a mistake is not looked at, so nothing found after it means nothing.
  if (unreadable) throw new Error(`squawk cannot read the SQL at line ${unreadable.line + 1}: ${unreadable.message}`);
  return found.map(({ rule_name, message, help, line }) => ({
    rule: rule_name,
    message,
    ...(help === null ? {} : { help }),
    line: line + 1,
  }));
}

function run(path: string, major: number, sql: string): Promise<string> {
  const options = ["--reporter", "json", "--assume-in-transaction", "--pg-version", String(major)];
  // Without a configuration named, squawk takes the one of the project that is judged.
  const args = [...options, "--config", "/dev/null", "--stdin-filepath", name];
  return new Promise((resolve, reject) => {
    const child = spawn(path, args, { cwd: "/", env: {}, timeout: 30_000, killSignal: "SIGKILL" });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
    });
    child.on("error", (cause) => reject(new Error(`squawk cannot be started: ${cause.message}`, { cause })));
    child.on("close", (code, signal) => {
      // It ends with 1 where it found something.
      if (code === 0 || (code === 1 && stdout.startsWith("["))) return resolve(stdout);
      reject(new Error(`squawk ended with ${signal ?? `exit code ${code}`}: ${(stderr || stdout).trim().slice(-500)}`));
    });
    child.stdin.on("error", () => {
      // It ended before it read everything; what it said is told when it is closed.
    });
    child.stdin.end(sql);
  });
}
