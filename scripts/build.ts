/** Writes dist/: the action, the command line and the library as bundles, the JSON Schemas, and the licences of what is in them. */

import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { kinds } from "../src/checks/table.ts";
import { planJsonSchema } from "../src/plan/schema.ts";
import { reportJsonSchema } from "../src/report/schema.ts";
import { checksPage } from "./checks-page.ts";
import { writeDeclarations } from "./declarations.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const dist = process.argv[2] ?? join(root, "dist");
rmSync(dist, { recursive: true, force: true });
mkdirSync(dist, { recursive: true });

// What CommonJS packages expect, in a bundle of modules.
const banner = [
  'import { createRequire as __createRequire } from "node:module";',
  'import { dirname as __pathDirname } from "node:path";',
  'import { fileURLToPath as __fileURLToPath } from "node:url";',
  "const require = __createRequire(import.meta.url);",
  "const __filename = __fileURLToPath(import.meta.url);",
  "const __dirname = __pathDirname(__filename);",
].join("");

const { metafile } = await build({
  absWorkingDir: root,
  entryPoints: {
    index: "src/action.ts",
    post: "src/action-post.ts",
    cli: "src/cli.ts",
    library: "src/index.ts",
    "migrate-child": "src/migrate/child.ts",
  },
  outdir: dist,
  bundle: true,
  // What a path does not need is not loaded; all files lie in one folder, so that what looks beside itself finds it.
  splitting: true,
  chunkNames: "[name]-[hash]",
  // Of its CommonJS entry a dynamic import would see the default export only.
  alias: { "libpg-query": createRequire(import.meta.url).resolve("libpg-query/wasm/index.js") },
  platform: "node",
  target: "node24",
  format: "esm",
  minify: true,
  keepNames: true,
  legalComments: "none",
  banner: { js: banner },
  // For the library and the command line only, where it is installed; the action has no use for it.
  external: ["@testcontainers/postgresql", "pg-native"],
  metafile: true,
  logLevel: "warning",
});

copyFileSync(
  createRequire(import.meta.url).resolve("libpg-query/wasm/libpg-query.wasm"),
  join(dist, "libpg-query.wasm"),
);
writeDeclarations(join(dist, "types"));
writeFileSync(join(dist, "plan.schema.json"), `${JSON.stringify(planJsonSchema(kinds), null, 2)}\n`);
writeFileSync(join(dist, "report.schema.json"), `${JSON.stringify(reportJsonSchema(), null, 2)}\n`);
writeFileSync(join(dist, "licenses.txt"), licences(Object.keys(metafile.inputs)));

/** The licence texts of every package that a bundle has something of. */
function licences(inputs: readonly string[]): string {
  const folders = new Set(
    inputs
      .map((input) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0])
      .filter((folder) => folder !== undefined),
  );
  return [...folders]
    .sort()
    .map((folder) => {
      const { name, version, license } = JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8"));
      const file = readdirSync(join(root, folder)).find((entry) => /^(licen[cs]e|copying)/i.test(entry));
      const text = file === undefined ? `Licence: ${license}` : readFileSync(join(root, folder, file), "utf8").trim();
      return `${name} ${version}\n\n${text}\n`;
    })
    .join(`\n${"-".repeat(80)}\n\n`);
}

if (process.argv[2] === undefined) writeFileSync(join(root, "docs/checks.md"), checksPage());
