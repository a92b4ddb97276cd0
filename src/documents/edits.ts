/** Where the words of a page are not those that its own data and proof give. */

import { type Parts, partsOf, type Range } from "./blocks.ts";

/** One line each, cut around the first difference. */
export interface Edit {
  readonly message: string;
  /** Counted from 0. */
  readonly at: number;
}

/** The first edit of each part; what comes after it may only have moved. */
export function editsOf(lines: readonly string[], { head, between, tail }: Parts, rendered: string): readonly Edit[] {
  const wanted = rendered.trimEnd().split("\n");
  const parted = partsOf(wanted);
  if ("missing" in parted) throw new Error(`a page was rendered without ${parted.missing}`);
  const { parts } = parted;
  return [
    ...firstEdit(lines, head, wanted, parts.head),
    ...firstEdit(lines, between, wanted, parts.between),
    ...firstEdit(lines, tail, wanted, parts.tail),
  ];
}

function firstEdit(
  lines: readonly string[],
  range: Range,
  wanted: readonly string[],
  wantedRange: Range,
): readonly Edit[] {
  const found = lines.slice(range.start, range.end);
  const asked = wanted.slice(wantedRange.start, wantedRange.end);
  const at = asked.findIndex((line, index) => line !== found[index]);
  if (at !== -1) return [{ at: range.start + at, message: told(found, asked, at) }];
  // Nothing is asked any more: what somebody added begins where it is seen.
  const more = found.findIndex((line, index) => index >= asked.length && line.trim() !== "");
  return more === -1 ? [] : [{ at: range.start + more, message: told(found, asked, more) }];
}

function told(found: readonly string[], asked: readonly string[], at: number): string {
  const [stands, should] = [found[at], asked[at]];
  const [here, there] = cut(stands ?? "", should ?? "");
  switch (kindOf(found, asked, at)) {
    case "more":
      return `Here stands ${here}; the data and the proof of the document give no such line.`;
    case "less":
      return `Here ${there} is missing; the data and the proof of the document give that line.`;
    default:
      return `Here stands ${here}; the data and the proof of the document give ${there}.`;
  }
}

/** Whether what is asked comes later here, what stands here is asked later, or neither. */
function kindOf(found: readonly string[], asked: readonly string[], at: number): "more" | "less" | "other" {
  const [stands, should] = [found[at], asked[at]];
  if (should === undefined) return "more";
  if (stands === undefined) return "less";
  const nextOf = (lines: readonly string[]) => lines.slice(at + 1).find((line) => line !== "");
  const [later, earlier] = [found.indexOf(should, at + 1), asked.indexOf(stands, at + 1)];
  if (nextOf(found) === nextOf(asked) || (later === -1 && earlier === -1)) return "other";
  return earlier === -1 || (later !== -1 && later <= earlier) ? "more" : "less";
}

const width = 80;

/** Two lines, as far as they show where they part. */
function cut(one: string, other: string): readonly [string, string] {
  let same = 0;
  while (same < one.length && one[same] === other[same]) same += 1;
  const start = same > width / 2 ? same - width / 4 : 0;
  const part = (line: string) => {
    if (line.trim() === "") return "an empty line";
    const shown = line.slice(start, start + width);
    return `"${start > 0 ? "…" : ""}${shown}${start + width < line.length ? "…" : ""}"`;
  };
  return [part(one), part(other)];
}
