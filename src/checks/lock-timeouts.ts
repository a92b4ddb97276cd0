import type { Hazard } from "../model/ports.ts";
import type { ParsedStatement } from "../sql/statements.ts";
import { type Part, strings, walk } from "../sql/walk.ts";

/**
 * Statements that wait for a lock on a relation which was there before the migration, and make everybody wait behind
 * them, need a limit on how long. https://www.postgresql.org/docs/current/explicit-locking.html
 */

const timeouts = [
  { rule: "no-lock-timeout", setting: "lock_timeout", waits: "waits for it without end, and everybody behind it" },
  { rule: "no-statement-timeout", setting: "statement_timeout", waits: "may hold it without end" },
] as const;

export const timeoutRules: readonly string[] = timeouts.map(({ rule }) => rule);

/** Commands of ALTER TABLE that readers and writers do not wait for. */
const harmless = new Set(["AT_ValidateConstraint", "AT_SetStatistics"]);
const dropped = new Set([
  "OBJECT_TABLE",
  "OBJECT_INDEX",
  "OBJECT_VIEW",
  "OBJECT_MATVIEW",
  "OBJECT_SEQUENCE",
  "OBJECT_FOREIGN_TABLE",
]);
const droppedFrom = new Set(["OBJECT_TRIGGER", "OBJECT_POLICY", "OBJECT_RULE"]);

type Named = string | undefined;
const text = (value: unknown): Named => (typeof value === "string" ? value : undefined);

/** A relation as the migration writes it; `public` is assumed. */
function relation(value: unknown): Named {
  const [part] = [...walk(value)].map(([, part]) => part).filter((part) => "relname" in part);
  return part && `${text(part.schemaname) ?? "public"}.${text(part.relname)}`;
}
const listed = (names: readonly string[]): Named =>
  names.length > 1 ? names.slice(-2).join(".") : `public.${names[0]}`;

/** The relations that a statement makes. */
function made(type: string, node: Part): readonly Named[] {
  if (type === "CreateStmt" || type === "CreateSeqStmt") return [relation(node.relation ?? node.sequence)];
  if (type === "CreateTableAsStmt") return [relation(node.into)];
  if (type === "ViewStmt") return node.replace === true ? [] : [relation(node.view)];
  // An index lies in the schema of its table.
  if (type === "IndexStmt") return [`${relation(node.relation)?.split(".")[0]}.${text(node.idxname)}`];
  return [];
}

/** The relations that a statement locks against writers, or against everybody. */
function locked(type: string, node: Part): readonly Named[] {
  switch (type) {
    case "AlterTableStmt": {
      const commands = [...walk(node.cmds)].flatMap(([key, { subtype }]) =>
        key === "AlterTableCmd" ? [String(subtype)] : [],
      );
      return commands.every((command) => harmless.has(command)) ? [] : [relation(node.relation)];
    }
    case "RenameStmt":
    case "AlterObjectSchemaStmt":
      return node.relation === undefined ? [] : [relation(node.relation)];
    case "IndexStmt":
    case "ReindexStmt":
    case "RefreshMatViewStmt":
      return node.concurrent === true || node.relation === undefined ? [] : [relation(node.relation)];
    case "CreateTrigStmt":
    case "RuleStmt":
    case "ClusterStmt":
      return [relation(node.relation)];
    case "CreatePolicyStmt":
    case "AlterPolicyStmt":
      return [relation(node.table)];
    case "TruncateStmt":
    case "LockStmt":
      return Array.isArray(node.relations) ? node.relations.map(relation) : [];
    case "CreateStmt":
      return [...walk(node)].flatMap(([key, part]) => (key === "pktable" ? [relation(part)] : []));
    case "ViewStmt":
      return node.replace === true ? [relation(node.view)] : [];
    case "DropStmt": {
      const kind = String(node.removeType);
      const names = Array.isArray(node.objects) ? node.objects.map(strings) : [];
      if (dropped.has(kind)) return names.map(listed);
      return droppedFrom.has(kind) ? names.map((name) => listed(name.slice(0, -1))) : [];
    }
    case "DoStmt": {
      const locks = /\b(?:alter|drop|truncate|lock)\s+table\b/i.test(strings(node.args).join("\n"));
      return locks ? ["a table"] : [];
    }
    default:
      return [];
  }
}

