import { z } from "zod";
import { defineFilesKind, type KindFinding, type Mutant } from "./kind.ts";
import { path, pattern } from "./params.ts";
import { fixed, ordered, superset } from "./strength.ts";

/** Where a pattern matches first; `null`: nowhere. */
type Match = { readonly line: number; readonly text: string } | null;
type Observed = {
  readonly blank: boolean;
  /** In the order of the plan. */
  readonly contains: readonly Match[];
  readonly lacks: readonly Match[];
} | null;
const codes = ["no-file", "blank-file", "no-match", "forbidden-match"] as const;
type Code = (typeof codes)[number];

const expression = (source: string, flags = ""): RegExp => new RegExp(source, `mu${flags}`);

function firstMatch(text: string, source: string): Match {
  const match = expression(source).exec(text);
  if (!match) return null;
  return { line: text.slice(0, match.index).split("\n").length, text: match[0].slice(0, 200) };
}

/** The text without anything that matches, also not across what was taken out; `undefined` where it cannot be taken out. */
function without(text: string, source: string): string | undefined {
  let rest = text;
  for (let round = 0; round < 10; round += 1) {
    const next = rest.replace(expression(source, "g"), "");
    if (next === rest) return expression(source).test(rest) ? undefined : rest;
    rest = next;
  }
  return undefined;
}

const params = z.strictObject({
  path: path.describe("The file."),
  contains: z.array(pattern).min(1).optional().describe("Regular expressions (flags `m` and `u`) that must match."),
  lacks: z.array(pattern).min(1).optional().describe("Regular expressions that must not match."),
});

export const file = defineFilesKind({
  kind: "file",
  summary: "A file exists and is not blank; it contains what it must and lacks what it must not contain.",
  params,
  codes,

  claim: ({ path, contains = [], lacks = [] }) =>
    [path, ...contains.map((source) => `contains /${source}/`), ...lacks.map((source) => `lacks /${source}/`)]
      .join(" ")
      .replace(/\s+/g, " "),

  async observe({ tree }, { path, contains = [], lacks = [] }) {
    const text = tree.read(path);
    if (text === undefined) return { examined: 1, observed: null };
    const matches = (sources: readonly string[]) => sources.map((source) => firstMatch(text, source));
    return { examined: 1, observed: { blank: text.trim() === "", contains: matches(contains), lacks: matches(lacks) } };
  },

  judge({ path, contains = [], lacks = [] }, observed: Observed): KindFinding<Code>[] {
    if (!observed)
      return [{ code: "no-file", message: `${path} does not exist; the plan asks for that file.`, help: "Write it." }];
    const place = (match: Match) => ({ file: path, line: match?.line ?? 1 });
    if (observed.blank) {
      return [
        {
          code: "blank-file",
          message: `${path} is blank; the plan asks for content.`,
          help: "Write it.",
          place: place(null),
        },
      ];
    }
    const missing = contains.flatMap((source, at): KindFinding<Code>[] => {
      if (observed.contains[at]) return [];
      const message = `Nothing in ${path} matches /${source}/; the plan asks for a match.`;
      return [{ code: "no-match", message, help: "Add what the plan asks for to the file.", place: place(null) }];
    });
    const forbidden = lacks.flatMap((source, at): KindFinding<Code>[] => {
      const match = observed.lacks[at];
      // Evidence that does not say is no evidence that it is lacking.
      if (match === null) return [];
      const message = `${path} contains \`${match?.text ?? ""}\`, which matches /${source}/; the plan asks that nothing does.`;
      return [{ code: "forbidden-match", message, help: "Take it out of the file.", place: place(match ?? null) }];
    });
    return [...missing, ...forbidden];
  },

  mutants({ path, contains = [], lacks = [] }, observed: Observed, { tree }) {
    const text = tree.read(path);
    if (!observed || text === undefined) return [];
    const mutants: Mutant<Code, Observed>[] = [
      { name: "the file is gone", sabotage: { files: { [path]: undefined } }, provokes: "no-file" },
      { name: "the file is blank", sabotage: { files: { [path]: "\n" } }, provokes: "blank-file" },
    ];
    for (const source of contains) {
      const rest = without(text, source);
      mutants.push({
        name: `everything that matches /${source}/ is gone`,
        // Something else stays in the file, so that it is not blank. What cannot be taken out survives, and is told as vacuous.
        sabotage: { files: { [path]: rest === undefined ? text : rest.trim() === "" ? "-" : rest } },
        provokes: "no-match",
      });
    }
    // A text that matches cannot be made from an expression.
    for (const [at, source] of lacks.entries()) {
      const found = observed.lacks.with(at, { line: 1, text: "mutant" });
      mutants.push({
        name: `something matches /${source}/`,
        sabotage: { evidence: { ...observed, lacks: found } },
        provokes: "forbidden-match",
      });
    }
    return mutants;
  },

  strength: (base, head) => ordered(base, head, { path: fixed, contains: superset, lacks: superset }),

  examples: [
    { files: { "a.md": "# A\n" }, params: { path: "a.md" } },
    {
      files: { "db/a.sql": "SELECT 1;\n-- aabb\nSELECT 2;\n" },
      params: { path: "db/a.sql", contains: ["^SELECT \\d;$", "ab"], lacks: ["DROP", "^\\s*TODO"] },
    },
    { files: { "a.txt": "only this" }, params: { path: "a.txt", contains: ["only this"] } },
  ],
});
