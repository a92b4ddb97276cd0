/** What a run found, as data. Every reporter, and everything that decides, starts here. */
import type { Json } from "./json.js";
/** A place in a file of the repository; line and column count from 1. */
export interface Place {
    readonly file: string;
    readonly line: number;
    readonly column?: number;
}
/** Why a claim does not hold. `code` is stable and for machines, the rest is for people. */
export interface Finding {
    readonly code: string;
    /** What was found; what was asked. */
    readonly message: string;
    /** What to change, in the imperative. */
    readonly help: string;
    /** Where to change it, if that is one place. */
    readonly place?: Place;
}
export type Findings = readonly [Finding, ...Finding[]];
/** What was seen: enough to judge again without the database. */
export interface Evidence {
    /** SQL exactly as it was sent, files as they were read, in order. */
    readonly looked: readonly string[];
    /** How many things were looked at. Zero proves nothing, so it can never pass. */
    readonly examined: number;
    /** What the check kind saw; its `judge` gives the same verdict on this value again. */
    readonly observed: Json;
}
export type Verdict = {
    readonly status: "passed";
} | {
    readonly status: "failed";
    readonly findings: Findings;
} | {
    readonly status: "errored";
    readonly reason: string;
} | {
    readonly status: "not-run";
    readonly reason: string;
    /** What somebody has to see to first, such as an approval; absent where nothing but the run itself stopped. */
    readonly missing?: Findings;
};
/**
 * The databases of a run that a check is judged on: as they were just before and just after its phase, and with
 * every migration applied. Checks that look at files or work in clones of their own are judged once, at `head`.
 */
