/**
 * Text of the change in the Markdown of a document: nothing in it can be markup, mention anybody, close what it stands
 * in, or hide. Not shared with reports: what these give is part of the format of the page, and may not change with them.
 */

/** Characters that are not seen, or that change how others are seen. Unassigned ones are left alone: they differ from one Node to the next. */
const unseen = /[^\P{Cc}\n\t]|[\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/u;
const everyUnseen = new RegExp(unseen, "gu");

/** Whether it can stand in a fenced block as it is. */
export const isPlain = (text: string): boolean => !unseen.test(text);

/** One line, every such character as it is written in code. */
const visible = (text: string): string =>
  text
    .replace(everyUnseen, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`)
    .replace(/[\n\t ]+/g, " ")
    .trim();

/** For a heading, a line of prose or a table cell; not for the start of a line. */
export const inline = (text: string): string => escaped(visible(text));

const escaped = (text: string): string =>
  text
    .replace(/&(?=#?\w+;)/g, "&amp;")
    .replaceAll("<", "&lt;")
    .replace(/[\\`*_[\]#!|~$^]/g, "\\$&")
    // Mentions, references and emoji are read after escapes are undone: a character that joins nothing breaks them.
    .replace(/[@#]|:(?=[\w+-]+:)/g, "$&\u2060");

/** A sentence, in which what its author put between backticks is code. Not for tables. */
export const prose = (text: string): string =>
  visible(text)
    .split(/(`[^`]+`)/)
    .map((part, index) => (index % 2 === 1 ? code(part.slice(1, -1)) : escaped(part)))
    .join("");

/** As code within a line, outside of tables. */
export function code(text: string): string {
  const line = visible(text);
  const fence = "`".repeat(longestRun(line) + 1);
  const pad = line.startsWith("`") || line.endsWith("`") || line === "" ? " " : "";
  return `${fence}${pad}${line}${pad}${fence}`;
}

/** In a table cell a bar would end the cell even inside code. */
export const codeInCell = (text: string): string => code(text).replaceAll("|", "\\|");

function longestRun(text: string): number {
  let longest = 0;
  for (const [run] of text.matchAll(/`+/g)) longest = Math.max(longest, run.length);
  return longest;
}

/** A fenced block that its content cannot close. */
export function fenced(text: string, language: "sql" | "json"): string {
  let longest = 2;
  for (const [, run = ""] of text.matchAll(/^ {0,3}(`{3,})[ \t]*$/gm)) longest = Math.max(longest, run.length);
  const fence = "`".repeat(longest + 1);
  return `${fence}${language}\n${text}\n${fence}`;
}
