import { execFileSync } from "node:child_process";
import { userInfo } from "node:os";
import { isDeepStrictEqual } from "node:util";
import { compare } from "../documents/compare.ts";
import type { Derived, VerificationDocument } from "../documents/document.ts";
import { readDocument } from "../documents/read.ts";
import { render, withFreeBlocksOf } from "../documents/render.ts";
import { type Judgement, type JudgeOptions, judge, readPlanOf } from "../judge.ts";
import { gatesHold, judgeGate } from "../model/judge.ts";
import type { GateResult, PhaseResult, Report } from "../model/report.ts";
import { terminal } from "../report/terminal.ts";
import { treeWriter } from "../repository/tree-writer.ts";
import { workingTree } from "../repository/working-tree.ts";
import { documentPath } from "../run/change.ts";
import { version } from "../version.ts";
import { mistakesText } from "./mistakes.ts";
import type { Output } from "./output.ts";
import type { Place } from "./plan-path.ts";
import { progressText, providerOf } from "./run.ts";

export interface VerifyArguments {
  readonly phases: readonly string[];
  readonly all?: boolean;
  readonly verifier?: string;
  readonly postgres: string;
  readonly json?: boolean;
}

/** A phase whose document was not written, and why. */
interface Refused {
  readonly phase: string;
  readonly why: readonly string[];
}

/**
 * Derives what the documents record, twice, and writes them where the phase holds.
 * @returns the exit code: 1 where a document that was asked for could not be written
 */
export async function verifyCommand(
  args: VerifyArguments,
  env: JudgeOptions["env"],
  { root, plan }: Place,
  output: Output,
  signal: AbortSignal,
): Promise<0 | 1 | 2 | 3> {
  const options: JudgeOptions = {
    root,
    plan,
    postgres: providerOf(args.postgres),
    base: { kind: "audit" },
    documents: "asked",
    phases: args.phases,
    writeResults: true,
    env,
    onProgress: (progress) => {
      if (progress.kind === "written") output.error(`Wrote ${progress.file}\n`);
      else output.progress(...progressText(progress));
    },
    signal,
  };
  const first = await judge(options);
  if (first.status !== "judged") return told(first, output);
  const targets = args.all ? first.report.phases.filter(({ started }) => started).map(({ id }) => id) : args.phases;
  const verified = new Set(first.report.phases.filter(isVerified).map(({ id }) => id));
  const asDerived = new Set(targets.filter((id) => verified.has(id)));
  const holding = targets.filter((id) => !asDerived.has(id) && holds(first, id));
  const second = holding.length === 0 ? first : await judge(options);
  output.quiet();
  if (second.status !== "judged") return told(second, output);

  const written: string[] = [];
  const unchanged: string[] = [];
  const refused: Refused[] = [];
  const tree = workingTree(root);
  const writer = treeWriter(root);
  const reading = readPlanOf(tree, plan);
  if ("mistakes" in reading) return told({ status: "unusable", mistakes: reading.mistakes }, output);
  for (const phase of first.report.phases) {
    if (!targets.includes(phase.id)) continue;
    const isAsDerived = asDerived.has(phase.id);
    const derived = second.derived.find((each) => each.phase === phase.id);
    const why = [
      ...openGates(phase),
      ...(derived && !isAsDerived
        ? unstable(
            first.derived.find((each) => each.phase === phase.id),
            derived,
          )
        : []),
      ...phase.after
        .filter((id) => !verified.has(id))
        .map((id) => `${phase.id} comes after ${id}, which is not verified: verify ${id} first.`),
    ];
    if (why.length > 0 || !derived) {
      refused.push({ phase: phase.id, why });
      continue;
    }
    const path = documentPath(reading.read, phase.id);
    if (isAsDerived) {
      unchanged.push(path);
      continue;
    }
    const issued: VerificationDocument = {
      format: 1,
      tool: version,
      verifiedAt: new Date().toISOString().replace(/\.\d+Z$/, "Z"),
      verifier: args.verifier ?? verifierOf(root),
      derived,
      remediation: "",
      signOff: "",
    };
    const text = tree.read(path);
    const former = text === undefined ? undefined : readDocument(text);
    if (former && "flaws" in former) {
      const [{ message, line }] = former.flaws;
      refused.push({
        phase: phase.id,
        why: [
          `${path}:${line}: ${message} What people wrote in it would be lost: take the edit back, or remove the file.`,
        ],
      });
      continue;
    }
    writer.write(path, render(former ? carriedOver(issued, former.document) : issued));
    written.push(path);
    verified.add(phase.id);
  }
  if (args.json) output.out(`${JSON.stringify({ written, unchanged, refused }, null, 2)}\n`);
  else output.out(summary(first.report, written, unchanged, refused, targets, output));
  return refused.length === 0 ? 0 : 1;
}