export type Point = "before" | "after" | "head";
/** A verdict at one point, with what it rests on; no evidence where there was nothing to observe. */
export interface Observation {
    readonly point: Point;
    readonly verdict: Verdict;
    readonly evidence?: Evidence;
}
/** What happened when a mutant was shown to a check. */
export type MutantOutcome = 
/** The check failed with the code that the mutant was to provoke. */
{
    readonly status: "killed";
}
/** The check still held. */
 | {
    readonly status: "survived";
}
/** The check failed, but with other codes: this parameter is not proven. */
 | {
    readonly status: "killed-for-another-reason";
    readonly codes: readonly string[];
}
/** The sabotage itself could not be done, or the check errored on it: no proof of anything. */
 | {
    readonly status: "refused";
    readonly reason: string;
};
export interface MutantResult {
    /** Completes "the check notices when …". */
    readonly name: string;
    /** What was done: SQL, the files edited, or "on evidence only". */
    readonly sabotage: string;
    /** The code of the check kind that must be given. */
    readonly provokes: string;
    readonly outcome: MutantOutcome;
}
/** How a check that is judged after its phase did on the database before it. */
export type BeforeProof = 
/** It failed there, as it should. */
{
    readonly status: "red";
    readonly codes: readonly string[];
}
/** It holds there already: it does not tell the phase from its absence. */
 | {
    readonly status: "vacuous";
}
/** It holds there, and the plan says why that is right. */
 | {
    readonly status: "excused";
    readonly reason: string;
}
/** It could not be judged there: neither proof nor vacuity. */
 | {
    readonly status: "errored";
    readonly reason: string;
}
/** There is no "before" for it. */
 | {
    readonly status: "none";
    readonly reason: string;
};
/** The evidence that a check is able to fail. */
export interface RedProof {
    readonly before: BeforeProof;
    readonly mutants: readonly MutantResult[];
    /** A change of nothing: the check must stay as it was. */
    readonly placebo: "unmoved" | "moved" | "not-tried";
}
export interface CheckResult {
    readonly kind: string;
    /** One line that says what is claimed. */
    readonly claim: string;
    readonly place: Place;
    readonly observations: readonly Observation[];
    /** Absent where the check was not run, or did not hold: nothing to prove then. */
    readonly red?: RedProof;
    /** Why it counts as passed although nobody was asked now: people agreed when the phase's document was merged. */
    readonly settled?: string;
    /** The verdict over all observations and the red proof: what counts. */
    readonly verdict: Verdict;
}
export interface GateResult {
    readonly id: string;
    readonly title: string;
    readonly requirement?: string;
    readonly blocking: boolean;
    readonly place: Place;
    readonly checks: readonly CheckResult[];
    readonly verdict: Verdict;
}
export type PhaseState = "not-started" | "in-progress" | "verified" | "regressed" | "prohibited";
/** What a phase's gates come to. */
export interface Counts {
    readonly gates: number;
    readonly gatesHolding: number;
    readonly checks: number;
    /** Checks with red evidence: they failed before the phase, or a mutant was killed. */
    readonly checksProven: number;
    /** Mutants that were shown to the checks that hold. */
    readonly mutants: number;
    readonly mutantsKilled: number;
}
/** What came of a phase's verification document at head. */
export type DocumentResult = {
    readonly status: "as-derived";
    readonly path: string;
    /** This change wrote it. */
    readonly changed: boolean;
} | {
    readonly status: "missing";
    readonly path: string;
} | {
    readonly status: "differs";
    readonly path: string;
    /** It says that something holds which this run does not bear out; otherwise it is only out of date. */
    readonly claimsMore: boolean;
    /** This change wrote it. */
    readonly changed: boolean;
    readonly findings: Findings;
}
/** Of a phase that nobody has begun, and in a trial without documents. */
 | {
    readonly status: "not-asked";
};
/** What the phase's document at base says: nothing that counts, or PASS, for the migrations of head or for others. */
export type ClaimAtBase = "none" | "pass" | "pass-of-other-migrations";
/** A predecessor that does not count as verified. */
export interface Blocker {
    readonly phase: string;
    /** Completes "4B exists, but …": `4A does not hold (4A.3)`. */
    readonly why: string;
}
/** An object of the database that a phase made, changed or removed. */
export interface SchemaChange {
    /** As the catalog names it: `table public.a`. */
    readonly object: string;
    readonly how: "created" | "altered" | "dropped";
}
export interface PhaseResult {
    readonly id: string;
    readonly title: string;
    readonly place: Place;
    readonly after: readonly string[];
    readonly state: PhaseState;
    /** Something that it owns exists at head. Of one whose gates were only asked for, the state is told all the same. */
    readonly started: boolean;
    /** What of it this change adds, alters or drops, for people: `migrations/1_a.sql (added)`; of an audit, nothing. */
    readonly advancedBy: readonly string[];
    /** Predecessors that do not count as verified, with the reason. */
    readonly blockers: readonly Blocker[];
    readonly document: DocumentResult;
    readonly atBase: ClaimAtBase;
    /** What its migrations do to the schema. */
    readonly schema: readonly SchemaChange[];
    /** Names of its migrations, in running order. */
    readonly migrations: readonly string[];
    readonly counts: Counts;
    readonly gates: readonly GateResult[];
}
export type ViolationCode = "phase-advanced" | "regressed" | "verified-work-changed" | "plan-weakened" | "plan-missing" | "document-missing" | "document-differs" | "migration-out-of-order" | "gate-failed" | "gate-errored" | "gate-not-run" | "vacuous-check" | "migration-failed" | "unclaimed-migration";
/** A reason why the change must not be merged. */
export interface Violation {
    readonly code: ViolationCode;
    readonly phase?: string;
    readonly gate?: string;
    readonly findings: Findings;
    readonly place: Place;
    /** What follows from it and would repeat it: told, but folded. */
    readonly consequences: readonly string[];
}
export interface PostgresUsed {
    readonly provider: "url" | "local" | "embedded" | "docker";
    readonly version: string;
    readonly why: string;
    /** The major version that the plan asks for, where the run was a trial on another one: it verifies nothing. */
    readonly insteadOf?: number;
}
/** Milliseconds. Kept apart from everything else, so that two runs differ here only. */
export interface Timings {
    readonly totalMs: number;
    readonly bootMs: number;
    readonly replayMs: number;
    readonly checksMs: number;
    readonly proofMs: number;
    readonly phasesMs: {
        readonly [phase: string]: number;
    };
}
/** What the change is measured against. */
export type Base = 
/** Nothing: everything counts as changed. `reason` where nobody asked for that. */
{
    readonly kind: "audit";
    readonly reason?: string;
} | {
    readonly kind: "commit";
    /** As people call it: `origin/main`. */
    readonly name: string;
    readonly commit: string;
    /** Base has no plan yet: this change brings the first one. */
    readonly adoption: boolean;
    /** Commits that the branch lacks of what it goes into. */
    readonly behind: number;
};
/** A difference between the plan, or what it compares with, at base and at head. */
export interface PlanDifference {
    readonly direction: "weaker" | "stronger" | "neutral";
    /** In words, one line: `4A.2 column type: numeric(6,5) → numeric`. */
    readonly message: string;
    /** Where it stands now; where it stood, of what is gone. */
    readonly place: Place;
    readonly phase?: string;
    readonly gate?: string;
}
export interface Report {
    /** Of this format; grows when a field changes its meaning. */
    readonly version: 1;
    readonly tool: {
        readonly name: "phasegate";
        readonly version: string;
    };
    readonly plan: {
        readonly name: string;
        readonly file: string;
    };
    readonly base: Base;
    /** Absent where the change must not be merged whatever a database says. */
    readonly postgres?: PostgresUsed;
    /** Whether verification documents were asked for; a run that does not ask is a trial, and verifies nothing. */
    readonly documents: "asked" | "not-asked";
    /** Where approvals come from, as a sentence; absent where that is the pull request, or nobody was there to ask. */
    readonly approvals?: string;
    readonly phases: readonly PhaseResult[];
    /** How the plan and its oracle files differ from base. */
    readonly differences: readonly PlanDifference[];
    readonly violations: readonly Violation[];
    readonly conclusion: "in-order" | "must-not-be-merged";
    readonly timings: Timings;
}
/** What a run gives: a report, or the one reason why there can be none. */
export type Run = {
    readonly status: "judged";
    readonly report: Report;
} | {
    readonly status: "unusable";
    readonly mistakes: readonly [Mistake, ...Mistake[]];
} | {
    readonly status: "not-judged";
    readonly reason: string;
    readonly help?: string;
};
/** Something wrong with the plan or the arguments. */
export interface Mistake {
    readonly place?: Place;
    readonly message: string;
    readonly help?: string;
}
