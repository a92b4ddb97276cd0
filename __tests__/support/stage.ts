import { createHash, randomUUID } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const folder = join(root, "node_modules/.cache/stages");

/** What a stage is made of besides its own words: the built program, and the files of the reference project. */
function madeOf(): string {
  const hash = createHash("sha256");
  const dist = readdirSync(join(root, "dist")).filter((name) => name.endsWith(".js"));
  for (const path of [...dist.map((name) => `dist/${name}`), ...filesIn("migrations"), ...filesIn("db")])
    hash.update(path).update(readFileSync(join(root, path)));
  return hash.digest("hex");
}

const filesIn = (name: string): readonly string[] =>
  readdirSync(join(root, name), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length))
    .sort();

let program: string | undefined;

/**
 * A checkout that many test files begin with, as an earlier one has left it; built by the first that asks. With
 * PHASEGATE_CLI, while something is tried out, it is built each time.
 *
 * @param words what it is built from, beside the program
 * @param build gives the folder, which is kept as it is then
 * @returns a folder that nothing may be changed in
 */
export async function stage(words: string, build: () => Promise<string>): Promise<string> {
  if (process.env.PHASEGATE_CLI !== undefined) return build();
  program ??= madeOf();
  const kept = join(folder, createHash("sha256").update(program).update(words).digest("hex"));
  if (existsSync(kept)) return kept;
  const built = await build();
  const unfinished = `${kept}-${randomUUID()}`;
  mkdirSync(dirname(kept), { recursive: true });
  cpSync(built, unfinished, { recursive: true });
  try {
    renameSync(unfinished, kept);
  } catch {
    rmSync(unfinished, { recursive: true }); // Another file of tests was first.
  }
  return built;
}
