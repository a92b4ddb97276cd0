/** What state each phase is in, and whether it counts as verified for those that come after it. DESIGN 4.2. */

import { gatesHold } from "./judge.ts";
import type { Blocker, ClaimAtBase, DocumentResult, GateResult, PhaseState } from "./report.ts";

export interface PhaseFacts {
  readonly id: string;
  readonly after: readonly string[];
  /** Something that it owns exists, or its gates were asked for. */
  readonly started: boolean;
  readonly gates: readonly Pick<GateResult, "id" | "blocking" | "verdict">[];
  readonly document: DocumentResult;
  readonly atBase: ClaimAtBase;
}

export interface PhaseStanding {
  readonly state: PhaseState;
  /** Predecessors that do not count as verified; none: the phase may exist. */
  readonly blockers: readonly Blocker[];
}

/**
 * @param facts in the order of the plan: every predecessor stands before what comes after it
 * @param asked where a predecessor has to be verified: on base too, or at head alone
 */
export function phaseStandings(
  facts: readonly PhaseFacts[],
  asked: "base" | "head",
): ReadonlyMap<string, PhaseStanding> {
  const standings = new Map<string, PhaseStanding>();
  /** Why a phase does not count as verified; absent where it does. */
  const wants = new Map<string, string>();
  for (const phase of facts) {
    const blockers = phase.after.flatMap((id) => {
      const why = wants.get(id);
      return why === undefined ? [] : [{ phase: id, why }];
    });
    const missing = missingAtHead(phase) ?? (asked === "base" ? missingAtBase(phase) : undefined);
    const why = missing ?? (blockers.length > 0 ? itselfProhibited(phase.id) : undefined);
    if (why !== undefined) wants.set(phase.id, why);
    standings.set(phase.id, { state: stateOf(phase, blockers), blockers });
  }
  return standings;
}

/** Of a phase that holds, and that may not exist. */
export const itselfProhibited = (id: string): string => `${id} is itself prohibited`;

function stateOf(phase: PhaseFacts, blockers: readonly Blocker[]): PhaseState {
  const holds = gatesHold(phase.gates);
  if (phase.atBase !== "none" && !(holds && phase.document.status !== "missing")) return "regressed";
  if (!phase.started) return "not-started";
  if (blockers.length > 0) return "prohibited";
  return missingAtHead(phase) === undefined ? "verified" : "in-progress";
}

function missingAtHead({ id, started, gates, document }: PhaseFacts): string | undefined {
  if (!started) return `${id} has not been started`;
  if (!gatesHold(gates)) {
    const open = gates
      .filter(({ blocking, verdict }) => blocking && verdict.status !== "passed")
      .map((gate) => gate.id);
    return `${id} does not hold (${open.join(", ")})`;
  }
  if (document.status === "missing") return `${id} has no verification document (${document.path})`;
  if (document.status === "differs") return `the document of ${id} (${document.path}) is not what this run derives`;
  return undefined;
}

function missingAtBase({ id, atBase }: PhaseFacts): string | undefined {
  if (atBase === "none") return `${id} is verified in this change only, and not on base`;
  if (atBase === "pass-of-other-migrations") return `${id} was verified on base with other migrations than these`;
  return undefined;
}