/** What a statement does to one limit, or to any: a value of 0 is no limit, and neither is one that cannot be read. */
interface Change {
  readonly name: string | "any";
  readonly limited: boolean;
}

/** A constant that is written as such; a cast may cut it. */
function constant(value: unknown): string | undefined {
  const [[key, part] = ["", {}]] = [...walk(value)];
  if (key !== "" || !("A_Const" in part)) return undefined;
  for (const [kind, inner] of walk(part.A_Const))
    if (kind === "sval" || kind === "ival" || kind === "fval") return String(Object.values(inner)[0] ?? 0);
  return undefined;
}

const isLimit = (value: string | undefined) => value !== undefined && !/^\s*0*(\.0*)?\s*[a-z]*\s*$/i.test(value);

function changes(type: string, node: Part): readonly Change[] {
  if (type === "VariableSetStmt") {
    if (node.name === undefined) return [{ name: "any", limited: false }];
    const [value] = Array.isArray(node.args) ? node.args : [];
    return [{ name: String(node.name), limited: node.kind === "VAR_SET_VALUE" && isLimit(constant(value)) }];
  }
  if (type === "TransactionStmt")
    return node.kind === "TRANS_STMT_ROLLBACK_TO" ? [{ name: "any", limited: false }] : [];
  if (type === "DoStmt" || type === "CreateFunctionStmt")
    return inBody(
      strings(node.args ?? node.options)
        .join("\n")
        .replace(/--.*$/gm, ""),
    );
  const direct = type === "SelectStmt" && node.whereClause === undefined && node.fromClause === undefined;
  const targets = direct && Array.isArray(node.targetList) ? node.targetList.flatMap(called) : [];
  return [...walk(node)].flatMap(([key, call]): readonly Change[] => {
    if (key !== "FuncCall" || strings(call.funcname).at(-1) !== "set_config") return [];
    const [name, value] = Array.isArray(call.args) ? call.args.map(constant) : [];
    return [{ name: name ?? "any", limited: targets.includes(call) && isLimit(value) }];
  });
}

/** The call that is a column of a SELECT, and not a part of one. */
const called = (target: unknown): readonly Part[] => {
  for (const [key, { val }] of walk(target))
    if (key === "ResTarget")
      for (const [, part] of walk(val)) return [...walk(part.FuncCall)].slice(0, 1).map(([, call]) => call);
  return [];
};

/** Nobody knows whether the body comes to it, and with which value. */
const inBody = (body: string): readonly Change[] =>
  [
    ...body.matchAll(/\bset_config\s*\(\s*(?:'(\w+(?:\.\w+)*)'\s*,)?/gi),
    ...body.matchAll(/\bset\s+(?:local\s+|session\s+)?(\w*_timeout)\b/gi),
    ...body.matchAll(/\breset\s+(\w+)/gi),
  ].map(([, name = "any"]) => ({ name: name.toLowerCase() === "all" ? "any" : name.toLowerCase(), limited: false }));

/** One hazard for each limit that is missing, at the first statement that needs it. */
export function missingTimeouts(statements: readonly ParsedStatement[]): readonly Hazard[] {
  const own = new Set<Named>();
  const limits = new Set<string>();
  const hazards = new Map<string, Hazard>();
  for (const { node, line } of statements) {
    const [type = "", inner] = Object.entries(node)[0] ?? [];
    const part: Part = { ...inner };
    for (const { name, limited } of changes(type, part)) {
      if (limited) limits.add(name);
      else if (name === "any") limits.clear();
      else limits.delete(name);
    }
    const [waitsFor] = locked(type, part).filter((name) => !own.has(name));
    for (const { rule, setting, waits } of waitsFor === undefined ? [] : timeouts) {
      if (limits.has(setting) || hazards.has(rule)) continue;
      const message = `It locks ${waitsFor}, which is there before the migration, and ${waits}; a ${setting} was asked for.`;
      hazards.set(rule, { rule, message, help: `Put \`SET LOCAL ${setting} = '…'\` before it.`, line });
    }
    for (const name of made(type, part)) own.add(name);
  }
  return [...hazards.values()];
}
