import type { Tree } from "../model/ports.ts";
import { guardedFiles } from "../plan/ratchet-oracles.ts";
import type { RatchetKinds } from "../plan/ratchet-request.ts";
import type { ReadPlan } from "../plan/read.ts";
import { readCodeOwners } from "./code-owners.ts";
import type { Facts, PlanFacts, Settings } from "./facts.ts";
import { foundRows } from "./found-rows.ts";
import { readWorkflows } from "./workflow-facts.ts";

/**
 * Everything that is to be known, from the files of a checkout and what was read of GitHub's settings.
 * @param plan what was read, or the path at which there is none
 */
export async function readFacts(
  tree: Tree,
  plan: ReadPlan | string,
  kinds: RatchetKinds,
  branch: string,
  settings: Settings,
): Promise<Facts> {
  return {
    branch,
    plan: typeof plan === "string" ? { status: "none", file: plan } : await planFacts(plan, tree, kinds),
    ...(await readWorkflows(tree)),
    codeOwners: readCodeOwners(tree),
    settings,
  };
}

async function planFacts(read: ReadPlan, tree: Tree, kinds: RatchetKinds): Promise<PlanFacts> {
  const { policy, phases } = read.plan;
  const all = new Set(phases.map(({ id }) => id));
  return {
    status: "read",
    file: read.file,
    owners: policy["plan-owners"],
    programs: policy.programs,
    place: read.at(["policy"]),
    oracles: [...guardedFiles(read, kinds, tree, all).keys()],
    foundRows: await foundRows(read),
  };
}
