import type { Catalog, Clone, Laboratory, Session } from "../model/ports.ts";
import { quoted } from "../sql/identifier.ts";
import { once } from "./once.ts";
import { type FixtureRefusal, playFixture, playSingle, settle } from "./play.ts";
import { playSessions } from "./play-sessions.ts";
import type { CaseResult } from "./result.ts";
import { shadows } from "./shadows.ts";
import type { SessionsCase, SingleCase, Suite } from "./suite.ts";

export type SuiteResult =
  | {
      readonly status: "played";
      /** What cases could call instead of PostgreSQL's own. */
      readonly shadows: readonly string[];
      readonly cases: readonly { readonly name: string; readonly line: number; readonly result: CaseResult }[];
    }
  | ({ readonly status: "fixture-refused" } & FixtureRefusal);

/** Runs every case of a file: those of one session in a clone of their own, each of several sessions in one of its own. */
export async function runSuite(suite: Suite, laboratory: Pick<Laboratory, "clone">): Promise<SuiteResult> {
  const results = new Map<string, CaseResult>();
  let shadowing: readonly string[] = [];
  const single = suite.cases.filter((one): one is SingleCase => one.kind === "single");
  // The fixture is shown even where every case has a clone of its own.
  const refused = await laboratory.clone((clone) =>
    afterFixture(clone, suite, async (session) => {
      shadowing = await shadows(session);
      for (const one of single)
        results.set(one.name, await session.tentatively(() => playSingle(session, one, clone.testRole)));
    }),
  );
  if (refused) return { status: "fixture-refused", ...refused };
  for (const one of suite.cases)
    if (one.kind === "sessions") results.set(one.name, await runSessions(suite, one, laboratory, []));
  const cases = suite.cases.map(({ name, line }) => {
    const result = results.get(name);
    if (!result) throw new Error(`case "${name}" was not run`);
    return { name, line, result };
  });
  return { status: "played", shadows: shadowing, cases };
}

/** The same, once in a laboratory, however many checks ask for it. */
export const runSuiteOnce = (suite: Suite, laboratory: Pick<Laboratory, "clone">): Promise<SuiteResult> =>
  once(laboratory, `run ${JSON.stringify(suite)}`, () => runSuite(suite, laboratory));

/** Work in one transaction after the fixture, which is rolled back; a fixture that is refused is a value. */
export async function afterFixture(
  clone: Clone,
  suite: Suite,
  work: (session: Session) => Promise<void>,
): Promise<FixtureRefusal | undefined> {
  const session = await clone.session();
  try {
    await session.begin({ set: suite.set });
    const refused = await playFixture(session, suite);
    if (refused) return refused;
    const violated = await settle(session, initiallyDeferred(clone.catalog));
    if (violated !== undefined) return { line: suite.fixture.at(-1)?.line ?? 1, found: violated };
    await work(session);
    return undefined;
  } finally {
    await session.rollback();
    await session.close();
  }
}

/**
 * Runs a case of several sessions in a clone of its own.
 *
 * @param sabotage statements that are committed before it, after the fixture
 * @throws where the fixture or the sabotage is refused
 */
export function runSessions(
  suite: Suite,
  one: SessionsCase,
  laboratory: Pick<Laboratory, "clone">,
  sabotage: readonly string[],
): Promise<CaseResult> {
  return laboratory.clone(async (clone) => {
    const session = await clone.session();
    try {
      await session.begin({ set: suite.set });
      const refused = await playFixture(session, suite);
      if (refused) throw new Error(`the fixture is refused: ${refused.found}`);
      await committed(session);
      await session.begin({});
      for (const sql of sabotage) {
        const answer = await session.attempt(sql);
        if (!answer.accepted) throw new SabotageRefused(answer.error.message);
      }
      await committed(session);
    } finally {
      await session.close();
    }
    return playSessions(clone, one);
  });
}

/** PostgreSQL refuses the sabotage, which proves nothing. */
export class SabotageRefused extends Error {
  override readonly name = "SabotageRefused";
}

async function committed(session: Session): Promise<void> {
  const answer = await session.commit();
  if (!answer.accepted) throw new Error(`the fixture is refused: ${answer.error.message}`);
}

/** Constraints and constraint triggers that are initially deferred, as SQL text. */
function initiallyDeferred(catalog: Catalog): readonly string[] {
  const names = new Set<string>();
  for (const { kind, name, on = "", properties } of catalog.values()) {
    if ((kind !== "constraint" && kind !== "trigger") || properties.deferred !== true) continue;
    const schema = /^("(?:[^"]|"")*"|[^.]+)\./.exec(on)?.[1];
    if (schema !== undefined) names.add(`${schema}.${quoted(name)}`);
  }
  return [...names].sort();
}
