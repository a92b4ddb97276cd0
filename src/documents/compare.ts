import { isDeepStrictEqual } from "node:util";
import type { Json } from "../model/json.ts";
import { atMost, type Difference, oneLine } from "./difference.ts";
import { checkHolds, type Derived, type DerivedCheck, type DerivedGate, holds, says } from "./document.ts";

export type { Difference } from "./difference.ts";

/**
 * The data of a document against what this run derives, the worst first. A document claims more where it says that a gate
 * or a check holds which this run did not find to hold, or knows nothing of; where it speaks of another phase, or of
 * another content of a migration. Where plan and document ask for different things, the document is out of date: whether
 * the plan asks for less now is for the ratchet to say, and what it asks now was judged by this run.
 */
export function compare(document: Derived, run: Derived): readonly Difference[] {
  if (document.phase !== run.phase) {
    return [{ what: "phase", document: oneLine(document.phase), run: oneLine(run.phase), claimsMore: true }];
  }
  return atMost([
    ...stale("title", document.title, run.title),
    ...stale("plan", document.plan, run.plan),
    ...stale("after", [...document.after], [...run.after]),
    ...stale("owns", document.owns, run.owns),
    ...migrations(document.migrations, run.migrations),
    ...gates(document, run),
  ]);
}

/** What says nothing of whether something holds; absent where both are the same. */
function stale(what: string, document: Json | undefined, run: Json | undefined): readonly Difference[] {
  if (isDeepStrictEqual(document, run)) return [];
  const [one, other] = apart(shown(document), shown(run));
  return [{ what, document: one, run: other, claimsMore: false }];
}

const shown = (value: Json | undefined): string => (value === undefined ? "nothing" : JSON.stringify(value));

/** Two long values, cut so that they still differ. */
function apart(one: string, other: string): readonly [string, string] {
  let same = 0;
  while (same < one.length && one[same] === other[same]) same += 1;
  const start = same > 60 ? same - 20 : 0;
  const part = (text: string) => oneLine(`${start > 0 ? "…" : ""}${text.slice(start)}`);
  return [part(one), part(other)];
}

function migrations(document: Derived["migrations"], run: Derived["migrations"]): readonly Difference[] {
  const differences = document.flatMap(({ name, sha256 }): readonly Difference[] => {
    const now = run.find((each) => each.name === name);
    if (now?.sha256 === sha256) return [];
    return [
      {
        what: `migration ${oneLine(name)}`,
        document: `sha256 ${sha256.slice(0, 12)}…`,
        run: now ? `sha256 ${now.sha256.slice(0, 12)}…` : "no such migration",
        claimsMore: true,
      },
    ];
  });
  const added = run.filter(({ name }) => !document.some((each) => each.name === name));
  return [
    ...differences,
    ...added.map(({ name }) => ({
      what: `migration ${oneLine(name)}`,
      document: "nothing of it",
      run: "one more",
      claimsMore: false,
    })),
    ...order(
      "order of migrations",
      document.map(({ name }) => name),
      run.map(({ name }) => name),
    ),
  ];
}

/** The same things in another order. */
function order(what: string, document: readonly string[], run: readonly string[]): readonly Difference[] {
  return isDeepStrictEqual(document.toSorted(), run.toSorted()) ? stale(what, [...document], [...run]) : [];
}

function gates(document: Derived, run: Derived): readonly Difference[] {
  const passes = says({ derived: document }) === "PASS";
  const known = new Set(document.gates.map(({ id }) => id));
  return [
    ...document.gates.flatMap((gate): readonly Difference[] => {
      const now = run.gates.find(({ id }) => id === gate.id);
      if (now) return gateDifferences(gate, now);
      return [{ what: `gate ${gate.id}`, document: gate.verdict, run: "no such gate", claimsMore: holds(gate) }];
    }),
    ...run.gates
      .filter(({ id }) => !known.has(id))
      .map((gate) => ({
        what: `gate ${gate.id}`,
        document: "nothing of it",
        run: gate.verdict,
        // PASS is said of the phase, and so of every gate that counts.
        claimsMore: passes && gate.blocking && !holds(gate),
      })),
    ...order(
      "order of gates",
      document.gates.map(({ id }) => id),
      run.gates.map(({ id }) => id),
    ),
  ];
}

