#!/usr/bin/env node
// Plain JavaScript that every Node can read, so that one which is too old is told so instead of failing on syntax.
import { existsSync } from "node:fs";
import module from "node:module";

const major = Number(process.versions.node.split(".")[0]);
if (major < 24) {
  process.stderr.write(
    `Phasegate needs Node 24 or newer; this is ${process.version}. In its own checkout \`npm ci\` brings the right one, and \`npm rebuild node\` repairs it.\n`,
  );
  process.exitCode = 2;
} else {
  module.enableCompileCache();
  // A checkout runs its sources; the package has only the bundle.
  const sources = new URL("../src/cli.ts", import.meta.url);
  await import(existsSync(sources) ? sources.href : new URL("../dist/cli.js", import.meta.url).href);
}
