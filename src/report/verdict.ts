/** The verdict on a change, for a page: what happened, what blocks, what to do. */

import type { Report, Run } from "../model/report.ts";
import { blockingSections } from "./blocking.ts";
import { calmWords } from "./calm-words.ts";
import type { Detail } from "./detail.ts";
import { clipped, inline, prose } from "./escape.ts";
import { mistakeSections, remedy } from "./mistake-list.ts";
import { phaseSections } from "./phase-sections.ts";
import { placeLink, type Shown } from "./shown.ts";
import { inBrief, untoldGates } from "./untold.ts";
import { baseWords, count, headline, trial } from "./words.ts";

/** So many gates that do not hold and block nothing are told. */
const most = 10;

/** A verdict in one line of text, not escaped: a sign, and what happened. */
export function title(run: Run): string {
  switch (run.status) {
    case "judged":
      return `${signOf(run.report)} ${headline(run.report)}`;
    case "unusable":
      return `⛔ The plan cannot be used: ${count(run.mistakes.length, "mistake")}`;
    case "not-judged":
      return "⛔ It could not be judged";
  }
}

function signOf(report: Report): string {
  if (report.conclusion !== "in-order") return "⛔";
  return trial(report) === undefined ? "✅" : "🧪";
}

/** What happened, what blocks and what to do; then the phases, and how the change differs from base. */
export function verdictSections(run: Run, shown: Partial<Shown>, detail: Detail): readonly string[] {
  const notes = [...(shown.notes ?? []), ...(run.status === "judged" ? reportNotes(run.report) : [])]
    .filter((note) => note.trim() !== "")
    .map((note) => `> ${prose(clipped(note, detail.text))}`);
  switch (run.status) {
    case "unusable":
      return [...notes, ...mistakeSections(run.mistakes, shown, detail)];
    case "not-judged":
      return [...notes, prose(clipped(run.reason, detail.text)), ...remedy(run.help, detail.text)];
    case "judged":
      return [
        ...notes,
        ...(run.report.violations.length === 0
          ? [calmWords(run.report, detail.text), ...openSections(run.report, shown, detail)]
          : blockingSections(run.report, shown, detail)),
        ...(detail.phases !== "none" ? phaseSections(run.report, shown, detail) : []),
      ];
  }
}

/** What does not hold and counts, although it blocks nothing here. */
function openSections(report: Report, { files }: Partial<Shown>, { blocking, text }: Detail): readonly string[] {
  const open = untoldGates(report).filter((gate) => gate.blocking);
  const items = open.slice(0, Math.min(blocking, most)).map(({ id, title, verdict, place }) => {
    const name = [id, title].filter((part) => part.trim() !== "").map((part) => inline(clipped(part, text)));
    return `- ${name.join(" · ")} ${placeLink(place, files, text)}: ${prose(clipped(inBrief(verdict), text))}`;
  });
  const more = open.length - items.length;
  return items.length === 0
    ? []
    : [[...items, ...(more === 0 ? [] : [`- … and ${count(more, "more gate")}`])].join("\n")];
}

/** What a reader has to know of how the report came about. */
function reportNotes(report: Report): readonly string[] {
  const { base, approvals } = report;
  const why = trial(report);
  const tells = base.kind === "audit" || base.adoption || base.behind > 0;
  return [
    ...(why === undefined ? [] : [`A trial ${why}.`]),
    ...(tells ? [baseWords(base)] : []),
    ...(approvals === undefined ? [] : [approvals]),
  ];
}
