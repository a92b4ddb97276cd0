import { createColors } from "picocolors";
import { visible } from "../report/escape.ts";
import { type TerminalOptions, wrap } from "../report/terminal.ts";
import { count } from "../report/words.ts";
import { requiresWorkflow } from "./branch-ways.ts";
import type { Facts } from "./facts.ts";
import type { Diagnosis, WayFinding } from "./ways.ts";
import { gatesOf, requestGates } from "./workflow-ways.ts";

/** What `doctor` found, for people at a terminal. */
export function diagnosisText(facts: Facts, diagnosis: Diagnosis, { colour, width }: TerminalOptions): string {
  const c = createColors(colour);
  const columns = Math.max(60, Math.min(width, 120));

  const field = (label: string, text: string): string[] => {
    const [first = "", ...rest] = wrap(visible(text), columns - 13);
    return [`    ${c.dim(label.padEnd(8))} ${first}`, ...rest.map((line) => `${" ".repeat(13)}${line}`)];
  };

  /** As it is, so that it can be copied. */
  const verbatim = (label: string, text: string): string[] =>
    visible(text)
      .split("\n")
      .map((line, index) => `    ${c.dim((index === 0 ? label : "").padEnd(8))} ${line}`);

  const finding = ({ code, severity, message, help, yaml, place }: WayFinding): string[] => [
    `  ${severity === "open" ? c.red("✘") : c.yellow("!")} ${c.bold(code)}`,
    ...field("found", message),
    ...field("do", help),
    ...(yaml === undefined ? [] : verbatim("paste", yaml)),
    ...(place === undefined ? [] : field("at", `${place.file}:${place.line}`)),
    "",
  ];

  const { unknown } = diagnosis;
  const reasons = [...new Set(unknown.map(({ because }) => because))];
  const notLookedAt = reasons.flatMap((reason) => {
    const codes = unknown.filter(({ because }) => because === reason).map(({ code }) => code);
    return [
      `  ${c.yellow("?")} ${c.bold("not looked at")}`,
      ...field("ways", codes.join(", ")),
      ...field("why", reason),
      "",
    ];
  });
  const unreadable = facts.unreadable.flatMap(({ place, message }) => [
    `  ${c.red("✘")} ${c.bold("not readable")}`,
    ...field("found", `${message}.`),
    ...field("do", "Correct it: what GitHub refuses is not run, and what is in it cannot be told."),
    ...field("at", `${place.file}:${place.line}`),
    "",
  ]);
  const paint =
    conclusionOf(facts, diagnosis) === "open" || facts.unreadable.length > 0
      ? c.red
      : unknown.length > 0
        ? c.yellow
        : c.green;
  return [
    ...wrap(visible(introduction(facts)), columns - 2).map((line) => `  ${c.dim(line)}`),
    "",
    ...diagnosis.findings.flatMap(finding),
    ...unreadable,
    ...notLookedAt,
    ...limits(facts).flatMap((limit) => [...wrap(limit, columns - 2).map((line) => `  ${c.dim(line)}`), ""]),
    paint(sentence(facts, diagnosis)),
    "",
  ].join("\n");
}

/** `open`: there is a way around the gate. `not-read`: a workflow could not be read, so nobody knows. */
export function conclusionOf({ unreadable }: Facts, { findings }: Diagnosis): "open" | "not-read" | "none-open" {
  if (findings.some(({ severity }) => severity === "open")) return "open";
  return unreadable.length > 0 ? "not-read" : "none-open";
}

function introduction(facts: Facts): string {
  const gates = gatesOf(facts).map(
    ({ job, place }) =>
      `job ${job.id} (${place.file}:${place.line}${job.check === undefined ? "" : `, the check "${job.check}"`})`,
  );
  return `${facts.plan.file} guards ${facts.branch}${gates.length === 0 ? "." : `, judged by ${gates.join(" and ")}.`}`;
}

/** What no file and no setting of a branch closes. */
const limits = (facts: Facts): readonly string[] =>
  requestGates(facts).length === 0 || requiresWorkflow(facts)
    ? []
    : [
        "Who may push a branch may run a workflow there that reports a check of the same name as GitHub Actions; only requiring the workflow itself, in a ruleset of an organisation, stops them.",
      ];

function sentence(facts: Facts, diagnosis: Diagnosis): string {
  const { findings, unknown } = diagnosis;
  const open = findings.filter(({ severity }) => severity === "open").length;
  const unseen = new Set(unknown.map(({ code }) => code)).size;
  const rest = unseen === 0 ? "" : ` ${count(unseen, "way")} could not be looked at.`;
  switch (conclusionOf(facts, diagnosis)) {
    case "open":
      return `${count(open, "way")} around the gate ${open === 1 ? "is" : "are"} open.${rest}`;
    case "not-read":
      return `It could not be told: ${count(facts.unreadable.length, "workflow")} cannot be read.${rest}`;
    case "none-open":
      return unseen === 0
        ? "No way around the gate is open, of those that are known."
        : `No way around the gate was found open, but not all were looked at.${rest}`;
  }
}