const isVerified = ({ document, gates }: PhaseResult): boolean =>
  document.status === "as-derived" && gatesHold(withoutPeople(gates));

const holds = (judged: Extract<Judgement, { status: "judged" }>, id: string): boolean => {
  const phase = judged.report.phases.find((each) => each.id === id);
  return phase !== undefined && openGates(phase).length === 0;
};

/** People are asked when the change that commits the document is merged. */
const withoutPeople = (gates: readonly GateResult[]): readonly GateResult[] =>
  gates.flatMap((gate) => {
    if (gate.checks.length === 0) return [gate];
    const checks = gate.checks.filter(({ kind }) => kind !== "approval");
    return checks.length === 0 ? [] : [{ ...gate, checks, verdict: judgeGate(checks) }];
  });

function openGates(phase: PhaseResult): readonly string[] {
  const open = withoutPeople(phase.gates).filter(({ blocking, verdict }) => blocking && verdict.status !== "passed");
  const why = open.map(({ id, title, verdict }) => {
    const reason =
      verdict.status === "failed" ? verdict.findings[0].message : "reason" in verdict ? verdict.reason : "";
    return `gate ${id} (${title}) does not hold: ${reason}`;
  });
  return gatesHold(withoutPeople(phase.gates)) ? [] : why.length > 0 ? why : [`${phase.id} has no gate that holds.`];
}

/** What people wrote stays; but who signed something else than this has not signed this. */
function carriedOver(issued: VerificationDocument, former: VerificationDocument): VerificationDocument {
  const same = compare(former.derived, issued.derived).length === 0;
  return withFreeBlocksOf(issued, { ...former, signOff: same ? former.signOff : issued.signOff });
}

/** Checks whose evidence was not the same twice: nobody could derive the document again. */
function unstable(first: Derived | undefined, second: Derived): readonly string[] {
  return second.gates.flatMap(({ id, checks }, gate) =>
    checks.flatMap(({ claim, proof }, check) =>
      isDeepStrictEqual(first?.gates[gate]?.checks[check]?.proof, proof)
        ? []
        : [`gate ${id}, "${claim}", gives another result each time; select stable columns, in a fixed order.`],
    ),
  );
}

function verifierOf(root: string): string {
  try {
    return execFileSync("git", ["config", "user.name"], {
      cwd: root,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }).trim();
  } catch {
    // No git, or nobody is named in it.
    return userInfo().username;
  }
}

function summary(
  report: Report,
  written: readonly string[],
  unchanged: readonly string[],
  refused: readonly Refused[],
  targets: readonly string[],
  output: Output,
): string {
  const lines = [
    ...written.map((path) => `Wrote ${path}`),
    ...unchanged.map((path) => `Left ${path} as it is: it says what this run derives`),
    ...refused.flatMap(({ phase, why }) => [`${phase} is not verified:`, ...why.map((each) => `  ${each}`)]),
  ];
  if (written.length + refused.length === 0)
    return `Nothing to write: ${unchanged.length === 0 ? "no phase has started" : `what this run derives stands in ${unchanged.join(", ")}`}.\n`;
  const whole =
    refused.length > 0 && targets.length === 1 ? terminal(report, { colour: output.colour, width: output.width }) : "";
  return `${whole}${lines.join("\n")}\n`;
}

function told(run: Exclude<Judgement, { status: "judged" }>, output: Output): 2 | 3 {
  output.quiet();
  if (run.status === "unusable") {
    output.error(mistakesText(run.mistakes));
    return 2;
  }
  output.error(`Could not be judged: ${run.reason}\n${run.help === undefined ? "" : `${run.help}\n`}`);
  return 3;
}
