import { sql } from "../checks/sql.ts";
import type { ReadPlan } from "../plan/read.ts";
import type { Check } from "../plan/schema.ts";
import { parseTree } from "../sql/statements.ts";
import { walk } from "../sql/walk.ts";
import type { FoundRows } from "./facts.ts";

type Asked = Parameters<typeof sql.claim>[0];

/** Gates that a query decides by rows of the project's own tables. Nothing but a migration can have put them there. */
export async function foundRows({ plan, at }: ReadPlan): Promise<readonly FoundRows[]> {
  const found: FoundRows[] = [];
  for (const [phase, { gates }] of plan.phases.entries())
    for (const [index, { id, checks }] of gates.entries()) {
      const tables = new Set((await Promise.all(checks.map(tablesOf))).flat());
      const place = at(["phases", phase, "gates", index]);
      if (tables.size > 0) found.push({ gate: id, tables: [...tables].sort(), place });
    }
  return found;
}

async function tablesOf({ kind, params }: Check): Promise<readonly string[]> {
  if (kind !== sql.kind) return [];
  const { gives, query } = params as Asked; // of this kind, so as the plan's reader gives them
  return isNothing(gives) ? [] : tablesIn(query);
}

function isNothing(gives: Asked["gives"]): boolean {
  if (typeof gives === "string") return gives === "empty";
  if (!("count" in gives)) return false;
  return (typeof gives.count === "number" ? gives.count : gives.count["at-least"]) === 0;
}

/** Tables and views of the project, as the query calls them; none where it cannot be read. */
async function tablesIn(query: string): Promise<readonly string[]> {
  const parsed = await parseTree(query);
  const parts = parsed.status === "parsed" ? parsed.statements.flatMap(({ node }) => [...walk(node)]) : [];
  const named = new Set(parts.flatMap(([key, { ctename }]) => (key === "CommonTableExpr" ? [ctename] : [])));
  return parts.flatMap(([key, { schemaname, relname }]) => {
    if (key !== "RangeVar" || typeof relname !== "string") return [];
    if (schemaname === undefined) return named.has(relname) || relname.startsWith("pg_") ? [] : [relname];
    return schemaname === "pg_catalog" || schemaname === "information_schema" ? [] : [`${schemaname}.${relname}`];
  });
}
