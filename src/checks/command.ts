import { z } from "zod";
import type { ProgramResult } from "../model/ports.ts";
import { defineFilesKind, type KindFinding, type Mutant, type Strength } from "./kind.ts";
import { path, pattern } from "./params.ts";
import { fixed, optional, ordered } from "./strength.ts";

type Observed = {
  readonly ended:
    | { readonly how: "exit"; readonly code: number }
    | { readonly how: "signal"; readonly signal: string }
    | { readonly how: "timeout" };
  readonly stdout: { readonly text: string; readonly moreBytes: number };
  readonly stderr: { readonly text: string; readonly moreBytes: number };
};

const codes = ["other-exit", "other-output", "timed-out"] as const;
type Code = (typeof codes)[number];

const maxSeconds = 600;
const secondsOf = (duration: string): number => Number.parseInt(duration, 10) * (duration.endsWith("m") ? 60 : 1);

const params = z.strictObject({
  run: z
    .array(z.string())
    .min(1)
    .refine(([program = ""]) => program !== "", { error: "names no program" })
    .describe(
      "The program and its arguments, as a list; no shell reads them. It runs at the root of a copy of the tree.",
    ),
  exit: z.int().min(0).max(255).default(0).describe("The exit code that it must end with."),
  output: pattern
    .optional()
    .describe("A regular expression (flags `m` and `u`) that its standard output must match, in the first 64 KiB."),
  timeout: z
    .string()
    .regex(/^[1-9]\d*[sm]$/, { error: "is no time; write `30s` or `2m`" })
    .refine((duration) => secondsOf(duration) <= maxSeconds, { error: `is too long; at most ${maxSeconds / 60}m` })
    .default("60s")
    .describe("How long it may take; then it is killed, with all that it started."),
  sabotage: z
    .strictObject({
      files: z
        .record(path, z.union([z.string(), z.null()]))
        .refine((files) => Object.keys(files).length > 0, { error: "changes no file" })
        .describe("New contents by path; `null`: the file is gone."),
      changes: z
        .enum(["exit", "output"])
        .default("exit")
        .describe("What of the program it changes: its exit code, or what it prints."),
    })
    .describe("An overlay of files with which the program must not end, or not say, what it must."),
});
type Params = z.output<typeof params>;

/** As one would type it. */
const line = ({ run }: Pick<Params, "run">): string =>
  run.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)).join(" ");

/** The last thing that it said, on one line. */
function lastWords({ stdout, stderr }: Observed): string {
  const said = (stderr.text.trim() || stdout.text.trim()).replace(/\s+/g, " ");
  if (said === "") return "and said nothing";
  return `and said \`${(said.length > 200 ? `…${said.slice(-200)}` : said).replaceAll("`", "'")}\``;
}

