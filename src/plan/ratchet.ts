/** The ratchet: how a plan, and the files that it compares with, differ from base. DESIGN 4.4. */

import type { PlanDifference } from "../model/report.ts";
import { oracleDifferences } from "./ratchet-oracles.ts";
import { phasesDifferences } from "./ratchet-phases.ts";
import { furtherPlans } from "./ratchet-plans.ts";
import type { RatchetRequest } from "./ratchet-request.ts";
import { settingsDifferences } from "./ratchet-settings.ts";

export { type Guard, guardedFiles } from "./ratchet-oracles.ts";
export type { OracleChange, RatchetKind, RatchetKinds, RatchetRequest } from "./ratchet-request.ts";

/**
 * Every difference between the plan at base and at head, and between the oracle files of what is verified, in the order
 * of the plan. Compared is what they mean: what is written in another way, or in another order where order says nothing,
 * is no difference. Whatever is not known to be free is weaker.
 */
export async function ratchet(request: RatchetRequest): Promise<readonly PlanDifference[]> {
  return [
    ...furtherPlans(request),
    ...settingsDifferences(request),
    ...phasesDifferences(request),
    ...(await oracleDifferences(request)),
  ];
}
