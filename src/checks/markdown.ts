import type { Heading, Nodes, Root, RootContent } from "mdast";
import { fromMarkdown } from "mdast-util-from-markdown";
import { gfmFromMarkdown } from "mdast-util-gfm";
import { toString as textOf } from "mdast-util-to-string";
import { gfm } from "micromark-extension-gfm";

/** What GitHub shows of a Markdown file, as far as checks ask. Lines count from 1, offsets from 0. */

export interface Task {
  readonly line: number;
  readonly ticked: boolean;
  readonly text: string;
}

/** A heading at the top level of the document, and what stands below it up to the next of the same or a higher level. */
export interface Section {
  readonly heading: string;
  readonly line: number;
  /** Something besides headings and comments stands in it. */
  readonly content: boolean;
  /** Of the heading, and of what stands below it. */
  readonly range: { readonly start: number; readonly below: number; readonly end: number };
}

/** One line of text as it is shown, and where it stands. */
export interface TextLine {
  readonly text: string;
  readonly line: number;
}

/** Front matter is data and no part of the text; it keeps its length, so that lines and offsets stay. */
const withoutFrontMatter = (text: string): string =>
  text.replace(/^---\r?\n[\s\S]*?\r?\n---[ \t]*(?=\r?\n|$)/, (matter) => matter.replace(/[^\r\n]/g, " "));

const parse = (text: string) => {
  if (text !== last?.text) {
    const root = fromMarkdown(withoutFrontMatter(text), { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] });
    last = { text, root };
  }
  return last.root;
};

/** The same file is asked for its headings, its text and its tasks, one after the other, and parsing is slow. */
let last: { readonly text: string; readonly root: Root } | undefined;

const oneLine = (text: string): string => text.replace(/\s+/g, " ").trim();

function* walk(node: Nodes): Generator<Nodes> {
  yield node;
  if ("children" in node) for (const inner of node.children) yield* walk(inner);
}

/** Every `- [ ]` and `- [x]`, in order; not those in code or comments. */
export function tasks(text: string): readonly Task[] {
  return [...walk(parse(text))].flatMap((node): Task[] =>
    node.type === "listItem" && typeof node.checked === "boolean"
      ? [
          {
            line: node.position?.start.line ?? 1,
            ticked: node.checked,
            text: oneLine(node.children[0] ? textOf(node.children[0]) : ""),
          },
        ]
      : [],
  );
}

/** Whether anything of it is shown. */
function isContent(node: RootContent): boolean {
  if (node.type === "heading" || node.type === "thematicBreak" || node.type === "definition") return false;
  if (node.type === "html") return node.value.replace(/<!--[\s\S]*?(-->|$)/g, "").trim() !== "";
  return [...walk(node)].some(
    (inner) => inner.type === "image" || ("value" in inner && inner.type !== "html" && inner.value.trim() !== ""),
  );
}

export function sections(text: string): readonly Section[] {
  const { children } = parse(text);
  return children.flatMap((node, at): Section[] => {
    if (node.type !== "heading") return [];
    const below = children.slice(at + 1);
    const next = below.findIndex((other): other is Heading => other.type === "heading" && other.depth <= node.depth);
    const inside = next === -1 ? below : below.slice(0, next);
    const start = node.position?.start.offset ?? 0;
    return [
      {
        heading: oneLine(textOf(node)),
        line: node.position?.start.line ?? 1,
        content: inside.some(isContent),
        range: {
          start,
          below: node.position?.end.offset ?? start,
          end: (next === -1 ? undefined : below[next]?.position?.start.offset) ?? text.length,
        },
      },
    ];
  });
}

/** The lines of all paragraphs, without markup. */
export function textLines(text: string): readonly TextLine[] {
  return [...walk(parse(text))].flatMap((node): TextLine[] => {
    if (node.type !== "paragraph") return [];
    const first = node.position?.start.line ?? 1;
    // A hard break is a line's end that `textOf` does not show.
    const shown = node.children.map((inner) => (inner.type === "break" ? "\n" : textOf(inner))).join("");
    return shown.split("\n").map((line, at) => ({ text: oneLine(line), line: first + at }));
  });
}

/** A row of a table: its cells without markup. */
export interface TableRow {
  readonly cells: readonly string[];
  readonly line: number;
}

/** A table, wherever it stands; its first row is its head. */
export interface Table {
  readonly head: TableRow;
  readonly rows: readonly TableRow[];
}

export function tables(text: string): readonly Table[] {
  return [...walk(parse(text))].flatMap((node): Table[] => {
    if (node.type !== "table") return [];
    const [head, ...rows] = node.children.map((row) => ({
      cells: row.children.map((cell) => oneLine(textOf(cell))),
      line: row.position?.start.line ?? 1,
    }));
    return head ? [{ head, rows }] : [];
  });
}

/** A fenced block at the top level of the document, and the text of the paragraph or heading just before it. */
export interface CodeBlock {
  readonly language: string;
  readonly code: string;
  readonly line: number;
  readonly introduction: string;
}

export function codeBlocks(text: string): readonly CodeBlock[] {
  const { children } = parse(text);
  return children.flatMap((node, at): CodeBlock[] => {
    if (node.type !== "code") return [];
    const before = children[at - 1];
    const isText = before?.type === "paragraph" || before?.type === "heading";
    return [
      {
        language: node.lang ?? "",
        code: node.value,
        line: node.position?.start.line ?? 1,
        introduction: isText ? oneLine(textOf(before)) : "",
      },
    ];
  });
}
