/** Which checks are judged, on which databases. Pure. */

import type { CheckKind, Subject } from "../checks/kind.ts";
import type { Place, Point } from "../model/report.ts";
import type { ReadPlan } from "../plan/read.ts";
import type { Gate, Phase } from "../plan/schema.ts";
import type { Claim } from "./look.ts";
import type { Stage } from "./stages.ts";

export type KindTable = { readonly [kind: string]: CheckKind };

/** One check of the plan, and where it is looked at. */
export interface Assignment {
  readonly phase: Phase;
  readonly gate: Gate;
  readonly place: Place;
  readonly claim: Claim;
  readonly holdsBefore: string | undefined;
  readonly subject: Subject;
  /** Points with the number of migrations that were applied there; one look where two points are the same database. */
  readonly looks: readonly { readonly point: Point; readonly state: number }[];
  /** The database before the phase, for kinds that are judged after it; otherwise why there is none. */
  readonly before: { readonly state: number } | { readonly none: string };
}

/** @param until where a gate that a later phase supersedes is judged instead of at head */
export function assign(
  { plan, at }: ReadPlan,
  kinds: KindTable,
  phaseIndex: number,
  stage: Stage,
  subject: Subject,
  head: number,
  until: (phase: string) => number | undefined,
): readonly Assignment[] {
  const phase = plan.phases[phaseIndex];
  if (!phase) return [];
  return phase.gates.flatMap((gate, gateIndex) => {
    const last = gate.until === undefined ? head : (until(gate.until) ?? head);
    return gate.checks.map((check, checkIndex) => {
      const kind = kinds[check.kind];
      if (!kind) throw new Error(`the plan was read with a kind that is not in the table: ${check.kind}`);
      return {
        phase,
        gate,
        place: at(["phases", phaseIndex, "gates", gateIndex, "checks", checkIndex]),
        claim: { kind, params: check.params },
        holdsBefore: check.holdsBefore,
        subject,
        looks: looksOf(kind, stage, last),
        before: beforeOf(kind, stage),
      };
    });
  });
}

const judgedAfter = (kind: CheckKind): boolean => kind.looksAt === "database" && kind.points[0] === "after";

function looksOf(kind: CheckKind, { after }: Stage, last: number): Assignment["looks"] {
  const head = { point: "head", state: last } as const;
  if (!judgedAfter(kind) || after === undefined) return [head];
  return after === last ? [{ point: "after", state: after }] : [{ point: "after", state: after }, head];
}

function beforeOf(kind: CheckKind, { before }: Stage): Assignment["before"] {
  if (!judgedAfter(kind)) return { none: "it is judged at head only" };
  return before === undefined ? { none: "the phase has no migrations" } : { state: before };
}
