/** What blocks a change, for its page: each with what was found, what was asked, what to do, and where. */

import type { Finding, Findings, PhaseResult, Place, Report, Violation, ViolationCode } from "../model/report.ts";
import type { Detail } from "./detail.ts";
import { clipped, code, html, inline, prose } from "./escape.ts";
import { placeLink, type Shown } from "./shown.ts";
import { capital, count, foremost, reason } from "./words.ts";

/** So many stand open, and the others under a fold. */
const open = 10;
/** So many findings of one violation are told. */
export const findingsOfOne = 10;

/** A numbered list, of which the first stand open. */
export function blockingSections(
  { violations, phases }: Report,
  { files }: Partial<Shown>,
  { blocking, text }: Detail,
): readonly string[] {
  const [first] = violations;
  if (!first) return [];
  const ordered = [...new Set([foremost(violations) ?? first, ...violations])];
  const items = ordered.slice(0, blocking).map((violation, index) => {
    const marker = `${index + 1}. `;
    return indented(violationItem(violation, phases, files, text), marker);
  });
  const more = violations.length - items.length;
  const folded = items.slice(open);
  return [
    `**${violations.length === 1 ? "One thing blocks" : `${violations.length} things block`} this change.**`,
    ...items.slice(0, open),
    ...(folded.length === 0
      ? []
      : [`<details><summary>${folded.length} more that block</summary>`, ...folded, "</details>"]),
    ...(more === 0 || items.length === 0 ? [] : [`… and ${more} more.`]),
  ];
}

/** Markdown knows what belongs to an item by its indent. */
function indented(text: string, marker: string): string {
  const indent = " ".repeat(marker.length);
  return marker + text.replace(/\n(?=[^\n])/g, `\n${indent}`);
}

function violationItem(
  violation: Violation,
  phases: readonly PhaseResult[],
  files: string | undefined,
  most: number,
): string {
  const { gate, findings, place, consequences } = violation;
  const phase = phases.find(({ id }) => id === violation.phase);
  const title = gate === undefined ? undefined : phase?.gates.find(({ id }) => id === gate)?.title;
  const isAdvance = violation.code === "phase-advanced";
  // What it was started before stands in the heading, and below.
  const what = isAdvance ? `${violation.phase} is prohibited` : capital(reason(violation, phases));
  const head = [
    `**${inline(clipped(what, most))}**`,
    ...(title === undefined || title.trim() === "" ? [] : [inline(clipped(title, Math.min(most, 120)))]),
    placeLink(place, files, Math.min(most, 300)),
  ].join(" · ");
  const told =
    isAdvance && phase !== undefined && phase.blockers.length > 0
      ? advance(phase, findings, most)
      : findingLines(findings, place, files, most);
  // A list is no part of a paragraph.
  const whole = told.startsWith("- ") ? `${head}\n\n${told}` : lines(head, told);
  return [whole, ...(consequences.length === 0 ? [] : [consequencesFold(consequences, most)])].join("\n\n");
}

/** One below the other, in one paragraph; a backslash with nothing after it would be seen. */
const lines = (...texts: readonly string[]): string => texts.filter((text) => text.trim() !== "").join("\\\n");
const remedy = (help: string, most: number): string => (help.trim() === "" ? "" : `→ ${prose(clipped(help, most))}`);

/** What was advanced, why that is too early, and what to do. */
function advance({ id, advancedBy, migrations, blockers }: PhaseResult, findings: Findings, most: number): string {
  const works = advancedBy.length > 0 ? advancedBy : migrations;
  const verb = advancedBy.length > 0 ? `This change advances ${inline(id)}` : `${inline(id)} exists`;
  const why = prose(clipped(blockers.map((each) => each.why).join(", and "), most));
  return lines(
    works.length === 0 ? "" : `${verb}: ${some(works.map((work) => workWords(clipped(work, most))))}.`,
    `${why}; the plan asks that every predecessor be verified first.`,
    remedy(findings[0].help, most),
  );
}

/** `migrations/1_a.sql (added)`: what it is, as code, and what was done to it. */
function workWords(work: string): string {
  const [, what = work, how] = /^(.+) (\([^()]*\))$/s.exec(work) ?? [];
  return how === undefined ? code(what) : `${code(what)} ${prose(how)}`;
}

const some = (items: readonly string[], most = 6): string =>
  items.length > most ? `${items.slice(0, most).join(", ")} and ${items.length - most} more` : items.join(", ");

/** Each with its place, where that is another than that of the whole; what has the same remedy is told with it once. */
export function findingLines(
  findings: readonly Finding[],
  place: Place,
  files: string | undefined,
  most: number,
): string {
  const shown = findings.slice(0, findingsOfOne);
  const more = findings.length - shown.length;
  const words = ({ message, place: at }: Finding) => {
    const where = at === undefined || isSame(at, place) ? "" : ` ${placeLink(at, files, Math.min(most, 300))}`;
    return `${prose(clipped(message, most))}${where}`;
  };
  const rest = more === 0 ? "" : `\n\n… and ${count(more, "finding")} more.`;
  const [only] = shown;
  if (shown.length === 1 && only) return lines(words(only), remedy(only.help, most)) + rest;
  const groups = [...Map.groupBy(shown, ({ help }) => help)].map(([help, group]) => {
    const list = group.map((each) => `- ${words(each)}`).join("\n");
    return help.trim() === "" ? list : `${list}\n\n${remedy(help, most)}`;
  });
  return groups.join("\n\n") + rest;
}

const isSame = (a: Place, b: Place): boolean => a.file === b.file && a.line === b.line;

/** Completes "4A.2 …". */
const follows: { readonly [Code in ViolationCode | "not-run"]: string } = {
  "phase-advanced": "was started too early",
  regressed: "does not hold any more",
  "verified-work-changed": "was changed",
  "plan-weakened": "is weaker",
  "plan-missing": "is gone",
  "document-missing": "has no verification document",
  "document-differs": "has a document that this run does not derive",
  "migration-out-of-order": "is out of order",
  "gate-failed": "fails",
  "gate-errored": "could not be judged",
  "gate-not-run": "waits for somebody",
  "vacuous-check": "has a check that cannot fail",
  "migration-failed": "cannot be applied",
  "unclaimed-migration": "belongs to no phase",
  "not-run": "was not run",
};
const isCode = (text: string): text is keyof typeof follows => Object.hasOwn(follows, text);

function consequencesFold(consequences: readonly string[], most: number): string {
  const words = consequences.slice(0, 30).map((each) => {
    const [, subject = each, last = ""] = /^(.+) ([a-z-]+)$/s.exec(each) ?? [];
    return html(clipped(isCode(last) ? `${subject} ${follows[last]}` : each, most));
  });
  const more = consequences.length - words.length;
  const rest = more > 0 ? `, and ${more} more` : "";
  const title = `${count(consequences.length, "thing")} ${consequences.length === 1 ? "follows" : "follow"} from it`;
  return `<details><summary>${title}</summary>${words.join(", ")}${rest}.</details>`;
}
