/** Names of the tables, views and functions that a parse tree names, without schemas; sorted. */
export function mentionedIn(tree: unknown): readonly string[] {
  const names = new Set<string>();
  collect(tree, names);
  return [...names].sort();
}

function collect(node: unknown, names: Set<string>): void {
  if (Array.isArray(node)) for (const item of node) collect(item, names);
  if (typeof node !== "object" || node === null || Array.isArray(node)) return;
  for (const [key, value] of Object.entries(node)) {
    if (key === "relname" && typeof value === "string") names.add(value);
    if (key === "funcname" && Array.isArray(value)) addLast(value, names);
    collect(value, names);
  }
}

/** `schema.function` is a list of strings. */
function addLast(parts: readonly unknown[], names: Set<string>): void {
  const last: unknown = parts.at(-1);
  if (typeof last !== "object" || last === null || !("String" in last)) return;
  const { String: text } = last;
  if (typeof text === "object" && text !== null && "sval" in text && typeof text.sval === "string")
    names.add(text.sval);
}
