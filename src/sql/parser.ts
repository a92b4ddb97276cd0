import { setFlagsFromString } from "node:v8";

let loaded: Promise<typeof import("libpg-query")> | undefined;

/** PostgreSQL's own parser, a WASM module of 1.7 MB: loaded when it is first needed. */
export function parser(): Promise<typeof import("libpg-query")> {
  loaded ??= load();
  return loaded;
}

async function load() {
  // V8 would optimise the grammar's one huge function as soon as it is warm: 600 MB and seconds of both cores, which
  // the end of the process waits for, to make faster what takes a millisecond. Both are needed; it must come first.
  setFlagsFromString("--no-wasm-tier-up");
  setFlagsFromString("--no-wasm-dynamic-tiering");
  const module = await import("libpg-query");
  await module.loadModule();
  return module;
}
