import { sqlstatesOf } from "../sql/conditions.ts";
import type { CaseResult } from "./result.ts";

/** How a case that holds noticed a mutant: an assertion turned, or a statement that it needs is refused now. */
export type Kill = "assertion" | "refusal";

/**
 * Classes of SQLSTATEs that say nothing about the rules of a schema: a name is unknown or a type another (42; a missing
 * privilege is in this class too, and is a rule), roles, the state of the transaction, cursors, unknown databases and
 * schemas, deadlocks and what else another try might not meet, resources, an operator who intervenes, the system, PostgreSQL
 * itself.
 */
const saysNothing = /^(08|0P|24|25|26|34|3D|3F|40|42|53|54|57|58|F0|XX)/;

/**
 * Whether a case notices a mutant of the schema. Wider than `killOf`: there the question is whether a case is able to fail,
 * here whether it shows what the mutant did, and a rule that is gone may well show in what its absence leads to. Where a
 * cascade is none any more, the deletion is refused; where nobody's privilege is missing, TRUNCATE meets the foreign key.
 * That the mutant took a name away which the case uses, shows nothing.
 */
export function noticed(result: CaseResult): Kill | undefined {
  if (result.status === "passed") return undefined;
  const { reason } = result;
  if (reason.kind === "not-true" || reason.kind === "accepted") return "assertion";
  if (reason.kind !== "other-error" && reason.kind !== "refused") return undefined;
  const states = sqlstatesOf(reason.condition);
  if (states.every((state) => saysNothing.test(state) && state !== "42501")) return undefined;
  if (reason.kind === "other-error") return "assertion";
  // PostgreSQL cannot do it at all: what the mutant made is in the statement's way.
  return states.every((state) => state.startsWith("0A")) ? undefined : "refusal";
}
