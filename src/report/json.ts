import type { Report } from "../model/report.ts";

/** The whole report, for programs; `dist/report.schema.json` describes it. Two runs differ in `timings` only. */
export const json = (report: Report): string => `${JSON.stringify(report, null, 2)}\n`;
