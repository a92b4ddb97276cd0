/** The phases of a plan, one line each. */

import type { DocumentResult, PhaseResult } from "../model/report.ts";
import { clipped, inline } from "./escape.ts";
import { gatesThatCount, lookOf, looks } from "./phase-looks.ts";

const documents: { readonly [Status in DocumentResult["status"]]: string } = {
  "as-derived": "as derived",
  missing: "missing",
  differs: "differs",
  "not-asked": "–",
};

/** Where there are more, those that are verified and that the change leaves alone take one line together. */
const mostLines = 12;

/** In the order of the plan; what has not been started takes one line together. */
export function phasesTable(phases: readonly PhaseResult[], most: number): string {
  const isIdle = ({ state }: PhaseResult) => state === "not-started";
  const idle = phases.filter(isIdle);
  const isCalm = ({ state, advancedBy }: PhaseResult) =>
    phases.length - idle.length > mostLines && state === "verified" && advancedBy.length === 0;
  const calm = phases.filter(isCalm);
  const name = (text: string) => inline(clipped(text, Math.min(most, 120)));
  const ids = (of: readonly PhaseResult[]) => of.map(({ id }) => name(id)).join(", ");
  const rows = phases
    .filter((phase) => !isIdle(phase) && !isCalm(phase))
    .map((phase) => [
      looks[lookOf(phase)].mark,
      `**${name(phase.id)}**${phase.title.trim() === "" ? "" : ` ${name(phase.title)}`}`,
      stateCell(phase),
      gatesCell([phase]),
      proofCell([phase]),
      phase.document.status === "differs" && phase.document.claimsMore
        ? "claims too much"
        : documents[phase.document.status],
    ]);
  return [
    "| | Phase | State | Gates | Mutants killed | Document |",
    "| --- | --- | --- | --- | --- | --- |",
    ...[
      ...(calm.length === 0
        ? []
        : [
            [
              looks.verified.mark,
              ids(calm),
              looks.verified.word,
              gatesCell(calm),
              proofCell(calm),
              documents["as-derived"],
            ],
          ]),
      ...rows,
      ...(idle.length === 0 ? [] : [[looks["not-started"].mark, ids(idle), looks["not-started"].word, "", "", ""]]),
    ].map((cells) => `| ${cells.join(" | ")} |`),
  ].join("\n");
}

/** What stands out is what somebody has to see to. */
function stateCell(phase: PhaseResult): string {
  // Narrow cells are wrapped at spaces.
  const word = looks[lookOf(phase)].word.replace(" ", "\u00a0");
  return phase.state === "prohibited" || phase.state === "regressed" ? `**${word}**` : word;
}

function gatesCell(phases: readonly PhaseResult[]): string {
  const counts = phases.map(({ gates }) => gatesThatCount(gates));
  const all = sum(counts.map((each) => each.all));
  const soft = phases
    .flatMap(({ gates }) => gates)
    .filter(({ blocking, verdict }) => !blocking && verdict.status !== "passed");
  return `${sum(counts.map(({ holding }) => holding))} of ${all}${soft.length === 0 ? "" : `; ${soft.length} not counted ${soft.length === 1 ? "does" : "do"} not hold`}`;
}

function proofCell(phases: readonly PhaseResult[]): string {
  const mutants = sum(phases.map(({ counts }) => counts.mutants));
  return mutants === 0 ? "–" : `${sum(phases.map(({ counts }) => counts.mutantsKilled))} of ${mutants}`;
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);
