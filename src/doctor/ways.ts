import type { Finding } from "../model/report.ts";
import { branchWays } from "./branch-ways.ts";
import type { Facts } from "./facts.ts";
import { planWays } from "./plan-ways.ts";
import type { Way } from "./sight.ts";
import { workflowWays } from "./workflow-ways.ts";

/** Every way around the gate that is known, by its code. A new one is one entry in one of the three. */
export const ways = { ...planWays, ...workflowWays, ...branchWays } as const;
export type WayCode = keyof typeof ways;

/** A way that is open, or advice. */
export interface WayFinding extends Finding {
  readonly code: WayCode;
  readonly severity: "open" | "advice";
  /** What to paste. */
  readonly yaml?: string;
}

/** What `doctor` found. */
export interface Diagnosis {
  readonly findings: readonly WayFinding[];
  /** Ways that nobody can tell to be closed, with the reason. */
  readonly unknown: readonly { readonly code: WayCode; readonly because: string }[];
}

/** Looks at every way; open ones first. Pure. */
export function diagnose(facts: Facts): Diagnosis {
  const findings: WayFinding[] = [];
  const unknown: Diagnosis["unknown"][number][] = [];
  const table: Readonly<Record<WayCode, Way>> = ways;
  for (const code of Object.keys(ways) as WayCode[]) {
    for (const sight of table[code](facts)) {
      if (sight.status === "unknown") unknown.push({ code, because: sight.because });
      else {
        const { status: severity, ...told } = sight;
        findings.push({ code, severity, ...told });
      }
    }
  }
  // Stable: within one severity the order of the table.
  return { findings: findings.toSorted((a, b) => rank[a.severity] - rank[b.severity]), unknown };
}

const rank = { open: 0, advice: 1 } as const;
