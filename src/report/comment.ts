import type { Run } from "../model/report.ts";
import { fittingPage } from "./page.ts";
import type { Shown } from "./shown.ts";

/**
 * The comment on a pull request, from its heading on: the conclusion, what blocks and what to do, the phases, the
 * evidence folded. At most `limitBytes` long (2 000 or more): what it loses is detail, never the verdict, and it says so.
 *
 * @param plan the plan's file
 */
export const comment = (run: Run, plan: string, shown: Shown, limitBytes: number): string =>
  fittingPage(run, plan, shown, limitBytes);