function gateDifferences(document: DerivedGate, run: DerivedGate): readonly Difference[] {
  const gate = `gate ${run.id}`;
  const checks = checkDifferences(gate, document.checks, run.checks);
  const isTold = checks.some(({ claimsMore }) => claimsMore);
  return [
    ...stale(`${gate}, title`, document.title, run.title),
    ...stale(`${gate}, requirement`, document.requirement, run.requirement),
    ...stale(`${gate}, blocking`, document.blocking, run.blocking),
    ...stale(`${gate}, until`, document.until, run.until),
    ...(document.verdict === run.verdict || isTold
      ? []
      : [{ what: gate, document: document.verdict, run: run.verdict, claimsMore: isMore(document, run) }]),
    ...checks,
  ];
}

/** Proven is more than asked. */
const isMore = (document: DerivedGate | DerivedCheck, run: DerivedGate | DerivedCheck): boolean => {
  const good = (verdict: DerivedGate["verdict"]) => (verdict === "passed" ? 2 : verdict === "asked" ? 1 : 0);
  return good(document.verdict) > good(run.verdict);
};

/** Each check with the one that asks for the same, and what is left with what is left of its kind. */
function checkDifferences(
  gate: string,
  document: readonly DerivedCheck[],
  run: readonly DerivedCheck[],
): readonly Difference[] {
  const left = [...run];
  const take = (matches: (check: DerivedCheck) => boolean): DerivedCheck | undefined => {
    const at = left.findIndex(matches);
    return at === -1 ? undefined : left.splice(at, 1)[0];
  };
  const exact = document.map((check) =>
    take(({ kind, params }) => kind === check.kind && isDeepStrictEqual(params, check.params)),
  );
  const pairs = document.map((check, index) => ({
    check,
    now: exact[index] ?? take(({ kind }) => kind === check.kind),
  }));
  const inOrder = run.filter((check) => pairs.some(({ now }) => now === check));
  const sameOrder = pairs.flatMap(({ now }) => now ?? []).every((now, index) => now === inOrder[index]);
  return [
    ...pairs.flatMap(({ check, now }): readonly Difference[] => {
      const what = `${gate}, ${check.kind} "${oneLine(check.claim, 60)}"`;
      if (now) return pairDifferences(what, check, now);
      return [{ what, document: check.verdict, run: "no such check", claimsMore: checkHolds(check) }];
    }),
    ...left.map((check) => ({
      what: `${gate}, ${check.kind} "${oneLine(check.claim, 60)}"`,
      document: "nothing of it",
      run: check.verdict,
      claimsMore: false,
    })),
    ...(sameOrder ? [] : [{ what: `${gate}, order of checks`, document: "one", run: "another", claimsMore: false }]),
  ];
}

function pairDifferences(what: string, document: DerivedCheck, run: DerivedCheck): readonly Difference[] {
  const verdictOf = ({ verdict, codes }: DerivedCheck) =>
    codes.length === 0 ? verdict : oneLine(`${verdict} (${codes.join(", ")})`);
  const params = stale(`${what}, what the plan asks`, document.params, run.params);
  return [
    ...params,
    // What a check claims follows from what it is asked.
    ...(params.length > 0 ? [] : stale(`${what}, claim`, document.claim, run.claim)),
    ...stale(`${what}, holds-before`, document.holdsBefore, run.holdsBefore),
    ...stale(`${what}, before the phase`, document.before, run.before),
    ...(document.verdict === run.verdict && isDeepStrictEqual(document.codes, run.codes)
      ? []
      : [{ what, document: verdictOf(document), run: verdictOf(run), claimsMore: isMore(document, run) }]),
  ];
}
