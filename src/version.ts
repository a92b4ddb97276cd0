import { readFileSync } from "node:fs";

/** Of this package: sources and bundle lie one folder below its `package.json`. */
const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as {
  version: string;
}; // our own file

export { version };
