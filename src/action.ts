/** The entry of the GitHub Action: who is at work is told at once, the rest takes its time to load. */

import { version } from "./version.ts";

// Only a verdict makes it 0: whatever else ends this program, the job fails.
process.exitCode = 1;
process.stdout.write(`Phasegate ${version}, on ${process.env.GITHUB_EVENT_NAME ?? "no event"}\n`);
try {
  await import("./action-run.ts");
} catch (error) {
  const { setFailed } = await import("@actions/core");
  setFailed(error instanceof Error ? error : String(error));
}
