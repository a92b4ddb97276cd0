import { nameIn } from "../catalog/identity.ts";
import { mutantName, type SchemaMutant } from "../catalog/mutants.ts";
import { queryCatalog } from "../catalog/query.ts";
import type { Catalog } from "../model/ports.ts";
import { readName } from "../sql/identifier.ts";
import type { Red } from "../suites/baseline.ts";
import { type Covered, coverage, type Fate, type Killer } from "../suites/coverage.ts";
import { once } from "../suites/once.ts";
import { readSuite } from "../suites/read.ts";
import { inWords } from "../suites/result.ts";
import type { SuiteFile } from "../suites/suite.ts";
import type { LaboratoryWorld } from "./kind.ts";
import { parts } from "./params.ts";
import { matched } from "./suite-files.ts";

/** What noticed a mutant first, in the order in which it meets the cases; `case` is null where it was the fixture. */
export type SeenKiller = {
  readonly file: string;
  readonly case: string | null;
  /** An assertion turned, a statement that the case needs is refused, or the fixture's rows do not go with the mutant. */
  readonly how: "assertion" | "refusal" | "fixture";
};

/** One mutant, and what became of it. */
export type SeenMutant = {
  /** `object: operator`, by which an exception names it. */
  readonly name: string;
  /** What sort of rule, and what is done to it: `check: dropped`. */
  readonly operator: string;
  /** The table or view that it hangs on; `null` of a function that a trigger calls. */
  readonly on: string | null;
  readonly sql: readonly string[];
  readonly status: Fate["status"];
  readonly by: SeenKiller | null;
  /** Why it need not be noticed. */
  readonly reason: string | null;
};

export type OperatorCount = { readonly operator: string; readonly mutants: number } & {
  readonly [Status in Fate["status"]]: number;
};

/** Something of the suites that does not hold although nothing is sabotaged. */
export type SeenRed = { readonly file: string; readonly line: number; readonly found: string };

export type Observed = {
  /** Globs that match no file. */
  readonly unmatched: readonly string[];
  /** Tables, views and roles that do not exist. */
  readonly missing: { readonly tables: readonly string[]; readonly roles: readonly string[] };
  readonly suites: readonly { readonly file: string; readonly cases: number }[];
  readonly red: readonly SeenRed[];
  readonly mutants: readonly SeenMutant[];
  readonly operators: readonly OperatorCount[];
  readonly score: Score;
};

/** Killed of those that can be, and noticed of all that PostgreSQL accepts, with those that need not be. */
export type Score = {
  readonly killed: number;
  readonly killable: number;
  readonly noticed: number;
  readonly accepted: number;
};

export interface CoverageParams {
  readonly suites: readonly string[];
  readonly tables: readonly string[];
  readonly roles?: readonly string[] | undefined;
  readonly exceptions?: readonly { readonly mutant: string; readonly reason: string }[] | undefined;
}

/** Reads the suites and shows them the mutants: once in a laboratory, however often it is asked. */
export async function lookAtCoverage(world: LaboratoryWorld, params: CoverageParams): Promise<Observed> {
  const { paths, unmatched } = matched(params.suites, world.tree);
  const { readable, red, texts } = await readAll(paths, world);
  const { catalog, tables, missing } = await namesIn(world, params);
  const suites = readable.map(({ file, suite }) => ({ file, cases: suite.cases.length }));
  const nothing = { unmatched, missing, suites, red, ...counted([]) };
  if (red.length > 0 || readable.length === 0) return nothing;
  const roles = (params.roles ?? []).filter((role) => !missing.roles.includes(role));
  const found = await once(world.laboratory, JSON.stringify(["coverage", texts, tables, roles]), () =>
    coverage({ suites: readable, tables, roles }, world.laboratory),
  );
  if (found.status === "red") return { ...nothing, red: found.red.map(seenRed) };
  return { ...nothing, ...counted(found.mutants.map((one) => seenMutant(one, catalog))) };
}

