/** Where in a migration's file PostgreSQL stopped. */

import type { Section } from "../migration/sections.ts";
import type { PostgresError } from "../model/ports.ts";
import type { MigrationFailure } from "../run/ports.ts";
import { lineAt, parseTree } from "../sql/statements.ts";

/** The query that PostgreSQL refused. */
export interface Refusal {
  readonly error: PostgresError;
  readonly sent: string;
  /** How many of its statements had been carried out: PostgreSQL gives no position for what is wrong with data. */
  readonly completed: number;
}

/** At most this much of a statement is quoted. */
const quotedLines = 3;

/** Finds the statement; `section` is the part of the file that was run. */
export async function located({ error, sent, completed }: Refusal, section: Section): Promise<MigrationFailure> {
  const { position, ...said } = error;
  if (!sent.startsWith(section.text)) return { ...said, statement: excerpt(sent) };
  const offset = position === undefined ? undefined : unitsOf(section.text, position);
  const parsed = await parseTree(section.text);
  const statements = parsed.status === "parsed" ? parsed.statements : [];
  const statement = offset === undefined ? statements[completed] : statements.findLast((one) => one.offset <= offset);
  const line = offset === undefined ? statement?.line : lineAt(section.text, offset);
  return {
    ...said,
    ...(line === undefined ? {} : { line: section.line + line - 1 }),
    ...(statement
      ? { statement: excerpt(statement.text) }
      : offset === undefined
        ? {}
        : { statement: lineOf(section.text, offset) }),
  };
}

/** The first lines of a statement. */
export function excerpt(statement: string): string {
  const lines = statement.trim().split("\n");
  const kept = lines.slice(0, quotedLines).join("\n").slice(0, 500);
  return kept.length < statement.trim().length ? `${kept} …` : kept;
}

/** PostgreSQL counts code points, JavaScript UTF-16 units. */
function unitsOf(text: string, codePoints: number): number {
  let units = 0;
  for (let count = 0; count < codePoints && units < text.length; count += 1)
    units += (text.codePointAt(units) ?? 0) > 0xffff ? 2 : 1;
  return units;
}

function lineOf(text: string, offset: number): string {
  const start = text.lastIndexOf("\n", offset - 1) + 1;
  const end = text.indexOf("\n", offset);
  return text.slice(start, end < 0 ? undefined : end).trim();
}
