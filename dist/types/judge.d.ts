/** What the command line, the action and the library share: the adapters put together into one run. */
import type { Derived } from "./documents/document.js";
import { type BaseRequest } from "./measure.js";
import { type Approvals, type Tree } from "./model/ports.js";
import type { Mistake, Run } from "./model/report.js";
import type { ReadPlan } from "./plan/read.js";
import { type BootOptions } from "./postgres/boot.js";
import type { Progress } from "./run/ports.js";
export interface JudgeOptions {
    /** Root of the checkout. */
    readonly root: string;
    /** Path of the plan in it. */
    readonly plan: string;
    readonly postgres: BootOptions["provider"];
    /** Another major version than the plan's, for a trial; such a run never verifies. */
    readonly major?: number;
    /** What the change is measured against. */
    readonly base: BaseRequest;
    /** Judge what merging the checked-out commit into the tip of base would give. */
    readonly merged?: boolean;
    /** Whether verification documents are asked for; a run that does not ask is a trial. */
    readonly documents: "asked" | "not-asked";
    /** Phases whose gates are run although they have not been started. */
    readonly phases: readonly string[];
    readonly env: BootOptions["env"];
    /** Who can be asked what reviewers said; nobody unless told. */
    readonly approvals?: Approvals;
    /** Writes the files that checks derive (results of SQL tests) into the checkout before it is judged. */
    readonly writeResults?: boolean;
    /** `pinned`: no program of an npm package is executed but those that are fetched with their hash; see `BootOptions`. */
    readonly packages?: "installed" | "pinned";
    readonly onProgress?: (progress: Progress | {
        readonly kind: "booting";
        readonly message: string;
    }) => void;
    /** Aborted when whoever asked does not want the answer any more; everything is removed before the run ends. */
    readonly signal?: AbortSignal;
}
/** Reads the plan of a tree, and finds every mistake in it. */
export declare function readPlanOf(tree: Tree, file: string): {
    readonly read: ReadPlan;
} | {
    readonly mistakes: readonly [Mistake, ...Mistake[]];
};
/** What a run gives, with what verification documents would record, and the paths that the change touches. */
export type Judgement = Exclude<Run, {
    status: "judged";
}> | (Extract<Run, {
    status: "judged";
}> & {
    readonly derived: readonly Derived[];
    readonly changed: readonly string[];
});
/** Judges a checkout, or what it would be after its merge. Whatever happens, the server that was booted is gone when this resolves. */
export declare function judge(options: JudgeOptions): Promise<Judgement>;
