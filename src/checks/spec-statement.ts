import type { RangeVar } from "libpg-query";
import type { QualifiedName } from "../sql/identifier.ts";
import type { ParsedStatement } from "../sql/statements.ts";

export type Target =
  /** The statement, without the schema before the table's name. */
  | { readonly sql: string; readonly line: number }
  | { readonly mistake: { readonly line: number; readonly message: string; readonly help: string } };

/**
 * The statement as it is executed: it must be DDL of this one table, and may copy nothing from a table that is there,
 * for then it would describe whatever is there.
 */
export function targetOf(statement: ParsedStatement, whole: string, table: QualifiedName): Target {
  const { node, line, text } = statement;
  const mistake = (message: string, help: string): Target => ({ mistake: { line, message, help } });
  if ("CreateStmt" in node && copies(node.CreateStmt))
    return mistake("the table is copied or inherited; the file has to describe it", "Write its columns out.");
  if ("CommentStmt" in node || "GrantStmt" in node) return { sql: text, line: line };
  const relation = relationOf(node);
  if (!relation)
    return mistake("it is no DDL of the table", `Leave only what belongs to ${table.schema}.${table.name}.`);
  if (relation.relname !== table.name || (relation.schemaname !== undefined && relation.schemaname !== table.schema))
    return mistake(`it is about ${relation.relname}, not ${table.name}`, "Give each table a file of its own.");
  return { sql: unqualified(statement, whole, relation), line };
}

const relationOf = (node: ParsedStatement["node"]): RangeVar | undefined => {
  if ("CreateStmt" in node) return node.CreateStmt.relation;
  if ("AlterTableStmt" in node)
    return node.AlterTableStmt.objtype === "OBJECT_TABLE" ? node.AlterTableStmt.relation : undefined;
  if ("IndexStmt" in node) return node.IndexStmt.relation;
  if ("CreatePolicyStmt" in node) return node.CreatePolicyStmt.table;
  if ("CreateTrigStmt" in node) return node.CreateTrigStmt.relation;
  if ("RuleStmt" in node) return node.RuleStmt.relation;
  return undefined;
};

const copies = ({
  tableElts = [],
  inhRelations = [],
  partbound,
}: {
  tableElts?: object[];
  inhRelations?: object[];
  partbound?: object;
}) => inhRelations.length > 0 || partbound !== undefined || tableElts.some((element) => "TableLikeClause" in element);

/** Takes `public.` away from the table's own name, where the parser says that it stands. */
function unqualified({ text, offset }: ParsedStatement, whole: string, { schemaname, location }: RangeVar): string {
  if (schemaname === undefined || location === undefined) return text;
  const at = Buffer.from(whole, "utf8").toString("utf8", 0, location).length - offset;
  return text.slice(0, at) + text.slice(at).replace(/^(?:"(?:[^"]|"")*"|[^\s."]+)\s*\.\s*/, "");
}
