import { dump, load } from "js-yaml";

interface Phase {
  readonly id: string;
  readonly after: readonly string[];
  readonly gates: readonly { readonly id: string; readonly blocking?: boolean }[];
}

interface Plan {
  readonly policy: object;
  readonly phases: readonly Phase[];
}

/**
 * The plan with these gates only, each exactly as it is written, but that it counts: a phase of which none is asked for is left out, and its
 * migrations are ordinary ones. They are run all the same, and so every gate is judged on the database that it was
 * written for.
 *
 * @param gates `4A.migrations` keeps 4A, too
 */
export function reducedPlan(text: string, gates: readonly string[]): string {
  const plan = load(text) as Plan; // the product reads it for itself
  const known = new Set(plan.phases.flatMap(({ id, gates }) => [`${id}.migrations`, ...gates.map((gate) => gate.id)]));
  const unknown = gates.filter((id) => !known.has(id));
  if (unknown.length > 0) throw new Error(`the plan has no gate ${unknown.join(", ")}`);

  const leftOut = new Map<string, readonly string[]>();
  const phases: Phase[] = [];
  for (const phase of plan.phases) {
    const after = [...new Set(phase.after.flatMap((id) => leftOut.get(id) ?? [id]))];
    const asked = phase.gates.filter(({ id }) => gates.includes(id));
    // The only gate of a phase has to count.
    if (asked.length > 0) phases.push({ ...phase, after, gates: asked.map(({ blocking: _, ...gate }) => gate) });
    else if (gates.includes(`${phase.id}.migrations`)) phases.push({ ...phase, after, gates: [cheap(phase.id)] });
    else leftOut.set(phase.id, after);
  }
  const policy = { ...plan.policy, "ordinary-migrations": "allow" };
  return dump({ ...plan, policy, phases }, { lineWidth: -1 });
}

/** A phase without gates is a mistake of the plan. */
const cheap = (phase: string) => ({
  id: `${phase}.there`,
  title: "There is a plan",
  checks: [{ file: { path: "phasegate.yml" } }],
});
