/** The two parts of an SQL migration, cut where node-pg-migrate 9 cuts it. */

import { lineAt } from "../sql/statements.ts";

/** One part, as it is sent to PostgreSQL. */
export interface Section {
  readonly text: string;
  /** Where it begins in the file, in UTF-16 units from 0. */
  readonly offset: number;
  /** The line of the file it begins on, counted from 1. */
  readonly line: number;
}

/** Something in a migration that node-pg-migrate or PostgreSQL takes otherwise than its author meant it. */
export interface Trap<Code extends string = string> {
  readonly code: Code;
  readonly message: string;
  readonly help: string;
  /** Line of the file, counted from 1. */
  readonly line: number;
}

export type MarkerTrap =
  | "down-without-up"
  | "text-before-up"
  | "prose-marker"
  | "several-markers"
  | "empty-up"
  | "empty-down"
  | "no-down";

export interface Sections {
  readonly up: Section;
  /** Absent: node-pg-migrate refuses to revert it. */
  readonly down?: Section;
  readonly traps: readonly Trap<MarkerTrap>[];
}

type Direction = "up" | "down";

/** node-pg-migrate's own expression (`createMigrationCommentRegex`): first match anywhere, any case, the words may stand on lines of their own. */
const marker = (direction: Direction, flags: string): RegExp =>
  new RegExp(`^\\s*--[\\s-]*${direction}\\s+migration`, flags);

/** Nothing but the marker on its line; dashes and a full stop or colon are decoration. */
const rest = /^[ \t]*[.:]?[ \t-]*$/;

/** Offset of the first thing that PostgreSQL would run: neither blank, semicolon nor comment. */
function firstSql(text: string): number | undefined {
  for (let at = 0; at < text.length; ) {
    if (/[\s;]/.test(text.charAt(at))) at += 1;
    else if (text.startsWith("--", at)) at = endOfLine(text, at);
    else if (text.startsWith("/*", at)) at = endOfComment(text, at);
    else return at;
  }
  return undefined;
}

/** Whether PostgreSQL would find a statement here: something besides blanks, semicolons and comments. */
export const hasSql = (text: string): boolean => firstSql(text) !== undefined;

function endOfLine(text: string, from: number): number {
  const at = text.indexOf("\n", from);
  return at < 0 ? text.length : at;
}

/** Block comments nest in PostgreSQL. */
function endOfComment(text: string, from: number): number {
  const edge = /\/\*|\*\//g;
  edge.lastIndex = from;
  for (let depth = 0, match = edge.exec(text); match; match = edge.exec(text)) {
    depth += match[0] === "/*" ? 1 : -1;
    if (depth === 0) return edge.lastIndex;
  }
  return text.length;
}

interface Marker {
  readonly direction: Direction;
  /** Where node-pg-migrate cuts: blank lines before the marker go with it. */
  readonly start: number;
  readonly line: number;
  /** The marker's line, as it stands in the file. */
  readonly text: string;
  readonly prose: boolean;
}

function markers(text: string, direction: Direction): readonly Marker[] {
  return [...text.matchAll(marker(direction, "gim"))].map((match) => {
    const end = match.index + match[0].length;
    const words = match.index + match[0].search(/\S/);
    const until = endOfLine(text, end);
    return {
      direction,
      start: match.index,
      line: lineAt(text, words),
      text: text.slice(words, until).trim(),
      prose: !rest.test(text.slice(end, until).trimEnd()),
    };
  });
}

/** Cuts a migration into its parts, exactly as node-pg-migrate does, and tells where that is not what one would expect. */
export function readSections(text: string): Sections {
  const ups = markers(text, "up");
  const downs = markers(text, "down");
  const upAt = ups[0]?.start ?? -1;
  const downAt = downs[0]?.start ?? -1;
  const section = (start: number, end: number | undefined): Section => ({
    text: text.slice(start, end),
    offset: start,
    line: lineAt(text, start),
  });
  const up = upAt >= 0 ? section(upAt, downAt < upAt ? undefined : downAt) : section(0, undefined);
  const down = downAt >= 0 ? section(downAt, upAt < downAt ? undefined : upAt) : undefined;
  return { up, ...(down ? { down } : {}), traps: trapsOf(text, ups, downs, up, down) };
}

function trapsOf(
  text: string,
  ups: readonly Marker[],
  downs: readonly Marker[],
  up: Section,
  down: Section | undefined,
): readonly Trap<MarkerTrap>[] {
  const traps: Trap<MarkerTrap>[] = [];
  const [firstUp] = ups;
  const [firstDown] = downs;
  for (const { direction, text: found, line } of [...ups, ...downs].filter(({ prose }) => prose)) {
    traps.push({
      code: "prose-marker",
      message: `\`${found}\` reads as prose, and node-pg-migrate takes it for the marker of the ${direction} part; a marker was asked to stand alone on its line.`,
      help: `Write \`-- ${title(direction)} Migration\` alone on its line, or word the comment so that it does not begin with "${direction} migration".`,
      line,
    });
  }
  for (const [first, second] of [ups, downs]) {
    if (!first || !second) continue;
    traps.push({
      code: "several-markers",
      message: `\`${second.text}\` is a second marker of the ${second.direction} part; node-pg-migrate cuts at the first one, on line ${first.line}.`,
      help: `Keep one \`-- ${title(second.direction)} Migration\` in the file.`,
      line: second.line,
    });
  }
  if (!firstUp && firstDown) {
    traps.push({
      code: "down-without-up",
      message:
        "There is a Down marker and no Up marker: node-pg-migrate takes the whole file for the up part and runs the down part with it.",
      help: "Put `-- Up Migration` on a line of its own before the up part.",
      line: firstDown.line,
    });
  }
  const before = text.slice(0, Math.min(firstUp?.start ?? 0, firstDown?.start ?? text.length));
  const dropped = firstUp && firstSql(before);
  if (dropped !== undefined) {
    traps.push({
      code: "text-before-up",
      message: "There is SQL before the first marker; node-pg-migrate drops it and never runs it.",
      help: "Move it below `-- Up Migration`.",
      line: lineAt(text, dropped),
    });
  }
  if (!hasSql(up.text)) {
    traps.push({
      code: "empty-up",
      message: "The up part holds no statement; a migration was asked to do something.",
      help: "Write the change below `-- Up Migration`, or delete the file.",
      line: firstUp?.line ?? 1,
    });
  }
  if (!down) {
    traps.push({
      code: "no-down",
      message:
        "There is no Down marker, so node-pg-migrate refuses to revert the migration; every migration was asked to have a down part.",
      help: "Add `-- Down Migration` and, below it, what undoes the up part.",
      line: firstUp?.line ?? 1,
    });
  } else if (!hasSql(down.text)) {
    traps.push({
      code: "empty-down",
      message:
        "The down part holds no statement: reverting would undo nothing and still forget that the migration ran.",
      help: "Write what undoes the up part below `-- Down Migration`.",
      line: firstDown?.line ?? 1,
    });
  }
  return traps;
}

const title = (direction: Direction): string => (direction === "up" ? "Up" : "Down");
