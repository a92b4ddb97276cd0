import type { Acting } from "../model/ports.ts";
import type { CaseProof } from "../suites/prove.ts";
import { readSuite } from "../suites/read.ts";
import { askedFor } from "../suites/result.ts";
import type { Case, Expectation } from "../suites/suite.ts";
import type { LaboratoryWorld } from "./kind.ts";
import { proofsOf, type Seen } from "./suite-seen.ts";

/** The results file of a SQL test file, beside what the run derives. */
export type Results = { readonly path: string } & (
  | { readonly status: "same" }
  | { readonly status: "missing" }
  /** The first line that is another one; `null` where a text has ended. */
  | {
      readonly status: "differs";
      readonly line: number;
      readonly found: string | null;
      readonly derived: string | null;
    }
  | { readonly status: "underivable"; readonly reason: string }
);

/** Where the results of a SQL test file are: `{name}` is the file's name without folders and `.sql`. */
export const resultsPath = (pattern: string, file: string): string =>
  pattern.replaceAll("{name}", file.replace(/^.*\//, "").replace(/\.sql$/, ""));

type Derived = { readonly text: string } | { readonly underivable: string };

/**
 * The results of a file of which everything holds, as Markdown: each case, what it asks and what fails it. The same on every
 * machine, with every source of PostgreSQL and of every version: there is no time in it, no line number and no duration.
 */
export async function derive(file: string, seen: Seen, { tree, laboratory }: LaboratoryWorld): Promise<Derived> {
  if (seen.status !== "played" || seen.shadows.length > 0 || seen.cases.some(({ reason }) => reason !== null))
    return { underivable: "not everything in it holds" };
  const text = tree.read(file) ?? "";
  const read = await readSuite(text);
  if (read.status === "unreadable") throw new Error(`${file} cannot be read any more`);
  const proofs = await proofsOf(text, laboratory);
  const unproven = proofs.find(({ status }) => status !== "killed");
  if (unproven) return { underivable: `nothing was found that fails the case "${unproven.name}"` };
  const proofOf = new Map(proofs.map((proof) => [proof.name, proof]));
  const { cases } = read.suite;
  const lines = [
    `# Results of ${plain(file.replace(/^.*\//, ""))}`,
    "",
    `Phasegate derives this from ${code(file)} in every run; \`phasegate run --write-results\` writes it. Changes by hand are found.`,
    "",
    `${cases.length === 1 ? "1 case: it holds, and was" : `${cases.length} cases: all of them hold, and each was`} seen to fail.`,
    ...cases.flatMap((one, index) => ["", ...caseLines(one, index + 1, proofOf.get(one.name))]),
    "",
  ];
  return { text: lines.join("\n") };
}

function caseLines(one: Case, number: number, proof: CaseProof | undefined): readonly string[] {
  const by = proof?.status === "killed" ? proof : undefined;
  if (!by) throw new Error(`the case "${one.name}" was not proven`);
  const fails = one.sabotage.length > 0 ? `its own sabotage, ${code(by.sql.join("; "))}` : code(by.by);
  return [
    `## ${number}. ${plain(one.name)}`,
    "",
    "- Status: PASS",
    ...actingLines(one.acting),
    ...askedBy(one).map((asked) => `- Asked: ${asked}`),
    `- Fails with: ${fails}`,
  ];
}

function actingLines({ as, set = {} }: Acting): readonly string[] {
  const settings = Object.entries(set).map(([name, value]) => code(`${name} = ${value}`));
  const all = [...(as === undefined ? [] : [code(as)]), ...settings];
  return all.length === 0 ? [] : [`- As: ${all.join(", ")}`];
}

function askedBy(one: Case): readonly string[] {
  const refused = (sql: string, { expects, session }: { expects: Expectation; session?: string }) =>
    `${inSession(session)}${code(sql)} is refused with ${code(askedFor(expects))}`;
  const steps: readonly AskedStep[] = one.kind === "single" ? one.statements : one.steps;
  return steps.flatMap((step) => {
    const { expects, session, sql = "COMMIT", isSelect = false } = step;
    if (expects) return [refused(sql, { expects, ...(session === undefined ? {} : { session }) })];
    return isSelect ? [`${inSession(session)}${code(sql)} gives what it should`] : [];
  });
}

interface AskedStep {
  readonly sql?: string;
  readonly isSelect?: boolean;
  readonly expects?: Expectation;
  readonly session?: string;
}

const inSession = (session: string | undefined) => (session === undefined ? "" : `session ${session}, `);

/** A code span in one line, whatever is in it. */
function code(text: string): string {
  const line = text.replace(/\s+/g, " ").trim();
  const longest = Math.max(0, ...[...line.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  return longest === 0 ? `${fence}${line}${fence}` : `${fence} ${line} ${fence}`;
}

/** Text that means nothing to Markdown. */
const plain = (text: string): string => text.replace(/\s+/g, " ").replace(/[\\`*_{}[\]<>#|&~!@]/g, "\\$&");

/** Compares the file in the tree with what was derived; line ends of Windows are no difference. */
export function compared(path: string, derived: Derived, world: LaboratoryWorld): Results {
  if ("underivable" in derived) return { path, status: "underivable", reason: derived.underivable };
  const found = world.tree.read(path);
  if (found === undefined) return { path, status: "missing" };
  const [is, asked] = [found.replaceAll("\r\n", "\n").split("\n"), derived.text.split("\n")];
  for (let at = 0; at < Math.max(is.length, asked.length); at += 1)
    if (is[at] !== asked[at])
      return { path, status: "differs", line: at + 1, found: is[at] ?? null, derived: asked[at] ?? null };
  return { path, status: "same" };
}
