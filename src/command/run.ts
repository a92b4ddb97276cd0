import { resolve } from "node:path";
import { recorded } from "../approvals/recorded.ts";
import { type JudgeOptions, judge } from "../judge.ts";
import type { Report, Run } from "../model/report.ts";
import { json } from "../report/json.ts";
import { markdown } from "../report/markdown.ts";
import { terminal } from "../report/terminal.ts";
import { count } from "../report/words.ts";
import type { Format } from "./formats.ts";
import { mistakesText } from "./mistakes.ts";
import type { Output } from "./output.ts";
import type { Place } from "./plan-path.ts";
import { unwritable, writeReport } from "./report-files.ts";

export interface RunArguments {
  readonly audit?: boolean;
  /** A revision. */
  readonly base?: string;
  readonly merge?: boolean;
  /** False: verification documents are not asked for. */
  readonly documents: boolean;
  readonly phase: readonly string[];
  readonly postgres: string;
  readonly postgresVersion?: number;
  readonly format: Format;
  /** A recorded file of reviews. */
  readonly approvals?: string;
  readonly writeResults?: boolean;
  /** `FORMAT=FILE`, several. */
  readonly report: readonly { readonly format: Format; readonly file: string }[];
}

/** In order, must not be merged, wrong input, could not be judged. DESIGN 9. */
export function exitCode(run: Run): 0 | 1 | 2 | 3 {
  if (run.status === "unusable") return 2;
  if (run.status === "not-judged") return 3;
  return run.report.conclusion === "in-order" ? 0 : 1;
}

const recordingShape =
  'Write { "author": "@eve", "head": "<commit>", "reviews": [{ "reviewer": "@ada", "commit": "<commit>", "state": "approved" }] }.';

/** Judges the checkout in the working directory, and says what came of it. */
export async function runCommand(
  args: RunArguments,
  env: JudgeOptions["env"],
  { root, plan, from }: Place,
  output: Output,
  signal: AbortSignal,
): Promise<0 | 1 | 2 | 3> {
  const files = args.report.map(({ format, file }) => ({ format, file: resolve(from, file) }));
  const closed = files.flatMap(({ file }) => unwritable(file) ?? []);
  if (closed.length > 0) {
    output.error(mistakesText(closed));
    return 2;
  }
  const approvals = args.approvals === undefined ? undefined : recorded(args.approvals, root);
  if (approvals && "mistake" in approvals) {
    output.error(mistakesText([{ message: approvals.mistake, help: recordingShape }]));
    return 2;
  }
  const written: string[] = [];
  const run = await judge({
    root,
    plan,
    postgres: providerOf(args.postgres),
    ...(args.postgresVersion === undefined ? {} : { major: args.postgresVersion }),
    base: baseOf(args),
    merged: args.merge ?? false,
    documents: args.documents ? "asked" : "not-asked",
    phases: args.phase,
    ...(approvals === undefined ? {} : { approvals }),
    ...(args.writeResults === undefined ? {} : { writeResults: args.writeResults }),
    env,
    onProgress: (progress) => {
      if (progress.kind === "written") written.push(progress.file);
      else output.progress(...progressText(progress));
    },
    signal,
  });
  output.quiet();
  if (args.writeResults) output.error(writtenText(written, run.status === "judged"));
  switch (run.status) {
    case "unusable":
      output.error(mistakesText(run.mistakes));
      break;
    case "not-judged":
      output.error(`Could not be judged: ${run.reason}\n${run.help === undefined ? "" : `${run.help}\n`}`);
      break;
    case "judged":
      output.out(formatted(run.report, args.format, output.colour, output.width));
  }
  if (run.status !== "judged") return exitCode(run);
  const lost = files.flatMap(({ format, file }) => writeReport(file, formatted(run.report, format, false, 96)) ?? []);
  if (lost.length > 0) output.error(`${lost.join("\n")}\n`);
  // Whoever reads the files would take an older one for what came of this run.
  return exitCode(run) || (lost.length > 0 ? 3 : 0);
}

/** What the options of the command line ask to be measured against. */
export const baseOf = ({ audit, base }: Pick<RunArguments, "audit" | "base">): JudgeOptions["base"] =>
  audit ? { kind: "audit" } : base === undefined ? { kind: "default" } : { kind: "revision", revision: base };

function formatted(report: Report, format: Format, colour: boolean, width: number): string {
  if (format === "json") return json(report);
  return format === "markdown" ? markdown(report) : terminal(report, { colour, width });
}

/** A provider by its word, or the URL of a server. */
export const providerOf = (given: string): JudgeOptions["postgres"] =>
  given === "auto" || given === "local" || given === "embedded" || given === "docker" ? given : { url: given };

function writtenText(written: readonly string[], judged: boolean): string {
  if (written.length > 0) return written.map((file) => `Wrote ${file}\n`).join("");
  return judged ? "Wrote no file: none was out of date, or none could be derived.\n" : "";
}

type Told = Exclude<Parameters<NonNullable<JudgeOptions["onProgress"]>>[0], { readonly kind: "written" }>;

/** The stage, and how far it has come. */
export function progressText(progress: Told): [stage: string, text: string] {
  switch (progress.kind) {
    case "booting":
      return ["Booting PostgreSQL", progress.message];
    case "migrating":
      return [`Replaying ${count(progress.count, "migration")}`, `${progress.index + 1}, ${progress.migration}`];
    case "checking":
      return [`Looking with ${count(progress.count, "check")}`, String(progress.done)];
    case "proving":
      return [`Proving that ${count(progress.count, "check")} can fail`, String(progress.done)];
  }
}
