/** How an attack is written down, and what it starts from. */

import { adopted, documentOf, planWithRoundTrip, type Workshop, with4A } from "../support/workshop.ts";

export interface Attack {
  /** Of THREATS.md; what is not there has a word. */
  readonly threat: number | "forged";
  /** A sentence: what is done. */
  readonly attack: string;
  readonly stage: Stage;
  /** Works on a branch off main, which is committed afterwards. May give arguments for `run`. */
  // biome-ignore lint/suspicious/noConfusingVoidType: most give nothing, and say nothing of it.
  readonly act: (workshop: Workshop, papers: Papers) => readonly string[] | void;
  readonly ends: Ends;
  /** A file that only a program of the change makes: it must not be there afterwards. */
  readonly unmade?: string;
}

export type Ends =
  /** Every violation, as `code gate-or-phase`, and what their findings say of the attack: the file, phase or object. */
  | { readonly violations: readonly [string, ...string[]]; readonly says: readonly [string, ...string[]] }
  /** Nothing was judged: wrong input (2), or not possible (3). */
  | { readonly exit: 2 | 3; readonly says: readonly [string, ...string[]] };

/** Where an attack begins. */
export type Stage =
  /** The baseline verified, 4A to 4C planned. */
  | "adopted"
  /** The same, and base takes migrations that no phase owns. */
  | "ordinary"
  /** 4A verified and merged. */
  | "4A"
  /** The same, and a gate of 4A makes a round trip of its migration. */
  | "round trip"
  /** After that, 4B verified on a branch that is checked out. */
  | "4B";

/** True verification documents, for those who copy. */
export interface Papers {
  readonly "4A": string;
  readonly "4B": string;
}

export interface Stages {
  readonly papers: Papers;
  /** What an honest change comes to at each stage, and one that a plan owner approves. */
  readonly honest: { readonly [change in Stage | "approved"]: Awaited<ReturnType<Workshop["judge"]>> };
  begin(stage: Stage): Workshop;
  dispose(): void;
}

export const planFile = "phasegate.yml";

/** Replaces a part of the plan that must be there. */
export const rewrite = (workshop: Workshop, from: string | RegExp, to: string): void =>
  workshop.edit(planFile, (text) => text.replace(from, () => to));

/** A migration of a file name, with an up and a down. */
export const migration = (up: string, down = "SELECT 1;"): string =>
  `-- Up Migration\n\n${up}\n\n-- Down Migration\n\n${down}\n`;

/** Works once through the plan as it should be, and keeps what there is after each step. */
export async function stages(): Promise<Stages> {
  const start = await adopted();

  const ordinary = start.copy();
  rewrite(ordinary, "policy:\n", "policy:\n  ordinary-migrations: allow\n");
  ordinary.land("Ordinary migrations may be merged");
  const harmless = ordinary.copy();
  harmless.branch("work");
  harmless.write(
    "migrations/20251201000000000_notes.sql",
    migration("CREATE TABLE notes (id integer);", "DROP TABLE notes;"),
  );
  harmless.commit("Notes");

  const approved = start.copy();
  approved.branch("looser");
  rewrite(approved, "policy:\n", "policy:\n  incomplete: allow\n");
  approved.commit("Looser");

  const second = start.copy();
  const others = Promise.all([harmless.judge(), approved.judge("--approvals", approved.approve("@ada"))]);
  const ofAdopted = await worked(second, "4A");
  const [ofOrdinary, ofApproved] = await others;
  const trip = await with4A(planWithRoundTrip);
  const tripped = trip.copy();
  tripped.branch("work");
  tripped.write("README.md", "Revenue\n");
  tripped.commit("Say what this is");
  const ofTrip = await tripped.judge();
  const fourA = second.copy();
  fourA.land("4A");
  const fourB = fourA.copy();
  const of4A = await worked(fourB, "4B");
  fourB.write("README.md", "Revenue\n");
  fourB.commit("Say what this is");
  const of4B = await fourB.judge();
  const at = { adopted: start, ordinary, "4A": fourA, "round trip": trip, "4B": fourB };
  return {
    papers: { "4A": second.read(documentOf("4A")), "4B": fourB.read(documentOf("4B")) },
    honest: {
      adopted: ofAdopted,
      ordinary: ofOrdinary,
      "4A": of4A,
      "round trip": ofTrip,
      "4B": of4B,
      approved: ofApproved,
    },
    begin(stage) {
      const copy = at[stage].copy();
      if (stage !== "4B") copy.branch("attack");
      return copy;
    },
    dispose() {
      for (const each of [start, ordinary, harmless, approved, second, trip, tripped, fourA, fourB]) each.dispose();
    },
  };
}

/** A phase done as it should be, on a branch. */
async function worked(workshop: Workshop, phase: "4A" | "4B"): ReturnType<Workshop["judge"]> {
  workshop.branch(phase);
  workshop.add(phase);
  const { code, stdout, stderr } = await workshop.phasegate("verify", phase);
  if (code !== 0) throw new Error(`verify ${phase}: exit ${code}\n${stdout}${stderr}`);
  workshop.commit(`${phase}, verified`);
  return workshop.judge();
}
