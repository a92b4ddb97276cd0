import { mutantName, type SchemaMutant, schemaMutants } from "../catalog/mutants.ts";
import type { Catalog, Laboratory } from "../model/ports.ts";
import { baseline, type Red, redSessions } from "./baseline.ts";
import { type Class, classify, unchanged } from "./classify.ts";
import { aimOf, type Decides, decides } from "./decided.ts";
import { type Desk, openDesks } from "./desk.ts";
import { inTurns, workers } from "./in-turns.ts";
import { type Kill, noticed } from "./kill.ts";
import { once } from "./once.ts";
import { distanceTo, far } from "./relevance.ts";
import { runSessions } from "./run.ts";
import { type SessionsCase, type SingleCase, type Suite, type SuiteFile, sessionsOf } from "./suite.ts";

export interface CoverageRequest {
  readonly suites: readonly SuiteFile[];
  /** Tables and views as the catalog names them: `public.a`. */
  readonly tables: readonly string[];
  /** Roles that could be granted too much, besides those that hold a privilege. */
  readonly roles: readonly string[];
  /**
   * How many cases that notice a mutant are looked for; 1 unless told. 2 tells which case is the only one, Infinity gives the
   * whole matrix, for which every case is shown every mutant.
   */
  readonly killers?: number;
  /** Only these mutants are shown; all, where it is absent. */
  readonly only?: (name: string) => boolean;
  /** Told as mutants are taken up and settled by the cases of one session, for whoever waits or measures. */
  readonly onMutant?: (event: "begun" | "done", name: string) => void;
}

/** What noticed a mutant. */
export type Killer =
  | { readonly file: string; readonly case: string; readonly how: Kill }
  /** Rows that the file's fixture writes cannot be there with the mutant, so that none of its cases could run. */
  | { readonly file: string; readonly how: "fixture" };

export type Fate =
  | { readonly status: "killed"; readonly by: readonly [Killer, ...Killer[]] }
  /** Every case of every suite was shown it and held. */
  | { readonly status: "survived" }
  | { readonly status: "stillborn"; readonly reason: string }
  | { readonly status: "equivalent"; readonly rule: string }
  /** Who noticed it all the same, which nobody has to. */
  | { readonly status: "redundant"; readonly rule: string; readonly by: readonly Killer[] };

export interface Covered {
  readonly mutant: SchemaMutant;
  readonly fate: Fate;
}

export type Coverage =
  /** The suites do not hold without any mutant: nothing can be learned from them. */
  | { readonly status: "red"; readonly red: readonly [Red, ...Red[]] }
  | { readonly status: "measured"; readonly mutants: readonly Covered[] };

/**
 * Shows the suites every mutant of the tables, and tells what became of each. The same in every run: which mutant is tried
 * when depends on the load of the machine, but each meets the cases in an order of its own, the nearest first.
 *
 * Every suite has its fixture loaded once for each of two workers, in clones that stay open; a mutant is made in a
 * savepoint there, and the first case that notices it ends it. Cases of several sessions cost a clone each, so they are
 * asked last, and only about mutants that no other case noticed; but all of them are asked before one has survived. What a
 * case reads in the catalogs notices nothing, except who has a privilege.
 * @throws where the suites hold alone, and then not in company
 */
export async function coverage(
  { suites, tables, roles, killers = 1, only = () => true, onMutant }: CoverageRequest,
  laboratory: Pick<Laboratory, "clone">,
): Promise<Coverage> {
  const [red, ...more] = await baseline(suites, laboratory);
  if (red) return { status: "red", red: [red, ...more] };
  return laboratory.clone(async (bare) => {
    const all = schemaMutants(bare.catalog, { tables, roles, ofKeys: true });
    const mutants = all.filter((mutant) => only(mutantName(mutant)));
    // Of all, because what is redundant depends on what else is.
    const classes = await once(laboratory, `classes ${JSON.stringify([tables, roles])}`, () => classify(all, bare));
    const shown = mutants.filter((mutant) => isShown(classes.get(mutantName(mutant))));
    const found = new Map<string, Killer[]>(shown.map((mutant) => [mutantName(mutant), []]));
    const open = () =>
      shown.filter((mutant) => {
        const name = mutantName(mutant);
        return !classes.has(name) && (found.get(name)?.length ?? 0) < killers;
      });

    const again: Red[] = [];
    await workers(shown, (take) =>
      openDesks(suites, laboratory, async (desks) => {
        again.push(...(await playAll(desks)), ...(await playAll(desks)));
        if (again.length > 0) return;
        const near = nearness(desks, bare.catalog);
        for (let turn = take(); turn; turn = take()) {
          const name = mutantName(turn.item);
          onMutant?.("begun", name);
          found.set(name, await shownTo(desks, turn.item, near, killers));
          onMutant?.("done", name);
        }
        // What mutants and cases could have left behind would have shown in later ones.
        again.push(...(await playAll(desks)));
      }),
    );
    const [redAgain, ...redToo] = distinct(again);
    if (redAgain) return { status: "red", red: [redAgain, ...redToo] };

    const same = await unchanged(killers === 1 ? open() : [], bare);
    const sessions = sessionsOf(suites).map((one) => ({
      ...one,
      distance: distanceTo(one.one, bare.catalog),
      decide: decides(one.suite, bare.catalog),
    }));
    const left = open().filter((mutant) => !same.has(mutantName(mutant)));
    await inTurns(left, async (mutant) => {
      const so = found.get(mutantName(mutant)) ?? [];
      const spoilt = new Set(so.flatMap(({ file, how }) => (how === "fixture" ? [file] : [])));
      const possible = sessions.filter(({ file }) => !spoilt.has(file));
      so.push(...(await shownInSessions(possible, mutant, killers - so.length, laboratory)));
    });
    const [redAfter, ...redBesides] = await redSessions(
      sessionsOf(suites).filter(({ file, one }) => isKiller(found, file, one.name)),
      laboratory,
    );
    if (redAfter) return { status: "red", red: [redAfter, ...redBesides] };
    return {
      status: "measured",
      mutants: mutants.map((mutant) => {
        const name = mutantName(mutant);
        return { mutant, fate: fateOf(classes.get(name), found.get(name) ?? [], same.has(name)) };
      }),
    };
  });
}

