import { mutantName, type SchemaMutant, schemaMutants } from "../catalog/mutants.ts";
import type { Clone, Laboratory, Session } from "../model/ports.ts";
import { type Aim, aimOf, type Decides, decides } from "./decided.ts";
import { playSingle } from "./play.ts";
import { byRelevance } from "./relevance.ts";
import { type CaseResult, killOf } from "./result.ts";
import { afterFixture, runSessions, SabotageRefused } from "./run.ts";
import { isOfTheSchema } from "./sabotage.ts";
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
  /** Its own sabotage cannot be done, or has nothing to do with the schema. */
  | { readonly name: string; readonly status: "refused"; readonly sql: readonly string[]; readonly reason: string }
  | { readonly name: string; readonly status: "unrelated"; readonly sql: readonly string[] };

/** A try of a case with several sessions costs a clone, so only this many of the nearest mutants are tried. */
const sessionTries = 24;

/** A mutant that fails an assertion of the case shows more than one that only stops it on its way: so many tries is that worth. */
const triesForAnAssertion = 40;

/** A sabotage to show to a case. */
export interface Try {
  readonly by: string;
  readonly sql: readonly string[];
  readonly aim: Aim;
}

/** How the case is killed, if it is; or why PostgreSQL refuses the sabotage. */
export type Outcome = ReturnType<typeof killOf> | "catalogs" | { readonly refused: string };

/** `catalogs`: nothing but a statement that asks the catalogs turned, which kills nothing. */
export type Attempting = (sabotage: readonly string[], aim: Aim) => Promise<Outcome>;

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
    const decide = decides(suite, clone.catalog);
    await afterFixtureThatHolds(clone, suite, (session) =>
      // Where nothing is ever sabotaged: what does not hold there each time is failed by no mutant.
      laboratory.clone((untouched) =>
        afterFixtureThatHolds(untouched, suite, async (control) => {
          for (const one of suite.cases) {
            if (one.kind !== "single") continue;
            const proof = await proveCase(one, mutants, clone, inSavepoint(session, clone, one, decide));
            const holds = inSavepoint(control, untouched, one, decide);
            proofs.set(one.name, await repeated(proof, Math.max(one.sabotage.length, tries(proof)) + 1, holds));
          }
        }),
      ),
    );
    for (const one of suite.cases) {
      if (one.kind !== "sessions") continue;
      const attempt = inClones(suite, one, laboratory, decide);
      // Each play has a copy of its own: what grows from one to the next (a number, the time) still tells them apart afterwards.
      proofs.set(one.name, await repeated(await proveCase(one, mutants, clone, attempt), 1, attempt));
    }
  });
  return suite.cases.flatMap(({ name }) => proofs.get(name) ?? []);
}

async function afterFixtureThatHolds(
  clone: Clone,
  suite: Suite,
  work: (session: Session) => Promise<void>,
): Promise<void> {
  const refused = await afterFixture(clone, suite, work);
  if (refused) throw new Error(`the fixture is refused: ${refused.found}`);
}

const tries = (proof: CaseProof): number => (proof.status === "killed" ? proof.tries : 0);

/** A case that counts how often it is played (by a sequence, a lock) fails by itself: it is played as often without a mutant. */
async function repeated(proof: CaseProof, plays: number, control: Attempting): Promise<CaseProof> {
  if (proof.status !== "killed") return proof;
  for (let played = 0; played < plays; played += 1)
    if ((await control([], "privileges")) !== undefined)
      return { name: proof.name, status: "survived", tried: "nothing several times, and it failed all the same" };
  return proof;
}

async function proveCase(
  one: Case,
  mutants: readonly SchemaMutant[],
  { catalog }: Clone,
  attempt: Attempting,
): Promise<CaseProof> {
  const { name } = one;
  // A change of nothing: what fails even then, where the proof is made, is failed by no mutant.
  if ((await attempt([], "privileges")) !== undefined)
    return { name, status: "survived", tried: "nothing, and it failed all the same" };
  for (const sql of one.sabotage) {
    const outcome = await attempt(sql, "privileges");
    const tried = `its own sabotage: ${sql.join("; ")}`;
    if (typeof outcome === "object") return { name, status: "refused", sql, reason: outcome.refused };
    if (outcome === "catalogs") return { name, status: "survived", tried: `${tried}${inCatalogs}` };
    if (outcome === undefined) return { name, status: "survived", tried };
    if (!(await isOfTheSchema(sql, catalog))) return { name, status: "unrelated", sql };
  }
  const [own] = one.sabotage;
  if (own) return { name, status: "killed", by: "its own sabotage", sql: own, tries: 1 };
  const ordered = byRelevance(mutants, one, catalog);
  const nearest = one.kind === "sessions" ? ordered.slice(0, sessionTries) : ordered;
  let tries = 0;
  let refusal: CaseProof | undefined;
  let turned = false;
  for (const { by, sql, aim } of nearest.map(asTry)) {
    tries += 1;
    const outcome = await attempt(sql, aim);
    if (outcome === "assertion") return { name, status: "killed", by, sql, tries };
    if (outcome === "refusal") refusal ??= { name, status: "killed", by, sql, tries };
    if (outcome === "catalogs") turned = true;
    if (refusal && tries >= triesForAnAssertion) break;
  }
  const tried = `${nearest.length} mutants of the schema${turned ? inCatalogs : ""}`;
  return refusal ?? { name, status: "survived", tried };
}

/** Completes "the case is shown 812 mutants of the schema". */
const inCatalogs = ", which it notices in the catalogs alone";

const asTry = (mutant: SchemaMutant): Try => ({ by: mutantName(mutant), sql: mutant.sql, aim: aimOf(mutant) });

/** What a case that was sabotaged shows. */
function outcomeOf(one: Case, result: CaseResult, aim: Aim, decide: Decides): Outcome {
  const kill = killOf(result);
  return kill === undefined || decide(one, result, aim) ? kill : "catalogs";
}

/** DDL as the judge, then the case, all taken back. */
export const inSavepoint =
  (session: Session, clone: Clone, one: SingleCase, decide: Decides): Attempting =>
  (sabotage, aim) =>
    session.tentatively(async () => {
      for (const sql of sabotage) {
        const answer = await session.attempt(sql);
        if (!answer.accepted) return { refused: answer.error.message };
      }
      return outcomeOf(one, await playSingle(session, one, clone.testRole), aim, decide);
    });

const inClones =
  (suite: Suite, one: SessionsCase, laboratory: Pick<Laboratory, "clone">, decide: Decides): Attempting =>
  async (sabotage, aim) => {
    try {
      return outcomeOf(one, await runSessions(suite, one, laboratory, sabotage), aim, decide);
    } catch (error) {
      if (error instanceof SabotageRefused) return { refused: error.message };
      throw error;
    }
  };
