/** Work that may run at the same time, except where it shares a key. */
export interface Job {
  /** Jobs with the same key run one after the other, in the order given. */
  readonly key?: string;
  run(): Promise<void>;
}

/**
 * Runs all jobs, at most `width` at a time. The first failure ends it: what has begun is awaited, the rest is not started.
 * @throws the first failure
 */
export async function inParallel(jobs: readonly Job[], width: number): Promise<void> {
  const lanes = [...Map.groupBy(jobs, (job) => job.key ?? job).values()];
  // The longest first, so that no worker is left alone with it at the end.
  lanes.sort((a, b) => b.length - a.length);
  const failures: unknown[] = [];
  const worker = async (): Promise<void> => {
    for (let lane = lanes.shift(); lane; lane = lanes.shift()) {
      for (const job of lane) {
        if (failures.length > 0) return;
        await job.run().catch((error: unknown) => failures.push(error));
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(width, lanes.length) }, worker));
  if (failures.length > 0) throw failures[0];
}
