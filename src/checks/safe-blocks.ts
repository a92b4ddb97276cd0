import type { Hazard } from "../model/ports.ts";
import type { ParsedStatement } from "../sql/statements.ts";
import { strings } from "../sql/walk.ts";
import { type Token, tokensIn } from "./safe-tokens.ts";

/** Statements that a block executes are looked at by no rule for statements. */

export const blocksRule = "statement-in-block";

const commands = new Set([
  "alter",
  "analyze",
  "cluster",
  "comment",
  "create",
  "drop",
  "grant",
  "import",
  "lock",
  "refresh",
  "reindex",
  "revoke",
  "truncate",
  "vacuum",
]);
/** A statement begins after these. */
const beginnings = new Set([";", "begin", "then", "else", "loop", ">>"]);
const callers = ["CallStmt", "CreateTableAsStmt", "DeleteStmt", "DoStmt", "InsertStmt", "SelectStmt", "UpdateStmt"];

/** One hazard for each block that executes text or DDL, and for each call of a function with such a body that the migration makes. */
export async function blocks(statements: readonly ParsedStatement[]): Promise<readonly Hazard[]> {
  const made = new Map<string, string>();
  const hazards: Hazard[] = [];
  for (const { node, text, line } of statements) {
    const tokens = await tokensIn(text);
    const hidden = await hiddenIn(tokens);
    if ("CreateFunctionStmt" in node) {
      const name = strings(node.CreateFunctionStmt.funcname).at(-1);
      if (name !== undefined && hidden !== undefined) made.set(name, hidden);
      continue;
    }
    const [type = ""] = Object.keys(node);
    if ("DoStmt" in node && hidden !== undefined) hazards.push(hazard("The block executes", hidden, line));
    if (!callers.includes(type)) continue;
    for (const [name, does] of made)
      if (await calls(tokens, name, "DoStmt" in node))
        hazards.push(hazard(`It calls ${name}(), which executes`, does, line));
  }
  return hazards;
}

const hazard = (who: string, does: string, line: number): Hazard => ({
  rule: blocksRule,
  message: `${who} ${does}, where no rule for statements looks; a migration is asked to say in statements of its own what it alters.`,
  help: "Write the statement outside of the block.",
  line,
});

/** What the bodies in a statement execute: `EXECUTE`, or the first command that is none of rows. */
async function hiddenIn(tokens: readonly Token[]): Promise<string | undefined> {
  for (const { text, isText } of tokens) {
    if (!isText) continue;
    const body = await tokensIn(text);
    const words = body.map((token) => (token.isText ? "" : token.text));
    const at = words.findIndex(
      (word, at) => word === "execute" || (commands.has(word) && (at === 0 || beginnings.has(words[at - 1] ?? ""))),
    );
    if (at >= 0) return words[at] === "execute" ? "a text (`EXECUTE`)" : `\`${words[at]?.toUpperCase()} …\``;
  }
  return undefined;
}

async function calls(tokens: readonly Token[], name: string, inTexts: boolean): Promise<boolean> {
  for (const [at, { text, isText }] of tokens.entries()) {
    if (!isText && text === name && tokens[at + 1]?.text === "(") return true;
    if (isText && inTexts && (await calls(await tokensIn(text), name, false))) return true;
  }
  return false;
}
