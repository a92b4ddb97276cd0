import { type Part, walk } from "../sql/walk.ts";
import { type PlanNode, triedIndex } from "./indexes-copies.ts";
import { parsedBefore } from "./parsed-before.ts";

/** How a plan uses the index that is tried. */
export type Use =
  /** With a condition on its first key: it finds the rows. */
  | { readonly by: "condition"; readonly text: string }
  /** With a condition, but not on its first key: all of it is read. */
  | { readonly by: "other-keys"; readonly text: string }
  /** Read from one end, in the order that is asked for, and no further than the limit. */
  | { readonly by: "order" }
  /** It is what ON CONFLICT looks in. */
  | { readonly by: "conflict" }
  | { readonly by: "nothing" };

function* nodes(node: PlanNode): Generator<PlanNode> {
  yield node;
  for (const inner of node.Plans ?? []) yield* nodes(inner);
}

/**
 * @param key the index's first, as PostgreSQL writes it
 * @param isLimited the query asks for the first rows of an order
 */
export async function useOf(plan: PlanNode, key: string, isLimited: boolean): Promise<Use> {
  const all = [...nodes(plan)];
  if (all.some((node) => node["Conflict Arbiter Indexes"]?.includes(triedIndex))) return { by: "conflict" };
  const scans = all.filter((node) => node["Index Name"] === triedIndex);
  const conditions = scans.flatMap((node) => node["Index Cond"] ?? []);
  for (const text of conditions) {
    if (await isOn(key, text)) return { by: "condition", text };
  }
  const isSorted = all.some((node) => /Sort$/.test(node["Node Type"]));
  if (scans.length > 0 && isLimited && !isSorted && all.some((node) => node["Node Type"] === "Limit")) {
    return { by: "order" };
  }
  const [other] = conditions;
  return other === undefined ? { by: "nothing" } : { by: "other-keys", text: other };
}

/** Whether one of the conditions is on this key. PostgreSQL writes keys on the left. */
async function isOn(key: string, condition: string): Promise<boolean> {
  const wanted = same(await expression(key));
  const all = await expression(condition);
  const { BoolExpr: and } = all as { readonly BoolExpr?: { readonly args?: readonly Part[] } }; // one node, by its type
  return (and?.args ?? [all]).some((one) => leftSides(one).some((side) => same(side) === wanted));
}

async function expression(text: string): Promise<Part> {
  const parsed = await parsedBefore(`SELECT ${text}`);
  if (parsed.status === "refused") throw new Error(`\`${text}\` of a plan cannot be read: ${parsed.mistake.message}`);
  for (const [key, part] of walk(parsed.statements[0]?.node)) {
    if (key === "ResTarget" && typeof part.val === "object" && part.val !== null) return part.val as Part; // checked just now
  }
  throw new Error(`\`${text}\` of a plan is no expression`);
}

/** What stands on the left of an operator; of a comparison of rows, each. A boolean key is printed as `key = true`. */
function leftSides(node: Part): readonly unknown[] {
  for (const [key, part] of walk(node)) {
    if (key === "A_Expr") return isRow(part.lexpr) ? part.lexpr.RowExpr.args : [part.lexpr];
    if (key === "NullTest") return [part.arg];
  }
  return [];
}

const isRow = (node: unknown): node is { readonly RowExpr: { readonly args: readonly unknown[] } } =>
  typeof node === "object" && node !== null && "RowExpr" in node;

/** As text that is the same wherever it stands: without locations. */
const same = (node: unknown): string =>
  JSON.stringify(node, (key, value: unknown) => (key === "location" ? undefined : value));
