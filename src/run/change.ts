/** What a change does to the phases of a plan, by its files. Pure; what its migrations do to objects is in `effects.ts`. */

import type { FileChange, Tree } from "../model/ports.ts";
import type { Finding, Place, Violation } from "../model/report.ts";
import { matches, type Ownership, ownership } from "../plan/ownership.ts";
import type { ReadPlan } from "../plan/read.ts";

/** What the change is measured against. */
export interface Against {
  /** The plan as it is on base; absent where base has none: an adoption. */
  readonly plan?: ReadPlan;
  readonly tree: Tree;
  readonly changes: readonly FileChange[];
  /** Gates that fail at base too. Asked only where a gate of a phase fails whose document at base says PASS. */
  failing(): Promise<ReadonlySet<string>>;
}

/** File names of a tree's migrations, in running order. */
export type NamesOf = (tree: Tree) => readonly string[];

/** Where the verification document of a phase lies. */
export const documentPath = ({ plan }: ReadPlan, phase: string): string => plan.documents.replaceAll("{phase}", phase);

/** Paths that base's plan gives to a phase, in base's tree. */
function ownedAtBase({ plan, tree }: Against, names: NamesOf): ReadonlyMap<string, readonly string[]> {
  const paths = new Map<string, readonly string[]>();
  if (!plan) return paths;
  const { dir } = plan.plan.migrations;
  const { phases } = ownership(plan, names(tree), tree.list());
  for (const [phase, { migrations, files }] of phases)
    paths.set(phase, [...migrations.map((name) => `${dir}/${name}`), ...files]);
  return paths;
}

/** What a change does to one phase. */
export interface Touched {
  /** Changed files that the phase owns at head or owned at base. */
  readonly files: readonly FileChange[];
  /** Those of them that are migrations. */
  readonly migrations: readonly FileChange[];
  /** Its document was written, altered or removed. */
  readonly document?: FileChange;
}

export function touchedPhases(
  read: ReadPlan,
  owned: Ownership,
  against: Against,
  names: NamesOf,
): ReadonlyMap<string, Touched> {
  const before = ownedAtBase(against, names);
  const touched = new Map<string, Touched>();
  for (const phase of read.plan.phases) {
    const { id } = phase;
    const now = owned.phases.get(id);
    const dir = `${read.plan.migrations.dir}/`;
    const paths = new Set([
      ...(now?.migrations.map((name) => `${dir}${name}`) ?? []),
      ...(now?.files ?? []),
      ...(before.get(id) ?? []),
    ]);
    // Of what is gone, the globs of head say whose it would be, also where base had no plan.
    const globs = (phase.owns.files ?? []).map(matches);
    const files = against.changes.filter(
      ({ path, how }) => paths.has(path) || (how === "deleted" && globs.some((match) => match(path))),
    );
    const baseDir = `${against.plan?.plan.migrations.dir ?? read.plan.migrations.dir}/`;
    const document = against.changes.find(({ path }) => path === documentPath(read, id));
    touched.set(id, {
      files,
      migrations: files.filter(({ path }) => path.startsWith(dir) || path.startsWith(baseDir)),
      ...(document ? { document } : {}),
    });
  }
  return touched;
}

/** A new migration that would run before one that base already has: node-pg-migrate refuses that, or runs it too late. */
export function outOfOrder(
  migrations: readonly { readonly path: string }[],
  { changes, tree, plan }: Against,
  names: NamesOf,
): readonly Violation[] {
  if (!plan) return [];
  const { dir } = plan.plan.migrations;
  const paths = migrations.map(({ path }) => path);
  const known = new Set(names(tree).map((name) => `${dir}/${name}`));
  const lastKnown = paths.findLastIndex((path) => known.has(path));
  const added = new Set(changes.filter(({ how }) => how === "added").map(({ path }) => path));
  return paths.slice(0, Math.max(0, lastKnown)).flatMap((path, index): readonly Violation[] => {
    if (!added.has(path)) return [];
    const later = paths.slice(index + 1).filter((other) => known.has(other));
    const place: Place = { file: path, line: 1 };
    const finding: Finding = {
      code: "migration-out-of-order",
      message: `${path} sorts before ${later.at(-1)}, which base already has; databases that have run that one would get this one out of order.`,
      help: "Give it a later time in its name: `git mv` it to the time of now.",
      place,
    };
    return [{ code: "migration-out-of-order", findings: [finding], place, consequences: [] }];
  });
}
