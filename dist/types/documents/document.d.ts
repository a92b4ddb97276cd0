/** What a verification document records. DESIGN 4.3. */
import type { Json } from "../model/json.js";
import type { BeforeProof, Point, Verdict } from "../model/report.js";
/** `asked`: of people, when the change that commits the document is merged; a document says nothing of it. */
export type RecordedVerdict = Verdict["status"] | "asked";
/** What was seen; told once where it was the same at several points. */
export interface Proof {
    readonly points: readonly Point[];
    /** SQL exactly as it was sent, files as they were read, in order. */
    readonly looked: readonly string[];
    readonly examined: number;
    readonly observed: Json;
}
export interface DerivedCheck {
    readonly kind: string;
    /** As written in the plan. */
    readonly params: Json;
    readonly holdsBefore?: string;
    /** One line that says what is claimed. */
    readonly claim: string;
    readonly verdict: RecordedVerdict;
    /** Of its findings, each once. */
    readonly codes: readonly string[];
    readonly before: BeforeProof["status"];
    readonly proof: readonly Proof[];
}
export interface DerivedGate {
    readonly id: string;
    readonly title: string;
    readonly requirement?: string;
    readonly blocking: boolean;
    readonly until?: string;
    readonly verdict: RecordedVerdict;
    readonly checks: readonly DerivedCheck[];
}
/** What a run derives of one phase. All of it is compared with what the document says, except `proof`, which is judged again. */
export interface Derived {
    readonly phase: string;
    readonly title: string;
    /** Path of the plan. */
    readonly plan: string;
    readonly after: readonly string[];
    /** As written in the plan. */
    readonly owns: Json;
    /** By content, in running order. */
    readonly migrations: readonly {
        readonly name: string;
        readonly sha256: string;
    }[];
    readonly gates: readonly DerivedGate[];
}
export interface VerificationDocument {
    /** Of the page. Grows when the same data would be written in another way: until then every version reads every page. */
    readonly format: 1;
    /** The version of Phasegate that wrote it. */
    readonly tool: string;
    /** ISO 8601, in UTC. */
    readonly verifiedAt: string;
    readonly verifier: string;
    readonly derived: Derived;
    /** What people wrote: Markdown, empty where nobody has. */
    readonly remediation: string;
    readonly signOff: string;
}
/**
 * PASS only where every gate that counts was proven or is asked of people, and every check in it. A phase without such a
 * gate has nothing that could pass.
 */
export declare function says({ derived }: {
    readonly derived: {
        readonly gates: readonly ClaimedGate[];
    };
}): "PASS" | "FAIL";
/** What of a gate says whether it holds. */
type ClaimedGate = Pick<DerivedGate, "blocking" | "verdict"> & {
    readonly checks: readonly Pick<DerivedCheck, "kind" | "verdict">[];
};
/** Whether a gate says of itself, and of each of its checks, that it holds. */
export declare const holds: ({ verdict, checks }: ClaimedGate) => boolean;
/** People can be asked for their approval, and for nothing else. */
export declare const checkHolds: ({ kind, verdict }: Pick<DerivedCheck, "kind" | "verdict">) => boolean;
export {};
