/** GitHub limits texts by bytes of UTF-8. */

const encoder = new TextEncoder();

/** In UTF-8. */
export const bytes = (text: string): number => encoder.encode(text).length;

/**
 * The first text that fits. Texts are made whole, one after the other, each with less in it than the one before: so what
 * is given back is never cut in the middle of anything. Where none fits, the last one.
 */
export function firstThatFits(texts: Iterable<string>, limitBytes: number): string {
  let last = "";
  for (const text of texts) {
    if (bytes(text) <= limitBytes) return text;
    last = text;
  }
  return last;
}

/** As much of a plain text as fits, whole characters of it; what is cut ends with "…". */
export function cutToBytes(text: string, limitBytes: number): string {
  if (bytes(text) <= limitBytes) return text;
  const room = limitBytes - bytes("…");
  const taken = encoder.encodeInto(text, new Uint8Array(Math.max(0, room))).read;
  return `${text.slice(0, taken)}…`;
}
