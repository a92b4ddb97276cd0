/** What migrations put in the place of PostgreSQL's own functions and operators. */

import { type Shadow, shadows } from "../catalog/shadows.ts";
import type { Tree } from "../model/ports.ts";
import type { Finding, Place } from "../model/report.ts";
import type { Databases } from "./ports.ts";
import type { Replay } from "./replay.ts";
import type { Surveyed } from "./survey.ts";

/**
 * For each phase that is judged, by its id: what could be chosen in the place of PostgreSQL's own, in the database that its
 * checks look at. No check of the phase says anything then: a condition is the plan's and means something else.
 */
export async function shadowFindings(
  replayed: Replay,
  surveyed: readonly Pick<Surveyed, "stage" | "judged">[],
  { databases, tree }: { readonly databases: Pick<Databases, "transaction">; readonly tree: Tree },
): Promise<ReadonlyMap<string, readonly Finding[]>> {
  const head = replayed.migrations.length;
  const looked = new Map<number, Promise<readonly Shadow[]>>();
  const at = (applied: number): Promise<readonly Shadow[]> => {
    const state = replayed.at(applied);
    const known = looked.get(applied) ?? (state ? databases.transaction(state.database, shadows) : Promise.resolve([]));
    looked.set(applied, known);
    return known;
  };
  const afterPhases = await Promise.all(surveyed.map(({ stage }) => at(stage.after ?? head)));
  // What came after all phases is in none of their databases, and yet in that at head.
  const known = new Set(
    surveyed.flatMap(({ stage }, index) =>
      stage.after === undefined ? [] : (afterPhases[index] ?? []).map(({ signature }) => signature),
    ),
  );
  const late = (await at(head)).filter(({ signature }) => !known.has(signature));

  const findings = new Map<string, readonly Finding[]>();
  for (const [index, { stage, judged }] of surveyed.entries()) {
    if (!judged) continue;
    const found = new Map([...(afterPhases[index] ?? []), ...late].map((one) => [one.signature, one]));
    const path = (one: Shadow) => madeAt(one, replayed, tree);
    findings.set(
      stage.phase,
      [...found.values()].map((one) => finding(one, path(one))),
    );
  }
  return findings;
}

function finding({ sort, signature }: Shadow, place: Place | undefined): Finding {
  return {
    code: "shadows",
    message: `The ${sort} ${signature} may be chosen in the place of PostgreSQL's own of that name, so that no check can tell what an expression means; expressions must mean what they say.`,
    help: "Give it another name, or make it in a schema that is not on the search_path.",
    ...(place ? { place } : {}),
  };
}

/** The first line that makes something of the name; none where the text does not say it. */
function madeAt({ name }: Shadow, { migrations }: Replay, tree: Tree): Place | undefined {
  for (const { path } of migrations) {
    const lines = tree.read(path)?.split("\n") ?? [];
    const line = lines.findIndex((text) => /\b(create|alter)\b/i.test(text) && text.includes(name));
    if (line !== -1) return { file: path, line: line + 1 };
  }
  return undefined;
}
