/**
 * Text of the change in Markdown as GitHub renders it: nothing in it can be markup, mention or link anything, close what
 * it stands in, or hide.
 */

/** Control, bidirectional and other invisible characters, as they are written in code. */
export const visible = (text: string): string =>
  text.replace(/[^\P{C}\n\t]|[\p{Zl}\p{Zp}]/gu, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);

/** At most so many characters; what is cut ends with "…". To be done before a text is escaped, so that no escape is cut. */
export function clipped(text: string, most: number): string {
  // A character takes at most two units, so that a long text need not be taken apart as a whole.
  if (text.length <= most) return text;
  const characters = [...text.slice(0, (most + 1) * 2)];
  return characters.length <= most ? text : `${characters.slice(0, most - 1).join("")}…`;
}

const oneLine = (text: string): string => visible(text).replace(/\s+/g, " ").trim();

/**
 * GitHub looks for mentions, references, commits, addresses and emoji when escapes are undone already: a character that
 * joins nothing breaks them.
 */
const disarmed = (text: string): string =>
  text
    .replace(/[@#]/g, "$&\u2060")
    .replace(/:(?=\/\/|[\w+-]+(?::|$))/g, ":\u2060")
    .replace(/\bwww(?=\.)/gi, "$&\u2060")
    .replace(/\b(?:GH|GHSA|CVE)-(?=\w)/gi, "$&\u2060")
    // Commits are known by seven digits and more.
    .replace(/\b[0-9a-f]{7,}\b/gi, (digits) => digits.replace(/.{6}(?=.)/g, "$&\u2060"));

const entities = (text: string): string =>
  text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    // Ends a cell of a table, in code and behind backslashes too; parsers differ in how many.
    .replaceAll("|", "&#124;");

/** A dollar that begins no formula. GitHub knows no other way: https://docs.github.com/get-started/writing-on-github/working-with-advanced-formatting/writing-mathematical-expressions */
const withoutFormulas = (text: string): string => text.replaceAll("$", "<span>$</span>");

const escaped = (line: string): string => withoutFormulas(entities(disarmed(line).replace(/[\\`*_[\]~^]/g, "\\$&")));

/** What begins a list, a heading or an underline at the start of a line, and means nothing elsewhere. */
const atStart = (line: string): string => line.replace(/^[-+=#:]/, "\\$&").replace(/^(\d+)([.)])(?= |$)/, "$1\\$2");

/** For a line of prose or a table cell: one line, everything that Markdown or HTML could read is escaped. */
export const inline = (text: string): string => atStart(escaped(oneLine(text)));

/** Within a line of HTML, such as a `<summary>`, where GitHub reads no Markdown. */
export const html = (text: string): string => withoutFormulas(entities(disarmed(oneLine(text))));

/** As code within a line: nothing pings there, and nothing is markup. */
export function code(text: string): string {
  if (text.includes("|")) return `<code>${inline(text)}</code>`;
  const line = visible(text).replace(/\s*\n\s*/g, " ");
  const longest = longestRun(line);
  const fence = "`".repeat(longest + 1);
  const pad = line.startsWith("`") || line.endsWith("`") || line.trim() === "" ? " " : "";
  return `${fence}${pad}${line}${pad}${fence}`;
}

/** A message of ours, on one line: what stands between backticks is code, everything else is escaped. */
export function prose(text: string): string {
  const parts = visible(text)
    .trim()
    .split(/(`[^`\n]+`)/)
    .map((part, index) => (index % 2 === 1 ? code(part.slice(1, -1)) : escaped(part.replace(/\s+/g, " "))));
  return atStart(parts.join(""));
}

/** A fenced block that its content cannot close. */
export function fenced(text: string, language = ""): string {
  const shown = visible(text);
  const fence = "`".repeat(Math.max(2, longestRun(shown)) + 1);
  return `${fence}${language}\n${shown}\n${fence}`;
}

function longestRun(text: string): number {
  let longest = 0;
  for (const [run] of text.matchAll(/`+/g)) longest = Math.max(longest, run.length);
  return longest;
}

/** A runner of GitHub takes a line that begins with `::`, or one that holds `##[`, for a command: none of it is one any more. */
export const inert = (text: string): string =>
  text.replace(/^([^\S\n]*):(?=:)/gm, "$1:\u2060").replaceAll("##[", "##\u2060[");
