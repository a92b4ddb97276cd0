/** The evidence of a report, folded by phase and gate, failures first. */

import type { BeforeProof, CheckResult, GateResult, PhaseResult, RedProof, Report, Verdict } from "../model/report.ts";
import type { Detail } from "./detail.ts";
import { clipped, code, fenced, html, inline, prose } from "./escape.ts";
import { executed } from "./executed.ts";
import { placeLink, type Shown } from "./shown.ts";
import { count } from "./words.ts";

const mostFindings = 20;
const mostNames = 5;

const mark = ({ status }: Verdict): string => ({ passed: "✅", failed: "❌", errored: "💥", "not-run": "◻️" })[status];
function words(verdict: Verdict): string {
  if (verdict.status === "not-run") return verdict.missing === undefined ? "was not run" : "waits for somebody";
  return { passed: "holds", failed: "fails", errored: "could not be judged" }[verdict.status];
}
const holds = ({ verdict }: { readonly verdict: Verdict }): boolean => verdict.status === "passed";

const countsFail = ({ gates }: PhaseResult): boolean => gates.some((gate) => gate.blocking && !holds(gate));

/** Phases in which something does not hold, then those that hold, then those that nobody has begun. */
export function evidenceSections({ phases }: Report, { files }: Partial<Shown>, detail: Detail): readonly string[] {
  const { evidence, text } = detail;
  if (evidence === "none") return [];
  const started = phases.filter(({ state }) => state !== "not-started");
  const fold = (phase: PhaseResult) => phaseFold(phase, files, detail);
  // What counts first.
  const broken = started
    .filter(({ gates }) => !gates.every(holds))
    .toSorted((a, b) => Number(countsFail(b)) - Number(countsFail(a)))
    .flatMap(fold);
  if (evidence === "failures" || evidence === "named") return broken;
  const whole = started.filter(({ gates }) => gates.every(holds));
  const idle = evidence === "whole" ? phases.filter(({ state }) => state === "not-started") : [];
  const names = (of: readonly PhaseResult[]) => of.map(({ id }) => html(clipped(id, text))).join(", ");
  const title = `Evidence of <b>${names(whole)}</b>: every gate holds`;
  return [
    ...broken,
    ...(whole.length > 1
      ? [`<details><summary>${title}</summary>`, ...whole.flatMap(fold), "</details>"]
      : whole.flatMap(fold)),
    ...(idle.length === 0
      ? []
      : [`<details><summary>Not started: <b>${names(idle)}</b></summary>`, gateList(idle, text), "</details>"]),
  ];
}

const gateList = (phases: readonly PhaseResult[], most: number): string =>
  phases
    .flatMap(({ id, gates }) => [
      `- **${inline(clipped(id, most))}**`,
      ...gates.map((gate) => `  - ${gateName(gate, inline, most)}`),
    ])
    .join("\n");

/** Id and title. */
const gateName = ({ id, title }: GateResult, escaped: (text: string) => string, most: number): string =>
  [id, title]
    .filter((text) => text.trim() !== "")
    .map((text) => escaped(clipped(text, most)))
    .join(" · ");

function phaseFold({ id, gates }: PhaseResult, files: string | undefined, detail: Detail): readonly string[] {
  const failing = gates.filter((gate) => !holds(gate));
  const holding = gates.filter(holds);
  const most = Math.min(detail.text, 200);
  const title = `Evidence of <b>${html(clipped(id, most))}</b>: ${count(gates.length, "gate")}${failing.length === 0 ? "" : `, ${failing.length} ${failing.length === 1 ? "does" : "do"} not hold`}`;
  return [
    `<details><summary>${title}</summary>`,
    ...failing.map((gate) => gateFold(gate, files, detail)),
    ...(detail.evidence === "whole" ? holding.map((gate) => gateFold(gate, files, detail)) : []),
    ...(detail.evidence === "gates" && holding.length > 0 ? [holdingTable(holding, most)] : []),
    "</details>",
  ];
}

function holdingTable(gates: readonly GateResult[], most: number): string {
  const rows = gates.map((gate) => {
    const mutants = gate.checks.flatMap(({ red }) => red?.mutants ?? []);
    const proof = mutants.length === 0 ? "–" : killedOf(mutants);
    return `| ✅ | ${gateName(gate, inline, most)} | ${count(gate.checks.length, "check")} | ${proof} |`;
  });
  return ["| | Gate | Held by | Red proof |", "| --- | --- | --- | --- |", ...rows].join("\n");
}

