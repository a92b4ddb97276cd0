/** The entry of the GitHub Action: who is at work is told at once, the rest takes its time to load. */

import { version } from "./version.ts";

process.stdout.write(`Phasegate ${version}, on ${process.env.GITHUB_EVENT_NAME ?? "no event"}\n`);
await import("./action-run.ts");
