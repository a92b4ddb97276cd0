import { dump, load } from "js-yaml";

/** The gate of a phase of which none is asked for, because its migrations have to be run: it costs next to nothing. */
const cheap = (phase: string) => ({
  id: `${phase}.there`,
  title: "There is a plan",
  checks: [{ file: { path: "phasegate.yml" } }],
});

interface Phase {
  readonly id: string;
  readonly after: readonly string[];
  readonly owns: { readonly migrations?: readonly string[] };
  readonly gates: readonly { readonly id: string }[];
}

/**
 * The plan with these gates only, each exactly as it is written. All migrations stay in it, and so every gate is judged on the database
 * that it was written for; a phase that has none, and of which no gate is asked for, is left out.
 */
export function reducedPlan(text: string, gates: readonly string[]): string {
  const plan = load(text) as { readonly phases: readonly Phase[] }; // the product reads it for itself
  const known = new Set(plan.phases.flatMap((phase) => phase.gates.map(({ id }) => id)));
  const unknown = gates.filter((id) => !known.has(id));
  if (unknown.length > 0) throw new Error(`the plan has no gate ${unknown.join(", ")}`);

  const leftOut = new Map<string, readonly string[]>();
  const phases: Phase[] = [];
  for (const phase of plan.phases) {
    const after = phase.after.flatMap((id) => leftOut.get(id) ?? [id]);
    const asked = phase.gates.filter(({ id }) => gates.includes(id));
    if (asked.length > 0) phases.push({ ...phase, after, gates: asked });
    else if (phase.owns.migrations) phases.push({ ...phase, after, gates: [cheap(phase.id)] });
    else leftOut.set(phase.id, after);
  }
  return dump({ ...plan, phases }, { lineWidth: -1 });
}
