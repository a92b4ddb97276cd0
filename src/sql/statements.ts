import type { Node, ParseResult } from "libpg-query";
import { parser } from "./parser.ts";

/** One statement of an SQL text, without its semicolon and the comments before it. */
export interface Statement {
  readonly text: string;
  /** Where it starts, in UTF-16 units as `String` counts them, from 0. */
  readonly offset: number;
  /** The line that it starts on, from 1. */
  readonly line: number;
}

/** A statement with its parse tree; `location`s in the tree count bytes from the start of the whole text. */
export interface ParsedStatement extends Statement {
  readonly node: Node;
}

/** What PostgreSQL's parser refuses. */
export interface SyntaxMistake {
  readonly message: string;
  readonly offset: number;
  readonly line: number;
}

export type Split =
  | { readonly status: "parsed"; readonly statements: readonly Statement[] }
  | { readonly status: "refused"; readonly mistake: SyntaxMistake };

export type Parsed =
  | { readonly status: "parsed"; readonly statements: readonly ParsedStatement[] }
  | { readonly status: "refused"; readonly mistake: SyntaxMistake };

/** The line, from 1, of an offset in a text. */
export function lineAt(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf("\n"); at !== -1 && at < offset; at = text.indexOf("\n", at + 1)) line += 1;
  return line;
}

/** Turns ascending byte offsets into offsets of the text; walks the text once. */
function positions(sql: string): (byte: number) => number {
  const bytes = Buffer.from(sql, "utf8");
  if (bytes.length === sql.length) return (byte) => byte;
  let last = { byte: 0, offset: 0 };
  return (byte) => {
    const start = byte < last.byte ? { byte: 0, offset: 0 } : last;
    last = { byte, offset: start.offset + bytes.toString("utf8", start.byte, byte).length };
    return last.offset;
  };
}

const mistake = (sql: string, message: string, offset: number): Parsed => ({
  status: "refused",
  mistake: { message, offset, line: lineAt(sql, offset) },
});

function refused(sql: string, error: Error, cursor: number | undefined): Parsed {
  // PostgreSQL counts code points; an astral character is two units of a JavaScript string.
  const offset = cursor === undefined ? 0 : [...sql].slice(0, cursor).join("").length;
  return mistake(sql, error.message, offset);
}

/**
 * The statements of an SQL text, read by PostgreSQL's own parser. A text that it refuses gives the one mistake and no
 * statements; a text of nothing but comments gives none.
 */
export async function parseTree(sql: string): Promise<Parsed> {
  // The parser takes a C string: what follows a NUL would not be seen, and psql's `\` commands are refused by it.
  const nul = sql.indexOf("\0");
  if (nul !== -1) return mistake(sql, "a NUL character", nul);
  if (sql.trim() === "") return { status: "parsed", statements: [] };
  const { parseSync, hasSqlDetails } = await parser();
  let result: ParseResult;
  try {
    result = parseSync(sql);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return refused(sql, error, hasSqlDetails(error) ? error.sqlDetails?.cursorPosition : undefined);
  }
  const offsetOf = positions(sql);
  let line = 1;
  let counted = 0;
  const statements = (result.stmts ?? []).map(
    ({ stmt, stmt_location: start = 0, stmt_len: length }): ParsedStatement => {
      if (!stmt) throw new Error("the parser gave a statement without a tree");
      const from = offsetOf(start);
      const raw = sql.slice(from, length === undefined ? undefined : offsetOf(start + length));
      const text = raw.trim();
      const offset = from + raw.indexOf(text);
      line += lineAt(sql.slice(counted, offset), offset - counted) - 1;
      counted = offset;
      return { text, offset, line, node: stmt };
    },
  );
  return { status: "parsed", statements };
}

/** The statements of an SQL text, for whoever sends them one by one. See `parseTree`. */
export async function splitStatements(sql: string): Promise<Split> {
  const parsed = await parseTree(sql);
  if (parsed.status === "refused") return parsed;
  return { status: "parsed", statements: parsed.statements.map(({ text, offset, line }) => ({ text, offset, line })) };
}