const killedOf = (mutants: RedProof["mutants"]): string =>
  `${mutants.filter(({ outcome }) => outcome.status === "killed").length} of ${count(mutants.length, "mutant")} killed`;

function gateFold(gate: GateResult, files: string | undefined, detail: Detail): string {
  const { verdict, blocking, requirement, checks, place } = gate;
  const most = Math.min(detail.text, 200);
  const soft = blocking ? "" : ", and is not counted";
  const title = `${mark(verdict)} ${gateName(gate, html, most)}${holds(gate) ? "" : ` · ${words(verdict)}${soft}`}`;
  const ordered = [...checks.filter((check) => !holds(check)), ...checks.filter(holds)];
  const asked = requirement === undefined ? "" : `${prose(clipped(requirement, detail.text))} `;
  return [
    `<details><summary>${title}</summary>`,
    `${asked}${placeLink(place, files)}`,
    ...(checks.length === 0 ? [reasonOf(verdict, files, detail.text)] : []),
    ...(detail.evidence === "named" ? ordered.filter((check) => !holds(check)) : ordered).map((check) =>
      checkItem(check, files, detail.text),
    ),
    ...(detail.evidence === "named" ? [] : ordered.filter((check) => !holds(check)).flatMap(executedBlocks)),
    "</details>",
  ]
    .filter((part) => part.trim() !== "")
    .join("\n\n");
}

/** What is claimed, and whether it holds; then why not, and how it was proven that it can fail. */
function checkItem(
  { kind, claim, verdict, red, settled }: CheckResult,
  files: string | undefined,
  most: number,
): string {
  const lines = [
    ...(settled === undefined ? [] : [prose(clipped(settled, most))]),
    ...(red === undefined ? [] : [proof(red, most)]),
    reasonOf(verdict, files, most).replaceAll("\n", "\n  "),
  ].filter((line) => line.trim() !== "");
  return [`- ${mark(verdict)} ${code(kind)} ${prose(clipped(claim, most))}`, ...lines].join(
    lines.length === 0 ? "" : "\\\n  ",
  );
}

/** Why it does not hold, or was not judged; of what holds, nothing. */
function reasonOf(verdict: Verdict, files: string | undefined, most: number): string {
  const findings =
    verdict.status === "failed" ? verdict.findings : verdict.status === "not-run" ? (verdict.missing ?? []) : [];
  const told = findings.slice(0, mostFindings).map(({ message, place }) => {
    const where = place === undefined ? "" : ` ${placeLink(place, files)}`;
    return `${prose(clipped(message, most))}${where}`;
  });
  const more = findings.length > mostFindings ? [`… and ${count(findings.length - mostFindings, "finding")} more`] : [];
  if (findings.length > 0) return [...told, ...more].filter((line) => line.trim() !== "").join("\\\n");
  return verdict.status === "errored" || verdict.status === "not-run" ? prose(clipped(verdict.reason, most)) : "";
}

const beforeWords: { readonly [Status in BeforeProof["status"]]: string } = {
  red: "fails before the phase, as it must",
  vacuous: "holds before the phase already",
  excused: "holds before the phase, as the plan says it may",
  errored: "could not be judged before the phase",
  none: "",
};

function proof({ before, mutants }: RedProof, most: number): string {
  const alive = mutants.filter(({ outcome }) => outcome.status !== "killed");
  const named = alive
    .slice(0, mostNames)
    .map(({ name, outcome }) => `${inline(clipped(name, most))} (${outcome.status.replaceAll("-", " ")})`);
  const more = alive.length > mostNames ? ` and ${alive.length - mostNames} more` : "";
  return [
    beforeWords[before.status],
    mutants.length === 0 ? "" : killedOf(mutants),
    named.length === 0 ? "" : `not killed: ${named.join(", ")}${more}`,
  ]
    .filter((part) => part !== "")
    .join(" · ");
}

function executedBlocks(check: CheckResult): readonly string[] {
  const found = executed(check);
  if (!found) return [];
  return [
    `${code(check.kind)} as executed:`,
    ...(found.looked.trim() === "" ? [] : [fenced(found.looked, "sql")]),
    fenced(found.seen, "json"),
  ];
}
