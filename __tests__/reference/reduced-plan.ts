import { dump, load } from "js-yaml";

/** What is kept of a phase of which no gate is asked for, because its migrations have to be run: a gate that costs next to nothing. */
const cheap: Readonly<Record<string, string>> = {
  baseline: "baseline.7",
  "4A": "4A.8",
  "4B": "4B.6",
  "4C": "4C.5",
  "5A": "5A.4",
  "5B": "5B.2",
};

interface Phase {
  readonly id: string;
  readonly after: readonly string[];
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
    const kept = asked.length > 0 ? asked : phase.gates.filter(({ id }) => id === cheap[phase.id]);
    if (kept.length === 0) leftOut.set(phase.id, after);
    else phases.push({ ...phase, after, gates: kept });
  }
  return dump({ ...plan, phases }, { lineWidth: -1 });
}
