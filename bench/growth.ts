import { median } from "./figures.ts";
import { writeGrowingProject } from "./growing-project.ts";
import { type PhasegateRun, runPhasegate } from "./processes.ts";
import { inDirectory } from "./programs.ts";

export interface Grown {
  readonly gates: number;
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
    const runs = await inDirectory(async (directory) => {
      writeGrowingProject(directory, gates, phaseCount);
      const all: PhasegateRun[] = [];
      for (let round = 0; round < rounds; round += 1) all.push(await runPhasegate(directory));
      return all;
    });
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
