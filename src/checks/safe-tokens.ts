import { parser } from "../sql/parser.ts";
import { lineAt } from "../sql/statements.ts";

/** A word, sign or text of SQL or PL/pgSQL, without comments. */
export interface Token {
  /** Of a word its lower case, without quotes; of a text what is between the quotes. */
  readonly text: string;
  readonly isText: boolean;
  /** From 1. */
  readonly line: number;
}

/** Tokens as PostgreSQL's scanner finds them, which PL/pgSQL shares; of another language what looks like words. */
export async function tokensIn(sql: string): Promise<readonly Token[]> {
  const { scanSync } = await parser();
  const short = Buffer.byteLength(sql) === sql.length;
  const bytes = Buffer.from(sql);
  const offset = (byte: number) => (short ? byte : bytes.toString("utf8", 0, byte).length);
  try {
    return scanSync(sql).tokens.flatMap(({ text, tokenName, start }): Token[] =>
      tokenName === "SQL_COMMENT" || tokenName === "C_COMMENT"
        ? []
        : [{ ...plain(text, tokenName), line: lineAt(sql, offset(start)) }],
    );
  } catch {
    return [...sql.matchAll(/[A-Za-z_]\w*|'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|\S/g)].map(({ 0: text, index }) => ({
      ...plain(text, /^['"]/.test(text) ? "SCONST" : ""),
      line: lineAt(sql, index),
    }));
  }
}

function plain(text: string, kind: string): Omit<Token, "line"> {
  if (kind === "SCONST" || kind === "USCONST") {
    const dollar = /^(\$\w*\$)([\s\S]*)\1$/.exec(text)?.[2];
    return { text: dollar ?? text.replace(/^[EeUuNn]?&?['"]|['"]$/g, "").replaceAll("''", "'"), isText: true };
  }
  return { text: text.startsWith('"') ? text.slice(1, -1) : text.toLowerCase(), isText: false };
}
