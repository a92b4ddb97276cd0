/** Composition root: the command line. */

import "./json-imports.ts";
import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import type { DoctorArguments } from "./command/doctor.ts";
import { formats } from "./command/formats.ts";
import type { InitArguments } from "./command/init.ts";
import { standardOutput } from "./command/output.ts";
import { placeOf } from "./command/plan-path.ts";
import type { RunArguments } from "./command/run.ts";
import type { ClaimArguments } from "./command/status.ts";
import type { VerifyArguments } from "./command/verify.ts";
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
  phasegate run                             judge what this branch changes against origin's default branch
  phasegate run --base main --merge         judge what merging this branch into main would give
  phasegate run --audit                     judge this checkout as a whole
  phasegate run --audit --no-documents      try the gates before anything is verified
  phasegate verify 4B                       write the verification document of 4B, if its gates hold
  phasegate status                          what the documents claim; no database
  phasegate next                            what may be worked on now, and the next action
  phasegate guard --staged                  refuse a commit that touches a prohibited phase
  phasegate run --audit --phase 4B          run the gates of 4B too, although nobody has begun it
  phasegate run --audit --format json       the whole report, for programs
  phasegate run --audit --write-results     write the results of the SQL tests, and judge what was written
  phasegate run --audit --phase sign-off --approvals reviews.json
                                            a trial with recorded reviews
  phasegate explain 4A.2                    what a gate asks, and what proves it
  phasegate init                            write a first plan, and the workflow beside it
  phasegate doctor                          which ways around the gate are open`,
  );

const output = standardOutput(process.env);
const stopping = new AbortController();
let status: number = 3;

const planOption = () => new Option("--plan <file>", 'the plan (default: "phasegate.yml" of the checkout)');
/** What is given on the command line: the plan may be left out. */
type Given<Arguments> = Omit<Arguments, "plan"> & { readonly plan?: string };
const several = <Value>(value: Value, before: readonly Value[] = []): readonly Value[] => [...before, value];

program
  .command("run")
  .description(
    "Boot a throw-away PostgreSQL, replay the migrations, run every gate, prove that each check can fail, and judge.",
  )
  .addOption(planOption())
  .addOption(
    new Option("--base <revision>", "what the change goes into; judged is what came since the two parted").conflicts(
      "audit",
    ),
  )
  .option("--audit", "judge the whole checkout, as if everything were new")
  .addOption(
    new Option("--merge", "judge what merging the checked-out commit into the tip of base would give").conflicts(
      "audit",
    ),
  )
  .option("--no-documents", "do not ask for verification documents: a trial, which verifies nothing")
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
  .action(async ({ plan, json, ...options }: Given<RunArguments> & { readonly json?: boolean }) => {
    const args = json ? { ...options, format: "json" as const } : options;
    const { runCommand } = await import("./command/run.ts");
    status = await runCommand(args, process.env, placeOf(plan, process.cwd()), output, stopping.signal);
  });

program
  .command("verify")
  .description(
    "Derive what the gates of a phase show, twice, and write its verification document if they hold; results of SQL tests are written first.",
  )
  .argument("[id...]", "phases: 4A 4B")
  .addOption(planOption())
  .option("--all", "every phase that has started, where its document is not what a run derives")
  .option("--verifier <name>", "who verifies; git's user.name unless told")
  .option("--postgres <provider>", "as for run", postgresProvider, "auto")
  .option("--json", "what was written, and what was not and why, as data")
  .action(async (ids: string[], { plan, ...options }: Given<Omit<VerifyArguments, "phases">>, command: Command) => {
    eitherOr(command, ids, options.all, "name a phase, or --all");
    const { verifyCommand } = await import("./command/verify.ts");
    const args = { ...options, phases: ids };
    status = await verifyCommand(args, process.env, placeOf(plan, process.cwd()), output, stopping.signal);
  });

interface ClaimOptions {
  readonly plan?: string;
  readonly base?: string;
  readonly json?: boolean;
}

/** Commands that read documents only. */
const claiming = (name: string, description: string): Command =>
  program
    .command(name)
    .description(description)
    .addOption(planOption())
    .option("--base <revision>", "what the change goes into; origin's default branch unless told")
    .option("--json", "as data");

const claimArguments = ({ base, json }: ClaimOptions): ClaimArguments => ({
  base: base === undefined ? { kind: "default" } : { kind: "revision", revision: base },
  ...(json === undefined ? {} : { json }),
});

claiming("status", "Say what the documents claim of each phase. Boots nothing, proves nothing.").action(
  async (options: ClaimOptions) => {
    const { statusCommand } = await import("./command/status.ts");
    status = statusCommand(claimArguments(options), placeOf(options.plan, process.cwd()), output);
  },
);

claiming(
  "next",
  "Say what may be worked on now, with the next action, and which paths and objects are prohibited.",
).action(async (options: ClaimOptions) => {
  const { nextCommand } = await import("./command/next.ts");
  status = nextCommand(claimArguments(options), placeOf(options.plan, process.cwd()), output);
});

claiming(
  "guard",
  "Fail if a path belongs to a prohibited phase, is a migration that a phase was verified with, or a verification document.",
)
  .argument("[path...]", "files and folders, as they are called from here")
  .option("--staged", "what the next commit would change")
  .addHelpText(
    "after",
    `
