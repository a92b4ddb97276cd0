import { dump } from "js-yaml";
import { kinds } from "../checks/table.ts";
import { readPlanOf } from "../judge.ts";
import { nearest } from "../plan/mistakes.ts";
import type { ReadPlan } from "../plan/read.ts";
import type { Gate } from "../plan/schema.ts";
import { visible } from "../report/escape.ts";
import { wrap } from "../report/terminal.ts";
import { workingTree } from "../repository/working-tree.ts";
import type { KindTable } from "../run/assign.ts";
import { mistakesText } from "./mistakes.ts";
import type { Output } from "./output.ts";
import type { Place } from "./plan-path.ts";

/** Says what a gate (or every gate of a phase) asks, how it is checked, and what proves that the checks can fail. Needs no database. */
export function explainCommand(id: string, json: boolean, { root, plan: file }: Place, output: Output): 0 | 2 {
  const reading = readPlanOf(workingTree(root), file);
  if ("mistakes" in reading) {
    output.error(mistakesText(reading.mistakes));
    return 2;
  }
  const { plan } = reading.read;
  const phase = plan.phases.find((candidate) => candidate.id === id);
  const gates = phase?.gates ?? plan.phases.flatMap((candidate) => candidate.gates).filter((gate) => gate.id === id);
  if (gates.length === 0) {
    const ids = plan.phases.flatMap((candidate) => [candidate.id, ...candidate.gates.map((gate) => gate.id)]);
    const near = nearest(id, ids) ?? ids.find((one) => one.toLowerCase().startsWith(id.toLowerCase()));
    output.error(`The plan has no phase or gate ${id}.${near === undefined ? "" : ` Did you mean ${near}?`}\n`);
    return 2;
  }
  const explained = gates.map((gate) => explainGate(gate, reading.read));
  output.out(
    json
      ? `${JSON.stringify(explained, null, 2)}\n`
      : `${[...explained.map((gate) => gateText(gate, output.width)), kindsText(explained, output.width)].join("\n")}\n`,
  );
  return 0;
}

interface ExplainedGate {
  readonly id: string;
  readonly title: string;
  readonly requirement?: string;
  readonly blocking: boolean;
  readonly place: string;
  readonly checks: readonly {
    readonly kind: string;
    readonly claim: string;
    /** As the plan gives them. */
    readonly params: unknown;
    readonly summary: string;
    /** Where it is looked at. */
    readonly points: readonly string[];
    /** What it can be found to fail with; red proof shows that it does. */
    readonly codes: readonly string[];
    readonly holdsBefore?: string;
  }[];
}

function explainGate(
  { id, title, requirement, blocking, checks }: Gate,
  { plan, at, written }: ReadPlan,
): ExplainedGate {
  const phase = plan.phases.findIndex(({ gates }) => gates.some((gate) => gate.id === id));
  const gate = plan.phases[phase]?.gates.findIndex((candidate) => candidate.id === id) ?? -1;
  const path = ["phases", phase, "gates", gate];
  const { file, line } = at(path);
  const table: KindTable = kinds;
  return {
    id,
    title,
    ...(requirement === undefined ? {} : { requirement }),
    blocking,
    place: `${file}:${line}`,
    checks: checks.map((check, index) => {
      const kind = table[check.kind];
      if (!kind) throw new Error(`no check kind ${check.kind}`);
      return {
        kind: kind.kind,
        claim: kind.claim(check.params),
        params: written([...path, "checks", index, check.kind]),
        summary: kind.summary,
        points: kind.looksAt === "database" ? kind.points : ["head"],
        codes: kind.codes,
        ...(check.holdsBefore === undefined ? {} : { holdsBefore: check.holdsBefore }),
      };
    }),
  };
}

/** Without folded lines, so that statements can be copied. */
const yamlOf = (params: unknown): readonly string[] =>
  visible(dump(params, { lineWidth: -1 }))
    .trimEnd()
    .split("\n");

const columnsOf = (width: number): number => Math.max(60, Math.min(width, 120));

const paragraph = (label: string, text: string, columns: number): string[] => lines(label, wrap(text, columns - 16));

function lines(label: string, [first = "", ...rest]: readonly string[]): string[] {
  return [`    ${label.padEnd(12)}${first}`, ...rest.map((line) => `${" ".repeat(16)}${line}`)];
}

function gateText({ id, title, requirement, blocking, place, checks }: ExplainedGate, width: number): string {
  const columns = columnsOf(width);
  return [
    `${id} ${title}${blocking ? "" : " (not blocking)"}   ${place}`,
    ...(requirement === undefined ? [] : wrap(requirement, columns - 2).map((line) => `  ${line}`)),
    "",
    ...checks.flatMap(({ kind, claim, params, holdsBefore }) => [
      ...wrap(`${kind}: ${claim}`, columns - 2).map((line) => `  ${line}`),
      ...yamlOf(params).map((line) => `    ${line}`),
      ...(holdsBefore === undefined ? [] : paragraph("holds before", holdsBefore, columns)),
    ]),
    "",
  ].join("\n");
}

/** Each kind that the gates use, once: it is the same for every check. */
function kindsText(gates: readonly ExplainedGate[], width: number): string {
  const columns = columnsOf(width);
  const checks = new Map(gates.flatMap((gate) => gate.checks.map((check) => [check.kind, check] as const)));
  return [
    "The kinds of check",
    "",
    ...[...checks.values()].flatMap(({ kind, summary, points, codes }) => [
      `  ${kind}`,
      ...paragraph("asks", summary, columns),
      ...paragraph(
        "looked at",
        points.includes("after") ? "after the phase and at head; before the phase it must fail" : "at head",
        columns,
      ),
      ...paragraph("can fail as", codes.join(", "), columns),
    ]),
  ].join("\n");
}
