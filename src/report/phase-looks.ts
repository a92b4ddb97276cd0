/** How the state of a phase is shown: a sign, a word and a colour, of which none stands alone. */

import type { PhaseResult, PhaseState } from "../model/report.ts";

/** A phase that is in progress and whose gates hold waits for its document. */
export type Look = PhaseState | "waiting";

export const lookOf = (phase: Pick<PhaseResult, "state" | "gates">): Look => {
  const { all, holding } = gatesThatCount(phase.gates);
  return phase.state === "in-progress" && holding === all ? "waiting" : phase.state;
};

/** Of its gates, those that count. */
export function gatesThatCount(gates: PhaseResult["gates"]): { readonly all: number; readonly holding: number } {
  const counting = gates.filter(({ blocking }) => blocking);
  return { all: counting.length, holding: counting.filter(({ verdict }) => verdict.status === "passed").length };
}

export interface Drawn {
  readonly mark: string;
  /** Where the colour is that of the box around it. */
  readonly sign: string;
  readonly word: string;
  /** In Mermaid's words. */
  readonly style: string;
}

export const looks: { readonly [Each in Look]: Drawn } = {
  verified: { mark: "✅", sign: "✔", word: "verified", style: "fill:#1a7f37,stroke:#1a7f37,color:#fff" },
  waiting: { mark: "🟡", sign: "◐", word: "in progress", style: "fill:#9a6700,stroke:#9a6700,color:#fff" },
  "in-progress": { mark: "❌", sign: "✘", word: "in progress", style: "fill:#cf222e,stroke:#cf222e,color:#fff" },
  prohibited: {
    mark: "⛔",
    sign: "⛔",
    word: "prohibited",
    style: "fill:#fff,stroke:#cf222e,stroke-width:3px,color:#cf222e",
  },
  regressed: {
    mark: "❌",
    sign: "✘",
    word: "regressed",
    style: "fill:#cf222e,stroke:#82071e,stroke-width:3px,color:#fff",
  },
  "not-started": { mark: "◻️", sign: "◌", word: "not started", style: "fill:#eaeef2,stroke:#8c959f,color:#57606a" },
};
