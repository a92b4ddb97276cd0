import { mutantName, type SchemaMutant } from "../catalog/mutants.ts";
import type { Laboratory, PostgresError } from "../model/ports.ts";
import { type Decides, decides } from "./decided.ts";
import { playSingle } from "./play.ts";
import type { CaseResult } from "./result.ts";
import { afterFixture } from "./run.ts";
import { type SingleCase, type SuiteFile, singlesOf } from "./suite.ts";

/** A suite whose fixture is loaded, in a transaction that stays open: cases and mutants come and leave nothing behind. */
export interface Desk {
  readonly file: string;
  /** Those of one session. */
  readonly cases: readonly SingleCase[];
  play(one: SingleCase): Promise<CaseResult>;
  readonly decides: Decides;
  /**
   * Work with a mutant that is taken back afterwards. `fixture`: the rows of the fixture do not go with it, and the work
   * was not done.
   * @throws where PostgreSQL refuses the mutant for another reason: it accepted it on the schema alone
   */
  show(mutant: SchemaMutant, work: () => Promise<void>): Promise<"shown" | "fixture">;
}

/** Opens a desk for each suite, each in a clone of its own; all of them are gone when `work` is done. */
export async function openDesks(
  suites: readonly SuiteFile[],
  laboratory: Pick<Laboratory, "clone">,
  work: (desks: readonly Desk[]) => Promise<void>,
  opened: readonly Desk[] = [],
): Promise<void> {
  const [next, ...others] = suites;
  if (!next) {
    await work(opened);
    return;
  }
  const { file, suite } = next;
  await laboratory.clone(async (clone) => {
    const refused = await afterFixture(clone, suite, async (session) => {
      const desk: Desk = {
        file,
        cases: singlesOf(suite),
        decides: decides(suite, clone.catalog),
        play: (one) => session.tentatively(() => playSingle(session, one, clone.testRole)),
        show: (mutant, work) =>
          session.tentatively(async () => {
            for (const sql of mutant.sql) {
              const answer = await session.attempt(sql);
              if (!answer.accepted) return byRows(file, mutant, answer.error);
            }
            await work();
            return "shown";
          }),
      };
      await openDesks(others, laboratory, work, [...opened, desk]);
    });
    if (refused) throw new Error(`the fixture of ${file} is refused: ${refused.found}`);
  });
}

/** What DDL says where it meets rows that a stricter rule would not have let in. */
const byRow = new Set([
  "check_violation",
  "unique_violation",
  "exclusion_violation",
  "not_null_violation",
  "foreign_key_violation",
]);

function byRows(file: string, mutant: SchemaMutant, { condition, message }: PostgresError): "fixture" {
  if (byRow.has(condition)) return "fixture";
  throw new Error(
    `The mutant "${mutantName(mutant)}" is accepted by the schema, and refused after the fixture of ${file}: ${condition}: ${message}`,
  );
}
