/** The phases of a page, and what the change does to the plan and to the schema. */

import type { Report } from "../model/report.ts";
import type { Detail } from "./detail.ts";
import { lookOf, looks } from "./phase-looks.ts";
import { phasesPicture } from "./phases-picture.ts";
import { phasesTable } from "./phases-table.ts";
import { planSections, schemaSections } from "./plan-differences.ts";
import type { Shown } from "./shown.ts";
import { count } from "./words.ts";

/** Folded and without a picture where everything that was started is verified: there is nothing to find in them. */
export function phaseSections(report: Report, shown: Partial<Shown>, detail: Detail): readonly string[] {
  const { phases, violations } = report;
  const isCalm =
    violations.length === 0 && phases.every(({ state }) => state === "verified" || state === "not-started");
  const table = phasesTable(phases, detail.text);
  const picture = detail.phases === "picture" ? phasesPicture(phases) : undefined;
  return [
    ...(phases.length === 0
      ? []
      : isCalm
        ? [`<details><summary>${tallied(phases)}</summary>`, table, "</details>"]
        : [...(picture === undefined ? [] : [picture]), table]),
    ...planSections(report, shown, detail),
    ...schemaSections(phases, detail),
  ];
}

/** "3 phases verified, 1 not started" */
function tallied(phases: Report["phases"]): string {
  const groups = [...Map.groupBy(phases, (phase) => looks[lookOf(phase)].word)];
  return groups.map(([word, of], index) => `${index === 0 ? count(of.length, "phase") : of.length} ${word}`).join(", ");
}
