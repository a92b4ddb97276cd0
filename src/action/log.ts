/** What a person sees in the log of the job. Nothing of the change that stands in it is taken for a command of the workflow. */

import { randomBytes } from "node:crypto";
import { mistakesText } from "../command/mistakes.ts";
import type { Judgement } from "../judge.ts";
import { inert } from "../report/escape.ts";
import { terminal } from "../report/terminal.ts";
import { conclusion } from "../report/words.ts";

export function say(judged: Judgement): void {
  const token = randomBytes(16).toString("hex");
  process.stdout.write(`::stop-commands::${token}\n`);
  process.stdout.write(inert(whole(judged)));
  process.stdout.write(`\n::${token}::\n`);
}

function whole(judged: Judgement): string {
  switch (judged.status) {
    case "judged":
      return terminal(judged.report, { colour: true, width: 100 });
    case "unusable":
      return mistakesText(judged.mistakes);
    case "not-judged":
      return `Could not be judged: ${judged.reason}\n${judged.help ?? ""}\n`;
  }
}

/** What the job fails with. */
export function sentence(judged: Judgement): string {
  switch (judged.status) {
    case "judged":
      return conclusion(judged.report);
    case "unusable":
      return `The plan cannot be used: ${judged.mistakes[0].message}`;
    case "not-judged":
      return `It could not be judged: ${judged.reason}`;
  }
}

/** What is being done, a line for each stage: the log of a job keeps every line. */
export function progressLog(write: (line: string) => void): (stage: string) => void {
  let last = "";
  return (stage) => {
    if (stage !== last) write(`${inert(stage)}\n`);
    last = stage;
  };
}
