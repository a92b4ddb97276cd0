import type { Catalog } from "../model/ports.ts";
import { parseTree } from "../sql/statements.ts";
import { type Part, strings, walk } from "../sql/walk.ts";
import { mentionedIn } from "./mentions.ts";

/**
 * Whether a sabotage changes or drops something that is there without it, or its rows, or adds to it: a constraint, an index,
 * a trigger, a policy, a rule, a privilege. What only makes something new sabotages nothing that a case could look after.
 */
export async function isOfTheSchema(sabotage: readonly string[], catalog: Catalog): Promise<boolean> {
  const names = namesOf(catalog);
  for (const sql of sabotage) {
    const parsed = await parseTree(sql);
    if (parsed.status === "refused") continue;
    for (const { node } of parsed.statements) {
      const [type = "", inner] = Object.entries(node)[0] ?? [];
      const part: Part = { ...inner };
      if (type === "ConstraintsSetStmt" || targets(type, part).some((name) => names.has(name))) return true;
    }
  }
  return false;
}

/** What has no name by which a statement reaches it. */
const nameless = new Set(["column", "default grant", "grant", "revocation", "setting"]);

const namesOf = (catalog: Catalog): ReadonlySet<string> =>
  new Set([...catalog.values()].flatMap(({ kind, name }) => (nameless.has(kind) ? [] : [name])));

/** Make something new, or nothing. */
const making = new Set([
  "CommentStmt",
  "CompositeTypeStmt",
  "CreateDomainStmt",
  "CreateEnumStmt",
  "CreateExtensionStmt",
  "CreateRangeStmt",
  "CreateSchemaStmt",
  "CreateSeqStmt",
  "CreateStmt",
  "CreateTableAsStmt",
  "VariableSetStmt",
]);
const changingRows = new Set(["DeleteStmt", "InsertStmt", "MergeStmt", "UpdateStmt"]);

/** Bare names of what a statement changes. */
function targets(type: string, part: Part): readonly string[] {
  if (making.has(type)) return [];
  if (changingRows.has(type)) return relations(part.relation).slice(0, 1);
  switch (type) {
    case "AlterPolicyStmt":
    case "CreatePolicyStmt":
      return relations(part.table);
    case "AlterTableStmt":
    case "CreateTrigStmt":
    case "IndexStmt":
    case "RuleStmt":
      return relations(part.relation);
    case "CreateFunctionStmt":
      return strings(part.funcname).slice(-1);
    case "DoStmt":
      return [
        ...strings(part.args)
          .join("\n")
          .matchAll(/\b(?:table|into|update|from|on|view|function)\s+([\w.]+)/gi),
      ].map(([, name = ""]) => name.replace(/^.*\./, ""));
    case "SelectStmt":
      // What a function of the schema changes, and what a CTE does.
      return [...walk(part)].flatMap(([key, inner]) =>
        key === "FuncCall" ? mentionedIn(inner) : changingRows.has(key) ? targets(key, inner) : [],
      );
    case "ViewStmt":
      return relations(part.view);
    default:
      return [...relations(part), ...strings(part)];
  }
}

/** Bare names of relations, in the order in which they stand. */
const relations = (value: unknown): readonly string[] =>
  [...walk(value)].flatMap(([, { relname }]) => (typeof relname === "string" ? [relname] : []));
