import { createColors } from "picocolors";
import { gatesHold } from "../model/judge.ts";
import type { Finding, GateResult, PhaseResult, Place, Report, Violation } from "../model/report.ts";
import { visible } from "./escape.ts";
import { foldedGates, inBrief, untoldGates } from "./untold.ts";
import { baseWords, conclusion, count } from "./words.ts";

export interface TerminalOptions {
  readonly colour: boolean;
  /** Columns to wrap at. */
  readonly width: number;
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
const at = ({ file, line }: Place): string => `${file}:${line}`;
const exactly = (place: Place): string => (place.column === undefined ? at(place) : `${at(place)}:${place.column}`);

/** The report for people at a terminal. */
export function terminal(given: Report, { colour, width }: TerminalOptions): string {
  const report = shown(given);
  const c = createColors(colour);
  const columns = Math.max(60, Math.min(width, 120));
  const widest = Math.max(10, ...report.phases.map(({ id }) => id.length + 2));

  /** A line with something at its right end; what is too long in the middle is cut. */
  const row = (mark: string, name: string, rest: string, given: string, paint: (text: string) => string): string => {
    // The sign for prohibited takes two columns.
    // A place that leaves no room for the words is told below them.
    const right = given.length > columns / 2 ? "" : given;
    const room = columns - name.length - right.length - 6 - (mark === "⛔" ? 2 : 1);
    const middle = rest.length > room ? `${rest.slice(0, room - 1)}…` : rest.padEnd(room);
    return `  ${paint(mark)} ${c.bold(name)} ${middle}  ${c.dim(right)}`.trimEnd();
  };

  const phaseLine = (phase: PhaseResult): string => {
    const { gates, gatesHolding, mutants: tried, mutantsKilled: killed } = phase.counts;
    const counts = [
      `${gatesHolding}/${gates} gates`.padStart(11),
      ...(tried === 0
        ? []
        : [killed === tried ? `${count(killed, "mutant")} killed` : `${killed} of ${count(tried, "mutant")} killed`]),
      ...stateWords(phase),
    ];
    const [mark, paint] = markOf(phase, c);
    return row(
      mark,
      phase.id.padEnd(widest),
      counts.join("   "),
      seconds(report.timings.phasesMs[phase.id] ?? 0),
      paint,
    );
  };

  const finding = ({ message, help, place }: Finding): string[] => {
    const [found, asked] = splitLast(message, "; the plan asks ");
    return [
      ...field("found", found, columns, c.dim),
      ...(asked === "" ? [] : field("asked", asked.replace(/^for /, ""), columns, c.dim)),
      ...field("do", help, columns, c.dim),
      ...(place === undefined ? [] : field("at", exactly(place), columns, c.dim)),
    ];
  };

  const violation = ({ code, gate, phase, findings, place, consequences }: Violation): string[] => {
    const title = report.phases.flatMap(({ gates }) => gates).find(({ id }) => id === gate)?.title ?? "";
    const name = gate === undefined ? code : gate;
    const rest = gate === undefined ? (phase ?? "") : `${oneLine(title)}${code === "gate-failed" ? "" : ` (${code})`}`;
    const consequence = `${count(consequences.length, "consequence")}: ${consequences.join(", ")}`;
    return [
      row(code === "phase-advanced" ? "⛔" : "✘", name, rest, at(place), c.red),
      ...findings.flatMap((each, index) => [...(index === 0 ? [] : [""]), ...finding(each)]),
      ...(consequences.length === 0 ? [] : field("so", consequence, columns, c.dim)),
      ...foldedGates(report, consequences).flatMap((gate) =>
        field("", `${gate.id}: ${inBrief(gate.verdict)}`, columns, c.dim),
      ),
      "",
    ];
  };

  const started = report.phases.filter(({ state }) => state !== "not-started");
  const idle = report.phases.filter(({ state }) => state === "not-started").map(({ id }) => id);
  /** What nothing could be said of for one reason is told once. */
  const untold = [
    ...Map.groupBy(untoldGates(report), ({ id, blocking, verdict }) =>
      verdict.status === "not-run" && verdict.missing === undefined ? `${blocking} ${verdict.reason}` : id,
    ).values(),
  ];
  const untoldRows = ([gate, ...alike]: readonly GateResult[]): string[] => {
    if (!gate) return [];
    const { id, title, blocking, place, verdict } = gate;
    const more = alike.length === 0 ? "" : ` and ${count(alike.length, "more gate")}`;
    const soft = blocking ? "" : `: ${verdict.status}, and does not count`;
    return [
      row(
        blocking ? "✘" : "!",
        id,
        `${oneLine(title)}${more}${soft}`,
        at(place),
        blocking && report.conclusion !== "in-order" ? c.red : c.yellow,
      ),
      ...field("found", inBrief(verdict), columns, c.dim),
    ];
  };
  const { postgres, approvals, violations, timings } = report;
  const ready =
    postgres === undefined
      ? "No database was needed."
      : `PostgreSQL ${postgres.version} (${postgres.provider}) ready in ${seconds(timings.bootMs)}. ${postgres.why}`;
  const { base, differences } = report;
  // What is weaker is a violation, or an owner of the plan has agreed to it.
  const isRefused = violations.some(({ code }) => code === "plan-weakened");
  const changes = differences.filter(({ direction }) => direction !== "weaker" || !isRefused);
  const last = conclusion(report);
  const total = seconds(timings.totalMs);
  return [
    "",
    ...wrap(ready, columns - 2).map((line) => `  ${c.dim(line)}`),
    ...wrap(baseWords(base), columns - 2).map((line) => `  ${c.dim(line)}`),
    ...(approvals === undefined ? [] : wrap(approvals, columns - 2).map((line) => `  ${c.yellow(line)}`)),
    ...started.map(phaseLine),
    ...(idle.length === 0
      ? []
      : wrap(`◌ ${idle.join(" ")}   not started`, columns - 2).map((line) => `  ${c.dim(line)}`)),
    ...untold.flatMap(untoldRows),
    ...changes.flatMap(({ direction, message }) =>
      wrap(`${directions[direction]}: ${message}`, columns - 2).map((line) => `  ${c.dim(line)}`),
    ),
    "",
    ...violations.flatMap(violation),
    `${(violations.length === 0 ? c.green : c.red)(last)}${" ".repeat(Math.max(2, columns - last.length - total.length))}${c.dim(total)}`,
    "",
  ].join("\n");
}

const directions = {
  weaker: "weaker than on base, as a plan owner approved",
  stronger: "stronger than on base",
  neutral: "changed in the plan",
} as const;

type Colours = ReturnType<typeof createColors>;

function markOf(
  { state, advancedBy, gates }: PhaseResult,
  c: Colours,
): readonly [mark: string, paint: (text: string) => string] {
  if (state === "verified") return ["✔", c.green];
  if (state === "prohibited") return ["⛔", c.red];
  const holds = gatesHold(gates);
  return state === "in-progress" && holds ? ["◐", advancedBy.length > 0 ? c.red : c.yellow] : ["✘", c.red];
}

/** What is to be said of a phase beside its counts. */
function stateWords({ state, blockers, document }: PhaseResult): string[] {
  if (state === "prohibited") return [`prohibited: ${blockers.map(({ phase }) => phase).join(", ")} not verified`];
  if (state === "regressed") return ["regressed"];
  if (document.status === "as-derived") return ["document as derived"];
  if (document.status === "missing") return ["no document"];
  return document.status === "differs" ? ["document differs"] : [];
}

const oneLine = (text: string): string => text.replace(/\s+/g, " ");

/** The same report, in which no text of the change can move the cursor, colour or reorder anything. */
function shown<Value>(value: Value): Value {
  // Strings for strings: the shape stays what it was.
  return JSON.parse(JSON.stringify(value), (_key, inner: unknown) =>
    typeof inner === "string" ? visible(inner) : inner,
  ) as Value;
}

/** At the last place, because what was found may be anybody's text. */
function splitLast(text: string, by: string): [string, string] {
  const index = text.lastIndexOf(by);
  return index < 0 ? [text, ""] : [text.slice(0, index), text.slice(index + by.length)];
}

/** A labelled paragraph with a hanging indent. */
function field(label: string, text: string, columns: number, paint: (text: string) => string): string[] {
  const [first = "", ...rest] = wrap(text, columns - 13);
  return [`    ${paint(label.padEnd(8))} ${first}`.trimEnd(), ...rest.map((line) => `${" ".repeat(13)}${line}`)];
}

/** Breaks between words. */
export function wrap(text: string, columns: number): string[] {
  return text.split("\n").flatMap((paragraph) => {
    const lines: string[] = [];
    let line = "";
    for (const word of paragraph.trimEnd().split(" ")) {
      if (line !== "" && line.length + 1 + word.length > columns) {
        lines.push(line);
        line = word;
      } else line = line === "" ? word : `${line} ${word}`;
    }
    return [...lines, line];
  });
}