/** The suites that can be read, and what is wrong with the others. */
async function readAll(paths: readonly string[], { tree }: Pick<LaboratoryWorld, "tree">) {
  const readable: SuiteFile[] = [];
  const red: SeenRed[] = [];
  const texts: [file: string, text: string][] = [];
  for (const file of paths) {
    const text = tree.read(file) ?? "";
    const read = await readSuite(text);
    texts.push([file, text]);
    if (read.status === "read") readable.push({ file, suite: read.suite });
    else red.push(...read.mistakes.map(({ line, message }) => ({ file, line, found: message })));
  }
  return { readable, red, texts };
}

const relations = ["table", "foreign table", "view", "materialized view"];

/** What the plan's names are in the catalog. */
async function namesIn({ laboratory }: LaboratoryWorld, { tables, roles = [] }: CoverageParams) {
  const { catalog, known } = await laboratory.clone(async (clone) => {
    const rows = await clone.transaction((database) =>
      queryCatalog<{ name: string }>(database, "SELECT rolname AS name FROM pg_catalog.pg_roles"),
    );
    return { catalog: clone.catalog, known: rows.map(({ name }) => name) };
  });
  const identities = new Map(
    [...catalog.values()].flatMap((object) => {
      const name = relations.includes(object.kind) ? readName(nameIn(object)) : undefined;
      return name ? [[JSON.stringify(name), nameIn(object)] as const] : [];
    }),
  );
  const identityOf = (table: string) => identities.get(JSON.stringify(parts(table)));
  return {
    catalog,
    tables: [...new Set(tables.flatMap((table) => identityOf(table) ?? []))].sort(),
    missing: {
      tables: tables.filter((table) => identityOf(table) === undefined),
      roles: roles.filter((role) => !known.includes(role)),
    },
  };
}

function seenRed(red: Red): SeenRed {
  const { file } = red;
  if (red.time === "fixture") return { file, line: red.line, found: `the fixture is refused: ${red.found}` };
  const again = red.time === "again" ? ", when it is run again" : "";
  return { file, line: red.reason.line, found: `case "${red.case}"${again}: ${inWords(red.reason).message}` };
}

function seenMutant({ mutant, fate }: Covered, catalog: Catalog): SeenMutant {
  const first = "by" in fate ? fate.by[0] : undefined;
  return {
    name: mutantName(mutant),
    operator: operatorOf(mutant, catalog),
    on: mutant.on ?? null,
    sql: mutant.sql,
    status: fate.status,
    by: first ? seenKiller(first) : null,
    reason: "rule" in fate ? fate.rule : "reason" in fate ? fate.reason : null,
  };
}

const seenKiller = (killer: Killer): SeenKiller => ({
  file: killer.file,
  case: "case" in killer ? killer.case : null,
  how: killer.how,
});

/** The sort of the object and what is done to it; for which role and to which table is in the mutant's name. */
function operatorOf({ object, operator }: SchemaMutant, catalog: Catalog): string {
  const { kind = "", properties } = catalog.get(object) ?? {};
  if (/ granted to /.test(operator)) return "grant: added";
  if (kind === "grant") return "grant: removed";
  const sort = kind === "constraint" ? String(properties?.type) : kind === "index" ? "unique index" : kind;
  return `${sort}: ${operator}`;
}

/** Mutants with what is derived from them. */
export function counted(mutants: readonly SeenMutant[]): Pick<Observed, "mutants" | "operators" | "score"> {
  const operators = [...Map.groupBy(mutants, ({ operator }) => operator)]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([operator, all]): OperatorCount => {
      const of = (status: Fate["status"]) => all.filter((mutant) => mutant.status === status).length;
      const [killed, survived] = [of("killed"), of("survived")];
      const rest = { stillborn: of("stillborn"), equivalent: of("equivalent"), redundant: of("redundant") };
      return { operator, mutants: all.length, killed, survived, ...rest };
    });
  const killable = mutants.filter(({ status }) => status === "killed" || status === "survived");
  const score = {
    killed: killable.filter(({ status }) => status === "killed").length,
    killable: killable.length,
    noticed: mutants.filter(({ by }) => by !== null).length,
    accepted: mutants.filter(({ status }) => status !== "stillborn").length,
  };
  return { mutants, operators, score };
}
