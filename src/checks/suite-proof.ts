import { judgeMutant } from "../model/judge.ts";
import { overlay } from "../model/ports.ts";
import type { MutantResult } from "../model/report.ts";
import type { CaseProof } from "../suites/prove.ts";
import type { LaboratoryWorld } from "./kind.ts";
import { filesOf, matched } from "./suite-files.ts";
import { type Code, findingsOf, type Observed } from "./suite-findings.ts";
import { compared, derive } from "./suite-results.ts";
import { lookAtSuite, proofsOf, type Seen } from "./suite-seen.ts";

/** Shows that every case can fail, and that what is asked of the files themselves is noticed. */
export async function proveSuites(
  world: LaboratoryWorld,
  { files: globs }: { readonly files: readonly string[] },
  observed: Observed,
): Promise<readonly MutantResult[]> {
  const ofCases: MutantResult[] = [];
  for (const { file } of observed.files) ofCases.push(...(await proveCases(file, world)));
  return [...(await proveFiles(world, globs, observed)), ...ofCases];
}

function judged(name: string, sabotage: string, provokes: Code, changed: Observed): MutantResult {
  const [first, ...more] = findingsOf(changed);
  const verdict = first ? ({ status: "failed", findings: [first, ...more] } as const) : ({ status: "passed" } as const);
  return { name, sabotage, provokes, outcome: judgeMutant(verdict, provokes) };
}

/** That there are files, that they can be read, that their fixture is accepted, that their results are written down. */
async function proveFiles(
  world: LaboratoryWorld,
  globs: readonly string[],
  observed: Observed,
): Promise<readonly MutantResult[]> {
  const [first, ...others] = observed.files;
  if (!first) return [];
  const { file, results } = first;
  const instead = (change: Partial<Observed["files"][number]>): Observed => ({
    ...observed,
    files: [{ ...first, ...change }, ...others],
  });
  const all: MutantResult[] = [];
  for (const glob of globs) {
    const gone = filesOf(glob, world.tree);
    const tree = overlay(world.tree, Object.fromEntries(gone.map((path) => [path, undefined])));
    const { unmatched } = matched(globs, tree);
    all.push(judged(`no file matches ${glob}`, gone.join(", "), "no-files", { ...observed, unmatched }));
  }
  const text = world.tree.read(file) ?? "";
  const broken = await lookAtSuite(`${text}\n\\echo ok 1\n`, world.laboratory);
  all.push(judged(`${file} cannot be read`, file, "unreadable", instead({ seen: broken })));
  const dividing = "SELECT 1 / 0;";
  const refused = await lookAtSuite(`${dividing}\n${text}`, world.laboratory);
  all.push(judged(`the fixture of ${file} is refused`, dividing, "fixture-refused", instead({ seen: refused })));
  if (first.seen.status === "played") {
    const seen: Seen = { ...first.seen, shadows: ["public.count(bigint)"] };
    const name = "public has a function `count` of its own";
    all.push(judged(name, "on evidence only", "shadowed", instead({ seen })));
  }
  if (!results) return all;
  const { path } = results;
  const derived = await derive(file, first.seen, world);
  const shown = (name: string, provokes: Code, found: string | undefined) => {
    const tree = overlay(world.tree, { [path]: found });
    all.push(judged(name, path, provokes, instead({ results: compared(path, derived, { ...world, tree }) })));
  };
  shown(`${path} is gone`, "results-missing", undefined);
  shown(`${path} was changed`, "results-differ", (world.tree.read(path) ?? "").replace("PASS", "PASSED"));
  const underivable = compared(path, await derive(file, refused, world), world);
  const name = `the results of ${file} cannot be derived`;
  all.push(judged(name, dividing, "results-not-derived", instead({ results: underivable })));
  return all;
}

async function proveCases(file: string, { tree, laboratory }: LaboratoryWorld): Promise<readonly MutantResult[]> {
  const proofs = await proofsOf(tree.read(file) ?? "", laboratory);
  return proofs.map((proof) => ({
    name: nameOf(proof, `case "${proof.name}" of ${file}`),
    provokes: "case-failed",
    ...outcomeOf(proof),
  }));
}

/** Completes "the check notices when …", or "it still holds when …". */
function nameOf(proof: CaseProof, it: string): string {
  switch (proof.status) {
    case "killed":
      return `what ${it} looks at is broken`;
    case "survived":
      return `${it} is shown ${proof.tried}`;
    case "refused":
      return `${it} has a sabotage that PostgreSQL refuses (${proof.reason})`;
    case "unrelated":
      return `${it} has a sabotage that changes nothing which is there without it (${proof.sql.join("; ")})`;
  }
}

/** Every case has to be proven: what cannot be tried, or has nothing to do with the schema, leaves its case without proof. */
function outcomeOf(proof: CaseProof): Pick<MutantResult, "sabotage" | "outcome"> {
  switch (proof.status) {
    case "killed":
      return { sabotage: `${proof.by}: ${proof.sql.join("; ")}`, outcome: { status: "killed" } };
    case "survived":
      return { sabotage: proof.tried, outcome: { status: "survived" } };
    case "refused":
    case "unrelated":
      return { sabotage: proof.sql.join("; "), outcome: { status: "survived" } };
  }
}
