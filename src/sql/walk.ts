/** A part of a parse tree: objects whose keys are node types or fields. */
export type Part = { readonly [key: string]: unknown };

const isPart = (value: unknown): value is Part => typeof value === "object" && value !== null && !Array.isArray(value);

/** All parts of a parse tree with the key that they stand under (a node's type, or a field), the outer before the inner. */
export function* walk(value: unknown, key = ""): Generator<readonly [key: string, part: Part]> {
  if (Array.isArray(value)) {
    for (const item of value) yield* walk(item, key);
  } else if (isPart(value)) {
    yield [key, value];
    for (const [inner, child] of Object.entries(value)) yield* walk(child, inner);
  }
}

/** The strings of a list of `String` nodes, such as a qualified name. */
export function strings(value: unknown): readonly string[] {
  return [...walk(value)].flatMap(([key, { sval }]) => (key === "String" && typeof sval === "string" ? [sval] : []));
}
