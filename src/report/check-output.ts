import type { Run } from "../model/report.ts";
import { type Annotation, annotations } from "./annotations.ts";
import { type Detail, details, everything, leftOut } from "./detail.ts";
import { visible } from "./escape.ts";
import { evidenceSections } from "./evidence.ts";
import { cutToBytes, firstThatFits } from "./fit.ts";
import { endSections, joined, leftOutSections } from "./page.ts";
import type { Shown } from "./shown.ts";
import { title, verdictSections } from "./verdict.ts";

/** What a check-run shows. */
export interface CheckOutput {
  /** Plain text: the verdict in one line. */
  readonly title: string;
  /** Markdown: what blocks, what to do, the phases. */
  readonly summary: string;
  /** Markdown: the evidence. */
  readonly text: string;
  /** All of them. */
  readonly annotations: readonly Annotation[];
}

/** GitHub's limit for each of the two texts, in bytes. */
const textBytes = 65_535;
const titleBytes = 255;

/**
 * The texts of a check-run and its annotations. Summary and text fit GitHub's limits by losing detail, never the verdict.
 *
 * @param plan the plan's file
 */
export const checkOutput = (run: Run, plan: string, shown: Shown): CheckOutput => ({
  title: cutToBytes(visible(title(run)).replace(/\s+/g, " "), titleBytes),
  summary: firstThatFits(summaries(run, plan, shown), textBytes),
  text: firstThatFits(texts(run, shown), textBytes),
  annotations: annotations(run),
});

/** GitHub says nothing of Mermaid in check-runs, so there is no picture. */
function* summaries(run: Run, plan: string, shown: Shown): Iterable<string> {
  for (const detail of details.filter(({ evidence }) => evidence === "none")) {
    const phases = detail.phases === "picture" ? "table" : detail.phases;
    const lacks = phases === "none" && run.status === "judged" ? "the phases" : undefined;
    yield joined([
      ...verdictSections(run, shown, { ...detail, phases }),
      ...endSections(run, plan, shown, lacks, detail.text),
    ]);
  }
}

function* texts(run: Run, shown: Shown): Iterable<string> {
  if (run.status !== "judged") {
    yield "Nothing was run.\n";
    return;
  }
  for (const evidence of ["whole", "gates", "failures", "named"] as const) {
    const detail: Detail = { ...everything, evidence };
    yield joined([...evidenceSections(run.report, shown, detail), ...leftOutSections(leftOut(detail), shown)]);
  }
  yield joined(leftOutSections("all evidence", shown));
}
