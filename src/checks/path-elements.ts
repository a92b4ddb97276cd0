const element = /\s*(?:"((?:[^"]|"")*)"|([^\s,"]+))\s*/y;

/**
 * The schemas of a `search_path`, in order, without the empty one, which names nothing: `""` and no path at all are the
 * same. `undefined` where it is no list of names.
 */
export function pathElements(text: string): readonly string[] | undefined {
  if (text.trim() === "") return [];
  const elements: string[] = [];
  element.lastIndex = 0;
  for (;;) {
    const match = element.exec(text);
    if (!match) return undefined;
    elements.push(match[1]?.replaceAll('""', '"') ?? (match[2] ?? "").toLowerCase());
    if (element.lastIndex === text.length) return elements.filter((name) => name !== "");
    if (text[element.lastIndex] !== ",") return undefined;
    element.lastIndex += 1;
  }
}
