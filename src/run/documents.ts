/** What a verification document of a phase would record, and what came of the one that lies there. */

import { createHash } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { compare } from "../documents/compare.ts";
import { type Derived, type DerivedCheck, type DerivedGate, type Proof, says } from "../documents/document.ts";
import { unproven } from "../documents/proof.ts";
import { readDocument } from "../documents/read.ts";
import type { Json } from "../model/json.ts";
import { worst } from "../model/judge.ts";
import type { Tree } from "../model/ports.ts";
import type { CheckResult, ClaimAtBase, DocumentResult, Finding, Findings, GateResult } from "../model/report.ts";
import type { ReadPlan } from "../plan/read.ts";
import type { KindTable } from "./assign.ts";
import { type Against, documentPath } from "./change.ts";

/** By people when the change that commits the document is merged, and never by a document. */
const asksPeople = ({ kind }: Pick<CheckResult, "kind">): boolean => kind === "approval";

/** Of a migration: line ends and a byte order mark are no part of it. */
export const contentHash = (text: string): string =>
  createHash("sha256")
    .update(text.replace(/^\uFEFF/, "").replaceAll("\r\n", "\n"))
    .digest("hex");

export function hashesOf(tree: Tree, dir: string, names: readonly string[]): Derived["migrations"] {
  return names.map((name) => ({ name, sha256: contentHash(tree.read(`${dir}/${name}`) ?? "") }));
}

/** @param index of the phase in the plan */
export function derive(
  read: ReadPlan,
  index: number,
  gates: readonly GateResult[],
  migrations: Derived["migrations"],
): Derived {
  const phase = read.plan.phases[index];
  if (!phase) throw new Error(`the plan has no phase ${index}`);
  const { id, title, after } = phase;
  return {
    phase: id,
    title,
    plan: read.file,
    after,
    owns: json(read.written(["phases", index, "owns"])),
    migrations,
    gates: phase.gates.flatMap((gate, gateIndex): readonly DerivedGate[] => {
      const result = gates.find((each) => each.id === gate.id);
      if (!result) return [];
      const checks = result.checks.map((check, checkIndex) =>
        derivedCheck(read, ["phases", index, "gates", gateIndex, "checks", checkIndex], check),
      );
      const { requirement, until } = gate;
      return [
        {
          id: gate.id,
          title: gate.title,
          ...(requirement === undefined ? {} : { requirement }),
          blocking: gate.blocking,
          ...(until === undefined ? {} : { until }),
          verdict: verdictOf(result),
          checks,
        },
      ];
    }),
  };
}

function verdictOf({ checks, verdict }: GateResult): DerivedGate["verdict"] {
  if (checks.length === 0) return verdict.status;
  const others = checks.filter((check) => !asksPeople(check));
  return others.length === 0 ? "asked" : worst(others.map((check) => check.verdict)).status;
}

function derivedCheck(read: ReadPlan, path: readonly (string | number)[], check: CheckResult): DerivedCheck {
  const { kind, claim, verdict, red, observations } = check;
  const holdsBefore = read.written([...path, "holds-before"]);
  const outside = asksPeople(check);
  return {
    kind,
    params: json(read.written([...path, kind])),
    ...(typeof holdsBefore === "string" ? { holdsBefore } : {}),
    claim,
    verdict: outside ? "asked" : verdict.status,
    codes: verdict.status === "failed" ? [...new Set(verdict.findings.map(({ code }) => code))] : [],
    before: red?.before.status ?? "none",
    proof: outside ? [] : proofs(observations),
  };
}

/** What was the same at several points is told once. */
function proofs(observations: CheckResult["observations"]): readonly Proof[] {
  const told: { points: Proof["points"][number][]; looked: readonly string[]; examined: number; observed: Json }[] = [];
  for (const { point, evidence } of observations) {
    if (!evidence) continue;
    const { looked, examined, observed } = evidence;
    const same = told.find(
      (each) => isDeepStrictEqual(each.looked, looked) && isDeepStrictEqual(each.observed, observed),
    );
    if (same) same.points.push(point);
    else told.push({ points: [point], looked, examined, observed });
  }
  return told;
}

/** Plans are YAML of plain values, so what is written is JSON. */
const json = (value: unknown): Json => JSON.parse(JSON.stringify(value ?? null)) as Json;

