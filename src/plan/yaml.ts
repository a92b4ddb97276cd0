import {
  constructFromEvents,
  EVENT_ID,
  type Event,
  getScalarValue,
  parseEvents,
  SCALAR_STYLE,
  YAMLException,
} from "js-yaml";
import type { Mistake, Place } from "../model/report.ts";

/** Steps from the root of a YAML document to a value. */
export type Path = readonly (string | number)[];

/** A YAML document with the places that its keys and values come from. */
export interface Yaml {
  readonly value: unknown;
  /** Where the key at this path stands (the item, in a list); of the nearest parent where the path leads nowhere. */
  key(path: Path): Place;
  /** Where the value at this path starts; of the nearest parent where the path leads nowhere. */
  at(path: Path): Place;
}

interface Node {
  readonly start: number;
  readonly keyStart: number;
  readonly children: Map<string | number, Node>;
}

/** A plan is read by people: nothing near this size is one. */
const maxLength = 1024 * 1024;
const maxDepth = 24;

/**
 * Reads one YAML document of plain values. What makes YAML more than that (anchors, aliases, tags, several documents, duplicate
 * keys, keys that JavaScript treats in a way of its own) is refused.
 */
export function readYaml(
  text: string,
  file: string,
): { readonly yaml: Yaml } | { readonly mistakes: readonly [Mistake, ...Mistake[]] } {
  const one = (message: string, help: string, offset?: number) => ({
    mistakes: [{ message, help, place: place(offset ?? 0) }] as const,
  });
  const starts = lineStarts(text);
  const place = (offset: number): Place => {
    let line = starts.findLastIndex((start) => start <= offset);
    if (line < 0) line = 0;
    return { file, line: line + 1, column: offset - (starts[line] ?? 0) + 1 };
  };

  if (text.length > maxLength)
    return one(
      `The file has ${text.length} characters; a plan has at most ${maxLength}.`,
      "Split the plan, or remove what is no plan.",
    );
  if (text.trim() === "") return one("The file is empty.", "Write a plan, or run `phasegate init`.");

  let events: Event[];
  try {
    events = parseEvents(text, { filename: file, maxDepth });
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    return one(
      `This is no YAML: ${error.reason}.`,
      // The parser stops where it cannot go on, which is often below the mistake.
      "Correct the syntax at or before this line: a bracket, brace or quote that is not closed, the indentation, or a text with a colon that needs quotes.",
      error.mark?.position,
    );
  }

  const { root, mistakes } = readNodes(text, events, place);
  const [first, ...more] = mistakes;
  if (first) return { mistakes: [first, ...more] };

  const find = (path: Path): Node => {
    let node = root;
    for (const step of path) {
      const next = node.children.get(step);
      if (!next) break;
      node = next;
    }
    return node;
  };
  const [value] = constructFromEvents(events, { source: text, filename: file, maxAliases: 0 });
  return { yaml: { value, key: (path) => place(find(path).keyStart), at: (path) => place(find(path).start) } };
}

function readNodes(
  text: string,
  events: readonly Event[],
  place: (offset: number) => Place,
): { root: Node; mistakes: Mistake[] } {
  const mistakes: Mistake[] = [];
  const root: Node = { start: 0, keyStart: 0, children: new Map() };
  /** Collections that are open; in a mapping, `key` is the key that waits for its value. */
  const open: { node: Node; type: "document" | "sequence" | "mapping"; key?: { name: string; start: number } }[] = [];
  let documents = 0;

  const refuseProperties = (event: { anchorStart: number; tagStart: number }) => {
    if (event.anchorStart >= 0)
      mistakes.push({
        message: "An anchor (`&…`) is no part of a plan: every gate is read where it stands.",
        help: "Write the plain value.",
        place: place(event.anchorStart - 1),
      });
    if (event.tagStart >= 0)
      mistakes.push({
        message: "A tag (`!…`) is no part of a plan.",
        help: "Write the plain value.",
        place: place(event.tagStart),
      });
  };

  const enter = (start: number): Node => {
    const parent = open.at(-1);
    const node: Node = { start, keyStart: parent?.key?.start ?? start, children: new Map() };
    if (!parent) return node;
    if (parent.type === "sequence") parent.node.children.set(parent.node.children.size, node);
    else if (parent.type === "mapping" && parent.key) {
      parent.node.children.set(parent.key.name, node);
      delete parent.key;
    } else if (parent.type === "document") {
      parent.node.children.clear();
      Object.assign(root, { start, keyStart: start });
      return root;
    }
    return node;
  };

  const readKey = (
    parent: { node: Node; key?: { name: string; start: number } },
    event: Extract<Event, { type: 4 }>,
  ) => {
    const name = getScalarValue(text, event);
    if (parent.node.children.has(name)) {
      mistakes.push({
        message: `The key \`${name}\` stands here twice.`,
        help: "Keep one of them.",
        place: place(event.valueStart),
      });
    }
    if (["__proto__", "constructor", "prototype"].includes(name)) {
      mistakes.push({
        message: `\`${name}\` is no key of a plan.`,
        help: "Remove it.",
        place: place(event.valueStart),
      });
    }
    parent.key = { name, start: event.valueStart };
  };

  for (const event of events) {
    const parent = open.at(-1);
    const wantsKey = parent?.type === "mapping" && parent.key === undefined;
    switch (event.type) {
      case EVENT_ID.DOCUMENT:
        documents += 1;
        if (documents === 2)
          mistakes.push({
            message: "The file holds several YAML documents.",
            help: "Keep one; a plan is one document.",
            place: place(text.lastIndexOf("\n---") + 1),
          });
        open.push({ node: root, type: "document" });
        break;
      case EVENT_ID.MAPPING:
      case EVENT_ID.SEQUENCE:
        refuseProperties(event);
        if (wantsKey) {
          mistakes.push({
            message: "A key must be plain text.",
            help: "Write a name as the key.",
            place: place(event.start),
          });
          parent.key = { name: `?${event.start}`, start: event.start };
          open.push({ node: { start: event.start, keyStart: event.start, children: new Map() }, type: "document" });
          break;
        }
        open.push({ node: enter(event.start), type: event.type === EVENT_ID.MAPPING ? "mapping" : "sequence" });
        break;
      case EVENT_ID.SCALAR:
        refuseProperties(event);
        if (wantsKey) readKey(parent, event);
        else enter(startOf(event));
        break;
      case EVENT_ID.ALIAS:
        mistakes.push({
          message: "An alias (`*…`) is no part of a plan: every gate is read where it stands.",
          help: "Write the value out.",
          place: place(event.anchorStart - 1),
        });
        if (wantsKey) parent.key = { name: `*${event.anchorStart}`, start: event.anchorStart };
        else enter(event.anchorStart);
        break;
      case EVENT_ID.POP:
        open.pop();
        break;
    }
  }
  return { root, mistakes };
}

/** With its quote, if it has one. */
const startOf = ({ style, valueStart }: Extract<Event, { type: 4 }>): number =>
  style === SCALAR_STYLE.SINGLE_QUOTED || style === SCALAR_STYLE.DOUBLE_QUOTED ? valueStart - 1 : valueStart;

function lineStarts(text: string): readonly number[] {
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return starts;
}
