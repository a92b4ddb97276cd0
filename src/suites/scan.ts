import { lineAt, type ParsedStatement, parseTree } from "../sql/statements.ts";
import type { SuiteMistake } from "./suite.ts";

/** Comments and statements of a file in the order in which they stand. */
export type Item =
  | { readonly kind: "comment"; readonly text: string; readonly line: number }
  | { readonly kind: "statement"; readonly statement: ParsedStatement };

export interface Scanned {
  readonly items: readonly Item[];
  readonly mistakes: readonly SuiteMistake[];
  /** The parser gave up, so that no statement is known. */
  readonly broken: boolean;
}

interface Token {
  readonly text: string;
  readonly offset: number;
  readonly isComment: boolean;
}

/** Tokens as PostgreSQL's scanner finds them, so that a `--` in a string is no comment; none where it cannot go on. */
async function tokens(sql: string): Promise<readonly Token[]> {
  const module = await import("libpg-query");
  await module.loadModule();
  const bytes = Buffer.from(sql, "utf8");
  const short = bytes.length === sql.length;
  const offset = (byte: number) => (short ? byte : bytes.toString("utf8", 0, byte).length);
  try {
    return module.scanSync(sql).tokens.map(({ text, start, tokenName }) => ({
      text,
      offset: offset(start),
      isComment: tokenName === "SQL_COMMENT",
    }));
  } catch {
    // An unterminated string: the parser says where.
    return [];
  }
}

const instead: { readonly [command: string]: string } = {
  i: "Write the statements of the other file here.",
  ir: "Write the statements of the other file here.",
  set: "Write the value where it is used, or `-- set: name = value`.",
  echo: "Write a comment.",
  copy: "Write INSERT.",
  if: "Write a case for each branch.",
  gset: "Write the query where its value is used.",
  c: "Write `-- as: role`; a file runs in one database.",
};

/**
 * Reads a text with PostgreSQL's scanner and parser. psql's commands are mistakes, and everything else is read as if they
 * were not there, so that all mistakes are told at once.
 */
export async function scan(sql: string): Promise<Scanned> {
  const all = await tokens(sql);
  const mistakes: SuiteMistake[] = [];
  let plain = sql;
  for (const { offset } of all.filter(({ text }) => text === "\\")) {
    if (plain[offset] !== "\\") continue;
    const end = sql.indexOf("\n", offset);
    const command = sql.slice(offset, end === -1 ? undefined : end).trim();
    const help = instead[/^\\(\w+)/.exec(command)?.[1] ?? ""] ?? "Write it in SQL.";
    mistakes.push({
      line: lineAt(sql, offset),
      message: `\`${command}\` is a command of psql, which is not at work here`,
      help,
    });
    const rest = end === -1 ? sql.length : end;
    plain = plain.slice(0, offset) + " ".repeat(rest - offset) + plain.slice(rest);
  }
  const parsed = await parseTree(plain);
  const statements = parsed.status === "parsed" ? parsed.statements : [];
  if (parsed.status === "refused") {
    const { line, message } = parsed.mistake;
    mistakes.push({ line, message: `PostgreSQL cannot read it: ${message}`, help: "Correct the SQL." });
  }
  const spans = statements.map(({ offset, text }) => ({ from: offset, to: offset + text.length }));
  const comments = all.filter(({ isComment, offset }) => {
    const startsLine = sql.slice(sql.lastIndexOf("\n", offset - 1) + 1, offset).trim() === "";
    return isComment && startsLine && !spans.some(({ from, to }) => offset > from && offset < to);
  });
  const inside = all.filter(
    ({ isComment, offset, text }) =>
      isComment &&
      spans.some(({ from, to }) => offset > from && offset < to) &&
      /^--\s*(test|expect error|session\s+\w+\s*$)/.test(text),
  );
  for (const { offset, text } of inside)
    mistakes.push({
      line: lineAt(sql, offset),
      message: `\`${text.trim()}\` stands inside a statement`,
      help: "End the statement before it with `;`.",
    });
  const items: (Item & { readonly at: number })[] = [
    ...statements.map((statement) => ({ kind: "statement" as const, statement, at: statement.offset })),
    ...comments.map(({ text, offset }) => ({
      kind: "comment" as const,
      text: text.trimEnd(),
      line: lineAt(sql, offset),
      at: offset,
    })),
  ];
  return { items: items.sort((a, b) => a.at - b.at), mistakes, broken: parsed.status === "refused" };
}
