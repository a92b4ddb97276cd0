import { expect, test } from "@jest/globals";
import { replay } from "../../src/run/replay.ts";
import { shadowFindings } from "../../src/run/shadows.ts";
import { cluster, migration, treeOf } from "../migrate/world.ts";

const server = cluster();

const shadow = `CREATE FUNCTION public.always(numeric, int) RETURNS boolean LANGUAGE sql AS 'SELECT true';
CREATE OPERATOR public.>= (LEFTARG = numeric, RIGHTARG = int, FUNCTION = public.always);`;
const nothing = "SELECT 1;";
const told = (line: number, file: string) =>
  `${file}:${line} The operator public.>=(numeric,integer) may be chosen in the place of PostgreSQL's own of that name, so that no check can tell what an expression means; expressions must mean what they say.`;

/** Two migrations of the phases A and B, and one of no phase; C has none. */
async function lookAt(texts: readonly [string, string, string], judged = true) {
  const files = Object.fromEntries(texts.map((text, index) => [`migrations/${index + 1}_m.sql`, migration(text)]));
  const tree = treeOf(files);
  const inner = server.get();
  const prefix = `${server.name()}_`;
  const databases = {
    ...inner,
    major: 18,
    create: (database: string) => inner.create(prefix + database),
    clone: (from: string, to: string) => inner.clone(prefix + from, prefix + to),
    transaction: <Result>(database: string, work: Parameters<typeof inner.transaction<Result>>[1]) =>
      inner.transaction(prefix + database, work),
  };
  const inside = server.tool();
  const migrations = { ...inside, open: (database: string) => inside.open(prefix + database) };
  const replayed = await replay(
    { databases, migrations, tree, progress: () => {} },
    new Set([0, 1, 2, 3]),
    new Set<number>(),
  );
  expect(replayed.failure).toBeUndefined();
  const surveyed = [
    { stage: { phase: "A", migrations: [0], before: 0, after: 1 }, judged },
    { stage: { phase: "B", migrations: [1], before: 1, after: 2 }, judged },
    { stage: { phase: "C", migrations: [] }, judged },
  ];
  const findings = await shadowFindings(replayed, surveyed, { databases, tree });
  return Object.fromEntries(
    [...findings].map(([phase, list]) => [
      phase,
      list.map(({ message, place }) => `${place?.file}:${place?.line} ${message}`),
    ]),
  );
}

test.each<readonly [name: string, texts: readonly [string, string, string], findings: object]>([
  ["nothing is in the place of anything", [nothing, nothing, nothing], { A: [], B: [], C: [] }],
  [
    "it is told of the phase that makes it and of those that come after it",
    [nothing, shadow, nothing],
    { A: [], B: [told(3, "migrations/2_m.sql")], C: [told(3, "migrations/2_m.sql")] },
  ],
  [
    "what comes after all phases is told of each",
    [nothing, nothing, shadow],
    {
      A: [told(3, "migrations/3_m.sql")],
      B: [told(3, "migrations/3_m.sql")],
      C: [told(3, "migrations/3_m.sql")],
    },
  ],
  [
    "what is gone when the next phase begins is told of the one only",
    [shadow, "DROP OPERATOR public.>= (numeric, int);", nothing],
    { A: [told(3, "migrations/1_m.sql")], B: [], C: [] },
  ],
])("%s", async (_, texts, findings) => {
  expect(await lookAt(texts)).toEqual(findings);
});

test("of a phase that is not judged nothing is told", async () => {
  expect(await lookAt([nothing, shadow, nothing], false)).toEqual({});
});
