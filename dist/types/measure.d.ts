/** Finds what a change is measured against: base, its plan, and what is different. DESIGN 4.1. */
import type { FileChange, Tree } from "./model/ports.js";
import type { Base, Mistake } from "./model/report.js";
import { type ReadPlan, readPlan } from "./plan/read.js";
/** Which base is asked for. */
export type BaseRequest = {
    readonly kind: "audit";
}
/** The default branch of origin. */
 | {
    readonly kind: "default";
} | {
    readonly kind: "revision";
    readonly revision: string;
}
/** What a service says: whole hashes, which are here. */
 | {
    readonly kind: "commits";
    /** As people call it: `main`. */
    readonly name: string;
    readonly base: string;
    readonly head: string;
    /** `merged`: what merging head into base gives; `itself`: head as it is. */
    readonly judged: "merged" | "itself";
    /** The merge that the service has made; used where it is here, and of these two. */
    readonly merge?: string;
};
export interface Measure {
    readonly base: Base;
    /** The tree that is judged. */
    readonly tree: Tree;
    /** Where what is staged is judged: the paths that the next commit would add, alter or delete. */
    readonly staged?: readonly string[];
    /** Absent in an audit. */
    readonly against?: {
        readonly tree: Tree;
        readonly changes: readonly FileChange[];
        /** The plan under the same path, as it is on base. */
        readonly plan?: ReadPlan;
        /** Every plan that base has, with this one. */
        readonly plans: readonly string[];
    };
}
export type Measuring = {
    readonly measure: Measure;
} | {
    readonly notJudged: string;
    readonly help: string;
} | {
    readonly mistakes: readonly [Mistake, ...Mistake[]];
};
/** What is held against base: what lies in the checkout, what is staged, or what merging its commit into base's tip gives. */
export type Judged = "checkout" | "staged" | "merged";
export declare function measure(root: string, plan: string, request: BaseRequest, judged: Judged): Measuring;
/** Reads a plan, and finds every mistake in it. */
export declare function planOf(text: string, file: string): ReturnType<typeof readPlan>;
