/**
 * Phasegate as a library: the same engine as the action and the command line.
 *
 * ```ts
 * import { judge, markdown } from "phasegate";
 *
 * const run = await judge({ root: ".", plan: "phasegate.yml", base: { kind: "audit" } });
 * if (run.status === "judged") console.log(run.report.conclusion, markdown(run.report));
 * ```
 */

import { type Judgement, judge as judged, type JudgeOptions as Options } from "./judge.ts";

/** What has to be said; everything else has the defaults of the command line. */
export type JudgeOptions = Pick<Options, "root" | "plan" | "base"> & Partial<Omit<Options, "root" | "plan" | "base">>;

/**
 * Judges a checkout against its base. It boots PostgreSQL and removes it again, whatever happens.
 * @returns the report, or the one reason why there can be none; it does not throw
 */
export const judge = (options: JudgeOptions): Promise<Judgement> =>
  judged({ postgres: "auto", documents: "asked", phases: [], env: process.env, ...options });

export type { Judgement } from "./judge.ts";
export type { BaseRequest } from "./measure.ts";
export type { Approvals, Review, Reviews } from "./model/ports.ts";
export type * from "./model/report.ts";
export { json } from "./report/json.ts";
export { markdown } from "./report/markdown.ts";
export { terminal } from "./report/terminal.ts";
