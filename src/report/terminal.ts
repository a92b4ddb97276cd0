import { createColors } from "picocolors";
import type { Finding, PhaseResult, Place, Report, Violation } from "../model/report.ts";
import { conclusion, count, holding, mutantsOf } from "./words.ts";

export interface TerminalOptions {
  readonly colour: boolean;
  /** Columns to wrap at. */
  readonly width: number;
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
const at = ({ file, line }: Place): string => `${file}:${line}`;

/** The report for people at a terminal. */
export function terminal(report: Report, { colour, width }: TerminalOptions): string {
  const c = createColors(colour);
  const columns = Math.max(60, Math.min(width, 120));
  const widest = Math.max(10, ...report.phases.map(({ id }) => id.length + 2));

  const aligned = (left: string, right: string): string =>
    `${left}${" ".repeat(Math.max(2, columns - left.length - right.length))}${right}`;

  const phaseLine = (phase: PhaseResult): string => {
    const { killed, shown } = mutantsOf(phase);
    const gates = `${holding(phase.gates)}/${phase.gates.length} gates`;
    const mutants = shown === 0 ? "" : `${killed === shown ? killed : `${killed} of ${shown}`} mutants killed`;
    const time = report.timings.phasesMs[phase.id];
    const counts = `${gates.padStart(11)}   ${mutants}`;
    const name = phase.id.padEnd(widest);
    const line = (mark: string, rest: string, paint: (text: string) => string) =>
      `  ${paint(mark)} ${c.bold(name)} ${rest}${time === undefined ? "" : c.dim(aligned("", seconds(time)).slice(-Math.max(8, columns - rest.length - name.length - 6)))}`;
    switch (phase.state) {
      case "verified":
        return line("✔", counts, c.green);
      case "prohibited":
        return line("⛔", `${counts}   prohibited: ${phase.after.join(", ")} not verified`, c.red);
      default:
        return line("✘", counts, c.red);
    }
  };

  const finding = ({ message, help, place }: Finding): string[] => {
    const [found = message, asked] =
      message.split("; ", 2).length === 2 ? splitOnce(message, "; ") : [message, undefined];
    return [
      ...field("found", found, columns, c.dim),
      ...(asked === undefined ? [] : field("asked", asked.replace(/^the plan asks for /, ""), columns, c.dim)),
      ...field("do", place === undefined ? help : `${help} (${at(place)})`, columns, c.dim),
    ];
  };

  const violation = ({ code, gate, phase, findings, place, consequences }: Violation): string[] => {
    const title = report.phases.flatMap(({ gates }) => gates).find(({ id }) => id === gate)?.title;
    const head =
      gate === undefined
        ? `${code}${phase === undefined ? "" : ` ${phase}`}`
        : `${gate} ${title ?? ""}${code === "gate-failed" ? "" : ` (${code})`}`;
    return [
      `  ${c.red(code === "phase-advanced" ? "⛔" : "✘")} ${c.bold(head)}${c.dim(aligned(" ".repeat(head.length + 4), at(place)).slice(head.length + 4))}`,
      ...findings.flatMap((each, index) => [...(index === 0 ? [] : [""]), ...finding(each)]),
      ...(consequences.length === 0
        ? []
        : field("so", `${count(consequences.length, "consequence")}: ${consequences.join(", ")}`, columns, c.dim)),
      "",
    ];
  };

  const idle = report.phases.filter(({ state }) => state === "not-started").map(({ id }) => id);
  const soft = report.phases
    .filter(({ state }) => state !== "not-started")
    .flatMap(({ gates }) => gates.filter(({ blocking, verdict }) => !blocking && verdict.status !== "passed"));
  const { postgres } = report;
  const last = conclusion(report);
  const total = seconds(report.timings.totalMs);
  return [
    "",
    ...wrap(
      `PostgreSQL ${postgres.version} (${postgres.provider}) ready in ${seconds(report.timings.bootMs)}${postgres.why === "" ? "" : `. ${postgres.why}`}`,
      columns - 2,
    ).map((line) => `  ${c.dim(line)}`),
    ...report.phases.filter(({ state }) => state !== "not-started").map(phaseLine),
    ...(idle.length === 0 ? [] : [`  ${c.dim(`◌ ${idle.join(" ")}     not started`)}`]),
    ...soft.map(({ id, title, verdict }) => `  ${c.yellow("!")} ${id} ${title}: ${verdict.status}, and does not count`),
    "",
    ...report.violations.flatMap(violation),
    `${report.violations.length === 0 ? c.green(last) : c.red(last)}${c.dim(aligned(last, total).slice(last.length))}`,
    "",
  ].join("\n");
}

function splitOnce(text: string, by: string): [string, string] {
  const index = text.indexOf(by);
  return [text.slice(0, index), text.slice(index + by.length)];
}

/** A labelled paragraph with a hanging indent. */
function field(label: string, text: string, columns: number, paint: (text: string) => string): string[] {
  const [first = "", ...rest] = wrap(text, columns - 13);
  return [`    ${paint(label.padEnd(8))} ${first}`, ...rest.map((line) => `${" ".repeat(13)}${line}`)];
}

/** Breaks between words; text of the change cannot move the cursor or colour anything. */
export function wrap(text: string, columns: number): string[] {
  return printable(text)
    .split("\n")
    .flatMap((paragraph) => {
      const lines: string[] = [];
      let line = "";
      for (const word of paragraph.split(" ")) {
        if (line !== "" && line.length + 1 + word.length > columns) {
          lines.push(line);
          line = word;
        } else line = line === "" ? word : `${line} ${word}`;
      }
      return [...lines, line];
    });
}

/** Control and bidirectional characters as they are written in code. */
export const printable = (text: string): string =>
  text.replace(/[^\P{C}\n]/gu, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
