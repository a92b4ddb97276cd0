import type { Laboratory } from "../model/ports.ts";
import { once } from "../suites/once.ts";
import { type CaseProof, proveSuite } from "../suites/prove.ts";
import { readSuite } from "../suites/read.ts";
import type { Reason } from "../suites/result.ts";
import { runSuiteOnce } from "../suites/run.ts";

/** What became of one SQL test file. */
export type Seen =
  | {
      readonly status: "unreadable";
      readonly mistakes: readonly { readonly line: number; readonly message: string; readonly help: string }[];
    }
  | { readonly status: "fixture-refused"; readonly line: number; readonly found: string }
  | {
      readonly status: "played";
      readonly shadows: readonly string[];
      readonly cases: readonly { readonly name: string; readonly line: number; readonly reason: Reason | null }[];
    };

/** Runs a file: once in a laboratory, however many gates ask for it. */
export async function lookAtSuite(text: string, laboratory: Laboratory): Promise<Seen> {
  const read = await readSuite(text);
  if (read.status === "unreadable") return read;
  const result = await runSuiteOnce(read.suite, laboratory);
  if (result.status === "fixture-refused") return result;
  const cases = result.cases.map(({ name, line, result: { status, ...rest } }) => {
    return { name, line, reason: "reason" in rest ? rest.reason : null };
  });
  return { status: "played", shadows: result.shadows, cases };
}

/** What fails each case of a file that holds; once in a laboratory as well. */
export function proofsOf(text: string, laboratory: Laboratory): Promise<readonly CaseProof[]> {
  return once(laboratory, `prove ${text}`, async () => {
    const read = await readSuite(text);
    if (read.status === "unreadable") throw new Error("a file that was read cannot be read any more");
    return proveSuite(read.suite, laboratory);
  });
}
