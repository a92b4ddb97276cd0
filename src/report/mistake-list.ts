/** What is wrong with a plan or the arguments, for a page. */

import type { Mistake } from "../model/report.ts";
import type { Detail } from "./detail.ts";
import { clipped, prose } from "./escape.ts";
import { placeLink, type Shown } from "./shown.ts";
import { count } from "./words.ts";

/** So many stand open, and the others under a fold. */
const open = 10;

/** A numbered list, of which the first stand open. */
export function mistakeSections(
  mistakes: readonly Mistake[],
  { files }: Partial<Shown>,
  { blocking, text }: Detail,
): readonly string[] {
  const items = mistakes.slice(0, blocking).map(({ place, message, help }, index) => {
    const marker = `${index + 1}. `;
    const where = place === undefined ? "" : ` ${placeLink(place, files, Math.min(text, 300))}`;
    const lines = [`${prose(clipped(message, text))}${where}`, ...remedy(help, text)].filter(
      (line) => line.trim() !== "",
    );
    return `${marker}${lines.join(`\\\n${" ".repeat(marker.length)}`)}`;
  });
  const more = mistakes.length - items.length;
  const folded = items.slice(open);
  return [
    "Nothing was run.",
    ...items.slice(0, open),
    ...(folded.length === 0
      ? []
      : [`<details><summary>${count(folded.length, "more mistake")}</summary>`, ...folded, "</details>"]),
    ...(more === 0 || items.length === 0 ? [] : [`… and ${more} more.`]),
  ];
}

/** What to do, where somebody knows. */
export const remedy = (help: string | undefined, text: number): readonly string[] =>
  help === undefined || help.trim() === "" ? [] : [`→ ${prose(clipped(help, text))}`];
