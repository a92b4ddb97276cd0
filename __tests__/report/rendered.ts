import { parseHTML } from "linkedom";
import { micromark } from "micromark";
import { gfm, gfmHtml } from "micromark-extension-gfm";

/** What tests look at of a page. */
export interface Seen {
  readonly nodeType: number;
  /** In upper case; of a text `#text`. */
  readonly nodeName: string;
  readonly textContent: string;
  readonly childNodes: Iterable<Seen>;
}
export interface SeenElement extends Seen {
  readonly attributes: Iterable<{ readonly name: string; readonly value: string }>;
  getAttribute(name: string): string | null;
}

export const isElement = (node: Seen): node is SeenElement => node.nodeType === 1;

/** Markdown as a browser gets it, with whatever HTML it holds: GitHub would remove some of that, and here it is to be seen. */
export function rendered(markdown: string): SeenElement {
  const body = micromark(markdown, {
    allowDangerousHtml: true,
    allowDangerousProtocol: true,
    extensions: [gfm()],
    htmlExtensions: [gfmHtml()],
  });
  // There are no types of a browser here.
  return parseHTML(`<!doctype html><html><body>${body}</body></html>`).document.body as unknown as SeenElement;
}

/** It and all below it, in the order of the page. */
export function* nodesOf(node: Seen): Iterable<Seen> {
  yield node;
  for (const child of node.childNodes) yield* nodesOf(child);
}
