/** How differences are told: short, and on one line. */

import { isDeepStrictEqual } from "node:util";

/** One value that differs; the path leads to it from where the comparison began. */
export interface Difference {
  readonly path: readonly string[];
  /** `numeric(6,5) → numeric`; of a list: `a is gone, b is new`. */
  readonly text: string;
}

const longest = 60;

/** "a, b and 2 more" */
export function some(items: readonly string[], most = 3): string {
  const more = items.length - most;
  return more > 0 ? `${items.slice(0, most).join(", ")} and ${more} more` : items.join(", ");
}

export const cut = (text: string, length = 120): string => {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length > length ? `${line.slice(0, length - 1)}…` : line;
};

const isMapping = (value: unknown): value is { readonly [key: string]: unknown } =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** All that differs, as deep down as it can be told; values as they were written. */
export function differences(base: unknown, head: unknown, path: readonly string[] = []): readonly Difference[] {
  if (isDeepStrictEqual(base, head)) return [];
  if (isMapping(base) && isMapping(head)) {
    const keys = [...new Set([...Object.keys(base), ...Object.keys(head)])];
    return keys.flatMap((key) => differences(base[key], head[key], [...path, key]));
  }
  if (Array.isArray(base) && Array.isArray(head)) return [{ path, text: listText(base, head) }];
  return [{ path, text: arrow(base, head) }];
}

const without = (list: readonly unknown[], other: readonly unknown[]) =>
  list.filter((item) => !other.some((one) => isDeepStrictEqual(one, item)));

/** Lists that hold the same, in whatever order and however often. */
export const sameItems = (base: unknown, head: unknown): boolean =>
  Array.isArray(base) && Array.isArray(head) && without(base, head).length + without(head, base).length === 0;

/** What a list lost and gained; the whole of it where only the order is another. */
export function listText(base: readonly unknown[], head: readonly unknown[]): string {
  const texts = (items: readonly unknown[]) => items.map((item) => cut(plain(item), longest));
  const [gone, added] = [texts(without(base, head)), texts(without(head, base))];
  const parts = [
    ...(gone.length > 0 ? [`${some(gone)} ${gone.length === 1 ? "is" : "are"} gone`] : []),
    ...(added.length > 0 ? [`${some(added)} ${added.length === 1 ? "is" : "are"} new`] : []),
  ];
  return parts.length > 0 ? parts.join(", ") : arrow(base, head);
}

/** `a → b`; of long texts the part that differs. */
export function arrow(base: unknown, head: unknown): string {
  const [was, is] = [cut(plain(base), Infinity), cut(plain(head), Infinity)];
  if (was === is)
    return typeof base === typeof head
      ? `${cut(is, longest)}, with other white space`
      : `${cut(JSON.stringify(base))} → ${cut(JSON.stringify(head))}`;
  if (was.length <= longest && is.length <= longest) return `${was} → ${is}`;
  let same = 0;
  while (was[same] === is[same]) same += 1;
  const from = Math.max(0, same - longest / 3);
  const part = (text: string) => cut(`${from > 0 ? "…" : ""}${text.slice(from)}`, longest);
  return `${part(was)} → ${part(is)}`;
}

function plain(value: unknown): string {
  if (value === undefined) return "not given";
  return typeof value === "string" && value !== "" ? value : JSON.stringify(value);
}
