import type { CheckResult, GateResult, PhaseResult, Report, Verdict, Violation } from "../model/report.ts";
import { code, fenced, inline, prose } from "./escape.ts";
import { baseWords, conclusion, count } from "./words.ts";

/** The report as a page of GitHub's Markdown: the verdict, what blocks, the phases, then the evidence folded away. */
export function markdown(report: Report): string {
  const { violations, phases, postgres, approvals, timings, tool } = report;
  return [
    `## ${report.conclusion === "in-order" ? "✅" : "⛔"} ${inline(conclusion(report))}`,
    ...(violations.length === 0 ? [] : [violations.map(violationItem).join("\n")]),
    ...(approvals === undefined ? [] : [`> ${prose(approvals)}`]),
    prose(baseWords(report.base)),
    phaseTable(phases),
    ...(report.differences.length === 0 ? [] : [planDifferences(report.differences)]),
    ...phases.filter(({ advancedBy, schema }) => advancedBy.length > 0 && schema.length > 0).map(schemaDifference),
    ...phases.filter(({ state }) => state !== "not-started").map(evidence),
    `<sub>Phasegate ${inline(tool.version)} · ${inline(report.plan.name)} (${code(report.plan.file)}) · ${postgres === undefined ? "no database" : `PostgreSQL ${inline(postgres.version)} (${postgres.provider})`} · ${(timings.totalMs / 1000).toFixed(1)} s</sub>`,
    "",
  ].join("\n\n");
}

function violationItem({ code: kind, gate, phase, findings, place, consequences }: Violation, index: number): string {
  const name = gate === undefined ? (phase ?? "") : `Gate ${gate}`;
  const lines = findings.map(({ message, help, place: at }) => {
    const where = at ?? place;
    return `   ${prose(message)}\n   → ${prose(help)} (${code(`${where.file}:${where.line}`)})`;
  });
  const folded =
    consequences.length === 0
      ? ""
      : `\n   ${count(consequences.length, "consequence")}: ${inline(consequences.join(", "))}`;
  return `${index + 1}. **${inline(name)}** ${code(kind)}\n${lines.join("\n")}${folded}`;
}

const weights = { weaker: "⚠️ weaker", stronger: "stronger", neutral: "changed" } as const;

/** What the change does to the plan and to what it compares with. */
function planDifferences(differences: Report["differences"]): string {
  const rows = differences.map(
    ({ direction, message, place }) =>
      `| ${weights[direction]} | ${inline(message)} | ${code(`${place.file}:${place.line}`)} |`,
  );
  return ["**The plan, against base**", ["| | | |", "| --- | --- | --- |", ...rows].join("\n")].join("\n\n");
}

const marks: { readonly [State in PhaseResult["state"]]: string } = {
  verified: "✅",
  "in-progress": "❌",
  prohibited: "⛔",
  regressed: "❌",
  "not-started": "◻️",
};

function phaseTable(phases: readonly PhaseResult[]): string {
  const rows = phases.map((phase) => {
    const { gates, gatesHolding, mutants, mutantsKilled } = phase.counts;
    const begun = phase.state !== "not-started";
    const cells = [
      marks[phase.state],
      inline(`${phase.id} · ${phase.title}`),
      begun ? phase.state.replace("-", " ") : "not started",
      begun ? `${gatesHolding} of ${gates}` : "",
      begun && mutants > 0 ? `${mutantsKilled} of ${mutants} mutants killed` : "",
    ];
    return `| ${cells.join(" | ")} |`;
  });
  return ["| | Phase | State | Gates | Red proof |", "| --- | --- | --- | --- | --- |", ...rows].join("\n");
}

const signs = { created: "+", altered: "~", dropped: "-" } as const;

/** What an advanced phase does to the schema. */
function schemaDifference({ id, schema }: PhaseResult): string {
  const lines = schema.map(({ object, how }) => `${signs[how]} ${object}`).join("\n");
  const title = `${inline(id)} schema · ${count(schema.length, "object")}`;
  return `<details><summary>${title}</summary>\n\n${fenced(lines, "diff")}\n\n</details>`;
}

const mark = ({ status }: Verdict): string => ({ passed: "✅", failed: "❌", errored: "💥", "not-run": "◻️" })[status];

function evidence(phase: PhaseResult): string {
  const failing = phase.counts.gates - phase.counts.gatesHolding;
  const gates = phase.gates.toSorted(
    (a, b) => Number(a.verdict.status === "passed") - Number(b.verdict.status === "passed"),
  );
  const title = `${inline(phase.id)} evidence · ${count(phase.gates.length, "gate")}${failing === 0 ? "" : `, ${failing} do not hold`}`;
  return [`<details><summary>${title}</summary>`, ...gates.map(gateBlock), "</details>"].join("\n\n");
}

function gateBlock({ id, title, verdict, checks }: GateResult): string {
  const list = checks.map(checkItem).join("\n");
  const failing = checks.filter((check) => check.verdict.status !== "passed");
  return [`${mark(verdict)} **${inline(id)}** ${inline(title)}`, list, ...failing.map(executed)]
    .filter((part) => part !== "")
    .join("\n\n");
}

function checkItem({ kind, claim, verdict, red, settled }: CheckResult): string {
  const killed = red?.mutants.filter(({ outcome }) => outcome.status === "killed").length ?? 0;
  const proof = red
    ? ` · before: ${red.before.status} · ${killed} of ${count(red.mutants.length, "mutant")} killed`
    : "";
  const reason = verdict.status === "errored" || verdict.status === "not-run" ? ` · ${inline(verdict.reason)}` : "";
  const agreed = settled === undefined ? "" : ` · ${inline(settled)}`;
  return `- ${mark(verdict)} ${code(`${kind}: ${claim}`)}${proof}${agreed}${reason}`;
}

/** What was sent and what came back, of a check that does not hold. */
function executed({ kind, observations }: CheckResult): string {
  const evidence = observations.find(({ verdict }) => verdict.status !== "passed")?.evidence;
  if (!evidence) return "";
  const observed = JSON.stringify(evidence.observed, null, 1);
  return [
    `<details><summary>${inline(kind)} as executed</summary>`,
    fenced(evidence.looked.slice(0, 20).join("\n"), "sql"),
    fenced(observed.length > 4000 ? `${observed.slice(0, 4000)}…` : observed, "json"),
    "</details>",
  ].join("\n\n");
}
