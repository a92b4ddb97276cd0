/**
 * Text of the change in Markdown as GitHub renders it: nothing in it can be markup, mention anybody, close what it
 * stands in, or hide.
 */

/** Control, bidirectional and other invisible characters, as they are written in code. */
export const visible = (text: string): string =>
  text.replace(/[^\P{C}\n\t]/gu, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);

/** For a line of prose or a table cell: one line, everything that Markdown or HTML could read is escaped. */
export function inline(text: string): string {
  return (
    visible(text)
      .replaceAll("&", "&amp;")
      .replaceAll("<", "&lt;")
      .replaceAll(">", "&gt;")
      .replace(/[\\`*_{}[\]()#+!|~$^:-]/g, "\\$&")
      // A mention or a reference to an issue is read after escapes are undone: a character that joins nothing breaks it.
      .replace(/[@#]/g, "$&\u2060")
      .replace(/\s*\n\s*/g, " ")
  );
}

/** As code within a line: nothing pings there, and nothing is markup. */
export function code(text: string): string {
  const line = visible(text).replace(/\s*\n\s*/g, " ");
  const longest = Math.max(0, ...[...line.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  const pad = line.startsWith("`") || line.endsWith("`") || line.trim() === "" ? " " : "";
  // In a table cell a bar would end the cell even inside code.
  return `${fence}${pad}${line.replaceAll("|", "\\|")}${pad}${fence}`;
}

/** A message of ours: what stands between backticks is code, everything else is escaped. */
export const prose = (text: string): string =>
  text
    .split(/(`[^`\n]+`)/)
    .map((part, index) => (index % 2 === 1 ? code(part.slice(1, -1)) : inline(part)))
    .join("");

/** A fenced block that its content cannot close. */
export function fenced(text: string, language = ""): string {
  const shown = visible(text);
  const longest = Math.max(2, ...[...shown.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}${language}\n${shown}\n${fence}`;
}

/** A runner of GitHub takes a line that begins with `::`, or one that holds `##[`, for a command: none of it is one any more. */
export const inert = (text: string): string =>
  text.replace(/^([^\S\n]*):(?=:)/gm, "$1:\u2060").replaceAll("##[", "##\u2060[");
