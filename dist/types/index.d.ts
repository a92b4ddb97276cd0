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
import { type Judgement, type JudgeOptions as Options } from "./judge.js";
/** What has to be said; everything else has the defaults of the command line. */
export type JudgeOptions = Pick<Options, "root" | "plan" | "base"> & Partial<Omit<Options, "root" | "plan" | "base">>;
/**
 * Judges a checkout against its base. It boots PostgreSQL and removes it again, whatever happens.
 * @returns the report, or the one reason why there can be none; it does not throw
 */
export declare const judge: (options: JudgeOptions) => Promise<Judgement>;
export type { Judgement } from "./judge.js";
export type { BaseRequest } from "./measure.js";
export type { Approvals, Review, Reviews } from "./model/ports.js";
export type * from "./model/report.js";
export { json } from "./report/json.js";
export { markdown } from "./report/markdown.js";
export { terminal } from "./report/terminal.js";
