import { mutantName, type SchemaMutant, schemaMutants } from "../catalog/mutants.ts";
import type { Clone, Laboratory, Session } from "../model/ports.ts";
import { playSingle } from "./play.ts";
import { byRelevance } from "./relevance.ts";
import { killOf } from "./result.ts";
import { afterFixture, runSessions, SabotageRefused } from "./run.ts";
import type { Case, SessionsCase, SingleCase, Suite } from "./suite.ts";

/** What was found about one case: what fails it, or that nothing does. */
export type CaseProof =
  | {
      readonly name: string;
      readonly status: "killed";
      readonly by: string;
      readonly sql: readonly string[];
      readonly tries: number;
    }
  | { readonly name: string; readonly status: "survived"; readonly tried: string }
  | { readonly name: string; readonly status: "refused"; readonly sql: readonly string[]; readonly reason: string };

/** A try of a case with several sessions costs a clone, so only this many of the nearest mutants are tried. */
const sessionTries = 24;

/** A mutant that fails an assertion of the case shows more than one that only stops it on its way: so many tries is that worth. */
const triesForAnAssertion = 40;

interface Try {
  readonly by: string;
  readonly sql: readonly string[];
}

/** How the case is killed, if it is; or why PostgreSQL refuses the sabotage. */
type Attempting = (sabotage: readonly string[]) => Promise<ReturnType<typeof killOf> | { readonly refused: string }>;

export interface ProofOptions {
  /** Which mutants of the schema are tried; all, where it is absent. */
  readonly mutants?: (mutant: SchemaMutant) => boolean;
}

/**
 * Looks for something that fails each case: its own sabotage, which then has to, or the first mutant of the schema that
 * does. The cases hold, or nothing can be learned.
 */
export async function proveSuite(
  suite: Suite,
  laboratory: Pick<Laboratory, "clone">,
  { mutants: wanted = () => true }: ProofOptions = {},
): Promise<readonly CaseProof[]> {
  const proofs = new Map<string, CaseProof>();
  await laboratory.clone(async (clone) => {
    const mutants = schemaMutants(clone.catalog).filter(wanted);
    const refused = await afterFixture(clone, suite, async (session) => {
      for (const one of suite.cases)
        if (one.kind === "single")
          proofs.set(one.name, await proveCase(one, mutants, clone, inSavepoint(session, clone, one)));
    });
    if (refused) throw new Error(`the fixture is refused: ${refused.found}`);
    for (const one of suite.cases)
      if (one.kind === "sessions")
        proofs.set(one.name, await proveCase(one, mutants, clone, inClones(suite, one, laboratory)));
  });
  return suite.cases.flatMap(({ name }) => proofs.get(name) ?? []);
}

async function proveCase(
  one: Case,
  mutants: readonly SchemaMutant[],
  { catalog }: Clone,
  attempt: Attempting,
): Promise<CaseProof> {
  const { name } = one;
  // A change of nothing: what fails even then, where the proof is made, is failed by no mutant.
  if ((await attempt([])) !== undefined)
    return { name, status: "survived", tried: "nothing, and it failed all the same" };
  for (const sql of one.sabotage) {
    const outcome = await attempt(sql);
    if (typeof outcome === "object") return { name, status: "refused", sql, reason: outcome.refused };
    if (outcome === undefined) return { name, status: "survived", tried: `its own sabotage: ${sql.join("; ")}` };
  }
  const [own] = one.sabotage;
  if (own) return { name, status: "killed", by: "its own sabotage", sql: own, tries: 1 };
  const ordered = byRelevance(mutants, one, catalog);
  const nearest = one.kind === "sessions" ? ordered.slice(0, sessionTries) : ordered;
  let tries = 0;
  let refusal: CaseProof | undefined;
  for (const { by, sql } of nearest.map(asTry)) {
    tries += 1;
    const outcome = await attempt(sql);
    if (outcome === "assertion") return { name, status: "killed", by, sql, tries };
    if (outcome === "refusal") refusal ??= { name, status: "killed", by, sql, tries };
    if (refusal && tries >= triesForAnAssertion) break;
  }
  return refusal ?? { name, status: "survived", tried: `${nearest.length} mutants of the schema` };
}

const asTry = (mutant: SchemaMutant): Try => ({ by: mutantName(mutant), sql: mutant.sql });

/** DDL as the judge, then the case, all taken back. */
const inSavepoint =
  (session: Session, clone: Clone, one: SingleCase): Attempting =>
  (sabotage) =>
    session.tentatively(async () => {
      for (const sql of sabotage) {
        const answer = await session.attempt(sql);
        if (!answer.accepted) return { refused: answer.error.message };
      }
      return killOf(await playSingle(session, one, clone.testRole));
    });

const inClones =
  (suite: Suite, one: SessionsCase, laboratory: Pick<Laboratory, "clone">): Attempting =>
  async (sabotage) => {
    try {
      return killOf(await runSessions(suite, one, laboratory, sabotage));
    } catch (error) {
      if (error instanceof SabotageRefused) return { refused: error.message };
      throw error;
    }
  };
