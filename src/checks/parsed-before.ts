import { type Parsed, parseTree } from "../sql/statements.ts";

/** As many texts as a long index plan has. */
const kept = 1000;
const known = new Map<string, Promise<Parsed>>();

/**
 * As `parseTree`, for texts that are parsed again for every mutant: the parser takes a millisecond, and what it gives
 * depends on the text alone.
 */
export function parsedBefore(sql: string): Promise<Parsed> {
  const parsed = known.get(sql) ?? parseTree(sql);
  if (known.size >= kept) known.clear();
  known.set(sql, parsed);
  return parsed;
}
