/** What speaks against a change, measured against base. DESIGN 4.2 and 4.4. */

import { gatesHold } from "../model/judge.ts";
import type { Approvals, Laboratory, Tree } from "../model/ports.ts";
import type { Findings, PhaseResult, PlanDifference, Violation } from "../model/report.ts";
import { phaseViolations } from "../model/violations.ts";
import { ratchet } from "../plan/ratchet.ts";
import type { ReadPlan } from "../plan/read.ts";
import { type OwnerApproval, ownerApproval } from "./approved.ts";
import type { KindTable } from "./assign.ts";
import type { Against, Touched } from "./change.ts";
import { declaring, type Effect } from "./effects.ts";
import { planWeakened, workChanged } from "./verified-work.ts";

/** A migration that the change adds or alters. */
export interface ChangedMigration {
  readonly path: string;
  /** The phase that owns it; none: it is ordinary. */
  readonly owner: string | undefined;
  readonly effects: readonly Effect[];
}

export interface Assessment {
  readonly read: ReadPlan;
  readonly kinds: KindTable;
  readonly against: Against;
  /** Head. */
  readonly tree: Tree;
  readonly phases: readonly PhaseResult[];
  readonly touched: ReadonlyMap<string, Touched>;
  readonly changed: readonly ChangedMigration[];
  readonly approvals: Approvals;
  /** Of head, where there is one. */
  readonly laboratory: Laboratory | undefined;
}

export async function assess(
  given: Assessment,
): Promise<{ readonly differences: readonly PlanDifference[]; readonly violations: readonly Violation[] }> {
  const { read, against, phases } = given;
  const work = changedWork(given);
  const claimed = phases.filter(({ atBase }) => atBase !== "none");
  const differences = await planDifferences(given, claimed);
  const isWeaker = differences.some(({ direction }) => direction === "weaker");
  const isWithdrawn = claimed.some(({ started }) => !started);
  const approval: OwnerApproval =
    against.plan && (isWeaker || isWithdrawn || work.size > 0)
      ? await ownerApproval(given.approvals, against.plan.plan.policy["plan-owners"])
      : { approved: false, why: "" };
  const broken = claimed.some(({ gates }) => !gatesHold(gates));
  return {
    differences,
    violations: [
      ...(approval.approved ? [] : planWeakened(differences, approval.why)),
      ...phaseViolations(phases, {
        kind: "change",
        incomplete: read.plan.policy.incomplete,
        failingAtBase: broken ? await against.failing() : new Set(),
        workChanged: approval.approved ? new Map() : work,
        approved: approval.approved,
      }),
    ],
  };
}

async function planDifferences(
  { read, kinds, against, tree, phases, laboratory }: Assessment,
  claimed: readonly PhaseResult[],
): Promise<readonly PlanDifference[]> {
  if (!against.plan) return [];
  return ratchet({
    base: against.plan,
    head: read,
    kinds,
    baseTree: against.tree,
    headTree: tree,
    claimed: new Set(claimed.map(({ id }) => id)),
    started: new Set(phases.filter(({ started }) => started).map(({ id }) => id)),
    ...(laboratory ? { laboratory } : {}),
  });
}

/** What was done to verified work, by phase. */
function changedWork({ read, phases, touched, changed, against }: Assessment): ReadonlyMap<string, Findings> {
  const added = new Set(against.changes.filter(({ how }) => how === "added").map(({ path }) => path));
  const beyond = new Map(
    changed
      .filter(({ path }) => added.has(path))
      .map(({ path, owner, effects }): [string, readonly Effect[]] => [
        path,
        effects.filter(({ named }) => owner !== undefined && !declaring(read.plan.phases, named).includes(owner)),
      ]),
  );
  return new Map(
    phases.flatMap(({ id, atBase }): [string, Findings][] => {
      const of = touched.get(id);
      const findings = atBase === "none" || !of ? undefined : workChanged(id, of, beyond);
      return findings ? [[id, findings]] : [];
    }),
  );
}
