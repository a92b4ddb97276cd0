import { z } from "zod";
import type { ViolationCode } from "../model/report.ts";

/** The JSON report as a schema, for programs that read it. */

const place = z.strictObject({ file: z.string(), line: z.int().min(1), column: z.int().min(1).optional() });
const finding = z.strictObject({ code: z.string(), message: z.string(), help: z.string(), place: place.optional() });
const findings = z.tuple([finding], finding);
const reason = z.string();
const verdict = z.discriminatedUnion("status", [
  z.strictObject({ status: z.literal("passed") }),
  z.strictObject({ status: z.literal("failed"), findings }),
  z.strictObject({ status: z.literal("errored"), reason }),
  z.strictObject({ status: z.literal("not-run"), reason, missing: findings.optional() }),
]);
const evidence = z.strictObject({ looked: z.array(z.string()), examined: z.int().min(0), observed: z.json() });
const observation = z.strictObject({
  point: z.enum(["before", "after", "head"]),
  verdict,
  evidence: evidence.optional(),
});
const before = z.discriminatedUnion("status", [
  z.strictObject({ status: z.literal("red"), codes: z.array(z.string()) }),
  z.strictObject({ status: z.literal("vacuous") }),
  z.strictObject({ status: z.literal("excused"), reason }),
  z.strictObject({ status: z.literal("errored"), reason }),
  z.strictObject({ status: z.literal("none"), reason }),
]);
const outcome = z.discriminatedUnion("status", [
  z.strictObject({ status: z.literal("killed") }),
  z.strictObject({ status: z.literal("survived") }),
  z.strictObject({ status: z.literal("killed-for-another-reason"), codes: z.array(z.string()) }),
  z.strictObject({ status: z.literal("refused"), reason }),
]);
const red = z.strictObject({
  before,
  mutants: z.array(z.strictObject({ name: z.string(), sabotage: z.string(), provokes: z.string(), outcome })),
  placebo: z.enum(["unmoved", "moved", "not-tried"]),
});
const check = z.strictObject({
  kind: z.string(),
  claim: z.string(),
  place,
  observations: z.array(observation),
  red: red.optional(),
  settled: z.string().optional(),
  verdict,
});
const gate = z.strictObject({
  id: z.string(),
  title: z.string(),
  requirement: z.string().optional(),
  blocking: z.boolean(),
  place,
  checks: z.array(check),
  verdict,
});
const number = z.int().min(0);
const phase = z.strictObject({
  id: z.string(),
  title: z.string(),
  place,
  after: z.array(z.string()),
  state: z.enum(["not-started", "in-progress", "verified", "regressed", "prohibited"]),
  started: z.boolean(),
  advancedBy: z.array(z.string()),
  blockers: z.array(z.strictObject({ phase: z.string(), why: z.string() })),
  document: z.discriminatedUnion("status", [
    z.strictObject({ status: z.literal("as-derived"), path: z.string(), changed: z.boolean() }),
    z.strictObject({ status: z.literal("missing"), path: z.string() }),
    z.strictObject({
      status: z.literal("differs"),
      path: z.string(),
      claimsMore: z.boolean(),
      changed: z.boolean(),
      findings,
    }),
    z.strictObject({ status: z.literal("not-asked") }),
  ]),
  atBase: z.enum(["none", "pass", "pass-of-other-migrations"]),
  schema: z.array(z.strictObject({ object: z.string(), how: z.enum(["created", "altered", "dropped"]) })),
  migrations: z.array(z.string()),
  counts: z.strictObject({
    gates: number,
    gatesHolding: number,
    checks: number,
    checksProven: number,
    mutants: number,
    mutantsKilled: number,
  }),
  gates: z.array(gate),
});
const violationCodes = {
  "phase-advanced": true,
  regressed: true,
  "verified-work-changed": true,
  "plan-weakened": true,
  "plan-missing": true,
  "document-missing": true,
  "document-differs": true,
  "migration-out-of-order": true,
  "gate-failed": true,
  "gate-errored": true,
  "gate-not-run": true,
  "vacuous-check": true,
  "migration-failed": true,
  "unclaimed-migration": true,
} satisfies Record<ViolationCode, true>;
const violation = z.strictObject({
  code: z.enum(Object.keys(violationCodes)),
  phase: z.string().optional(),
  gate: z.string().optional(),
  findings,
  place,
  consequences: z.array(z.string()),
});
const milliseconds = z.number().min(0);

export const reportSchema = z.strictObject({
  version: z.literal(1),
  tool: z.strictObject({ name: z.literal("phasegate"), version: z.string() }),
  plan: z.strictObject({ name: z.string(), file: z.string() }),
  base: z.discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("audit"), reason: z.string().optional() }),
    z.strictObject({
      kind: z.literal("commit"),
      name: z.string(),
      commit: z.string(),
      adoption: z.boolean(),
      behind: z.int().min(0),
    }),
  ]),
  postgres: z
    .strictObject({
      provider: z.enum(["url", "local", "embedded", "docker"]),
      version: z.string(),
      why: z.string(),
      insteadOf: z.int().optional(),
    })
    .optional(),
  documents: z.enum(["asked", "not-asked"]),
  approvals: z.string().optional(),
  phases: z.array(phase),
  differences: z.array(
    z.strictObject({
      direction: z.enum(["weaker", "stronger", "neutral"]),
      message: z.string(),
      place,
      phase: z.string().optional(),
      gate: z.string().optional(),
    }),
  ),
  violations: z.array(violation),
  conclusion: z.enum(["in-order", "must-not-be-merged"]),
  timings: z.strictObject({
    totalMs: milliseconds,
    bootMs: milliseconds,
    replayMs: milliseconds,
    checksMs: milliseconds,
    proofMs: milliseconds,
    phasesMs: z.record(z.string(), milliseconds),
  }),
});

/** The JSON Schema of the report. */
export const reportJsonSchema = (): object => z.toJSONSchema(reportSchema, { target: "draft-2020-12" });
