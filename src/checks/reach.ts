import type { Hazard } from "../model/ports.ts";
import type { ParsedStatement } from "../sql/statements.ts";
import { type Part, strings, walk } from "../sql/walk.ts";

/** Statements that reach beyond the migration's own transaction, database or server. */

const roleStatements = new Set([
  "CreateRoleStmt",
  "AlterRoleStmt",
  "AlterRoleSetStmt",
  "DropRoleStmt",
  "GrantRoleStmt",
  "DropOwnedStmt",
  "ReassignOwnedStmt",
  "AlterDatabaseStmt",
  "AlterDatabaseSetStmt",
  "CreatedbStmt",
  "DropdbStmt",
  "AlterSystemStmt",
]);
const transactionKinds = new Set([
  "TRANS_STMT_BEGIN",
  "TRANS_STMT_START",
  "TRANS_STMT_COMMIT",
  "TRANS_STMT_ROLLBACK",
  "TRANS_STMT_PREPARE",
  "TRANS_STMT_COMMIT_PREPARED",
  "TRANS_STMT_ROLLBACK_PREPARED",
]);
const serverFunction =
  /^(?:pg_read_(?:binary_)?file|pg_stat_file|pg_ls_\w*|pg_file_\w+|lo_import|lo_export|dblink\w*|pg_reload_conf)$/;
const serverExtensions = new Set(["dblink", "file_fdw", "adminpack", "postgres_fdw", "plpython3u", "plperlu"]);

/** The same in text that is run by a function or a DO block, where nothing parses it. */
const inBody = {
  "role-change":
    /\b(?:create|alter|drop)\s+(?:role|user|group|database|system)\b|\bset\s+(?:local\s+|session\s+)?(?:role|session\s+authorization)\b/i,
  "server-file":
    /\bcopy\b[^;]*\b(?:program\s|(?:from|to)\s+'?')|\b(?:pg_read_(?:binary_)?file|pg_stat_file|pg_ls_\w*|lo_import|lo_export|dblink\w*)\s*\(/i,
} as const;

export const reachRules = ["transaction-control", "role-change", "server-file"] as const;
type Rule = (typeof reachRules)[number];

const words: { readonly [rule in Rule]: readonly [message: string, help: string] } = {
  "transaction-control": [
    "It begins or ends a transaction; a migration is asked to be carried out whole or not at all.",
    "Take it out: the migration runs in a transaction already.",
  ],
  "role-change": [
    "It changes a role, a database or the server's settings, which are not this database's alone; the plan is asked to name roles.",
    "Move it into `postgres.roles` of the plan, and into what sets up the server.",
  ],
  "server-file": [
    "It reaches files, programs or other servers from the database; a migration is asked to stay in its database.",
    "Write the data into the migration, or load it from the client.",
  ],
};

function ruleOf(type: string, node: Part): Rule | undefined {
  if (type === "TransactionStmt") return transactionKinds.has(String(node.kind)) ? "transaction-control" : undefined;
  if (roleStatements.has(type)) return "role-change";
  if (type === "RenameStmt" && (node.renameType === "OBJECT_ROLE" || node.renameType === "OBJECT_DATABASE"))
    return "role-change";
  if (type === "VariableSetStmt" && (node.name === "role" || node.name === "session_authorization"))
    return "role-change";
  if (type === "CopyStmt" && (node.is_program === true || node.filename !== undefined)) return "server-file";
  if (type === "CreateExtensionStmt" && serverExtensions.has(String(node.extname))) return "server-file";
  const calls = [...walk(node)].some(
    ([key, call]) => key === "FuncCall" && serverFunction.test(strings(call.funcname).at(-1) ?? ""),
  );
  if (calls) return "server-file";
  if (type !== "DoStmt" && type !== "CreateFunctionStmt") return undefined;
  const body = strings(node.args ?? node.options).join("\n");
  return (["role-change", "server-file"] as const).find((rule) => inBody[rule].test(body));
}

/** One hazard for each statement that reaches too far. */
export function reaching(statements: readonly ParsedStatement[]): readonly Hazard[] {
  return statements.flatMap(({ node, line }): Hazard[] => {
    const [type = "", inner] = Object.entries(node)[0] ?? [];
    const rule = ruleOf(type, { ...inner });
    if (!rule) return [];
    const [message, help] = words[rule];
    return [{ rule, message, help, line }];
  });
}
