import { type SchemaMutant, schemaMutants } from "../catalog/mutants.ts";
import type { Clone, Laboratory, Session } from "../model/ports.ts";
import { playSingle } from "./play.ts";
import { byRelevance } from "./relevance.ts";
import { isKilled } from "./result.ts";
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

interface Try {
  readonly by: string;
  readonly sql: readonly string[];
}

/** Gives whether the case is killed; undefined where PostgreSQL refuses the sabotage. */
type Attempting = (sabotage: readonly string[]) => Promise<boolean | { readonly refused: string }>;

/**
 * Looks for something that fails each case: its own sabotage, which then has to, or the first mutant of the schema that
 * does. The cases hold, or nothing can be learned.
 */
export async function proveSuite(suite: Suite, laboratory: Pick<Laboratory, "clone">): Promise<readonly CaseProof[]> {
  const proofs = new Map<string, CaseProof>();
  await laboratory.clone(async (clone) => {
    const mutants = schemaMutants(clone.catalog);
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
  for (const sql of one.sabotage) {
    const outcome = await attempt(sql);
    if (typeof outcome === "object") return { name, status: "refused", sql, reason: outcome.refused };
    if (!outcome) return { name, status: "survived", tried: `its own sabotage: ${sql.join("; ")}` };
  }
  const [own] = one.sabotage;
  if (own) return { name, status: "killed", by: "its own sabotage", sql: own, tries: 1 };
  const ordered = byRelevance(mutants, one, catalog);
  const nearest = one.kind === "sessions" ? ordered.slice(0, sessionTries) : ordered;
  let tries = 0;
  for (const { by, sql } of nearest.map(asTry)) {
    tries += 1;
    if ((await attempt(sql)) === true) return { name, status: "killed", by, sql, tries };
  }
  return { name, status: "survived", tried: `${nearest.length} mutants of the schema` };
}

const asTry = ({ object, operator, sql }: SchemaMutant): Try => ({ by: `${object}: ${operator}`, sql });

/** DDL as the judge, then the case, all taken back. */
const inSavepoint =
  (session: Session, clone: Clone, one: SingleCase): Attempting =>
  (sabotage) =>
    session.tentatively(async () => {
      for (const sql of sabotage) {
        const answer = await session.attempt(sql);
        if (!answer.accepted) return { refused: answer.error.message };
      }
      return isKilled(await playSingle(session, one, clone.testRole));
    });

const inClones =
  (suite: Suite, one: SessionsCase, laboratory: Pick<Laboratory, "clone">): Attempting =>
  async (sabotage) => {
    try {
      return isKilled(await runSessions(suite, one, laboratory, sabotage));
    } catch (error) {
      if (error instanceof SabotageRefused) return { refused: error.message };
      throw error;
    }
  };
