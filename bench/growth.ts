import { median } from "./figures.ts";
import { writeGrowingProject } from "./growing-project.ts";
import { type PhasegateRun, runPhasegate } from "./processes.ts";
import { inDirectory } from "./programs.ts";

/** Figures, or why there are none. */
export type Grown = { readonly gates: number } & (Figures | { readonly failure: string });

interface Figures {
  readonly wallMs: number;
  readonly replayMs: number;
  readonly checksMs: number;
  readonly proofMs: number;
  readonly cpuMs: number;
  readonly memoryMib: number;
}

export const phaseCount = 50;

/** Whole runs of plans with so many gates over fifty phases, the median of each figure over the rounds. */
export async function timeGrowth(gateCounts: readonly number[], rounds: number): Promise<readonly Grown[]> {
  const grown: Grown[] = [];
  for (const gates of gateCounts) {
    const runs = await runsOf(gates, rounds);
    if ("failure" in runs) {
      grown.push({ gates, failure: runs.failure });
      continue;
    }
    const middle = (of: (run: PhasegateRun) => number) => median(runs.map(of));
    grown.push({
      gates,
      wallMs: middle(({ wallMs }) => wallMs),
      replayMs: middle(({ report }) => report.timings.replayMs),
      checksMs: middle(({ report }) => report.timings.checksMs),
      proofMs: middle(({ report }) => report.timings.proofMs),
      cpuMs: middle(({ cpuMs }) => cpuMs),
      memoryMib: middle(({ memoryMib }) => memoryMib),
    });
  }
  return grown;
}

const runsOf = (gates: number, rounds: number): Promise<readonly PhasegateRun[] | { readonly failure: string }> =>
  inDirectory(async (directory) => {
    writeGrowingProject(directory, gates, phaseCount);
    const runs: PhasegateRun[] = [];
    try {
      for (let round = 0; round < rounds; round += 1) runs.push(await runPhasegate(directory));
      return runs;
    } catch (error) {
      return { failure: error instanceof Error ? error.message : String(error) };
    }
  });
