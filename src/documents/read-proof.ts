import type { Json } from "../model/json.ts";
import type { Fence } from "./blocks.ts";
import type { Data, ProofData } from "./data.ts";
import type { DerivedGate, Proof } from "./document.ts";
import { readJson } from "./json-text.ts";

export type ProvenGates =
  | { readonly gates: readonly DerivedGate[] }
  /** What cannot be read, and its line, counted from 0; absent where the page ends before it. */
  | { readonly unreadable: string; readonly at?: number };

/** Puts the blocks of a page back to the checks that they stand for: those of each proof in order, then those that stand once for all. */
export function withProof({ gates }: Data, fences: readonly Fence[]): ProvenGates {
  const proofs = gates.flatMap(({ checks }) => checks.flatMap(({ proof }) => proof));
  const inPlace = proofs.reduce((sum, { looked }) => sum + looked.filter((as) => as === 0).length + 1, 0);
  const shared = fences.slice(inPlace).map(textOf);
  let next = 0;
  const proven: DerivedGate[] = [];
  for (const gate of gates) {
    const checks: DerivedGate["checks"][number][] = [];
    for (const check of gate.checks) {
      const proof: Proof[] = [];
      for (const data of check.proof) {
        const count = data.looked.filter((as) => as === 0).length + 1;
        const read = proofOf(data, fences.slice(next, next + count), shared);
        if ("unreadable" in read) return { ...read, unreadable: `${read.unreadable} for gate ${gate.id}` };
        proof.push(read);
        next += count;
      }
      checks.push({ ...check, proof });
    }
    proven.push({ ...gate, checks });
  }
  return { gates: proven };
}

function proofOf(
  { points, examined, looked }: ProofData,
  fences: readonly Fence[],
  shared: readonly (string | undefined)[],
): Proof | { readonly unreadable: string; readonly at?: number } {
  const own = fences.slice(0, -1).map(textOf);
  const last = fences.at(-1);
  let next = 0;
  const texts = looked.map((as) => {
    if (typeof as === "string") return as;
    return as === 0 ? own[next++] : shared[as - 1];
  });
  const observed = last?.language === "json" ? readJson(last.text) : undefined;
  const at = last === undefined ? {} : { at: last.at };
  const known = texts.filter((text) => text !== undefined);
  if (known.length < texts.length) return { unreadable: "what was looked at", ...at };
  return observed === undefined
    ? { unreadable: "what was seen", ...at }
    : { points, looked: known, examined, observed };
}

/** `undefined` of a block that is no text. */
function textOf({ language, text }: Fence): string | undefined {
  if (language === "sql") return text;
  const value: Json | undefined = readJson(text);
  return typeof value === "string" ? value : undefined;
}
