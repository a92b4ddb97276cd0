import type { Mistake, Place } from "../model/report.js";
import { type KindSchemas, type Plan } from "./schema.js";
import { type Path } from "./yaml.js";
/** A plan, with where everything in it stands. */
export interface ReadPlan {
    readonly file: string;
    readonly plan: Plan;
    /** The value at this path as it was written, defaults not filled in. */
    written(path: Path): unknown;
    /** Where the value at this path of the file starts. */
    at(path: Path): Place;
}
export type PlanReading = {
    readonly read: ReadPlan;
} | {
    readonly mistakes: readonly [Mistake, ...Mistake[]];
};
/** Reads a plan, or says everything that is wrong with it, in the order of the file. */
export declare function readPlan(text: string, file: string, kinds: KindSchemas): PlanReading;
