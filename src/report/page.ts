/** A run as a page of GitHub's Markdown: the verdict, what blocks, the phases, then the evidence folded away. */

import type { Run } from "../model/report.ts";
import { type Detail, details, leftOut } from "./detail.ts";
import { clipped, code, inline } from "./escape.ts";
import { evidenceSections } from "./evidence.ts";
import { firstThatFits } from "./fit.ts";
import type { Shown } from "./shown.ts";
import { title, verdictSections } from "./verdict.ts";

/** Blocks of Markdown with blank lines between them. */
export const joined = (sections: readonly string[]): string =>
  `${sections.filter((each) => each !== "").join("\n\n")}\n`;

/** The whole page. */
export const page = (run: Run, plan: string, shown: Partial<Shown>, detail: Detail): string =>
  joined([
    heading(run, Math.min(detail.text, 200)),
    ...verdictSections(run, shown, detail),
    ...(run.status === "judged" ? evidenceSections(run.report, shown, detail) : []),
    ...endSections(run, plan, shown, run.status === "judged" ? leftOut(detail) : undefined, detail.text),
  ]);

/** As much of it as fits. */
export function fittingPage(run: Run, plan: string, shown: Partial<Shown>, limitBytes: number): string {
  return firstThatFits(pages(), limitBytes);

  function* pages(): Iterable<string> {
    for (const detail of details) yield page(run, plan, shown, detail);
    yield joined([heading(run, 60), ...leftOutSections("everything else", shown)]);
  }
}

const heading = (run: Run, most: number): string => `## ${inline(clipped(title(run), most))}`;

/** What is not on the page and where it is, and what the page is of. */
export const endSections = (
  run: Run,
  plan: string,
  shown: Partial<Shown>,
  lacks: string | undefined,
  most: number,
): readonly string[] => [...leftOutSections(lacks, shown), footer(run, plan, shown, most)];

/** @param lacks completes "Left out: " */
export const leftOutSections = (lacks: string | undefined, shown: Partial<Shown>): readonly string[] =>
  lacks === undefined ? [] : [`*Left out, because GitHub takes no more: ${lacks}.* ${wholeWords(shown)}`];

const wholeWords = ({ run }: Partial<Shown>): string =>
  run === undefined
    ? "`phasegate run --report json=FILE` writes all of it."
    : `[The summary of the run](${run}) has more.`;

function footer(run: Run, plan: string, { head, run: url }: Partial<Shown>, text: number): string {
  const most = Math.min(text, 80);
  const judged = run.status === "judged" ? run.report : undefined;
  const parts = [
    `Phasegate${judged === undefined ? "" : ` ${inline(judged.tool.version)}`}`,
    judged === undefined ? code(clipped(plan, most)) : inline(clipped(judged.plan.name, most)),
    [
      ...(head === undefined ? [] : [code(head.slice(0, 7))]),
      ...(judged === undefined || judged.base.kind === "audit"
        ? []
        : [`against ${code(`${clipped(judged.base.name, most)}@${judged.base.commit.slice(0, 7)}`)}`]),
    ].join(" "),
    judged === undefined
      ? ""
      : judged.postgres === undefined
        ? "no database"
        : `PostgreSQL ${inline(judged.postgres.version)} (${judged.postgres.provider})`,
    judged === undefined ? "" : `${(judged.timings.totalMs / 1000).toFixed(1)} s`,
    url === undefined ? "" : `[full report](${url})`,
  ];
  return `<sub>${parts.filter((part) => part !== "").join(" · ")}</sub>`;
}
