import type { PlanDifference } from "../model/report.ts";
import type { RatchetRequest } from "./ratchet-request.ts";

/** Whether a path is that of a plan: `phasegate.yml`, `<name>.phasegate.yml`. A workflow may be called so too. */
export const isPlan = (path: string): boolean =>
  /(^|\/|\.)phasegate\.ya?ml$/.test(path) && !path.startsWith(".github/workflows/");

/** Plans that base does not have: whoever is judged by another plan is not judged by this one. */
export function furtherPlans({ head, baseTree, headTree }: RatchetRequest): PlanDifference[] {
  const known = new Set([...baseTree.list(), head.file]);
  return headTree
    .list()
    .filter((path) => isPlan(path) && !known.has(path))
    .map((file) => ({
      direction: "weaker",
      message: `${file} is a further plan beside ${head.file}`,
      place: { file, line: 1 },
    }));
}
