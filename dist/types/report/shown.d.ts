/** Where a report is shown, and what its readers find there. */
import type { Place } from "../model/report.js";
/** Where a report is shown, and what a reader must know of how it came about. */
export interface Shown {
    /** The commit that was judged (of the pull request; what people see as head). */
    readonly head: string;
    /** `https://github.com/o/r/blob/<sha>`: files of the judged commit are seen under it; absent: no links. */
    readonly files?: string;
    /** The page of the run with the whole summary. */
    readonly run?: string;
    /** Sentences a reader has to know: that main has moved since, that a re-run could not be started. */
    readonly notes: readonly string[];
}
/** `file:line` as code, linked where the file can be seen; a name of more than `most` characters is cut, and not linked. */
export declare function placeLink({ file, line }: Place, files: string | undefined, most?: number): string;
