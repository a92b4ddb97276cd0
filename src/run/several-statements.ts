import type { Mistake } from "../model/report.ts";
import type { ReadPlan } from "../plan/read.ts";
import { splitStatements } from "../sql/statements.ts";
import type { KindTable } from "./assign.ts";

/** SQL of the plan that is several statements where one is sent: PostgreSQL would refuse it, and so say nothing of the check. */
export async function severalStatements({ plan, at }: ReadPlan, kinds: KindTable): Promise<readonly Mistake[]> {
  const texts = plan.phases.flatMap(({ gates }, phase) =>
    gates.flatMap(({ checks }, gate) =>
      checks.flatMap(({ kind, params }, check) =>
        (kinds[kind]?.prepares?.(params) ?? []).map(({ path, sql }) => ({
          sql,
          name: path[0],
          place: at(["phases", phase, "gates", gate, "checks", check, kind, ...path]),
        })),
      ),
    ),
  );
  const mistakes: Mistake[] = [];
  for (const { sql, name, place } of texts) {
    // To load the parser takes longer than everything else here.
    if (!/;\s*\S/.test(sql)) continue;
    const split = await splitStatements(sql);
    if (split.status === "refused" || split.statements.length < 2) continue;
    mistakes.push({
      place,
      message: `This \`${name}\` is ${split.statements.length} statements, and each text is sent as one.`,
      help: "Write a list with one statement each, or one `DO` block.",
    });
  }
  return mistakes;
}
