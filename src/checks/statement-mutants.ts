import type { Mutant } from "./kind.ts";
import { asList } from "./params.ts";
import { named, renaming, takingAway } from "./refuser.ts";
import type { StatementCode, StatementParams } from "./statement.ts";
import type { Refusal, Tried } from "./statement-outcome.ts";

/** What refuses a statement is taken away, and what the plan asks of the refusal is changed. */
export function statementMutants(params: StatementParams, observed: Tried): readonly Mutant<StatementCode, Tried>[] {
  if (observed.given === "refused") return [];
  const mutants: Mutant<StatementCode, Tried>[] = [];
  const { refused } = observed;
  const own = asList(params.sabotage);
  if (params.given !== undefined) {
    const evidence: Tried = { given: "refused", statement: "mutant", message: "mutant" };
    mutants.push({ name: "what it needs is refused", sabotage: { evidence }, provokes: "given-refused" });
  }
  const asked = params["fails-with"];
  if (!asked || !refused) {
    mutants.push({ name: "its own sabotage is done", sabotage: { sql: own }, provokes: "refused" });
    return mutants;
  }
  const changed = (change: Partial<Refusal>): { evidence: Tried } => ({
    evidence: { given: "accepted", refused: { ...refused, ...change } },
  });
  // Where neither the plan nor the error says what refuses it, nothing is taken away, and the mutant survives: it is vacuous.
  mutants.push({
    name:
      own.length > 0
        ? "its own sabotage is done"
        : refused.by
          ? `${named(refused.by)} is gone`
          : "nothing is done, because the plan gives no `sabotage`",
    sabotage: { sql: own.length > 0 ? own : refused.by ? takingAway(refused.by, params.as) : [] },
    provokes: "accepted",
  });
  mutants.push({
    name: "it is refused with another condition",
    sabotage: changed({ condition: "mutant" }),
    provokes: "other-condition",
  });
  if (asked.constraint !== undefined) {
    const evidence = changed({ constraint: "mutant" });
    const rename = refused.by && renaming(refused.by);
    mutants.push({
      name: "another constraint refuses it",
      ...(rename ? { sabotage: { sql: [rename] }, otherwise: evidence } : { sabotage: evidence }),
      provokes: "other-constraint",
    });
  }
  if (asked.column !== undefined) {
    mutants.push({
      name: "the error names another column",
      sabotage: changed({ column: "mutant" }),
      provokes: "other-column",
    });
  }
  if (asked.message !== undefined) {
    mutants.push({
      name: "the error has another message",
      sabotage: changed({ message: "" }),
      provokes: "other-message",
    });
  }
  return mutants;
}
