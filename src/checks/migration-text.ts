/** Edits of one migration's text, for mutants. */

import { readSections, type Section } from "../migration/sections.ts";

type Part = "up" | "down";

/** SQL that runs after all of a part, whatever the part ends with: a comment, or no semicolon. */
export function appended(text: string, part: Part, sql: string): string | undefined {
  const section = readSections(text)[part];
  return section && replaced(text, section, `${section.text}\n;\n${sql}\n\n`);
}

/** A part that is this SQL and nothing else. Needs the part's marker. */
export function instead(text: string, part: Part, sql: string): string | undefined {
  const section = readSections(text)[part];
  return section && replaced(text, section, `\n-- ${part === "up" ? "Up" : "Down"} Migration\n${sql}\n\n`);
}

/** A migration without its down part, marker included. */
export function withoutDown(text: string): string | undefined {
  const { down } = readSections(text);
  return down && replaced(text, down, "");
}

const replaced = (text: string, { offset, text: old }: Section, by: string): string =>
  `${text.slice(0, offset)}${by}${text.slice(offset + old.length)}`;