const isKiller = (found: ReadonlyMap<string, readonly Killer[]>, file: string, name: string): boolean =>
  [...found.values()].flat().some((killer) => killer.file === file && "case" in killer && killer.case === name);

/** Redundant mutants are shown to the cases, although nobody has to notice them: the score is told with them, too. */
const isShown = (known: Class | undefined) => known === undefined || known.status === "redundant";

function fateOf(known: Class | undefined, by: readonly Killer[], isUnchanged: boolean): Fate {
  if (known?.status === "redundant") return { ...known, by };
  if (known) return known;
  if (isUnchanged) return { status: "equivalent", rule: "the whole catalog is the same after it" };
  const [first, ...others] = by;
  return first ? { status: "killed", by: [first, ...others] } : { status: "survived" };
}

/** Every case once more, as the mutants meet it: in a transaction that others went through before. */
async function playAll(desks: readonly Desk[]): Promise<Red[]> {
  const red: Red[] = [];
  for (const desk of desks)
    for (const one of desk.cases) {
      const result = await desk.play(one);
      if (result.status === "failed")
        red.push({ file: desk.file, case: one.name, reason: result.reason, time: "again" });
    }
  return red;
}

/** Both workers, and each of their rounds, may find the same. */
const distinct = (red: readonly Red[]): readonly Red[] =>
  [...new Map(red.map((one) => [`${one.file} ${"case" in one ? one.case : ""}`, one])).entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, one]) => one);

type Nearness = ReadonlyMap<SingleCase, (mutant: SchemaMutant) => number>;

const nearness = (desks: readonly Desk[], catalog: Catalog): Nearness =>
  new Map(desks.flatMap(({ cases }) => cases.map((one) => [one, distanceTo(one, catalog)] as const)));

/** Cases of one file, in the order in which a mutant meets them. */
interface Round {
  readonly desk: Desk;
  readonly cases: readonly SingleCase[];
}

/** First the cases of every file that have to do with the mutant, the file with the nearest first; then all others. */
function rounds(desks: readonly Desk[], mutant: SchemaMutant, near: Nearness): readonly Round[] {
  const sorted = desks.map((desk) => ({
    desk,
    cases: desk.cases
      .map((one) => ({ one, distance: near.get(one)?.(mutant) ?? far }))
      .sort((a, b) => a.distance - b.distance),
  }));
  const part = (wanted: (distance: number) => boolean) =>
    sorted
      .map(({ desk, cases }) => ({ desk, cases: cases.filter(({ distance }) => wanted(distance)) }))
      .filter(({ cases }) => cases.length > 0)
      .sort((a, b) => (a.cases[0]?.distance ?? far) - (b.cases[0]?.distance ?? far));
  const all = [...part((distance) => distance < far), ...part((distance) => distance >= far)];
  return all.map(({ desk, cases }) => ({ desk, cases: cases.map(({ one }) => one) }));
}

async function shownTo(
  desks: readonly Desk[],
  mutant: SchemaMutant,
  near: Nearness,
  killers: number,
): Promise<Killer[]> {
  const found: Killer[] = [];
  for (const { desk, cases } of rounds(desks, mutant, near)) {
    if (found.length >= killers) break;
    const { file } = desk;
    const seen = await desk.show(mutant, async () => {
      for (const one of cases) {
        const result = await desk.play(one);
        const how = noticed(result);
        if (how && desk.decides(one, result, aimOf(mutant))) found.push({ file, case: one.name, how });
        if (found.length >= killers) return;
      }
    });
    if (seen === "fixture" && !found.some((killer) => killer.file === file)) found.push({ file, how: "fixture" });
  }
  return found;
}

interface Distant {
  readonly file: string;
  readonly suite: Suite;
  readonly one: SessionsCase;
  readonly distance: (mutant: SchemaMutant) => number;
  readonly decide: Decides;
}

async function shownInSessions(
  cases: readonly Distant[],
  mutant: SchemaMutant,
  killers: number,
  laboratory: Pick<Laboratory, "clone">,
): Promise<Killer[]> {
  const found: Killer[] = [];
  const ordered = cases.map((one) => ({ ...one, far: one.distance(mutant) })).sort((a, b) => a.far - b.far);
  for (const { file, suite, one, decide } of ordered) {
    if (found.length >= killers) break;
    const result = await runSessions(suite, one, laboratory, mutant.sql);
    const how = noticed(result);
    if (how && decide(one, result, aimOf(mutant))) found.push({ file, case: one.name, how });
  }
  return found;
}
