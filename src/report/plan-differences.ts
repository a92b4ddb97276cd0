/** How the change differs from base: in the plan and what it compares with, and in the schema. */

import type { PhaseResult, PlanDifference, Report, SchemaChange } from "../model/report.ts";
import { findingsOfOne } from "./blocking.ts";
import type { Detail } from "./detail.ts";
import { clipped, fenced, html, prose, visible } from "./escape.ts";
import { placeLink, type Shown } from "./shown.ts";

const weights = { weaker: "⚠️ weaker", stronger: "💪 stronger", neutral: "changed" } as const;
const mostLines = 60;

/** What is weaker stands open where it is not among what blocks already; the rest is folded. */
export function planSections(
  { differences, violations }: Report,
  { files }: Partial<Shown>,
  { text }: Detail,
): readonly string[] {
  const isTold = violations.some(({ code }) => code === "plan-weakened");
  const weaker = differences.filter(({ direction }) => direction === "weaker");
  const folded =
    isTold && weaker.length > findingsOfOne
      ? differences
      : differences.filter(({ direction }) => direction !== "weaker");
  const rows = (of: readonly PlanDifference[]) =>
    [
      "| Against base | What | Where |",
      "| --- | --- | --- |",
      ...of
        .slice(0, mostLines)
        .map(
          ({ direction, message, place }) =>
            `| ${weights[direction]} | ${prose(clipped(message, text))} | ${placeLink(place, files)} |`,
        ),
      ...(of.length > mostLines ? [`| | … and ${of.length - mostLines} more | |`] : []),
    ].join("\n");
  return [
    ...(weaker.length === 0 || isTold
      ? []
      : ["**What the plan asks for gets weaker, as a plan owner approved.**", rows(weaker)]),
    ...(folded.length === 0
      ? []
      : [
          `<details><summary>The plan against base: ${tally(folded, ({ direction }) => (direction === "neutral" ? "changed" : direction))}</summary>`,
          rows(folded),
          "</details>",
        ]),
  ];
}

const signs = { created: "+", altered: "!", dropped: "-" } as const;

/** What each phase that the change advances does to the schema, folded; GitHub colours the first characters. */
export const schemaSections = (phases: readonly PhaseResult[], { text }: Detail): readonly string[] =>
  phases
    .filter(({ advancedBy, schema }) => advancedBy.length > 0 && schema.length > 0)
    .flatMap(({ id, schema }) => {
      const lines = schema
        .slice(0, mostLines)
        .map(
          ({ object, how }) =>
            `${signs[how]} ${visible(clipped(object, text)).replace(/\s+/g, " ")}${how === "altered" ? " (altered)" : ""}`,
        );
      const more = schema.length > mostLines ? [`  … and ${schema.length - mostLines} more`] : [];
      const title = `${html(id)} and the schema: ${tally(schema, ({ how }: SchemaChange) => how)}`;
      return [`<details><summary>${title}</summary>`, fenced([...lines, ...more].join("\n"), "diff"), "</details>"];
    });

/** "3 created, 1 dropped" */
const tally = <Item>(items: readonly Item[], wordOf: (item: Item) => string): string =>
  [...Map.groupBy(items, wordOf)].map(([word, of]) => `${of.length} ${word}`).join(", ");
