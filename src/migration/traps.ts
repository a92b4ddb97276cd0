/** What an SQL migration says that will do something else than its author, or its reviewer, thinks. */

import type { Node } from "libpg-query";
import type { Finding } from "../model/report.ts";
import { type ParsedStatement, parseTree } from "../sql/statements.ts";
import { type MarkerTrap, readSections, type Section, type Sections, type Trap } from "./sections.ts";

export type StatementTrap =
  | "unreadable"
  | "concurrently"
  | "transaction-control"
  | "role-change"
  | "stored-setting"
  | "writes-pgmigrations";

export type TextTrap = MarkerTrap | StatementTrap;

/** Every trap in the text of one migration, in the order of its lines. */
export async function textTraps(file: string, text: string): Promise<readonly Finding[]> {
  const sections = readSections(text);
  const traps: Trap<TextTrap>[] = [...sections.traps];
  for (const section of apart(sections)) traps.push(...(await statementTraps(section)));
  return traps
    .toSorted((a, b) => a.line - b.line)
    .map(({ code, message, help, line }) => ({ code, message, help, place: { file, line } }));
}

/** A down part that node-pg-migrate runs with the up part is read once. */
function apart({ up, down }: Sections): readonly Section[] {
  const inside = down && down.offset >= up.offset && down.offset < up.offset + up.text.length;
  return down && !inside ? [up, down] : [up];
}

async function statementTraps(section: Section): Promise<readonly Trap<StatementTrap>[]> {
  const parsed = await parseTree(section.text);
  if (parsed.status === "refused") {
    return [
      {
        code: "unreadable",
        message: `PostgreSQL's parser refuses this part: ${parsed.mistake.message}.`,
        help: "Correct the statement; psql's backslash commands and COPY … FROM stdin are no SQL for node-pg-migrate either.",
        line: section.line + parsed.mistake.line - 1,
      },
    ];
  }
  return parsed.statements.flatMap((statement) =>
    Object.values(lookers).flatMap((look) => {
      const trap = look(statement);
      return trap ? [{ ...trap, line: section.line + statement.line - 1 }] : [];
    }),
  );
}

type Look = (statement: ParsedStatement) => Omit<Trap<StatementTrap>, "line"> | undefined;

const lookers: Record<Exclude<StatementTrap, "unreadable">, Look> = {
  concurrently: ({ node, text }) =>
    isConcurrent(node)
      ? {
          code: "concurrently",
          message: `\`${firstLine(text)}\` cannot run inside a transaction, and node-pg-migrate runs every SQL file in one; it has no directive to leave it.`,
          help: "Leave CONCURRENTLY out and set a lock_timeout, or write this step as a program that calls `pgm.noTransaction()`.",
        }
      : undefined,

  "transaction-control": ({ node, text }) =>
    isTransactionControl(node)
      ? {
          code: "transaction-control",
          message: `\`${firstLine(text)}\` ends or begins a transaction; node-pg-migrate runs the file in one of its own, so a failure after this would leave half of the migration behind.`,
          help: "Delete the statement.",
        }
      : undefined,

  "role-change": ({ node, text }) =>
    isRoleChange(node) || bodyHas(node, roleWords)
      ? {
          code: "role-change",
          message: `\`${firstLine(text)}\` changes a role; roles belong to the whole cluster, so the databases of earlier phases would change too.`,
          help: "Move it into the plan: `postgres.roles` in phasegate.yml, and what creates roles in production.",
        }
      : undefined,

  "stored-setting": ({ node, text }) =>
    isStoredSetting(node) || bodyHas(node, settingWords)
      ? {
          code: "stored-setting",
          message: `\`${firstLine(text)}\` stores a setting for every later session, and so changes what the checks see.`,
          help: "Use SET LOCAL in the migration, `SET` on the function that needs it, or the configuration of the server.",
        }
      : undefined,

  "writes-pgmigrations": ({ node, text }) =>
    !("CommentStmt" in node) && JSON.stringify(node).toLowerCase().includes("pgmigrations")
      ? {
          code: "writes-pgmigrations",
          message: `\`${firstLine(text)}\` names pgmigrations, in which node-pg-migrate alone records what has run.`,
          help: "Leave pgmigrations alone; rename, add or revert migrations instead.",
        }
      : undefined,
};

/** The statement's first line, short enough to quote in a sentence. */
export function firstLine(text: string): string {
  const line = text.split("\n", 1)[0]?.trim() ?? "";
  return line.length > 80 ? `${line.slice(0, 79)}…` : line === text.trim() ? line : `${line} …`;
}

function isConcurrent(node: Node): boolean {
  if ("IndexStmt" in node) return node.IndexStmt.concurrent === true;
  if ("DropStmt" in node) return node.DropStmt.concurrent === true;
  if ("ReindexStmt" in node) {
    return (node.ReindexStmt.params ?? []).some(
      (param) => "DefElem" in param && param.DefElem.defname === "concurrently",
    );
  }
  if (!("AlterTableStmt" in node)) return false;
  return (node.AlterTableStmt.cmds ?? []).some((cmd) => {
    const def = "AlterTableCmd" in cmd ? cmd.AlterTableCmd.def : undefined;
    return def !== undefined && "PartitionCmd" in def && def.PartitionCmd.concurrent === true;
  });
}

/** Savepoints stay inside the transaction. */
function isTransactionControl(node: Node): boolean {
  if (!("TransactionStmt" in node)) return false;
  const { kind } = node.TransactionStmt;
  return kind !== "TRANS_STMT_SAVEPOINT" && kind !== "TRANS_STMT_RELEASE" && kind !== "TRANS_STMT_ROLLBACK_TO";
}

function isRoleChange(node: Node): boolean {
  if ("RenameStmt" in node) return node.RenameStmt.renameType === "OBJECT_ROLE";
  return ["CreateRoleStmt", "AlterRoleStmt", "DropRoleStmt", "GrantRoleStmt"].some((type) => type in node);
}

const isStoredSetting = (node: Node): boolean =>
  ["AlterRoleSetStmt", "AlterDatabaseSetStmt", "AlterSystemStmt"].some((type) => type in node);

const roleWords = /\b(create|alter|drop)\s+(role|user(?!\s+mapping)|group)\b/i;
const settingWords = /\balter\s+(system\b|(role|user|database)\s+\S+\s+(in\s+database\s+\S+\s+)?(re)?set\b)/i;

/**
 * Whether a body that is text to the parser (DO, a function) holds the words. What a body puts together at run time is
 * not found here: the runner compares roles, stored settings and pgmigrations in the database itself.
 */
function bodyHas(node: Node, words: RegExp): boolean {
  const options =
    "DoStmt" in node ? node.DoStmt.args : "CreateFunctionStmt" in node ? node.CreateFunctionStmt.options : undefined;
  const body = JSON.stringify(
    (options ?? []).filter((option) => "DefElem" in option && option.DefElem.defname === "as"),
  );
  return words.test(body.replaceAll(/--.*?\\n/g, " ").replaceAll("\\n", " "));
}
