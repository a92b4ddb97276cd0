import type { Run } from "../../src/model/report.ts";
import type { Shown } from "../../src/report/shown.ts";
import { gate, nullable, passed, phase, report } from "./sample-parts.ts";
import { samples } from "./samples.ts";

/** Where the reports of tests are shown. */
export const shown: Shown = {
  head: "a1b2c3d4e5f60718293a4b5c6d7e8f9012345678",
  files: "https://github.com/o/r/blob/a1b2c3d4e5f60718293a4b5c6d7e8f9012345678",
  run: "https://github.com/o/r/actions/runs/42",
  notes: [],
};

/** Everything that a run can give: every report of the samples, and the reasons why there is none. */
export const runs: { readonly [name: string]: Run } = {
  ...Object.fromEntries(
    Object.entries(samples).map(([name, each]): [string, Run] => [name, { status: "judged", report: each }]),
  ),
  unusable: {
    status: "unusable",
    mistakes: [
      {
        place: { file: "phasegate.yml", line: 12, column: 5 },
        message: "`nulable` is no key of `column`; allowed are `table`, `name`, `type`, `nullable`.",
        help: "Did you mean `nullable`?",
      },
      { message: "--phase 9Z names no phase." },
    ],
  },
  "not-judged": {
    status: "not-judged",
    reason: "Base cannot be found: this checkout has one commit.",
    help: "Let `actions/checkout` fetch all: `fetch-depth: 0`.",
  },
};

/** 40 phases, 300 gates, of which two in three fail. */
export const large: Run = {
  status: "judged",
  report: report(
    Array.from({ length: 40 }, (_, index) =>
      phase(
        `P${index}`,
        `Phase number ${index}`,
        index < 10 ? "verified" : index < 35 ? "in-progress" : "not-started",
        Array.from({ length: index < 20 ? 8 : 7 }, (_gate, at) =>
          gate(`P${index}.${at}`, `Gate ${at} of phase ${index}`, index < 10 ? passed : nullable),
        ),
        index === 0 ? [] : [`P${index - 1}`],
      ),
    ),
  ),
};
