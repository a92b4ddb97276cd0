/** How much of a report is shown. GitHub's limits are kept by losing detail, never the verdict. */

/** Less with each word: all checks; the gates that hold by their names; what does not hold; that without what was executed; nothing. */
export type EvidenceShown = "whole" | "gates" | "failures" | "named" | "none";

export interface Detail {
  readonly evidence: EvidenceShown;
  /** The table, what the change does to the plan and to the schema, with a picture or without; or the verdict alone. */
  readonly phases: "picture" | "table" | "none";
  /** So many of what blocks are told; the others are counted. */
  readonly blocking: number;
  /** A text of the change is cut after so many characters. */
  readonly text: number;
}

export const everything: Detail = { evidence: "whole", phases: "picture", blocking: Infinity, text: 1000 };

/** What is tried one after the other: all evidence, failures only, one line a phase, just the verdict. */
export const details: readonly Detail[] = [
  ...(["whole", "gates", "failures", "named", "none"] as const).map((evidence) => ({ ...everything, evidence })),
  ...[100, 50, 25, 10].map((blocking) => ({ ...everything, evidence: "none" as const, blocking, text: 500 })),
  ...[500, 200, 80, 20].flatMap((text) =>
    [50, 25, 15, 10, 7, 5, 4, 3, 2, 1, 0].map((blocking) => ({
      evidence: "none" as const,
      phases: "none" as const,
      blocking,
      text,
    })),
  ),
];

/** What a page at this detail lacks, completing "Left out: "; absent where that is nothing. */
export function leftOut({ evidence, phases }: Detail): string | undefined {
  if (phases === "none") return "the phases and all evidence";
  return {
    whole: undefined,
    gates: "the checks of gates that hold",
    failures: "the gates that hold",
    named: "the gates that hold, and what was executed",
    none: "all evidence",
  }[evidence];
}
