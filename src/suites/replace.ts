/** Whether a new version of a case is failed by everything that failed the old one. DESIGN 4.4. */

import { mutantName, schemaMutants } from "../catalog/mutants.ts";
import type { Clone, Laboratory, Session } from "../model/ports.ts";
import { aimOf, decides } from "./decided.ts";
import { type Attempting, inSavepoint, type Try } from "./prove.ts";
import { afterFixture } from "./run.ts";
import type { SingleCase, Suite } from "./suite.ts";

/** A case of base's file, and the one that stands for it now. */
export interface Replaced {
  readonly was: SingleCase;
  readonly is: SingleCase;
}

export type Replacement =
  /** Whatever failed the old version fails the new one: so many mutants did, of the schema or of its own. */
  | { readonly status: "as-strong"; readonly failedBy: number }
  /** This failed the old version, and the new one holds with it. */
  | { readonly status: "weaker"; readonly by: string }
  /** Nothing can be learned from a comparison. */
  | { readonly status: "unknown"; readonly why: string };

/** Shows both versions of each case what can fail the old one; an answer for each, in their order. */
export async function replacements(
  base: Suite,
  head: Suite,
  replaced: readonly Replaced[],
  laboratory: Pick<Laboratory, "clone">,
): Promise<readonly Replacement[]> {
  if (replaced.length === 0) return [];
  return laboratory.clone((old) =>
    laboratory.clone(async (now) => {
      const answers: Replacement[] = [];
      const refused = await afterFixture(old, base, async (before) => {
        const refusedNow = await afterFixture(now, head, async (after) => {
          for (const { was, is } of replaced)
            answers.push(await compared(was, attempts(before, old, was, base), attempts(after, now, is, head), old));
        });
        if (refusedNow) answers.push(...unknown(replaced, `its fixture is refused: ${refusedNow.found}`));
      });
      return refused ? unknown(replaced, `base's fixture is refused by now: ${refused.found}`) : answers;
    }),
  );
}

const unknown = (replaced: readonly Replaced[], why: string): readonly Replacement[] =>
  replaced.map(() => ({ status: "unknown", why }));

const attempts = (session: Session, clone: Clone, one: SingleCase, suite: Suite): Attempting =>
  inSavepoint(session, clone, one, decides(suite, clone.catalog));

async function compared(
  { sabotage }: SingleCase,
  before: Attempting,
  after: Attempting,
  { catalog }: Clone,
): Promise<Replacement> {
  const fails = async (attempt: Attempting, { sql, aim }: Try): Promise<boolean> => {
    const outcome = await attempt(sql, aim);
    return outcome === "assertion" || outcome === "refusal";
  };
  const nothing = [[], "privileges"] as const;
  if ((await before(...nothing)) !== undefined)
    return { status: "unknown", why: "base's version does not hold by now" };
  if ((await after(...nothing)) !== undefined) return { status: "unknown", why: "it does not hold" };
  const tries: readonly Try[] = [
    ...sabotage.map((sql): Try => ({ by: `base's sabotage (${sql.join("; ")})`, sql, aim: "privileges" })),
    ...schemaMutants(catalog).map((mutant) => ({ by: mutantName(mutant), sql: mutant.sql, aim: aimOf(mutant) })),
  ];
  let failedBy = 0;
  for (const one of tries) {
    if (!(await fails(before, one))) continue;
    if (!(await fails(after, one))) return { status: "weaker", by: one.by };
    failedBy += 1;
  }
  return failedBy > 0
    ? { status: "as-strong", failedBy }
    : { status: "unknown", why: "nothing is known that fails base's version" };
}
