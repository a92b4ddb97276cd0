import { createRequire as __createRequire } from "node:module";import { dirname as __pathDirname } from "node:path";import { fileURLToPath as __fileURLToPath } from "node:url";const require = __createRequire(import.meta.url);const __filename = __fileURLToPath(import.meta.url);const __dirname = __pathDirname(__filename);
import{a as e}from"./chunk-WJTYE5ZN.js";import{a as o}from"./chunk-TDY5LZQK.js";function u(t){return`${t.map(({place:n,message:r,help:i})=>`${n===void 0?"":`${n.file}:${n.line}${n.column===void 0?"":`:${n.column}`}: `}${e(r)}${i===void 0?"":`
    ${e(i)}`}`).join(`
`)}
${t.length===1?"1 mistake":`${t.length} mistakes`}; nothing was run.
`}o(u,"mistakesText");export{u as a};
