import type { Nodes } from "mdast";
import { fromMarkdown } from "mdast-util-from-markdown";
import { gfmFromMarkdown } from "mdast-util-gfm";
import { gfm } from "micromark-extension-gfm";
import { beginOf, endOf, type FreeBlock } from "./blocks.ts";

/** What a free block must not hold: one line each. */
export interface Refused {
  /** Counted from 0 within the block. */
  readonly at: number;
  readonly message: string;
  readonly help: string;
}

/** Remediation is told in paragraphs; what is longer is a document of its own. */
const longest = 20_000;
/** A parser of Markdown takes long over more, and over what is nested deeply. */
const mostMarks = 2_000;
const marks = /[[\]*_`~|<>!&\\+-]|\d[.)]/g;
const tooNested = /^(?:[ \t]*(?:[-+*>]|\d{1,9}[.)])(?![^\s>])){13}/m;

/** Changes the direction of what follows, or moves the cursor. */
const control = /[^\P{Cc}\n\t]|[\u202a-\u202e\u2066-\u2069]/u;

/**
 * People write paragraphs, lists, tables, links, quotes, code and boxes to tick. What would read like a part of the
 * document around it is refused: headings, HTML, pictures, and whatever does not end inside the block.
 */
export function refusedIn(block: FreeBlock, lines: readonly string[]): Refused | undefined {
  const text = lines.join("\n");
  if (text.length > longest)
    return {
      at: 0,
      message: `The block ${block} has ${text.length} characters; at most ${longest} are read.`,
      help: "Write what is longer into a file of its own, and link to it.",
    };
  if ((text.match(marks)?.length ?? 0) > mostMarks || tooNested.test(text))
    return {
      at: 0,
      message: `The block ${block} holds more Markdown than text: over ${mostMarks} signs of it, or a line nested 13 deep.`,
      help: "Write what needs that into a file of its own, and link to it.",
    };
  const hidden = lines.findIndex((line) => control.test(line));
  if (hidden !== -1)
    return {
      at: hidden,
      message: `The block ${block} holds a character that is not seen and changes how others are seen.`,
      help: "Remove it.",
    };
  const root = fromMarkdown([beginOf(block), ...lines, endOf(block)].join("\n"), {
    extensions: [gfm()],
    mdastExtensions: [gfmFromMarkdown()],
  });
  const last = root.children.at(-1);
  if (last?.type !== "html" || last.value !== endOf(block))
    return {
      at: last ? lineOf(last) : 0,
      message: `What begins here in the block ${block} does not end in it.`,
      help: "Close the fenced code, or the comment.",
    };
  for (const node of root.children.slice(1, -1)) {
    const found = wrong(node);
    if (found)
      return {
        at: lineOf(found.node),
        message: `The block ${block} holds ${found.what}, which would read like a part of the document.`,
        help: found.help,
      };
  }
  return undefined;
}

/** Counted from 0 after the delimiter. */
const lineOf = (node: Nodes): number => Math.max(0, (node.position?.start.line ?? 2) - 2);

/** GitHub draws what stands in such code. */
const drawn = /^(mermaid|math|geojson|topojson|stl)$/i;

function wrong(node: Nodes): { readonly node: Nodes; readonly what: string; readonly help: string } | undefined {
  switch (node.type) {
    case "heading":
      return {
        node,
        what: "a heading",
        help: "Write it as a paragraph; a line of --- or === below a text makes a heading too.",
      };
    case "html":
      return { node, what: "HTML", help: "Write Markdown, or put it into `code`." };
    case "image":
    case "imageReference":
      return { node, what: "a picture", help: "Link to it." };
    case "code":
      return drawn.test(node.lang ?? "") ? { node, what: "a picture", help: "Link to it." } : undefined;
    case "footnoteDefinition":
      return { node, what: "a footnote", help: "Write it where it belongs: it is shown at the end of the page." };
  }
  if (!("children" in node)) return undefined;
  for (const inner of node.children) {
    const found = wrong(inner);
    if (found) return found;
  }
  return undefined;
}
