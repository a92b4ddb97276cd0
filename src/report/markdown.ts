import type { Report, Run } from "../model/report.ts";
import { everything } from "./detail.ts";
import { fittingPage, page } from "./page.ts";
import type { Shown } from "./shown.ts";

/** The report as a page of GitHub's Markdown, whole: what a comment shows, without links. */
export const markdown = (report: Report): string =>
  page({ status: "judged", report }, report.plan.file, {}, everything);

/**
 * The summary of a job: what the comment says, with room for all of it. At most `limitBytes` long (2 000 or more).
 *
 * @param plan the plan's file
 */
export const jobSummary = (run: Run, plan: string, { run: _thisPage, ...shown }: Shown, limitBytes: number): string =>
  fittingPage(run, plan, shown, limitBytes);
