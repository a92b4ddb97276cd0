import type { Laboratory } from "../model/ports.ts";
import { inTurns } from "./in-turns.ts";
import type { Reason } from "./result.ts";
import { runSessions, runSuiteOnce } from "./run.ts";
import { type SuiteFile, sessionsOf } from "./suite.ts";

/** Something of a suite that does not hold although nobody sabotaged anything. */
export type Red =
  | { readonly file: string; readonly line: number; readonly found: string; readonly time: "fixture" }
  | { readonly file: string; readonly case: string; readonly reason: Reason; readonly time: "first" | "again" };

/**
 * Runs every case of the suites; those of several sessions twice. The others are run again, and more than once, where
 * mutants are shown to them.
 */
export async function baseline(
  suites: readonly SuiteFile[],
  laboratory: Pick<Laboratory, "clone">,
): Promise<readonly Red[]> {
  const red: Red[] = [];
  for (const { file, suite } of suites) {
    const result = await runSuiteOnce(suite, laboratory);
    if (result.status === "fixture-refused") {
      red.push({ file, line: result.line, found: result.found, time: "fixture" });
      continue;
    }
    for (const { name, result: seen } of result.cases)
      if (seen.status === "failed") red.push({ file, case: name, reason: seen.reason, time: "first" });
  }
  if (red.length > 0) return red;
  return redSessions(sessionsOf(suites), laboratory);
}

/** Plays cases of several sessions that held before. */
export async function redSessions(
  cases: ReturnType<typeof sessionsOf>,
  laboratory: Pick<Laboratory, "clone">,
): Promise<readonly Red[]> {
  const red = await inTurns(cases, async ({ file, suite, one }) => {
    const seen = await runSessions(suite, one, laboratory, []);
    return seen.status === "failed" ? [{ file, case: one.name, reason: seen.reason, time: "again" as const }] : [];
  });
  return red.flat();
}
