/** Red proof: evidence that a check which holds is able to fail. DESIGN 4, point 5. */

import type { Mutant } from "../checks/kind.ts";
import type { Json } from "../model/json.ts";
import { judgeMutant } from "../model/judge.ts";
import { overlay, type PostgresError } from "../model/ports.ts";
import type { BeforeProof, MutantOutcome, MutantResult, RedProof, Verdict } from "../model/report.ts";
import { type Claim, look, lookAgain, reasonOf, type Sight } from "./look.ts";

/** Gives a sight on a database whose transaction is rolled back after `work`. */
export type WithSight = <Result>(work: (sight: Sight) => Promise<Result>) => Promise<Result>;

/**
 * Shows the check its mutants, one after the other, and one change of nothing.
 *
 * @param observed what the check saw when it held
 * @throws ConnectionLost
 */
export async function prove(
  claim: Claim,
  observed: Json,
  before: BeforeProof,
  withSight: WithSight,
): Promise<RedProof> {
  const { kind, params } = claim;
  const placebo = await withSight((sight) => look(claim, sight));
  if (kind.prove) {
    const search = kind.prove.bind(kind);
    const mutants = await withSight((sight) => search(sight, params, observed));
    return { before, mutants, placebo: placebo.verdict.status === "passed" ? "unmoved" : "moved" };
  }
  const mutants = await withSight(async (sight) => kind.mutants(params, observed, sight));
  const results: MutantResult[] = [];
  for (const mutant of mutants) results.push(await show(claim, mutant, withSight));
  return { before, mutants: results, placebo: placebo.verdict.status === "passed" ? "unmoved" : "moved" };
}

async function show(claim: Claim, mutant: Mutant<string>, withSight: WithSight): Promise<MutantResult> {
  const { name, provokes, sabotage } = mutant;
  const result = (done: string, outcome: MutantOutcome): MutantResult => ({ name, sabotage: done, provokes, outcome });
  const onEvidence = (observed: Json) => result("on evidence only", judgeMutant(lookAgain(claim, observed), provokes));

  if ("evidence" in sabotage) return onEvidence(sabotage.evidence);
  if ("files" in sabotage) {
    const { files } = sabotage;
    const { verdict } = await withSight((sight) =>
      look(claim, { ...sight, tree: overlay(sight.tree, files), laboratory: sight.laboratory.rehearsing }),
    );
    return result(Object.keys(files).join(", "), judgeMutant(verdict, provokes));
  }
  const done = sabotage.sql.join("; ");
  const seen = await withSight((sight) => sabotaged(claim, sabotage.sql, sight));
  if (!("refused" in seen)) return result(done, judgeMutant(seen, provokes));
  const { condition, message } = seen.refused;
  // Only a refusal that comes of the schema says that the sabotage cannot be done there.
  if (mutant.otherwise && !ofTheMoment.has(condition)) return onEvidence(mutant.otherwise.evidence);
  return result(done, { status: "refused", reason: `PostgreSQL refuses the sabotage: ${message}` });
}

/** Refusals that another try might not meet. */
const ofTheMoment = new Set([
  "deadlock_detected",
  "serialization_failure",
  "lock_not_available",
  "query_canceled",
  "object_in_use",
  "out_of_memory",
  "disk_full",
  "too_many_connections",
  "internal_error",
]);

async function sabotaged(
  claim: Claim,
  sql: readonly string[],
  sight: Sight,
): Promise<Verdict | { readonly refused: PostgresError }> {
  for (const statement of sql) {
    const attempt = await sight.database.attempt(statement);
    if (!attempt.accepted) return { refused: attempt.error };
  }
  return (await look(claim, sight)).verdict;
}

/** Proof for a check that could not be shown any mutant: said, never passed over. */
export const unproven = (before: BeforeProof, error: unknown): RedProof => ({
  before,
  mutants: [
    {
      name: "it is shown its mutants",
      sabotage: "none",
      provokes: "any",
      outcome: { status: "refused", reason: reasonOf(error) },
    },
  ],
  placebo: "not-tried",
});
