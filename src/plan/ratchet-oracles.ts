/** How the files that checks of verified phases compare with differ from base. */

import { isDeepStrictEqual } from "node:util";
import picomatch from "picomatch";
import { bytesOf, type Tree } from "../model/ports.ts";
import type { PlanDifference } from "../model/report.ts";
import { kindOf, type OracleChange, type RatchetKinds, type RatchetRequest } from "./ratchet-request.ts";
import { some } from "./ratchet-words.ts";
import type { ReadPlan } from "./read.ts";

/** A check that compares with a file. */
export interface Guard {
  readonly phase: string;
  readonly gate: string;
  readonly kind: string;
}

/** The oracle files of these phases that a tree has, sorted, with the checks that compare with them. */
export function guardedFiles(
  { plan }: ReadPlan,
  kinds: RatchetKinds,
  tree: Tree,
  claimed: ReadonlySet<string>,
): ReadonlyMap<string, readonly Guard[]> {
  const guarded = new Map<string, Guard[]>();
  const paths = tree.list();
  for (const phase of plan.phases.filter(({ id }) => claimed.has(id))) {
    for (const gate of phase.gates) {
      for (const { kind, params } of gate.checks) {
        const globs = kindOf(kinds, kind).oracles?.(params) ?? [];
        for (const path of paths.filter(named(globs)))
          guarded.set(path, [...(guarded.get(path) ?? []), { phase: phase.id, gate: gate.id, kind }]);
      }
    }
  }
  return new Map([...guarded].sort(([one], [other]) => (one < other ? -1 : 1)));
}

/** As the kinds read their globs; a path that looks like a glob matches itself. */
function named(globs: readonly string[]): (path: string) => boolean {
  const all = globs.map((glob) => picomatch(glob, { dot: true }));
  return (path) => all.some((match) => match(path));
}

/** Every file once. */
export async function oracleDifferences(request: RatchetRequest): Promise<PlanDifference[]> {
  const { base, head, kinds, baseTree, headTree, claimed } = request;
  const before = guardedFiles(base, kinds, baseTree, claimed);
  const told: PlanDifference[] = [];
  for (const [path, guards] of before) {
    const difference = await fileDifference(request, path, guards);
    if (difference) told.push(difference);
  }
  const known = new Set(baseTree.list());
  for (const [path, guards] of guardedFiles(head, kinds, headTree, claimed)) {
    if (!known.has(path)) told.push(difference(path, guards, "neutral", " is new"));
  }
  return told;
}

async function fileDifference(
  { kinds, baseTree, headTree, laboratory }: RatchetRequest,
  path: string,
  guards: readonly Guard[],
): Promise<PlanDifference | undefined> {
  if (!headTree.list().includes(path)) return difference(path, guards, "weaker", " is gone");
  const [base, head] = [textOf(baseTree, path), textOf(headTree, path)];
  if (base === undefined || head === undefined) {
    const same = isDeepStrictEqual(bytesOf(baseTree, path), bytesOf(headTree, path));
    return same ? undefined : difference(path, guards, "weaker", " is changed");
  }
  if (base === head) return undefined;
  const changes = await changesOf(kinds, guards, { path, base, head }, laboratory);
  const worst = (["weaker", "stronger", "same"] as const).find((one) =>
    changes.some(({ strength }) => strength === one),
  );
  if (worst === undefined) return undefined;
  const [first, ...more] = changes.filter(({ strength }) => strength === worst);
  const why = some([first, ...more].flatMap((change) => change?.why ?? []));
  return difference(path, guards, worst === "same" ? "neutral" : worst, `: ${why}`, first?.line);
}

/** What every kind that compares with the file says of its new version; what several say, once. */
async function changesOf(
  kinds: RatchetKinds,
  guards: readonly Guard[],
  { path, base, head }: { readonly path: string; readonly base: string; readonly head: string },
  laboratory: RatchetRequest["laboratory"],
): Promise<readonly OracleChange[]> {
  const all: OracleChange[] = [];
  const unread: readonly OracleChange[] = [{ strength: "weaker", why: "it is changed" }];
  // Kinds that read a file in the same way say the same of it.
  for (const changes of new Set(guards.map(({ kind }) => kindOf(kinds, kind).oracleChanges)))
    all.push(...((await changes?.(path, base, head, laboratory)) ?? unread));
  return all.filter((change, at) => all.findIndex(({ why }) => why === change.why) === at);
}

/** Without what editors put around it; `undefined` of what is no text. */
function textOf(tree: Tree, path: string): string | undefined {
  try {
    return tree
      .read(path)
      ?.replace(/^\uFEFF/, "")
      .replaceAll("\r\n", "\n");
  } catch {
    return undefined; // no text: told like a file that is gone
  }
}

function difference(
  file: string,
  guards: readonly Guard[],
  direction: PlanDifference["direction"],
  what: string,
  line = 1,
): PlanDifference {
  const gates = [...new Set(guards.map(({ gate }) => gate))];
  const [first] = guards;
  return {
    direction,
    message: `${file} (oracle of ${some(gates)})${what}`,
    place: { file, line },
    ...(first ? { phase: first.phase, gate: first.gate } : {}),
  };
}
