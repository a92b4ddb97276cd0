/** One look of a check at the world: observe, then judge. Errors become a verdict here and nowhere else. */

import { type CheckKind, NotRun, type Subject } from "../checks/kind.ts";
import type { Json } from "../model/json.ts";
import { judgeEvidence } from "../model/judge.ts";
import {
  type Approvals,
  ConnectionLost,
  type Database,
  type Laboratory,
  type Linter,
  type Programs,
  type Tree,
} from "../model/ports.ts";
import type { Evidence, Verdict } from "../model/report.ts";

/** A check of the plan with its kind. */
export interface Claim {
  readonly kind: CheckKind;
  readonly params: unknown;
}

/** Everything that any kind may look at. */
export interface Sight {
  readonly database: Database;
  readonly tree: Tree;
  readonly laboratory: Laboratory;
  readonly linter: Linter;
  readonly programs: Programs;
  readonly approvals: Approvals;
  readonly subject: Subject;
}

export interface Look {
  readonly verdict: Verdict;
  readonly evidence?: Evidence;
}

/**
 * Observes and judges. Whatever is thrown is an errored verdict, except that there is nothing to look at as yet (not run),
 * or that the server is gone: then nothing more can be judged, and the run must end.
 * @throws ConnectionLost
 */
export async function look({ kind, params }: Claim, sight: Sight): Promise<Look> {
  const looked: string[] = [];
  const watched: Sight = {
    ...sight,
    database: recordingDatabase(sight.database, looked),
    tree: recordingTree(sight.tree, looked),
    programs: recordingPrograms(sight, looked),
  };
  try {
    const { examined, observed } = await kind.observe(watched, params);
    const evidence = { looked, examined, observed };
    return { verdict: judgeEvidence(evidence, kind.judge(params, observed)), evidence };
  } catch (error) {
    if (error instanceof ConnectionLost) throw error;
    if (error instanceof NotRun) {
      return { verdict: { status: "not-run", reason: error.message, missing: [error.missing] } };
    }
    return { verdict: { status: "errored", reason: reasonOf(error) } };
  }
}

/** Judges an observation that was made before, or changed since. */
export const lookAgain = ({ kind, params }: Claim, observed: Json): Verdict =>
  judgeEvidence({ looked: [], examined: 1, observed }, kind.judge(params, observed));

export const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

function recordingDatabase(database: Database, looked: string[]): Database {
  return {
    query: (sql, values) => {
      looked.push(sql);
      return database.query(sql, values);
    },
    attempt: (sql) => {
      looked.push(sql);
      return database.attempt(sql);
    },
    act: (acting) => database.act(acting),
  };
}

/** The program gets the tree itself: copying it is no look of the check at every file. */
function recordingPrograms({ programs, tree }: Sight, looked: string[]): Programs {
  return {
    run: (request) => {
      looked.push(request.command.join(" "));
      return programs.run({ ...request, tree });
    },
  };
}

function recordingTree(tree: Tree, looked: string[]): Tree {
  return {
    read: (path) => {
      if (!looked.includes(path)) looked.push(path);
      return tree.read(path);
    },
    list: () => tree.list(),
  };
}
