import type { ParsedStatement } from "../sql/statements.ts";
import { parseTree } from "../sql/statements.ts";
import { asksOf, definedBy } from "./asks.ts";
import { readComment } from "./directives.ts";
import { addDirective, addStatement, begin, type Draft, finish } from "./draft.ts";
import { mentionedIn } from "./mentions.ts";
import { type Item, scan } from "./scan.ts";
import type { ReadSuite, SuiteMistake, SuiteStatement } from "./suite.ts";

/** Reads a SQL test file; where there are mistakes, all of them, in the order of their lines. */
export async function readSuite(sql: string): Promise<ReadSuite> {
  const { items, mistakes: scanned, broken } = await scan(sql);
  const mistakes: SuiteMistake[] = [...scanned];
  const tell = (line: number, message: string, help: string) => void mistakes.push({ line, message, help });
  const draft = begin(tell, broken);
  for (const item of joined(items)) {
    if (item.kind === "statement") await takeStatement(draft, item.statement);
    else await takeComment(draft, item);
  }
  const suite = finish(draft);
  const [first, ...more] = mistakes.sort((a, b) => a.line - b.line);
  if (first) return { status: "unreadable", mistakes: [first, ...more] };
  if (!suite) throw new Error("a suite without mistakes was not read");
  return { status: "read", suite };
}

/** A sabotage may go on in the lines below it: comments with two or more blanks after the dashes. */
function joined(items: readonly Item[]): Item[] {
  const all: Item[] = [];
  let end = 0;
  for (const item of items) {
    const last = all.at(-1);
    const goesOn = item.kind === "comment" && /^--\s{2,}\S/.test(item.text) && item.line === end + 1;
    if (goesOn && last?.kind === "comment" && /^--\s*sabotage\s*:/.test(last.text)) {
      all[all.length - 1] = { ...last, text: `${last.text}\n${item.text.replace(/^--\s*/, "")}` };
    } else all.push(item);
    if (item.kind === "comment") end = item.line;
  }
  return all;
}

async function takeComment(draft: Draft, { text, line }: Extract<Item, { kind: "comment" }>): Promise<void> {
  const comment = readComment(text);
  if (comment?.kind === "mistake") draft.tell(line, comment.message, comment.help);
  else if (comment?.kind === "sabotage") await takeSabotage(draft, comment.sql, line);
  else if (comment) addDirective(draft, comment, line);
}

async function takeSabotage(draft: Draft, sql: string, line: number): Promise<void> {
  const parsed = await parseTree(sql);
  if (parsed.status === "refused")
    draft.tell(
      line + parsed.mistake.line - 1,
      `PostgreSQL cannot read the sabotage: ${parsed.mistake.message}`,
      "Correct the SQL.",
    );
  else if (!parsed.statements.some(({ node }) => forbid(draft, node, line)))
    addDirective(draft, { kind: "sabotage", statements: parsed.statements.map(({ text }) => text) }, line);
}

async function takeStatement(draft: Draft, { text, line, node }: ParsedStatement): Promise<void> {
  if (forbid(draft, node, line)) return;
  const defines = definedBy(node);
  const statement: SuiteStatement = {
    sql: text,
    line,
    isSelect: "SelectStmt" in node,
    mentions: mentionedIn(node),
    asks: asksOf(node),
    ...(defines === undefined ? {} : { defines }),
  };
  addStatement(draft, statement);
}

/** What would leave the case's transaction or its role; told, and then left out. */
function forbid(draft: Draft, node: ParsedStatement["node"], line: number): boolean {
  if ("TransactionStmt" in node) {
    draft.tell(
      line,
      "a suite holds no transaction control: its cases are rolled back for it",
      "Take it out. Two sessions that commit are written as `-- session A`, `-- session B` and `-- commit`.",
    );
    return true;
  }
  const setting = "VariableSetStmt" in node ? (node.VariableSetStmt.name ?? node.VariableSetStmt.kind) : undefined;
  const leaves = ["role", "session_authorization", "VAR_RESET_ALL"].includes(setting ?? "") || "DiscardStmt" in node;
  if (leaves)
    draft.tell(line, "a statement of a suite does not choose its role", "Write `-- as: role` below `-- test:`.");
  return leaves;
}
