import { createRequire as __createRequire } from "node:module";import { dirname as __pathDirname } from "node:path";import { fileURLToPath as __fileURLToPath } from "node:url";const require = __createRequire(import.meta.url);const __filename = __fileURLToPath(import.meta.url);const __dirname = __pathDirname(__filename);
import{a as e}from"./chunk-K6KJJNYJ.js";import"./chunk-TDY5LZQK.js";process.stdout.write(`Phasegate ${e}, on ${process.env.GITHUB_EVENT_NAME??"no event"}
`);await import("./action-run-IOTCS52O.js");
