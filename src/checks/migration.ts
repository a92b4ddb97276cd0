import picomatch from "picomatch";
import { z } from "zod";
import { compareCatalogs } from "../catalog/compare.ts";
import { textTraps } from "../migration/traps.ts";
import { defineLaboratoryKind, type KindFinding, type LaboratoryWorld, type Mutant } from "./kind.ts";
import { appended, instead, withoutDown } from "./migration-text.ts";
import { placeOf, type Refusal, refusals, refusalWords } from "./refusal.ts";
import { fixed, ordered } from "./strength.ts";

type Trap = { readonly code: string; readonly message: string; readonly help: string; readonly line: number };
type Tried = {
  readonly path: string;
  /** Whether the file is there. */
  readonly exists: boolean;
  readonly traps: readonly Trap[];
  readonly refused: readonly Refusal[];
  /** How many facts of the catalog the part changed; `null` where it did not come so far. */
  readonly upChanges: number | null;
  readonly downChanges: number | null;
};
type Observed = {
  /** Migrations of the phase that are named so. */
  readonly migrations: readonly Tried[];
  /** All migrations of the phase. */
  readonly phase: readonly string[];
};
type Code =
  | "no-migration"
  | "no-down"
  | "trap"
  | "up-refused"
  | "down-refused"
  | "up-changes-nothing"
  | "down-changes-nothing";

const fileName = (path: string): string => path.slice(path.lastIndexOf("/") + 1);

export const migration = defineLaboratoryKind({
  kind: "migration",
  summary: "A migration of the phase is named so, and has an up and a down part that each change the schema.",
  params: z.strictObject({
    name: z.string().min(1).describe("The file's name, or a glob of it: `*_enhance-allocation-schema.sql`."),
  }),
  codes: [
    "no-migration",
    "no-down",
    "trap",
    "up-refused",
    "down-refused",
    "up-changes-nothing",
    "down-changes-nothing",
  ],
  clones: "migrations",

  claim: ({ name }) => `${name} is a migration of the phase, with an up and a down part that each change the schema`,

  async observe(world, { name }) {
    const named = picomatch(name);
    const matching = world.subject.migrations.filter((path) => named(fileName(path)));
    const migrations: Tried[] = [];
    for (const path of matching) migrations.push(await tried(world, path));
    return {
      examined: world.subject.migrations.length,
      observed: { migrations, phase: world.subject.migrations.map(fileName) },
    };
  },

  judge({ name }, { migrations, phase }: Observed): KindFinding<Code>[] {
    const there = migrations.filter(({ exists }) => exists);
    if (there.length === 0) {
      const others = phase.length === 0 ? "the phase has no migrations" : `the phase has ${phase.join(", ")}`;
      return [
        {
          code: "no-migration",
          message: `No migration of the phase is named ${name}; ${others}.`,
          help: "Add the migration, or correct its name; once it is merged, a migration keeps its name.",
        },
      ];
    }
    return there.flatMap(findingsOf);
  },

  mutants(_, observed: Observed, { tree }) {
    const first = observed.migrations.find(({ path, exists }) => exists && path.endsWith(".sql"));
    const text = first && tree.read(first.path);
    return first && text !== undefined ? mutantsOf(first.path, text, observed) : onEvidence(observed);
  },

  strength: (base, head) => ordered(base, head, { name: fixed }),

  examples: [
    {
      setup: "-- Up Migration\nCREATE TABLE a (id int);\n\n-- Down Migration\nDROP TABLE a;\n",
      params: { name: "*_example.sql" },
    },
    {
      before: "CREATE TABLE a (id int)",
      setup:
        "-- Up Migration\nALTER TABLE a ADD COLUMN b int\n-- Down Migration\nALTER TABLE a DROP COLUMN b -- no semicolon",
      params: { name: "*.sql" },
    },
  ],
});

async function tried({ laboratory, tree }: LaboratoryWorld, path: string): Promise<Tried> {
  const text = tree.read(path);
  if (text === undefined) return { path, exists: false, traps: [], refused: [], upChanges: null, downChanges: null };
  const traps = path.toLowerCase().endsWith(".sql") ? await textTraps(path, text) : [];
  const { executions, catalogs } = await laboratory.rehearsing.roundTrip({ migration: path, tree, once: true });
  const { before, up, down } = catalogs;
  return {
    path,
    exists: true,
    traps: traps.map(({ code, message, help, place }) => ({ code, message, help, line: place?.line ?? 1 })),
    refused: refusals(executions),
    upChanges: up ? compareCatalogs(before, up).length : null,
    downChanges: up && down ? compareCatalogs(up, down).length : null,
  };
}

