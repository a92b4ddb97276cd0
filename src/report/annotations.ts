/** What GitHub shows at lines of files. Plain text: it reads no Markdown there. */

import type { CheckResult, Finding, GateResult, Mistake, PhaseResult, Place, Report, Run } from "../model/report.ts";
import { visible } from "./escape.ts";
import { executed } from "./executed.ts";
import { cutToBytes } from "./fit.ts";
import { capital, foremost, reason } from "./words.ts";

/** As GitHub's API calls it. */
export interface Annotation {
  readonly path: string;
  readonly start_line: number;
  readonly end_line: number;
  readonly annotation_level: "failure" | "warning" | "notice";
  readonly title: string;
  readonly message: string;
  readonly raw_details?: string;
}

/** GitHub's own limits are 255 and 64 KB; fifty annotations go into one request. */
const titleBytes = 255;
const messageBytes = 8000;
const rawBytes = 8000;
/** Of one phase that was started too early. */
const mostFiles = 20;

/** At the places of what blocks, the foremost first; then of what does not hold and does not count. None twice. */
export function annotations(run: Run): readonly Annotation[] {
  switch (run.status) {
    case "judged":
      return once([...failures(run.report), ...warnings(run.report)]);
    case "unusable":
      return once(run.mistakes.flatMap(ofMistake));
    case "not-judged":
      return [];
  }
}

/** A path of the repository; without one there is nowhere to show it. */
const isPath = ({ file }: Place): boolean => file !== "" && !file.startsWith("/");

function at(
  place: Place,
  annotation_level: Annotation["annotation_level"],
  title: string,
  message: string,
  raw?: string,
): readonly Annotation[] {
  if (!isPath(place)) return [];
  const line = Math.max(1, place.line);
  return [
    {
      path: place.file,
      start_line: line,
      end_line: line,
      annotation_level,
      title: plain(title, titleBytes).replace(/\s+/g, " "),
      message: plain(message, messageBytes),
      ...(raw === undefined ? {} : { raw_details: plain(raw, rawBytes) }),
    },
  ];
}

/** GitHub refuses an empty text. */
const plain = (text: string, most: number): string => cutToBytes(visible(text), most).trim() || "–";

const told = ({ message, help }: Pick<Finding, "message" | "help">): string =>
  [message, help.trim() === "" ? "" : `→ ${help}`].filter((line) => line.trim() !== "").join("\n");

function failures({ violations, phases }: Report): readonly Annotation[] {
  const gates = new Map(phases.flatMap(({ gates }) => gates.map((gate) => [gate.id, gate] as const)));
  const first = foremost(violations);
  const ordered = first === undefined ? [] : [...new Set([first, ...violations])];
  return ordered.flatMap((violation) => {
    const gate = violation.gate === undefined ? undefined : gates.get(violation.gate);
    const name = gate === undefined || gate.title.trim() === "" ? "" : ` · ${gate.title}`;
    const title = `${capital(reason(violation, phases))}${name}`;
    const advanced =
      violation.code === "phase-advanced" ? filesOf(phases.find(({ id }) => id === violation.phase)) : [];
    return violation.findings.flatMap((finding) => [
      ...at(finding.place ?? violation.place, "failure", title, told(finding), gate && rawOf(gate, finding)),
      ...advanced.flatMap((file) => at({ file, line: 1 }, "failure", title, told(finding))),
    ]);
  });
}

/** Files that the change adds or alters of a phase: there people look, and not at the plan. */
const filesOf = (phase: PhaseResult | undefined): readonly string[] =>
  (phase?.advancedBy ?? [])
    .flatMap((work) => /^(.+) \((?:added|altered)\)$/s.exec(work)?.[1] ?? [])
    .slice(0, mostFiles);

/** What was executed by the check that gave the finding. */
function rawOf({ checks }: GateResult, finding: Finding): string | undefined {
  const gave = ({ verdict }: CheckResult) =>
    verdict.status === "failed" &&
    verdict.findings.some(({ code, message }) => code === finding.code && message === finding.message);
  const check = checks.find(gave) ?? (checks.length === 1 ? checks[0] : undefined);
  const found = check && executed(check);
  return found && `${found.looked}\n\n${found.seen}`;
}

function warnings({ phases }: Report): readonly Annotation[] {
  const soft = phases
    .filter(({ state }) => state !== "not-started")
    .flatMap(({ gates }) => gates.filter(({ blocking, verdict }) => !blocking && verdict.status !== "passed"));
  return soft.flatMap((gate) => {
    const { id, title, verdict, place } = gate;
    const name = `Gate ${id} does not hold, and does not count · ${title}`;
    if (verdict.status === "passed") return [];
    if (verdict.status === "failed")
      return verdict.findings.flatMap((finding) =>
        at(finding.place ?? place, "warning", name, told(finding), rawOf(gate, finding)),
      );
    return at(place, "warning", name, verdict.reason);
  });
}

const ofMistake = ({ place, message, help = "" }: Mistake): readonly Annotation[] =>
  place === undefined ? [] : at(place, "failure", "The plan cannot be used", told({ message, help }));

function once(all: readonly Annotation[]): readonly Annotation[] {
  const key = ({ path, start_line, title, message }: Annotation) => JSON.stringify([path, start_line, title, message]);
  return [...new Map(all.toReversed().map((each) => [key(each), each])).values()].toReversed();
}
