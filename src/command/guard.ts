import { relative, resolve, sep } from "node:path";
import { matches } from "../plan/ownership.ts";
import { history } from "../repository/git.ts";
import { type ClaimedPhase, type Claims, claims } from "./claimed.ts";
import type { Output } from "./output.ts";
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
 * Says which of the paths must be left alone: of a phase that is prohibited, or migrations of one that is verified.
 * @returns the exit code: 1 where there is one
 */
export function guardCommand(args: GuardArguments, root: string, output: Output): 0 | 1 | 2 | 3 {
  const claimed = claims(root, args.plan, args.base);
  const refused = refusal(claimed, output);
  if (refused !== undefined || !("phases" in claimed)) return refused ?? 3;
  const paths = args.staged ? staged(root) : args.paths.map((path) => inRepository(root, path));
  if (paths === undefined) {
    output.error("There is no git repository here, so nothing is staged.\nGive the paths instead.\n");
    return 3;
  }
  const guarded = paths.flatMap((path) => guardOf(claimed, path));
  if (args.json) output.out(`${JSON.stringify({ paths: paths.length, guarded }, null, 2)}\n`);
  else if (guarded.length > 0) {
    output.error(
      `${guarded.map(({ path, why }) => `${path}: ${why}`).join("\n")}\n\`phasegate next\` says what may be worked on.\n`,
    );
  }
  return guarded.length === 0 ? 0 : 1;
}

function staged(root: string): readonly string[] | undefined {
  const git = history(root);
  return "none" in git ? undefined : git.staged();
}

/** As the plan writes paths. */
const inRepository = (root: string, path: string): string => relative(root, resolve(root, path)).split(sep).join("/");

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
