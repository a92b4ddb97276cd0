import { existsSync, realpathSync } from "node:fs";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import { readDocument } from "../documents/read.ts";
import type { Tree } from "../model/ports.ts";
import { matches } from "../plan/ownership.ts";
import { type ClaimedPhase, type Claims, claims } from "./claimed.ts";
import type { Output } from "./output.ts";
import type { Place } from "./plan-path.ts";
import { type ClaimArguments, refusal } from "./status.ts";

export interface GuardArguments extends ClaimArguments {
  readonly paths: readonly string[];
  readonly staged?: boolean;
}

/** A path that must be left alone. */
export interface Guarded {
  readonly path: string;
  readonly phase: string;
  readonly why: string;
}

/**
 * Says which of the paths must be left alone: of a phase that is prohibited, migrations of one that is verified, and
 * verification documents. These may be committed, as `verify` has written them.
 * @returns the exit code: 1 where there is one
 */
export function guardCommand(args: GuardArguments, { root, plan, from }: Place, output: Output): 0 | 1 | 2 | 3 {
  const claimed = claims(root, plan, args.base, args.staged ? "staged" : "checkout");
  const refused = refusal(claimed, output);
  if (refused !== undefined || !("phases" in claimed)) return refused ?? 3;
  const { tree, staged } = claimed.measure;
  const paths = args.staged
    ? staged
    : args.paths.flatMap((path) => within(claimed, tree, inRepository(root, resolve(from, path))));
  if (paths === undefined) {
    output.error("There is no git repository here, so nothing is staged.\nGive the paths instead.\n");
    return 3;
  }
  const guarded = paths.flatMap((path) => [
    ...guardOf(claimed, path),
    ...(args.staged ? handWritten(claimed, tree, path) : documentGuard(claimed, path)),
  ]);
  if (args.json) output.out(`${JSON.stringify({ paths: paths.length, guarded }, null, 2)}\n`);
  else if (guarded.length > 0) {
    output.error(
      `${guarded.map(({ path, why }) => `${path}: ${why}`).join("\n")}\n\`phasegate next\` says what may be worked on.\n`,
    );
  }
  return guarded.length === 0 ? 0 : 1;
}

/** As the plan writes paths; what lies behind a linked folder is called by its own. */
function inRepository(root: string, path: string): string {
  if (path === root) return "";
  return relative(realpathSync(root), join(realFolder(dirname(path)), basename(path)))
    .split(sep)
    .join("/");
}

const realFolder = (folder: string): string =>
  existsSync(folder) ? realpathSync(folder) : join(realFolder(dirname(folder)), basename(folder));

/** The file itself; of a folder, what lies in it or is guarded there although it is gone. */
function within({ phases }: Claims, tree: Tree, path: string): readonly string[] {
  const inside = path === "" ? "" : `${path}/`;
  const known = [...tree.list(), ...phases.flatMap(({ verifiedWith }) => verifiedWith)];
  const found = known.filter((file) => file.startsWith(inside));
  return found.length === 0 ? [path] : [...new Set(found)];
}

/** Before an edit: nobody writes a document by hand. Of a phase that is prohibited that is said already. */
const documentGuard = ({ phases }: Claims, path: string): readonly Guarded[] =>
  phases
    .filter(({ document, state }) => document === path && state !== "prohibited")
    .map(({ id }) => ({
      path,
      phase: id,
      why: `\`phasegate verify ${id}\` writes it; people write in its blocks Remediation and Sign-off, and nowhere else`,
    }));

/** Before a commit: a document that `verify` did not write, as far as its text shows that. */
const handWritten = (claimed: Claims, tree: Tree, path: string): readonly Guarded[] =>
  documentGuard(claimed, path).flatMap((guarded) => {
    const flaw = flawOf(tree, path);
    return flaw === undefined ? [] : [{ ...guarded, why: `${flaw} Take the edit back: ${guarded.why}` }];
  });

/** None of a document that is gone. */
function flawOf(tree: Tree, path: string): string | undefined {
  try {
    const text = tree.read(path);
    const reading = text === undefined ? undefined : readDocument(text);
    return reading && "flaws" in reading ? `line ${reading.flaws[0].line}: ${reading.flaws[0].message}` : undefined;
  } catch (error) {
    return `${error instanceof Error ? error.message : String(error)}.`;
  }
}

/** Pure. */
export function guardOf({ phases }: Pick<Claims, "phases">, path: string): readonly Guarded[] {
  return phases.flatMap((phase): readonly Guarded[] => {
    if (!belongs(phase, path) && !phase.verifiedWith.includes(path)) return [];
    if (phase.state === "prohibited") {
      return [
        { path, phase: phase.id, why: `it belongs to ${phase.id}, which is prohibited: ${phase.blockers.join("; ")}` },
      ];
    }
    return phase.verifiedWith.includes(path)
      ? [{ path, phase: phase.id, why: `${phase.id} was verified with it; write a new migration instead` }]
      : [];
  });
}

const belongs = ({ owns, files, document }: ClaimedPhase, path: string): boolean =>
  files.includes(path) ||
  path === document ||
  owns.files.some((glob) => matches(glob)(path)) ||
  owns.migrations.some((glob) => matches(glob)(path));
