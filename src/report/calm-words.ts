/** What is to be said where nothing blocks a change. */

import type { Report } from "../model/report.ts";
import { clipped, inline } from "./escape.ts";
import { gatesThatCount } from "./phase-looks.ts";
import { count } from "./words.ts";

/** So many phases are named. */
const mostNames = 8;

/** What the change does and what was found, in a few sentences. */
export function calmWords({ phases }: Report, text: number): string {
  const names = (of: Report["phases"]) => listed(of.map(({ id }) => `**${inline(clipped(id, text))}**`));
  const started = phases.filter(({ state }) => state !== "not-started");
  const advanced = phases.filter(({ advancedBy }) => advancedBy.length > 0);
  const open = started.filter(({ state }) => state !== "verified");
  const { all, holding } = gatesThatCount(started.flatMap(({ gates }) => gates));
  const mutants = sum(phases.map(({ counts }) => counts.mutants));
  const killed = sum(phases.map(({ counts }) => counts.mutantsKilled));
  const were = killed === 1 ? "was" : "were";
  const gates = `${holding} of ${count(all, "gate")} ${holding === 1 ? "holds" : "hold"}`;
  return [
    ...(advanced.length === 0 ? [] : [`This change advances ${names(advanced)}.`]),
    mutants === 0 ? `${gates}.` : `${gates}, ${killed} of ${count(mutants, "mutant")} ${were} killed.`,
    ...(open.length === 0
      ? []
      : [`${names(open)} ${open.length === 1 ? "is" : "are"} not verified, which does not block this change.`]),
  ].join(" ");
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);

function listed(names: readonly string[]): string {
  const shown = names.length > mostNames ? names.slice(0, mostNames) : names.slice(0, -1);
  const last = names.length > mostNames ? `${names.length - mostNames} more` : (names.at(-1) ?? "");
  return shown.length === 0 ? last : `${shown.join(", ")} and ${last}`;
}
