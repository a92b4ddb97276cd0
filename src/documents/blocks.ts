/** Where the parts of a page stand. Lines count from 0 here. */

export const freeBlocks = ["remediation", "sign-off"] as const;
export type FreeBlock = (typeof freeBlocks)[number];

export const beginOf = (block: FreeBlock): string => `<!-- phasegate: begin ${block} -->`;
export const endOf = (block: FreeBlock): string => `<!-- phasegate: end ${block} -->`;

/** A fenced block: what stands between its fences, and the line of the first one. */
export interface Fence {
  readonly language: string;
  readonly text: string;
  readonly at: number;
}

/** Lines from `start` up to, and without, `end`. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

export interface Parts {
  /** Up to the first free block: gates and proof. */
  readonly head: Range;
  /** What people wrote; without the delimiters. */
  readonly remediation: Range;
  readonly between: Range;
  readonly signOff: Range;
  /** From the end of the last one: data. */
  readonly tail: Range;
}

/** The parts of a page, or the delimiter that is not where it should be. */
export function partsOf(lines: readonly string[]): { readonly parts: Parts } | { readonly missing: string } {
  let from = outsideFences(lines, beginOf("remediation"));
  const bounds: number[] = [];
  for (const delimiter of [
    beginOf("remediation"),
    endOf("remediation"),
    beginOf("sign-off"),
    endOf("sign-off"),
  ] as const) {
    const at = from === -1 ? -1 : lines.indexOf(delimiter, from);
    if (at === -1) return { missing: delimiter };
    bounds.push(at);
    from = at + 1;
  }
  const [first = 0, second = 0, third = 0, fourth = 0] = bounds;
  return {
    parts: {
      head: { start: 0, end: first + 1 },
      remediation: { start: first + 1, end: second },
      between: { start: second, end: third + 1 },
      signOff: { start: third + 1, end: fourth },
      tail: { start: fourth, end: lines.length },
    },
  };
}

/** The first line of this text that is none of a fenced block. SQL may hold anything. */
function outsideFences(lines: readonly string[], text: string): number {
  let fence: string | undefined;
  for (const [at, line] of lines.entries()) {
    if (fence !== undefined) {
      if (line === fence) fence = undefined;
    } else if (line === text) return at;
    else fence = openerOf(line)?.fence;
  }
  return -1;
}

export function fencesIn(lines: readonly string[], { start, end }: Range): readonly Fence[] {
  const fences: Fence[] = [];
  let open: { readonly fence: string; readonly language: string; readonly at: number } | undefined;
  for (let at = start; at < end; at += 1) {
    const line = lines[at] ?? "";
    if (open === undefined) {
      const opener = openerOf(line);
      if (opener) open = { ...opener, at };
    } else if (line === open.fence) {
      fences.push({ language: open.language, text: lines.slice(open.at + 1, at).join("\n"), at: open.at });
      open = undefined;
    }
  }
  return fences;
}

function openerOf(line: string): { readonly fence: string; readonly language: string } | undefined {
  const [, fence, language] = /^(`{3,})(sql|json)$/.exec(line) ?? [];
  return fence === undefined || language === undefined ? undefined : { fence, language };
}
