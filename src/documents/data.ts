/** The data of a page: everything but what stands in blocks of its own, because people read it there. */

import { z } from "zod";
import type { Json } from "../model/json.ts";
import type { VerificationDocument } from "./document.ts";
import { lookedOf, placesOf, sharedTexts } from "./looked.ts";

const verdict = z.enum(["passed", "failed", "errored", "not-run", "asked"]);
/** It was parsed from JSON, so it can be nothing else. */
const json = z.custom<Json>((value) => value !== undefined);

const proof = z.strictObject({
  points: z.array(z.enum(["before", "after", "head"])).min(1),
  examined: z.int().nonnegative(),
  looked: z.array(z.union([z.string(), z.int().nonnegative()])),
});

const check = z.strictObject({
  kind: z.string(),
  params: json,
  holdsBefore: z.string().exactOptional(),
  claim: z.string(),
  verdict,
  codes: z.array(z.string()),
  before: z.enum(["red", "vacuous", "excused", "errored", "none"]),
  proof: z.array(proof),
});

const gate = z.strictObject({
  id: z.string(),
  title: z.string(),
  requirement: z.string().exactOptional(),
  blocking: z.boolean(),
  until: z.string().exactOptional(),
  verdict,
  checks: z.array(check),
});

export const dataSchema = z.strictObject({
  format: z.literal(1),
  tool: z.string(),
  verifiedAt: z.iso.datetime(),
  verifier: z.string(),
  phase: z.string(),
  title: z.string(),
  plan: z.string(),
  after: z.array(z.string()),
  owns: json,
  migrations: z.array(z.strictObject({ name: z.string(), sha256: z.string().regex(/^[0-9a-f]{64}$/) })),
  gates: z.array(gate),
});

export type Data = z.output<typeof dataSchema>;
export type ProofData = z.output<typeof proof>;

/** In one order of keys, whatever order they were given in. */
export function dataOf({ tool, verifiedAt, verifier, derived }: VerificationDocument): Data {
  const places = placesOf(sharedTexts(derived));
  const { phase, title, plan, after, owns, migrations, gates } = derived;
  return {
    format: 1,
    tool,
    verifiedAt,
    verifier,
    phase,
    title,
    plan,
    after: [...after],
    owns,
    migrations: migrations.map(({ name, sha256 }) => ({ name, sha256 })),
    gates: gates.map(({ id, title, requirement, blocking, until, verdict, checks }) => ({
      id,
      title,
      ...(requirement === undefined ? {} : { requirement }),
      blocking,
      ...(until === undefined ? {} : { until }),
      verdict,
      checks: checks.map(({ kind, params, holdsBefore, claim, verdict, codes, before, proof }) => ({
        kind,
        params,
        ...(holdsBefore === undefined ? {} : { holdsBefore }),
        claim,
        verdict,
        codes: [...codes],
        before,
        proof: proof.map(({ points, examined, looked }) => ({
          points: [...points],
          examined,
          looked: looked.map((text) => lookedOf(text, places)),
        })),
      })),
    })),
  };
}
