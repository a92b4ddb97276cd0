import type { Json } from "../model/json.ts";
import { atMost, type Difference, oneLine } from "./difference.ts";
import type { Derived, DerivedCheck } from "./document.ts";

/** Judges what was seen as the check kind does, with the parameters as they are written in the plan. */
export type JudgeAgain = (
  kind: string,
  params: Json,
  observed: Json,
) => readonly { readonly code: string; readonly message: string }[] | { readonly unreadable: string };

/**
 * Checks whose verdict is not what the proof beside it gives. A check passes by proof of something that was looked at,
 * all of it judged again without a finding; one that failed shows in its proof what it failed with.
 */
export function unproven({ gates }: Derived, judge: JudgeAgain): readonly Difference[] {
  return atMost(
    gates.flatMap(({ id, checks }) =>
      checks.flatMap((check): readonly Difference[] => {
        const found = shortcoming(check, judge);
        if (found === undefined) return [];
        const what = `gate ${id}, the proof of ${check.kind} "${oneLine(check.claim, 60)}"`;
        return [{ what, document: check.verdict, run: oneLine(found.run), claimsMore: found.claimsMore }];
      }),
    ),
  );
}

function shortcoming(
  check: DerivedCheck,
  judge: JudgeAgain,
): { readonly run: string; readonly claimsMore: boolean } | undefined {
  // Before its phase a check is to fail, which `before` tells.
  const proof = check.proof.filter(({ points }) => points.some((point) => point !== "before"));
  switch (check.verdict) {
    case "asked":
      return check.kind === "approval" ? undefined : { run: "a check that people are not asked for", claimsMore: true };
    case "passed": {
      if (check.kind === "approval") return { run: "a check that only people can answer", claimsMore: true };
      if (proof.length === 0) return { run: "nothing, because no proof stands beside it", claimsMore: true };
      if (proof.some(({ examined }) => examined === 0))
        return { run: "nothing, because nothing was examined", claimsMore: true };
      break;
    }
    case "failed":
      break;
    default:
      return undefined;
  }
  const codes = new Set<string>();
  for (const { observed } of proof) {
    const findings = judge(check.kind, check.params, observed);
    // Of an older Phasegate, maybe: it proves nothing, and it is no lie either.
    if ("unreadable" in findings) return { run: `nothing, because ${findings.unreadable}`, claimsMore: false };
    const [first] = findings;
    if (first && check.verdict === "passed")
      return { run: `failed from it (${first.code}): ${first.message.replace(/\.$/, "")}`, claimsMore: true };
    for (const { code } of findings) codes.add(code);
  }
  return check.verdict === "failed" ? otherFailure(check, codes, proof.length > 0) : undefined;
}

/** A check without proof that it can fail has failed, and its own proof does not show that. */
function otherFailure({ codes }: DerivedCheck, judged: ReadonlySet<string>, hasProof: boolean) {
  const recorded = codes.filter((code) => code !== "vacuous-check");
  const unexplained = [...judged].filter((code) => !codes.includes(code));
  if (unexplained.length > 0) return { run: `failed from it (${unexplained.join(", ")})`, claimsMore: false };
  const isShown = judged.size > 0 || recorded.length === 0 || !hasProof;
  return isShown ? undefined : { run: "passed from it", claimsMore: false };
}