Examples:
  phasegate guard migrations/0007_sum.sql   may this file be edited?
  phasegate guard --staged                  in .git/hooks/pre-commit`,
  )
  .action(async (paths: string[], options: ClaimOptions & { readonly staged?: boolean }, command: Command) => {
    eitherOr(command, paths, options.staged, "name a path, or --staged");
    const { guardCommand } = await import("./command/guard.ts");
    const args = { ...claimArguments(options), paths, staged: options.staged ?? false };
    status = guardCommand(args, placeOf(options.plan, process.cwd()), output);
  });

program
  .command("explain")
  .description("Say what a gate, or every gate of a phase, asks, how it is checked, and how the checks can fail.")
  .argument("<id>", "a gate (4A.2) or a phase (4A)")
  .addOption(planOption())
  .option("--json", "as data")
  .action(async (id: string, { plan, json }: { readonly plan?: string; readonly json?: boolean }) => {
    const { explainCommand } = await import("./command/explain.ts");
    status = explainCommand(id, json ?? false, placeOf(plan, process.cwd()), output);
  });

program
  .command("init")
  .description("Write a first plan for the migrations that are here, and the workflow that judges changes by it.")
  .option("--migrations <dir>", "the migrations folder; found unless told")
  .option("--force", "write over files that are there")
  .option("--json", "what was written, and what will keep the gates from holding, as data")
  .action(async (options: InitArguments) => {
    const { initCommand } = await import("./command/init.ts");
    status = await initCommand(options, process.cwd(), output);
  });

program
  .command("doctor")
  .description(
    "Say which ways around the gate are open, in the workflows and the plan, and, with GITHUB_TOKEN or GH_TOKEN, in GitHub's settings of the branch. Changes nothing.",
  )
  .addOption(planOption())
  .option("--repository <owner/name>", "the repository on GitHub; that of origin unless told", repositoryName)
  .option("--branch <name>", "the branch that is guarded; the default branch unless told")
  .option("--json", "as data")
  .addHelpText(
    "after",
    `
Exit codes:
  0  no way around the gate was found open; what could not be looked at is named
  1  one is open
  2  the plan or the arguments are wrong
  3  a workflow cannot be read`,
  )
  .action(async ({ plan: given, ...options }: Given<DoctorArguments>) => {
    const { doctorCommand } = await import("./command/doctor.ts");
    const { root, plan } = placeOf(given, process.cwd());
    status = await doctorCommand({ ...options, plan }, process.env, root, output);
  });

for (const command of program.commands) command.showHelpAfterError(`(phasegate ${command.name()} --help shows how)`);

/** Ends the program where neither or both are given. */
function eitherOr(command: Command, given: readonly string[], all: boolean | undefined, help: string): void {
  if ((given.length === 0) === (all === true)) return;
  command.error(`error: ${given.length === 0 ? "" : "not both: "}${help}`, { exitCode: 2 });
}

function repositoryName(value: string): string {
  if (!/^[\w.-]+\/[\w.-]+$/.test(value)) throw new InvalidArgumentError("Write OWNER/NAME.");
  return value;
}

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
