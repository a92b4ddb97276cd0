import { approval } from "../checks/approval.ts";
import { isTeam } from "../model/approver.ts";
import type { Approvals } from "../model/ports.ts";

/** Whether a plan owner of base, who does not propose the change, has approved this head; or why that is not so. */
export type OwnerApproval = { readonly approved: true } | { readonly approved: false; readonly why: string };

/**
 * @param owners of the plan on base, never of the changed one
 * @throws where somebody should answer and does not
 */
export async function ownerApproval(approvals: Approvals, owners: readonly string[]): Promise<OwnerApproval> {
  if (owners.length === 0)
    return { approved: false, why: "The plan on base names no `plan-owners` who could approve it." };
  const params = { title: "a plan owner", "any-of": [...owners], count: 1 };
  const asked = await approvals.ask(owners.filter(isTeam));
  const who = owners.join(", ");
  if ("none" in asked) {
    return {
      approved: false,
      why: `It needs the approval of a plan owner (${who}), who cannot be asked here: ${asked.none}.`,
    };
  }
  const { author, head, reviews, teams, unread = [] } = asked;
  const seen = reviews.map(({ reviewer, commit, state }) => ({ reviewer, commit, state }));
  const findings = approval.judge(params, { author, head, reviews: seen, teams });
  if (findings.length === 0) return { approved: true };
  const notes = unread.map((why) => `Besides, ${why}.`);
  return { approved: false, why: [...findings.map(({ message, help }) => `${message} ${help}`), ...notes].join(" ") };
}
