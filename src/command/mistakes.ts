import type { Mistake } from "../model/report.ts";
import { printable } from "../report/terminal.ts";

/** Everything that is wrong with a plan or the arguments, one below the other. */
export function mistakesText(mistakes: readonly Mistake[]): string {
  const lines = mistakes.map(({ place, message, help }) => {
    const at =
      place === undefined ? "" : `${place.file}:${place.line}${place.column === undefined ? "" : `:${place.column}`}: `;
    return `${at}${printable(message)}${help === undefined ? "" : `\n    ${printable(help)}`}`;
  });
  return `${lines.join("\n")}\n${mistakes.length === 1 ? "1 mistake" : `${mistakes.length} mistakes`}; nothing was run.\n`;
}
