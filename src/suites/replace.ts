/** Whether a new version of a case is failed by everything that failed the old one. DESIGN 4.4. */

import { mutantName, type SchemaMutant, schemaMutants } from "../catalog/mutants.ts";
import type { Clone, Laboratory, Session } from "../model/ports.ts";
import { aimOf, decides } from "./decided.ts";
import { type Attempting, inSavepoint, type Try } from "./prove.ts";
import { distanceTo, far } from "./relevance.ts";
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
  const unknown = (why: string) => replaced.map((): Replacement => ({ status: "unknown", why }));
  const answers: Replacement[] = [];
  let refused: string | undefined;
  const on = (suite: Suite, whose: string, work: (clone: Clone, session: Session) => Promise<void>) =>
    laboratory.clone(async (clone) => {
      const found = await afterFixture(clone, suite, (session) => work(clone, session));
      refused ??= found && `${whose} fixture is refused: ${found.found}`;
    });
  await on(base, "base's", (old, before) =>
    on(head, "its", (now, after) =>
      // Where nothing is ever sabotaged: what does not hold there each time is failed by no mutant.
      on(head, "its", async (untouched, control) => {
        const mutants = schemaMutants(old.catalog);
        for (const { was, is } of replaced) {
          const versions = {
            before: attempts(before, old, was, base),
            after: attempts(after, now, is, head),
            control: attempts(control, untouched, is, head),
          };
          answers.push(await compared(was, triesOf(was, mutants, old), versions));
        }
      }),
    ),
  );
  return refused === undefined ? answers : unknown(refused);
}

const attempts = (session: Session, clone: Clone, one: SingleCase, suite: Suite): Attempting =>
  inSavepoint(session, clone, one, decides(suite, clone.catalog));

/** Of the schema what has to do with the case. */
function triesOf(one: SingleCase, mutants: readonly SchemaMutant[], { catalog }: Clone): readonly Try[] {
  const distance = distanceTo(one, catalog);
  return mutants
    .filter((mutant) => distance(mutant) < far)
    .map((mutant) => ({ by: mutantName(mutant), sql: mutant.sql, aim: aimOf(mutant) }));
}

interface Versions {
  readonly before: Attempting;
  readonly after: Attempting;
  readonly control: Attempting;
}

const failed = (outcome: Awaited<ReturnType<Attempting>>): boolean => outcome === "assertion" || outcome === "refusal";
const isRefused = (outcome: Awaited<ReturnType<Attempting>>): boolean => typeof outcome === "object";

async function compared(
  { sabotage }: SingleCase,
  ofSchema: readonly Try[],
  { before, after, control }: Versions,
): Promise<Replacement> {
  const unknown = (why: string): Replacement => ({ status: "unknown", why });
  const nothing = [[], "privileges"] as const;
  if ((await before(...nothing)) !== undefined) return unknown("base's version does not hold by now");
  if ((await after(...nothing)) !== undefined) return unknown("it does not hold");
  const own = sabotage.map((sql): Try => ({ by: `base's sabotage (${sql.join("; ")})`, sql, aim: "privileges" }));
  let failedBy = 0;
  for (const one of [...own, ...ofSchema]) {
    if (!failed(await before(one.sql, one.aim))) {
      if (own.includes(one)) return unknown(`${one.by} does not fail base's version by now`);
      continue;
    }
    const outcome = await after(one.sql, one.aim);
    if (isRefused(outcome)) return unknown(`“${one.by}”, which failed it on base, cannot be done on its fixture`);
    if (!failed(outcome)) return { status: "weaker", by: one.by };
    failedBy += 1;
  }
  if (failedBy === 0) return unknown("nothing is known that fails base's version");
  // As often as it was played above, and once more.
  for (let played = 0; played <= failedBy + 1; played += 1)
    if ((await control(...nothing)) !== undefined) return unknown("it does not hold each time that it is played");
  return { status: "as-strong", failedBy };
}
