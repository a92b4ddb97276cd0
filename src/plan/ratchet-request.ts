/** What the ratchet is asked, and what it knows of check kinds. */

import type { Laboratory, Tree } from "../model/ports.ts";
import type { ReadPlan } from "./read.ts";

/** One thing that a new version of an oracle file changes. */
export interface OracleChange {
  readonly strength: "same" | "stronger" | "weaker";
  /** Completes "tests/a.sql: …": `the case “…” is gone`. */
  readonly why: string;
  /** Its line in the new version; absent where it is gone. */
  readonly line?: number;
}

/** What the ratchet needs to know of a check kind. */
export interface RatchetKind {
  /** One line that says what is claimed. */
  claim(params: unknown): string;
  strength(base: unknown, head: unknown): "same" | "stronger" | "weaker";
  oracles?(params: unknown): readonly string[];
  /** What a new version of an oracle file asks for; without it, every change counts as weaker. Tried where there is a laboratory. */
  oracleChanges?(
    path: string,
    base: string,
    head: string,
    laboratory: Laboratory | undefined,
  ): Promise<readonly OracleChange[]>;
}

/** By the word that the plan uses; the table of `checks/table.ts` fits. */
export type RatchetKinds = { readonly [kind: string]: RatchetKind };

export interface RatchetRequest {
  readonly base: ReadPlan;
  readonly head: ReadPlan;
  readonly kinds: RatchetKinds;
  readonly baseTree: Tree;
  readonly headTree: Tree;
  /** Phases whose document at base says PASS: their oracle files are guarded, those of others are free. */
  readonly claimed: ReadonlySet<string>;
  /** Phases of head's plan of which something exists at head. */
  readonly started: ReadonlySet<string>;
  /** Of head; absent where its migrations cannot be applied, or nothing of head's plan works in one. */
  readonly laboratory?: Laboratory;
}

/** The code of a check kind that a plan names; a plan that was read names no other. */
export function kindOf(kinds: RatchetKinds, kind: string): RatchetKind {
  const found = Object.hasOwn(kinds, kind) ? kinds[kind] : undefined;
  if (!found) throw new Error(`no check kind: ${kind}`);
  return found;
}
