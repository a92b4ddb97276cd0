import { type Answer, answer, type Call } from "./route.ts";

const numberIn = (call: Call, name: string, otherwise: number): number => {
  const text = call.query.get(name);
  return text === null ? otherwise : Number(text);
};

const link = (call: Call, page: number, relation: string): string => {
  const url = new URL(call.target);
  url.searchParams.set("page", String(page));
  return `<${url}>; rel="${relation}"`;
};

/**
 * The page of a list that was asked for: 30 items, or `per_page` of at most 100 (GitHub cuts silently what is more),
 * with a `Link` header to its neighbours. `written` makes one item; `around` what the list lies in.
 */
export const listed = <T>(
  call: Call,
  items: readonly T[],
  written: (item: T) => unknown,
  around: (page: readonly unknown[], total: number) => unknown = (page) => page,
): Answer => {
  const size = Math.min(Math.max(numberIn(call, "per_page", 30), 1), 100);
  const page = Math.max(numberIn(call, "page", 1), 1);
  const last = Math.max(Math.ceil(items.length / size), 1);
  const links = [
    ...(page > 1 ? [link(call, page - 1, "prev")] : []),
    ...(page < last ? [link(call, page + 1, "next"), link(call, last, "last")] : []),
    ...(page > 1 ? [link(call, 1, "first")] : []),
  ];
  const shown = items.slice((page - 1) * size, page * size).map(written);
  return answer(200, around(shown, items.length), links.length > 0 ? { link: links.join(", ") } : {});
};
