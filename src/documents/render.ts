/** The page that people read on GitHub. Format 1: what is changed here makes another format, or pages that lie in repositories differ. */

import { beginOf, endOf, type FreeBlock } from "./blocks.ts";
import { dataOf } from "./data.ts";
import { holds, says, type VerificationDocument } from "./document.ts";
import { code, codeInCell, fenced, inline } from "./escape.ts";
import { gateSection, textBlock } from "./gate-section.ts";
import { jsonText } from "./json-text.ts";
import { placesOf, sharedTexts } from "./looked.ts";

/** What stands in a free block where nobody has written anything. */
export const offered: { readonly [Block in FreeBlock]: string } = {
  remediation: "",
  "sign-off": "- Signed-off-by:",
};

/** Ends with a line end; deterministic; `readDocument` gives the document back. */
export function render(document: VerificationDocument): string {
  const { derived, remediation, signOff } = document;
  const { phase, title, gates } = derived;
  const shared = sharedTexts(derived);
  const places = placesOf(shared);
  const parts = [
    `# Exit gate verification of phase ${inline(phase)}: ${inline(title)}`,
    `Written by ${code(`phasegate verify ${phase}`)}, and derived again by every run. People write in the blocks below Remediation and Sign-off, and nowhere else.`,
    summary(document),
    "## Gates",
    ...gates.flatMap((gate) => gateSection(gate, document.verifiedAt, places)),
    ...sharedSection(shared),
    "## Overall status",
    overall(document),
    "## Remediation",
    "What did not hold at first, and what was done about it.",
    freeBlock("remediation", remediation),
    "## Sign-off",
    "Whoever reviewed this document fills in a line, or adds one: their name, what they are, and the date as YYYY-MM-DD.",
    freeBlock("sign-off", signOff),
    "## Data",
    "<details><summary>What every run compares with what it derives</summary>",
    fenced(jsonText(dataOf(document)), "json"),
    "</details>",
  ];
  return `${parts.join("\n\n")}\n`;
}

/** Keeps what people wrote when the document is issued again. */
export const withFreeBlocksOf = (
  fresh: VerificationDocument,
  { remediation, signOff }: Pick<VerificationDocument, "remediation" | "signOff">,
): VerificationDocument => ({ ...fresh, remediation, signOff });

function freeBlock(block: FreeBlock, written: string): string {
  const text = written === "" ? offered[block] : written;
  return [beginOf(block), ...(text === "" ? [] : [text]), endOf(block)].join("\n\n");
}

function summary(document: VerificationDocument): string {
  const { derived, tool, verifiedAt, verifier } = document;
  const rows = [
    ["Overall status", status(document)],
    ["Phase", `${inline(derived.phase)}: ${inline(derived.title)}`],
    ["After", derived.after.length === 0 ? "no other phase" : inline(derived.after.join(", "))],
    ["Plan", codeInCell(derived.plan)],
    ["Verified", codeInCell(verifiedAt)],
    ["Verifier", inline(verifier)],
    ["Phasegate", inline(tool)],
    ...derived.migrations.map(({ name, sha256 }) => ["Migration", `${codeInCell(name)}, sha256 ${codeInCell(sha256)}`]),
  ];
  return ["| | |", "| --- | --- |", ...rows.map(([name, value]) => `| ${name} | ${value} |`)].join("\n");
}

const status = (document: VerificationDocument): string => (says(document) === "PASS" ? "✅ **PASS**" : "❌ **FAIL**");

function overall(document: VerificationDocument): string {
  const counted = document.derived.gates.filter(({ blocking }) => blocking);
  const asked = counted.filter(({ verdict }) => verdict === "asked").length;
  const proven = counted.filter((gate) => holds(gate) && gate.verdict === "passed").length;
  const words = [
    `${proven} of ${counted.length} gates that count were proven`,
    ...(asked === 0 ? [] : [`${asked} asked of people when the change with this document is merged`]),
  ];
  return `${status(document)}: ${words.join("; ")}.`;
}

/** Texts that stand once for all proofs that looked at them. */
function sharedSection(shared: readonly string[]): readonly string[] {
  if (shared.length === 0) return [];
  return [
    "## Looked at by several checks",
    `<details><summary>${shared.length} ${shared.length === 1 ? "text" : "texts"}, as sent</summary>`,
    ...shared.flatMap((text, index) => [`**Text ${index + 1}**`, textBlock(text)]),
    "</details>",
  ];
}
