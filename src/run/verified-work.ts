/** What a change does to work that was verified, and to the plan that it is verified by. */

import type { Finding, Findings, PlanDifference, Violation } from "../model/report.ts";
import type { Touched } from "./change.ts";
import type { Effect } from "./effects.ts";

const done = { added: "was added", altered: "was altered", deleted: "is gone" } as const;

/**
 * A phase whose document at base says PASS was verified with these migrations: none of them may change, and one that is
 * added may only change what the phase owns.
 *
 * @param effects by path of an added migration: what it changes that the phase does not own
 */
export function workChanged(
  phase: string,
  { migrations }: Touched,
  effects: ReadonlyMap<string, readonly Effect[]>,
): Findings | undefined {
  const help = `Put it back and write a new migration, in a phase of its own. Where verified work has to change, a plan owner approves it, and \`phasegate verify ${phase}\` verifies it anew.`;
  const findings = migrations.flatMap(({ path, how }): readonly Finding[] => {
    const place = how === "deleted" ? {} : { place: { file: path, line: 1 } };
    if (how !== "added") {
      return [
        {
          code: "verified-work-changed",
          message: `${path} ${done[how]}; ${phase} was verified with it.`,
          help,
          ...place,
        },
      ];
    }
    const beyond = effects.get(path) ?? [];
    if (beyond.length === 0) return [];
    const what = beyond.map(({ object, how: changed }) => `${object} (${changed})`).join(", ");
    const message = `${path} was added to ${phase}, which is verified, and changes what ${phase} does not own: ${what}.`;
    return [{ code: "verified-work-changed", message, help, ...place }];
  });
  const [first, ...more] = findings;
  return first ? [first, ...more] : undefined;
}

/** A plan, or what it compares with, asks for less than on base, and no owner of the plan agrees. */
export function planWeakened(differences: readonly PlanDifference[], why: string): Violation[] {
  const [first, ...more] = differences
    .filter(({ direction }) => direction === "weaker")
    .map(
      ({ message, place }): Finding => ({
        code: "plan-weakened",
        message: `Weaker than on base: ${message}.`,
        help: `Put it back, or have it approved. ${why}`,
        place,
      }),
    );
  if (!first?.place) return [];
  return [{ code: "plan-weakened", findings: [first, ...more], place: first.place, consequences: [] }];
}
