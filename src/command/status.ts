import { createColors } from "picocolors";
import type { JudgeOptions } from "../judge.ts";
import { baseWords } from "../report/words.ts";
import { type ClaimedPhase, claims } from "./claimed.ts";
import { mistakesText } from "./mistakes.ts";
import type { Output } from "./output.ts";
import type { Place } from "./plan-path.ts";

export interface ClaimArguments {
  readonly base: JudgeOptions["base"];
  readonly json?: boolean;
}

/** Says what is wrong with what was asked; `undefined` where nothing is. */
export function refusal(claimed: ReturnType<typeof claims>, output: Output): 2 | 3 | undefined {
  if ("mistakes" in claimed) {
    output.error(mistakesText(claimed.mistakes));
    return 2;
  }
  if ("notJudged" in claimed) {
    output.error(`${claimed.notJudged}\n${claimed.help}\n`);
    return 3;
  }
  return undefined;
}

const marks = { claimed: "✔", "in-progress": "◐", prohibited: "⛔", "not-started": "◌" } as const;

/** The phases as their documents claim them; no database. */
export function statusCommand({ base, json }: ClaimArguments, { root, plan }: Place, output: Output): 0 | 2 | 3 {
  const claimed = claims(root, plan, base);
  const refused = refusal(claimed, output);
  if (refused !== undefined || !("phases" in claimed)) return refused ?? 3;
  if (json) {
    output.out(`${JSON.stringify({ base: claimed.measure.base, phases: claimed.phases }, null, 2)}\n`);
    return 0;
  }
  const c = createColors(output.colour);
  const widest = Math.max(...claimed.phases.map(({ id }) => id.length));
  const line = (phase: ClaimedPhase): string =>
    `  ${marks[phase.state]}${phase.state === "prohibited" ? "" : " "} ${c.bold(phase.id.padEnd(widest))}  ${words(phase)}`;
  output.out(
    [
      `  ${c.dim(baseWords(claimed.measure.base))}`,
      ...claimed.phases.map(line),
      "",
      "Claimed by the documents, and proven by nothing here: `phasegate run` derives them again.",
      "",
    ].join("\n"),
  );
  return 0;
}

function words({ id, state, document, onBase, blockers, files, title }: ClaimedPhase): string {
  switch (state) {
    case "claimed":
      return `claimed verified${onBase === false ? " in this checkout, not on base yet" : ""}: ${document}`;
    case "in-progress":
      return `begun, not verified: ${title}`;
    case "prohibited":
      return `prohibited: ${blockers.join("; ")}${files.length > 0 ? ` (and ${id} has ${files[0]}${files.length > 1 ? ", …" : ""})` : ""}`;
    case "not-started":
      return `may be started: ${title}`;
  }
}