export const command = defineFilesKind({
  kind: "command",
  summary:
    "A program of the change ends with the exit code, and prints what it must. It needs `programs: allow` in the plan's policy. It runs in a copy of the tree that is thrown away, without the repository's history and without a database, with `PATH` alone of the environment; that is no sandbox.",
  runsPrograms: true,
  params,
  codes,

  claim: ({ exit, output, ...params }) =>
    `${line(params)} ends with exit code ${exit}${output === undefined ? "" : ` and prints /${output}/`}`.replace(
      /\s+/g,
      " ",
    ),

  async observe({ programs, tree }, { run, timeout }) {
    const result: ProgramResult = await programs.run({ command: run, tree, timeoutMs: secondsOf(timeout) * 1000 });
    return { examined: 1, observed: { ...result } };
  },

  judge({ exit, output, timeout, ...params }, observed: Observed): KindFinding<Code>[] {
    const { ended, stdout } = observed;
    const it = `\`${line(params)}\``;
    if (ended.how === "timeout") {
      const message = `${it} was killed after ${timeout}, ${lastWords(observed)}; the plan asks that it end by itself.`;
      return [{ code: "timed-out", message, help: "Make it quicker, or give it more time with `timeout`." }];
    }
    const findings: KindFinding<Code>[] = [];
    if (ended.how === "signal" || ended.code !== exit) {
      const how = ended.how === "signal" ? `was ended by ${ended.signal}` : `ended with exit code ${ended.code}`;
      const message = `${it} ${how} ${lastWords(observed)}; the plan asks for exit code ${exit}.`;
      findings.push({ code: "other-exit", message, help: "Correct what it complains of, or the program." });
    }
    if (output !== undefined && !new RegExp(output, "mu").test(stdout.text)) {
      const kept = stdout.moreBytes === 0 ? "" : ` in the first ${stdout.text.length} characters`;
      const found = stdout.text.trim() === "" ? "printed nothing" : `printed nothing that matches /${output}/${kept}`;
      const message = `${it} ${found}, ${lastWords(observed)}; the plan asks for /${output}/ on standard output.`;
      findings.push({ code: "other-output", message, help: "Let it print what the plan asks for." });
    }
    return findings;
  },

  mutants({ exit, output, timeout, sabotage }, observed: Observed) {
    const { files, changes } = sabotage;
    const overlay = Object.entries(files).map(([path, content]) => [path, content ?? undefined] as const);
    const otherExit = exit === 0 ? 1 : 0;
    const evidence = (name: string, changed: Partial<Observed>, provokes: Code): Mutant<Code, Observed> => ({
      name,
      sabotage: { evidence: { ...observed, ...changed } },
      provokes,
    });
    const none = { text: "", moreBytes: 0 };
    return [
      {
        name: `${Object.keys(files).join(" and ")} ${overlay.length === 1 ? "is" : "are"} sabotaged, which changes its ${changes}`,
        sabotage: { files: Object.fromEntries(overlay) },
        provokes: changes === "exit" ? "other-exit" : "other-output",
      },
      evidence(`it ends with exit code ${otherExit}`, { ended: { how: "exit", code: otherExit } }, "other-exit"),
      evidence("it is ended by a signal", { ended: { how: "signal", signal: "SIGSEGV" } }, "other-exit"),
      evidence(`it does not end within ${timeout}`, { ended: { how: "timeout" } }, "timed-out"),
      ...(output === undefined ? [] : [evidence("it prints nothing", { stdout: none }, "other-output")]),
    ];
  },

  strength: (base, head) =>
    ordered(base, head, {
      run: fixed,
      exit: fixed,
      output: optional,
      timeout: (base, head): Strength => {
        const [was, is] = [secondsOf(base), secondsOf(head)];
        return is === was ? "same" : is < was ? "stronger" : "weaker";
      },
      sabotage: fixed,
    }),

  /** Whatever of the command line could be a file of the tree: a script is what it asks. */
  oracles: ({ run }) =>
    run.filter((word) => /[./]/.test(word) && !word.startsWith("-") && path.safeParse(word).success),

  examples: [
    {
      files: {
        "scripts/check.sh": "grep -q '\"a\": 1' a.json || exit 1\necho ok\n",
        "a.json": '{ "a": 1 }',
      },
      params: {
        run: ["sh", "scripts/check.sh"],
        output: "^ok$",
        timeout: "30s",
        sabotage: { files: { "a.json": '{ "a": 2 }' } },
      },
    },
    {
      files: { "check.sh": "#!/bin/sh\ntest -e debt.txt && { cat debt.txt; exit 3; }\nexit 0\n", "debt.txt": "two\n" },
      params: {
        run: ["./check.sh"],
        exit: 3,
        output: "two",
        sabotage: { files: { "debt.txt": "one\n" }, changes: "output" },
      },
    },
    {
      files: { "check.sh": "test -e debt.txt && exit 3\nexit 0\n", "debt.txt": "two\n" },
      params: { run: ["sh", "check.sh"], exit: 3, sabotage: { files: { "debt.txt": null } } },
    },
  ],
});
