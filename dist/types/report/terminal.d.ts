import type { Report } from "../model/report.js";
export interface TerminalOptions {
    readonly colour: boolean;
    /** Columns to wrap at. */
    readonly width: number;
}
/** The report for people at a terminal. */
export declare function terminal(given: Report, { colour, width }: TerminalOptions): string;
/** Breaks between words. */
export declare function wrap(text: string, columns: number): string[];
