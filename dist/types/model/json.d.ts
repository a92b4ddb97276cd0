/** Everything that is written to a report. */
export type Json = null | boolean | number | string | readonly Json[] | {
    readonly [key: string]: Json;
};
