/** A process that boots, says so, and then ends as it is told: the subject of the tests of what is left behind. */

import { boot } from "../../src/postgres/boot.ts";

const [given = "{}", then = "wait"] = process.argv.slice(2);
const options = JSON.parse(given);
const say = (event: string, detail: unknown): void => {
  process.stdout.write(`${JSON.stringify({ event, detail })}\n`);
};

say("starting", process.getuid?.());
const server = await boot({
  ...options,
  env: { ...process.env, ...options.env },
  onProgress: (message) => say("progress", message),
});
say("ready", { ...server.superuser, version: server.version });
if (then === "stop") await server.stop();
if (then === "throw") throw new Error("something else went wrong");
if (then === "exit") process.exit(7);
if (then === "wait") setInterval(() => undefined, 1_000);
