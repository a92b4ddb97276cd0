/** A SQL test file as it was read. DESIGN 5.1. */

import type { Acting } from "../model/ports.ts";
import type { Asks } from "./asks.ts";

/** `-- expect error: <condition> [on <name>] [matching <regular expression>]` */
export interface Expectation {
  readonly condition: string;
  /** The constraint or unique index that must refuse; for NOT NULL the column. */
  readonly on?: string;
  /** What the message must match. */
  readonly matching?: string;
  readonly line: number;
}

export interface SuiteStatement {
  readonly sql: string;
  readonly line: number;
  /** A SELECT: where its one column is a boolean, it must give one row that is true. */
  readonly isSelect: boolean;
  readonly expects?: Expectation;
  /** Tables, views and functions that it names, without schemas; sorted. */
  readonly mentions: readonly string[];
  readonly asks: Asks;
  /** Bare name of the function or view that it makes. */
  readonly defines?: string;
}

export type Step =
  | ({ readonly kind: "statement" } & SuiteStatement)
  | { readonly kind: "commit"; readonly line: number; readonly expects?: Expectation }
  | { readonly kind: "rollback"; readonly line: number };

export type SessionStep = Step & { readonly session: string };

interface OfEveryCase {
  readonly name: string;
  readonly line: number;
  /** Role and settings of this case, those of the file included. */
  readonly acting: Acting;
  /** Each is tried for itself, before any mutant of the schema. */
  readonly sabotage: readonly (readonly string[])[];
}

/** Runs in a savepoint that is rolled back. */
export interface SingleCase extends OfEveryCase {
  readonly kind: "single";
  readonly statements: readonly SuiteStatement[];
}

/**
 * Runs, committed, in a clone of its own. Each session is one transaction at a time, which begins with the session's first
 * statement, or the first after a `-- commit` or `-- rollback`; at the end of the case those that are open are committed,
 * in the order in which the sessions appear. A statement that waits for a lock stays under way while the other sessions go on.
 */
export interface SessionsCase extends OfEveryCase {
  readonly kind: "sessions";
  /** What each session acts as, in the order in which they appear. */
  readonly sessions: { readonly [name: string]: Acting };
  readonly steps: readonly SessionStep[];
}

export type Case = SingleCase | SessionsCase;

export interface Suite {
  /** Settings of the file, which also hold for its fixture. */
  readonly set: { readonly [name: string]: string };
  /** Everything before the first case; runs once, as the judge's role. */
  readonly fixture: readonly SuiteStatement[];
  readonly cases: readonly [Case, ...Case[]];
}

/** A SQL test file that was read. */
export interface SuiteFile {
  readonly file: string;
  readonly suite: Suite;
}

export const singlesOf = ({ cases }: Suite): readonly SingleCase[] => cases.filter((one) => one.kind === "single");

/** Every case of several sessions, with the suite that it belongs to. */
export const sessionsOf = (suites: readonly SuiteFile[]): readonly (SuiteFile & { readonly one: SessionsCase })[] =>
  suites.flatMap(({ file, suite }) =>
    suite.cases.filter((one) => one.kind === "sessions").map((one) => ({ file, suite, one })),
  );

/** Something that cannot be understood, or that a suite may not hold. */
export interface SuiteMistake {
  readonly line: number;
  readonly message: string;
  readonly help: string;
}

export type ReadSuite =
  | { readonly status: "read"; readonly suite: Suite }
  | { readonly status: "unreadable"; readonly mistakes: readonly [SuiteMistake, ...SuiteMistake[]] };