function findingsOf({ path, traps, refused, upChanges, downChanges }: Tried): KindFinding<Code>[] {
  const file = fileName(path);
  const findings = traps.map(
    ({ code, message, help, line }): KindFinding<Code> => ({
      code: code === "no-down" ? "no-down" : "trap",
      message,
      help,
      place: placeOf(path, line),
    }),
  );
  const noDown = traps.some(({ code }) => code === "no-down");
  for (const refusal of refused) {
    if (refusal.part === "down" && noDown) continue;
    findings.push({
      code: refusal.part === "up" ? "up-refused" : "down-refused",
      message: `The ${refusal.part} part of ${file} is refused: ${refusalWords(refusal)}; it was asked to run.`,
      help: "Correct the statement.",
      place: placeOf(path, refusal.line),
    });
  }
  if (upChanges === 0) {
    findings.push({
      code: "up-changes-nothing",
      message: `The up part of ${file} runs and leaves the schema as it was; it was asked to change something.`,
      help: "Write the change below `-- Up Migration`.",
      place: placeOf(path, null),
    });
  }
  if (downChanges === 0) {
    findings.push({
      code: "down-changes-nothing",
      message: `The down part of ${file} runs and leaves the schema as the up part made it; it was asked to undo something.`,
      help: "Write what undoes the up part below `-- Down Migration`.",
      place: placeOf(path, null),
    });
  }
  return findings;
}

/** Divides by zero in a statement of its own: refused, whatever the schema is. */
const refusedSql = "SELECT 1 / 0;";

function mutantsOf(path: string, text: string, observed: Observed): Mutant<Code, Observed>[] {
  const edits: readonly [name: string, text: string | undefined, provokes: Code][] = [
    ["its down part is gone", withoutDown(text), "no-down"],
    ["SQL stands before its first marker, where it never runs", `SELECT 1;\n${text}`, "trap"],
    ["its up part is refused", appended(text, "up", refusedSql), "up-refused"],
    ["its down part is refused", appended(text, "down", refusedSql), "down-refused"],
    ["its up part does nothing", instead(text, "up", "SELECT 1;"), "up-changes-nothing"],
    ["its down part does nothing", instead(text, "down", "SELECT 1;"), "down-changes-nothing"],
  ];
  const gone = Object.fromEntries(observed.migrations.map((one) => [one.path, undefined]));
  return [
    { name: "the file is gone", sabotage: { files: gone }, provokes: "no-migration" },
    ...edits.map(([name, edited, provokes]) => ({ name, sabotage: { files: { [path]: edited } }, provokes })),
  ];
}

/** For programs, whose text cannot be edited without understanding it. */
function onEvidence({ migrations, phase }: Observed): Mutant<Code, Observed>[] {
  const [first] = migrations;
  if (!first) return [];
  const refusal = (part: Refusal["part"]): Refusal => ({
    part,
    message: "division by zero",
    detail: null,
    line: 1,
    statement: refusedSql,
  });
  const trap = (code: string): Trap => ({ code, message: "a trap", help: "none", line: 1 });
  const edits: readonly [name: string, tried: Partial<Tried>, provokes: Code][] = [
    ["the file is gone", { exists: false }, "no-migration"],
    ["it has no down part", { traps: [trap("no-down")] }, "no-down"],
    ["it holds a trap", { traps: [trap("transaction-control")] }, "trap"],
    ["its up part is refused", { refused: [refusal("up")] }, "up-refused"],
    ["its down part is refused", { refused: [refusal("down")] }, "down-refused"],
    ["its up part does nothing", { upChanges: 0 }, "up-changes-nothing"],
    ["its down part does nothing", { downChanges: 0 }, "down-changes-nothing"],
  ];
  return edits.map(([name, changed, provokes]) => ({
    name,
    sabotage: { evidence: { phase, migrations: [{ ...first, ...changed }] } },
    provokes,
  }));
}