/** Compares the document of a phase at head with what this run derives, and judges its proof again. */
export function documentResult(
  read: ReadPlan,
  derived: Derived,
  tree: Tree,
  kinds: KindTable,
  changed: (path: string) => boolean,
): DocumentResult {
  const path = documentPath(read, derived.phase);
  const differs = (claimsMore: boolean, findings: readonly Finding[]): DocumentResult => {
    const [first, ...more] = findings;
    if (!first) return { status: "as-derived", path, changed: changed(path) };
    return {
      status: "differs",
      path,
      claimsMore,
      changed: changed(path),
      findings: [first, ...more] satisfies Findings,
    };
  };
  const help = `Nobody writes it by hand: make ${derived.phase} hold, and issue it again with \`phasegate verify ${derived.phase}\`.`;
  let text: string | undefined;
  try {
    text = tree.read(path);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return differs(true, [{ code: "document-differs", message: `${message}.`, help, place: { file: path, line: 1 } }]);
  }
  if (text === undefined) return { status: "missing", path };
  const reading = readDocument(text);
  if ("flaws" in reading) {
    return differs(
      true,
      reading.flaws.map(({ message, help: how, line }) => ({
        code: "document-differs",
        message,
        help: how,
        place: { file: path, line },
      })),
    );
  }
  const { derived: recorded } = reading.document;
  const differences = [
    ...compare(recorded, derived),
    ...unproven(recorded, (kind, params, observed) => judgedAgain(kinds, kind, params, observed)),
  ];
  return differs(
    differences.some(({ claimsMore }) => claimsMore),
    differences.map(({ what, document, run }) => ({
      code: "document-differs",
      message: `${what}: the document says ${document}; this run derives ${run}.`,
      help,
      place: { file: path, line: 1 },
    })),
  );
}

function judgedAgain(kinds: KindTable, name: string, params: Json, observed: Json) {
  const kind = kinds[name];
  if (!kind) return { unreadable: `there is no check kind ${name}` };
  const parsed = kind.params.safeParse(params);
  if (!parsed.success) return { unreadable: `its parameters are none of ${name}` };
  try {
    return kind.judge(parsed.data, observed);
  } catch {
    // Evidence of another shape than the kind records: nobody's run wrote it.
    return { unreadable: `its evidence is none of ${name}` };
  }
}

/** What the document of a phase says on base. What cannot be read there says nothing. */
export function claimAtBase({ plan, tree }: Against, phase: string, migrations: Derived["migrations"]): ClaimAtBase {
  if (!plan) return "none";
  const recorded = passAtBase(plan, tree, phase);
  if (!recorded) return "none";
  return isDeepStrictEqual(recorded.migrations, migrations) ? "pass" : "pass-of-other-migrations";
}

/** The data of a document that says PASS for this phase; `undefined` of anything else. */
export function passAtBase(plan: ReadPlan, tree: Tree, phase: string): Derived | undefined {
  let text: string | undefined;
  try {
    text = tree.read(documentPath(plan, phase));
  } catch {
    return undefined; // no text file: no document
  }
  if (text === undefined) return undefined;
  const reading = readDocument(text);
  if ("flaws" in reading || says(reading.document) !== "PASS") return undefined;
  const { derived } = reading.document;
  return derived.phase === phase ? derived : undefined;
}

/**
 * People are asked when the change that first commits a phase's document is merged, and by a change of what is asked.
 * What the document on base records, for these migrations, they have been asked.
 *
 * @param index of the phase in the plan
 */
export function settledAtBase(
  read: ReadPlan,
  { plan, tree }: Against,
  index: number,
  migrations: Derived["migrations"],
): (gate: number, check: number) => boolean {
  const phase = read.plan.phases[index];
  const recorded = plan && phase ? passAtBase(plan, tree, phase.id) : undefined;
  if (!recorded || !isDeepStrictEqual(recorded.migrations, migrations)) return () => false;
  return (gateIndex, checkIndex) => {
    const gate = phase?.gates[gateIndex];
    const check = gate?.checks[checkIndex];
    if (!gate || !check || !asksPeople(check)) return false;
    const path = ["phases", index, "gates", gateIndex, "checks", checkIndex, check.kind];
    const asked = json(read.written(path));
    return recorded.gates.some(
      ({ id, checks }) =>
        id === gate.id && checks.some((each) => asksPeople(each) && isDeepStrictEqual(each.params, asked)),
    );
  };
}
