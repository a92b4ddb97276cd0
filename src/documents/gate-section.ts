import type { DerivedCheck, DerivedGate, Proof, RecordedVerdict } from "./document.ts";
import { code, fenced, inline, isPlain, prose } from "./escape.ts";
import { jsonText } from "./json-text.ts";
import { lookedOf } from "./looked.ts";

const words: { readonly [Verdict in RecordedVerdict]: string } = {
  passed: "✅ PASS",
  failed: "❌ FAIL",
  errored: "❌ FAIL (could not be judged)",
  "not-run": "❌ FAIL (not run)",
  asked: "👥 asked of people when the change with this document is merged",
};

const marks: { readonly [Verdict in RecordedVerdict]: string } = {
  passed: "✅",
  failed: "❌ failed",
  errored: "❌ could not be judged",
  "not-run": "❌ not run",
  asked: "👥 asked of people",
};

const beforeWords: { readonly [Before in DerivedCheck["before"]]: string } = {
  red: ", which failed before the phase",
  vacuous: ", which held before the phase already",
  excused: ", which held before the phase, as the plan says it may",
  errored: ", which could not be judged before the phase",
  none: "",
};

/** Number and title, requirement, status, method, and the proof folded away. */
export function gateSection(
  gate: DerivedGate,
  verifiedAt: string,
  places: ReadonlyMap<string, number>,
): readonly string[] {
  const { id, title, requirement, blocking, until, verdict, checks } = gate;
  const where = until === undefined ? "" : `, on the database just before ${inline(until)}`;
  const facts = [
    ...(requirement === undefined ? [] : [`- Requirement: ${prose(requirement)}`]),
    `- Status: ${words[verdict]}${blocking ? "" : ", reported and not counted"}`,
    ...(verdict === "asked" ? [] : [`- Verified: ${code(verifiedAt)}${where}`]),
    `- Method: ${checks.length} ${checks.length === 1 ? "check" : "checks"}`,
    ...checks.map((check, index) => `  ${index + 1}. ${method(check)}`),
  ];
  const proofs = checks.flatMap((check, index) =>
    check.proof.flatMap((proof) => proofBlocks(index, check, proof, places)),
  );
  const fold =
    proofs.length === 0
      ? []
      : ["<details><summary>Proof: what was sent, and what was seen</summary>", ...proofs, "</details>"];
  return [`### ${inline(id)}: ${inline(title)}`, facts.join("\n"), ...fold];
}

function method({ kind, claim, verdict, codes, before, holdsBefore }: DerivedCheck): string {
  const why = codes.length === 0 ? "" : ` (${codes.map(inline).join(", ")})`;
  const reason = holdsBefore === undefined || before !== "excused" ? "" : `: ${prose(holdsBefore)}`;
  return `${marks[verdict]}${why} ${code(`${kind}: ${claim}`)}${beforeWords[before]}${reason}`;
}

function proofBlocks(
  index: number,
  { kind }: DerivedCheck,
  { points, looked, examined, observed }: Proof,
  places: ReadonlyMap<string, number>,
): readonly string[] {
  return [
    `**Check ${index + 1}** ${code(kind)} at ${points.join(" and ")}, ${examined} examined`,
    ...lookedBlocks(looked, places),
    fenced(jsonText(observed), "json"),
  ];
}

/** In order: what stands here in full, and between that, on one line, what is short or stands further down. */
function lookedBlocks(looked: readonly string[], places: ReadonlyMap<string, number>): readonly string[] {
  const blocks: string[] = [];
  let named: string[] = [];
  const flush = () => {
    if (named.length > 0) blocks.push(`Looked at ${named.join(", ")}`);
    named = [];
  };
  for (const text of looked) {
    const as = lookedOf(text, places);
    if (as === 0) {
      flush();
      blocks.push(textBlock(text));
    } else named.push(typeof as === "number" ? `text ${as}` : code(as));
  }
  flush();
  return blocks;
}

/** As it is; as a string of JSON where it holds something that would not be seen. */
export const textBlock = (text: string): string =>
  isPlain(text) ? fenced(text, "sql") : fenced(jsonText(text), "json");
