/** What the documents claim of each phase, without a database: only a run says verified. DESIGN 4.3. */

import { isDeepStrictEqual } from "node:util";
import { type Claim, readClaim } from "../documents/read.ts";
import { readPlanOf } from "../judge.ts";
import { type BaseRequest, type Judged, type Measure, measure } from "../measure.ts";
import { listMigrations } from "../migration/list.ts";
import { bytesOf, type Tree } from "../model/ports.ts";
import type { Mistake } from "../model/report.ts";
import { ownership } from "../plan/ownership.ts";
import type { ReadPlan } from "../plan/read.ts";
import type { Phase } from "../plan/schema.ts";
import { documentPath } from "../run/change.ts";
import { hashesOf } from "../run/documents.ts";

export interface ClaimedPhase {
  readonly id: string;
  readonly title: string;
  readonly after: readonly string[];
  /** `claimed`: its document says PASS, for these migrations. Objects are not looked at, so a phase may have started unseen. */
  readonly state: "not-started" | "in-progress" | "claimed" | "prohibited";
  readonly document: string;
  /** The document on base says PASS for these migrations too; `undefined` where there is no base to ask. */
  readonly onBase: boolean | undefined;
  /** Base has a plan, and this phase is not in it: begun before its plan is merged, it is judged as a weaker plan. */
  readonly isNew: boolean;
  /** Predecessors that nothing can be built on yet, with the reason, and the plan that base does not have yet. */
  readonly blockers: readonly string[];
  /** Migrations that its document says PASS for, on base where there is one; whatever became of them since. */
  readonly verifiedWith: readonly string[];
  /** Files of it that exist. */
  readonly files: readonly string[];
  readonly owns: {
    /** Globs of paths, or the name of the last migration. */
    readonly migrations: readonly string[];
    readonly files: readonly string[];
    readonly objects: readonly string[];
  };
  readonly touches: readonly string[];
}

export interface Claims {
  readonly read: ReadPlan;
  readonly measure: Measure;
  /** In the order of the plan. */
  readonly phases: readonly ClaimedPhase[];
}

/** @throws where git cannot be asked */
export function claims(
  root: string,
  plan: string,
  request: BaseRequest,
  judged: Judged = "checkout",
):
  | Claims
  | { readonly mistakes: readonly [Mistake, ...Mistake[]] }
  | { readonly notJudged: string; readonly help: string } {
  const measuring = measure(root, plan, request, judged);
  if (!("measure" in measuring)) return measuring;
  const { tree, against } = measuring.measure;
  const reading = readPlanOf(tree, plan);
  if ("mistakes" in reading) return reading;
  const { read } = reading;
  const baseTree = against && likeHead(against, tree);
  const names = listMigrations(tree.list(), read.plan.migrations.dir).map(({ path }) =>
    path.slice(path.lastIndexOf("/") + 1),
  );
  const owned = ownership(read, names, tree.list());
  const phases: ClaimedPhase[] = [];
  const wants = new Map<string, string>();
  for (const phase of read.plan.phases) {
    const { migrations = [], files = [] } = owned.phases.get(phase.id) ?? {};
    const claimedHere = saysPass(read, tree, phase.id, migrations, tree);
    const asksBase = against?.plan !== undefined && read.plan.policy.predecessors === "base";
    const onBase = against?.plan && baseTree ? saysPass(against.plan, baseTree, phase.id, migrations, tree) : undefined;
    const document = documentPath(read, phase.id);
    const exists = migrations.length > 0 || files.length > 0 || tree.list().includes(document);
    const isNew = against?.plan !== undefined && !against.plan.plan.phases.some(({ id }) => id === phase.id);
    const blockers = [
      ...phase.after.flatMap((id) => wants.get(id) ?? []),
      ...(isNew ? [`${phase.id} is new in the plan, which has to be merged before it is begun`] : []),
    ];
    const missing = claimedHere
      ? asksBase && !onBase
        ? `${phase.id} is claimed verified in this checkout only, and not on base`
        : blockers.length > 0
          ? `${phase.id} is itself prohibited`
          : undefined
      : exists
        ? `${phase.id} has no document that says PASS for its migrations`
        : `${phase.id} has not been started`;
    if (missing !== undefined) wants.set(phase.id, missing);
    phases.push({
      id: phase.id,
      title: phase.title,
      after: phase.after,
      state: blockers.length > 0 ? "prohibited" : claimedHere ? "claimed" : exists ? "in-progress" : "not-started",
      document,
      onBase,
      isNew,
      blockers,
      verifiedWith: (against?.plan && baseTree
        ? passOf(against.plan, baseTree, phase.id)
        : passOf(read, tree, phase.id)
      ).map((name) => `${read.plan.migrations.dir}/${name}`),
      files: [...migrations.map((name) => `${read.plan.migrations.dir}/${name}`), ...files],
      owns: ownsOf(read, phase),
      touches: phase.touches,
    });
  }
  return { read, measure: measuring.measure, phases };
}

/** Names of the migrations that a document says PASS for; none where it says nothing. */
function passOf(plan: ReadPlan, documents: Tree, phase: string): readonly string[] {
  const claim = claimAt(plan, documents, phase);
  return claim?.status === "PASS" ? claim.migrations.map(({ name }) => name) : [];
}

function claimAt(plan: ReadPlan, documents: Tree, phase: string): Claim | undefined {
  let text: string | undefined;
  try {
    text = documents.read(documentPath(plan, phase));
  } catch {
    return undefined; // no text file: no document
  }
  const claim = text === undefined ? undefined : claimOf(text);
  return claim?.phase === phase ? claim : undefined;
}

/** By its data: neither prose nor proof is looked at. */
function saysPass(plan: ReadPlan, documents: Tree, phase: string, migrations: readonly string[], tree: Tree): boolean {
  const claim = claimAt(plan, documents, phase);
  return (
    claim?.status === "PASS" &&
    isDeepStrictEqual(claim.migrations, hashesOf(tree, plan.plan.migrations.dir, migrations))
  );
}

/** Most documents are the same on base and at head. */
const readBefore = new Map<string, Claim | undefined>();
function claimOf(text: string): Claim | undefined {
  if (!readBefore.has(text)) readBefore.set(text, readClaim(text));
  return readBefore.get(text);
}

function ownsOf({ plan }: ReadPlan, { owns }: Phase): ClaimedPhase["owns"] {
  const { migrations = [], files = [], objects = [] } = owns;
  const { dir } = plan.migrations;
  return {
    migrations: Array.isArray(migrations)
      ? migrations.map((glob) => `${dir}/${glob}`)
      : [`everything in ${dir}/ up to ${migrations.through}`],
    files,
    objects,
  };
}

/** The tree of base. What is the same at head is read from there, which takes no process. */
function likeHead({ tree: base, changes }: NonNullable<Measure["against"]>, head: Tree): Tree {
  const changed = new Set(changes.map(({ path }) => path));
  const known = new Set(base.list());
  const of = (path: string): Tree => (changed.has(path) || !known.has(path) ? base : head);
  return { list: () => base.list(), read: (path) => of(path).read(path), bytes: (path) => bytesOf(of(path), path) };
}
