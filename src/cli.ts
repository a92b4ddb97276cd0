/** Composition root: the command line. */

import "./json-imports.ts";
import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { formats } from "./command/formats.ts";
import { standardOutput } from "./command/output.ts";
import type { RunArguments } from "./command/run.ts";
import { version } from "./version.ts";

const program = new Command("phasegate")
  .description("Exit gates with proof, for PostgreSQL changes.")
  .version(version, "-v, --version")
  .showHelpAfterError("(phasegate --help shows how)")
  .showSuggestionAfterError()
  .exitOverride()
  .addHelpText(
    "after",
    `
Exit codes:
  0  in order
  1  the change must not be merged
  2  the plan or the arguments are wrong
  3  it could not be judged

Examples:
  phasegate run --audit                     judge this checkout
  phasegate run --audit --phase 4B          run the gates of 4B too, although nobody has begun it
  phasegate run --audit --format json       the whole report, for programs
  phasegate run --audit --write-results     write the results of the SQL tests, and judge what was written
  phasegate run --audit --phase sign-off --approvals reviews.json
                                            a trial with recorded reviews
  phasegate explain 4A.2                    what a gate asks, and what proves it`,
  );

const output = standardOutput(process.env);
const stopping = new AbortController();
let status: number = 3;

const planOption = () => new Option("--plan <file>", "the plan").default("phasegate.yml");
const several = <Value>(value: Value, before: readonly Value[] = []): readonly Value[] => [...before, value];

program
  .command("run")
  .description(
    "Boot a throw-away PostgreSQL, replay the migrations, run every gate, prove that each check can fail, and judge.",
  )
  .addOption(planOption())
  .option("--audit", "judge the whole checkout, not a change against a base (so far the only way)")
  .option(
    "--phase <id>",
    "run the gates of this phase although it has not been started; may be repeated",
    several<string>,
    [],
  )
  .option(
    "--postgres <provider>",
    "auto, local, embedded, docker, or the URL of a server for this run alone",
    postgresProvider,
    "auto",
  )
  .option("--postgres-version <major>", "run on another major version than the plan's, for a trial", majorVersion)
  .addOption(new Option("--format <format>", "what is written to standard output").choices(formats).default("text"))
  .option("--json", "the same as --format json")
  .option(
    "--approvals <file>",
    "take reviews from a recorded file (JSON: author, head, reviews), for trials and tests; the report says so",
  )
  .option(
    "--write-results",
    "write the results of SQL tests (`results:` of a suite) into the checkout, then judge it as it is now",
  )
  .option(
    "--report <format=file>",
    "write the report to a file too; may be repeated",
    (value: string, before: RunArguments["report"]) => several(reportTarget(value), before),
    [],
  )
  .action(async (options: RunArguments & { readonly json?: boolean }) => {
    const args = options.json ? { ...options, format: "json" as const } : options;
    const { runCommand } = await import("./command/run.ts");
    status = await runCommand(args, process.env, process.cwd(), output, stopping.signal);
  });

program
  .command("explain")
  .description("Say what a gate, or every gate of a phase, asks, how it is checked, and how the checks can fail.")
  .argument("<id>", "a gate (4A.2) or a phase (4A)")
  .addOption(planOption())
  .option("--json", "as data")
  .action(async (id: string, options: { readonly plan: string; readonly json?: boolean }) => {
    const { explainCommand } = await import("./command/explain.ts");
    status = explainCommand(id, options, process.cwd(), output);
  });

function postgresProvider(value: string): string {
  if (!["auto", "local", "embedded", "docker"].includes(value) && !/^postgres(ql)?:\/\/./.test(value)) {
    throw new InvalidArgumentError("Allowed: auto, local, embedded, docker, or a URL like postgres://…");
  }
  return value;
}

function majorVersion(value: string): number {
  if (!/^1[5-8]$/.test(value)) throw new InvalidArgumentError("Allowed: 15, 16, 17, 18.");
  return Number(value);
}

function reportTarget(value: string): RunArguments["report"][number] {
  const [, format, file] = /^([a-z]+)=(.+)$/.exec(value) ?? [];
  const known = formats.find((candidate) => candidate === format);
  if (!known || !file) throw new InvalidArgumentError(`Write FORMAT=FILE; formats: ${formats.join(", ")}.`);
  return { format: known, file };
}

/** What a shell does with a program that was interrupted: everything is removed first, then the signal takes its course. */
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.once(signal, () => {
    stopping.abort();
    process.once("exit", () => process.kill(process.pid, signal));
  });
}

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) status = error.exitCode === 0 ? 0 : 2;
  else {
    output.error(`Could not be judged: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    status = 3;
  }
}
process.exitCode = status;
