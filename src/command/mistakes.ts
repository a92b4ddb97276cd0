import type { Mistake } from "../model/report.ts";
import { visible } from "../report/escape.ts";

/** Everything that is wrong with a plan or the arguments, one below the other. */
export function mistakesText(mistakes: readonly Mistake[]): string {
  const lines = mistakes.map(({ place, message, help }) => {
    const at =
      place === undefined ? "" : `${place.file}:${place.line}${place.column === undefined ? "" : `:${place.column}`}: `;
    return `${at}${visible(message)}${help === undefined ? "" : `\n    ${visible(help)}`}`;
  });
  return `${lines.join("\n")}\n${mistakes.length === 1 ? "1 mistake" : `${mistakes.length} mistakes`}; nothing was run.\n`;
}
