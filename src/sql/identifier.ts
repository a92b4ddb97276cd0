/** A name as SQL text, always quoted. */
export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** Text as an SQL literal. */
export const literal = (text: string): string =>
  text.includes("\\")
    ? ` E'${text.replaceAll("\\", "\\\\").replaceAll("'", "''")}'`
    : `'${text.replaceAll("'", "''")}'`;

/** A table of the plan: `a` is `public.a`, `s.a` is what it says. Parts may be quoted as in SQL. */
export interface QualifiedName {
  readonly schema: string;
  readonly name: string;
}

const part = /\s*(?:"((?:[^"]|"")*)"|([A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*))\s*/y;

/** Reads `a`, `s.a` or `"S"."a"`; `undefined` where it is no name. Unquoted parts are folded to lower case, as PostgreSQL does. */
export function readName(text: string): QualifiedName | undefined {
  const parts: string[] = [];
  part.lastIndex = 0;
  for (;;) {
    const match = part.exec(text);
    if (!match) return undefined;
    parts.push(match[1]?.replaceAll('""', '"') ?? (match[2] ?? "").toLowerCase());
    if (part.lastIndex === text.length) break;
    if (text[part.lastIndex] !== ".") return undefined;
    part.lastIndex += 1;
  }
  const [first, second, ...more] = parts;
  if (first === undefined || first === "" || second === "" || more.length > 0) return undefined;
  return second === undefined ? { schema: "public", name: first } : { schema: first, name: second };
}

/** As SQL text, always quoted. */
export const quotedName = ({ schema, name }: QualifiedName): string => `${quoted(schema)}.${quoted(name)}`;
