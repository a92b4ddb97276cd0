import type { Report, Run } from "../model/report.js";
import type { Shown } from "./shown.js";
/** The report as a page of GitHub's Markdown, whole: what a comment shows, without links. */
export declare const markdown: (report: Report) => string;
/**
 * The summary of a job: what the comment says, with room for all of it. At most `limitBytes` long (2 000 or more).
 *
 * @param plan the plan's file
 */
export declare const jobSummary: (run: Run, plan: string, { run: _thisPage, ...shown }: Shown, limitBytes: number) => string;
