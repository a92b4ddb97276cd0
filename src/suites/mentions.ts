/** Names of the tables, views and functions that a parse tree names, also as text, without schemas; sorted. */
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
    // `has_table_privilege('a', …)`, `'a'::regclass`
    if (key === "A_Const") addName(value, names);
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

function addName(constant: unknown, names: Set<string>): void {
  if (typeof constant !== "object" || constant === null || !("sval" in constant)) return;
  const { sval } = constant;
  if (typeof sval !== "object" || sval === null || !("sval" in sval) || typeof sval.sval !== "string") return;
  const last = /^(?:[a-z_]\w*\.)?([a-z_]\w*)$/.exec(sval.sval)?.[1];
  if (last !== undefined) names.add(last);
}
