import { isDeepStrictEqual } from "node:util";
import type { Strength } from "./kind.ts";

/** How a parameter may change without asking for less. */
type Order<Value> = (base: Value, head: Value) => Strength;

/** Asserted or left open: adding it asks for more, any other change counts as weaker. */
export const optional: Order<unknown> = (base, head) => {
  if (isDeepStrictEqual(base, head)) return "same";
  return base === undefined ? "stronger" : "weaker";
};

/** What is looked at: another value is another check. */
export const fixed: Order<unknown> = (base, head) => (isDeepStrictEqual(base, head) ? "same" : "weaker");

/** Says nothing about what is asked, such as a name. */
export const free: Order<unknown> = () => "same";

/** More elements ask for more; one that is gone asks for less. */
export const superset: Order<readonly unknown[] | undefined> = (base = [], head = []) => {
  const has = (list: readonly unknown[], item: unknown) => list.some((other) => isDeepStrictEqual(other, item));
  if (!base.every((item) => has(head, item))) return "weaker";
  return head.every((item) => has(base, item)) ? "same" : "stronger";
};

/** Exceptions: fewer ask for more. */
export const subset: Order<readonly unknown[] | undefined> = (base, head) => superset(head, base);

/** Orders lists whose order says nothing. */
export const inAnyOrder =
  (order: Order<unknown>): Order<readonly unknown[] | undefined> =>
  (base, head) =>
    order(sorted(base), sorted(head));

const sorted = (list: readonly unknown[] | undefined) => list?.map((item) => JSON.stringify(item)).sort();

/** `true` asks for more than `false`, which is what its absence means. */
export const turnedOn: Order<boolean | undefined> = (base = false, head = false) => {
  if (base === head) return "same";
  return head ? "stronger" : "weaker";
};

/** A number that may only grow. */
export const atLeast: Order<number | undefined> = (base, head) => {
  if (base === head) return "same";
  return base === undefined || (head !== undefined && head > base) ? "stronger" : "weaker";
};

/** Compares two versions of a check parameter by parameter; the order of each stands beside its name. */
export function ordered<Params extends object>(
  base: Params,
  head: Params,
  orders: { readonly [Key in keyof Required<Params>]: Order<Params[Key]> },
): Strength {
  const strengths = (Object.keys(orders) as (keyof Params)[]).map((key) => orders[key](base[key], head[key]));
  if (strengths.includes("weaker")) return "weaker";
  return strengths.includes("stronger") ? "stronger" : "same";
}
