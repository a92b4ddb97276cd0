/** How the texts that a proof looked at stand in a page: the same catalog query is often sent for many checks. */

import type { Derived } from "./document.ts";
import { isPlain } from "./escape.ts";

/** The text itself, where it is short; 0: a block of its own; n: the nth of those that stand once for all. */
export type Looked = string | number;

/** A path, or a statement that fits into a line of text. */
const isShort = (text: string): boolean =>
  text.length > 0 && text.length <= 80 && !/\s{2}|[\n\t`]/.test(text) && text.trim() === text && isPlain(text);

/** Texts that several proofs looked at, in the order of their first use. */
export function sharedTexts({ gates }: Derived): readonly string[] {
  const uses = new Map<string, number>();
  for (const gate of gates)
    for (const check of gate.checks)
      for (const { looked } of check.proof)
        for (const text of looked) if (!isShort(text)) uses.set(text, (uses.get(text) ?? 0) + 1);
  return [...uses].flatMap(([text, count]) => (count > 1 ? [text] : []));
}

export const lookedOf = (text: string, places: ReadonlyMap<string, number>): Looked =>
  isShort(text) ? text : (places.get(text) ?? 0);

/** Counted from 1. */
export const placesOf = (shared: readonly string[]): ReadonlyMap<string, number> =>
  new Map(shared.map((text, index) => [text, index + 1]));
