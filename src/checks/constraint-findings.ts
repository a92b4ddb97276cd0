import { isDeepStrictEqual } from "node:util";
import type { ConstraintCode, ConstraintObserved, ConstraintParams } from "./constraint.ts";
import { comparable, type FoundConstraint } from "./constraint-catalog.ts";
import { deferral } from "./constraint-mutants.ts";
import type { KindFinding } from "./kind.ts";
import { parts } from "./params.ts";

/** How constraints differ from what the plan asks for. */

export const list = (columns: readonly string[]): string => `(${columns.join(", ")})`;
const onColumns = (type: ConstraintParams["type"], found: readonly string[], columns: readonly string[]): boolean =>
  type === "check" ? isDeepStrictEqual([...found].sort(), [...columns].sort()) : isDeepStrictEqual(found, columns);

/** The constraints that the plan speaks of: by name, else by columns, else by definition. */
export function identified(
  { name, type, columns }: ConstraintParams,
  { found, asked }: ConstraintObserved,
): readonly FoundConstraint[] {
  if (name !== undefined) return found.filter((one) => one.name === name);
  if (columns) return found.filter((one) => onColumns(type, one.columns, columns));
  return found.filter((one) => comparable(one) === asked);
}

/** What the plan asks for by clauses of the declaration, or by saying nothing of them. */
function clauses(params: ConstraintParams, found: FoundConstraint) {
  const list: { readonly code: ConstraintCode; readonly is: string; readonly should: string }[] = [];
  const { "on-delete": onDelete, "on-update": onUpdate, "on-delete-columns": set = [] } = params;
  if (found.match !== null && found.columns.length > 1) {
    const [is, should] = [found.match, params.match ?? "simple"].map((match) => `MATCH ${match.toUpperCase()}`);
    list.push({ code: "other-match", is: is ?? "", should: should ?? "" });
  }
  if (params.type === "unique") {
    const text = (distinct: boolean) => (distinct ? "NULLS DISTINCT" : "NULLS NOT DISTINCT");
    const should = text(params["nulls-distinct"] ?? true);
    list.push({ code: "other-nulls", is: text(found.nullsDistinct), should });
  }
  if (onDelete !== undefined) {
    const [is, should] = [
      actionText(found.onDelete, found.onDeleteColumns, found.columns),
      actionText(onDelete, set, found.columns),
    ];
    list.push({ code: "other-on-delete", is: `ON DELETE ${is}`, should: `ON DELETE ${should}` });
  }
  if (onUpdate !== undefined) {
    const is = `ON UPDATE ${actionText(found.onUpdate)}`;
    list.push({ code: "other-on-update", is, should: `ON UPDATE ${actionText(onUpdate)}` });
  }
  return list;
}

/** To name all columns of the key is to name none. */
function actionText(action: string | null, columns: readonly string[] = [], key: readonly string[] = []): string {
  const isAll = key.every((column) => columns.includes(column));
  return [action?.toUpperCase(), columns.length > 0 && !isAll && list([...columns].sort())].filter(Boolean).join(" ");
}

/** What is not as asked in one constraint. */
export function differences(
  params: ConstraintParams,
  asked: string | null,
  found: FoundConstraint,
): KindFinding<ConstraintCode>[] {
  const { table, type, columns, definition, references, deferrable } = params;
  const it = found.name === "" ? `NOT NULL of ${table}.${found.columns[0]}` : `${found.name} on ${table}`;
  const findings: KindFinding<ConstraintCode>[] = [];
  const differs = (code: ConstraintCode, is: string, should: string, help: string) =>
    findings.push({ code, message: `${it} ${is}; the plan asks for ${should}.`, help });

  if (columns && !onColumns(type, found.columns, columns)) {
    differs("other-columns", `is on ${list(found.columns)}`, list(columns), `Declare it on ${list(columns)}.`);
  }
  if (definition !== undefined && comparable(found) !== asked) {
    differs("other-definition", `says ${comparable(found)}`, asked ?? definition, `Declare it as \`${definition}\`.`);
  }
  if (references && found.references) {
    const target = parts(references.table);
    const should = {
      schema: target.schema,
      table: target.name,
      columns: references.columns ?? found.references.columns,
    };
    const text = (one: typeof should) => `${one.schema}.${one.table} ${list(one.columns)}`;
    if (!isDeepStrictEqual(found.references, should)) {
      differs(
        "other-reference",
        `references ${text(found.references)}`,
        text(should),
        `Let it reference ${text(should)}.`,
      );
    }
  }
  for (const { code, is, should } of clauses(params, found)) {
    if (is !== should) differs(code, `has ${is}`, should, `Declare it with ${should}.`);
  }
  if (deferrable !== undefined && found.deferrable !== deferrable) {
    const should = deferral(deferrable);
    differs("other-deferrable", `is ${deferral(found.deferrable)}`, should, `Declare it ${should}.`);
  }
  if (!found.enforced) {
    differs("not-enforced", "is NOT ENFORCED", "a constraint in force", "Take NOT ENFORCED out of the migration.");
  } else if (params.validated && !found.validated) {
    const help = "Add `VALIDATE CONSTRAINT` to a migration of the phase.";
    differs("not-validated", "is NOT VALID, so older rows may violate it", "a valid one", help);
  }
  if (found.missingOn.length > 0) {
    const children = found.missingOn.join(", ");
    const help = `Let ${children} not inherit from ${table}; make it a partition, or a table of its own.`;
    differs("not-on-child", `does not hold for ${children}, whose rows are ${table}'s too`, "one for all rows", help);
  }
  return findings;
}
