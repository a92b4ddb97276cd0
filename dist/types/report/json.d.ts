import type { Report } from "../model/report.js";
/** The whole report, for programs; `dist/report.schema.json` describes it. Two runs differ in `timings` only. */
export declare const json: (report: Report) => string;
