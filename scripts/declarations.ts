/** The types of the library: the declarations that `index.ts` leads to, and no others. */

import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));

/** @param folder where they are written */
export function writeDeclarations(folder: string): void {
  const all = mkdtempSync(join(tmpdir(), "phasegate-types-"));
  try {
    const settings = join(all, "tsconfig.json");
    const compilerOptions = {
      noEmit: false,
      declaration: true,
      emitDeclarationOnly: true,
      removeComments: false,
      outDir: all,
      rootDir: join(root, "src"),
      typeRoots: [join(root, "node_modules/@types")],
    };
    const files = [join(root, "src/index.ts")];
    writeFileSync(
      settings,
      JSON.stringify({ extends: join(root, "tsconfig.json"), compilerOptions, files, include: [] }),
    );
    execFileSync(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "-p", settings], {
      stdio: "inherit",
    });
    copy(all, folder, "index.d.ts", new Set());
  } finally {
    rmSync(all, { recursive: true });
  }
}

function copy(from: string, to: string, file: string, copied: Set<string>): void {
  if (copied.has(file)) return;
  copied.add(file);
  const text = readFileSync(join(from, file), "utf8");
  mkdirSync(dirname(join(to, file)), { recursive: true });
  // Declarations lie beside no sources.
  writeFileSync(
    join(to, file),
    text.replace(/(from |import\()"(\.[^"]+)\.ts"/g, (_, keyword: string, path: string) => {
      copy(from, to, `${join(dirname(file), path)}.d.ts`, copied);
      return `${keyword}"${path}.js"`;
    }),
  );
}
