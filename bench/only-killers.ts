/**
 * Which case is the only one that notices a mutant: without it the project's `coverage` fails.
 *
 * node bench/only-killers.ts [PROJECT]    lines of JSON: { mutant, file, case }
 */

import { fileURLToPath } from "node:url";
import { mutantName } from "../src/catalog/mutants.ts";
import { coverage } from "../src/suites/coverage.ts";
import { inLaboratory } from "./laboratory.ts";

const [project = fileURLToPath(new URL("..", import.meta.url))] = process.argv.slice(2);

await inLaboratory(project, async ({ laboratory, request }) => {
  const found = await coverage({ ...request, killers: 2 }, laboratory);
  if (found.status === "red") throw new Error(JSON.stringify(found.red));
  for (const { mutant, fate } of found.mutants) {
    const [by, another] = fate.status === "killed" ? fate.by : [];
    if (!by || another || !("case" in by)) continue;
    process.stdout.write(`${JSON.stringify({ mutant: mutantName(mutant), file: by.file, case: by.case })}\n`);
  }
});
