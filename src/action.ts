/** Composition root: the GitHub Action. */

import { randomBytes } from "node:crypto";
import { getInput, setFailed, setOutput, summary } from "@actions/core";
import { mistakesText } from "./command/mistakes.ts";
import { planPath } from "./command/plan-path.ts";
import { exitCode, providerOf } from "./command/run.ts";
import { judge } from "./judge.ts";
import type { Run } from "./model/report.ts";
import { fenced } from "./report/escape.ts";
import { markdown } from "./report/markdown.ts";
import { terminal } from "./report/terminal.ts";
import { conclusion } from "./report/words.ts";

/** GitHub takes 1 MiB for the summary of a step. */
const summaryBytes = 1024 * 1024;

const root = process.env.GITHUB_WORKSPACE ?? process.cwd();
const run = await judge({
  root,
  plan: planPath(getInput("plan"), root),
  postgres: providerOf(getInput("postgres")),
  base: { kind: "audit" },
  documents: "asked",
  phases: [],
  env: process.env,
  // What lies in the checkout's node_modules belongs to the change, and is not to be executed by its judge.
  projects: [],
});

say(run);
await summary.addRaw(summaryOf(run)).write({ overwrite: true });
setOutput("conclusion", run.status === "judged" ? run.report.conclusion : run.status);
if (exitCode(run) !== 0) setFailed(sentence(run));

/** Prints what a person sees in the log. Nothing of the change that stands in it is taken for a command of the workflow. */
function say(judged: Run): void {
  const token = randomBytes(16).toString("hex");
  process.stdout.write(`::stop-commands::${token}\n`);
  process.stdout.write(
    judged.status === "judged" ? terminal(judged.report, { colour: true, width: 100 }) : plain(judged),
  );
  process.stdout.write(`\n::${token}::\n`);
}

function plain(judged: Exclude<Run, { status: "judged" }>): string {
  if (judged.status === "unusable") return mistakesText(judged.mistakes);
  return `Could not be judged: ${judged.reason}\n${judged.help ?? ""}\n`;
}

function summaryOf(judged: Run): string {
  if (judged.status !== "judged")
    return `## ⛔ ${judged.status === "unusable" ? "The plan cannot be used" : "It could not be judged"}\n\n${fenced(plain(judged))}\n`;
  const whole = markdown(judged.report);
  if (Buffer.byteLength(whole) <= summaryBytes) return whole;
  return markdown({
    ...judged.report,
    phases: judged.report.phases.map((phase) => ({
      ...phase,
      gates: phase.gates.filter(({ verdict }) => verdict.status !== "passed"),
    })),
  }).slice(0, summaryBytes / 4);
}

function sentence(judged: Run): string {
  switch (judged.status) {
    case "judged":
      return conclusion(judged.report);
    case "unusable":
      return `The plan cannot be used: ${judged.mistakes[0].message}`;
    case "not-judged":
      return `It could not be judged: ${judged.reason}`;
  }
}
