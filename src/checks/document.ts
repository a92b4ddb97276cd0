import { closest } from "fastest-levenshtein";
import { z } from "zod";
import { defineFilesKind, type KindFinding, type Mutant } from "./kind.ts";
import { sections, textLines } from "./markdown.ts";
import { path } from "./params.ts";
import { fixed, ordered, superset } from "./strength.ts";

type Observed = {
  readonly sections: readonly { readonly heading: string; readonly line: number; readonly content: boolean }[];
  readonly signatures: readonly { readonly name: string; readonly date: string }[];
} | null;
const codes = ["no-file", "no-heading", "empty-section", "unsigned"] as const;
type Code = (typeof codes)[number];

const names = z.array(z.string().min(1)).min(1);
const params = z
  .strictObject({
    path: path.describe("The Markdown file."),
    headings: names.optional().describe("Headings that it has, at any level, each with something below it."),
    signed: z
      .union([z.literal(true), names])
      .optional()
      .describe("Who signed, or `true` for somebody: a line `Signed-off-by: <name>[, <what they are>], <YYYY-MM-DD>`."),
  })
  .refine(({ headings, signed }) => headings !== undefined || signed !== undefined, {
    error: "asks for nothing; give `headings` or `signed`",
  });

const signOff = /^signed(?:[- ]off)?(?:[- ]by)?:\s*(.+?)[\s,(–—-]*\b(\d{4}-\d{2}-\d{2})\b\W*$/iu;

/** A sign-off that is filled in: a name with letters, and a day that there is. */
function signature(text: string): { name: string; date: string } | undefined {
  const [, who = "", date = ""] = signOff.exec(text) ?? [];
  const name = (who.split(/[,<(]/)[0] ?? "").trim();
  const day = new Date(`${date}T00:00:00Z`);
  if (!/\p{L}/u.test(name) || Number.isNaN(day.getTime()) || !day.toISOString().startsWith(date)) return undefined;
  return { name, date };
}

const wanted = (signed: true | readonly string[] | undefined): readonly (string | undefined)[] =>
  signed === undefined ? [] : signed === true ? [undefined] : signed;

/** The text with parts of it cut out. */
const cut = (text: string, parts: readonly { readonly start: number; readonly end: number }[]): string =>
  [...parts]
    .sort((a, b) => b.start - a.start)
    .reduce((rest, { start, end }) => `${rest.slice(0, start)}\n\n${rest.slice(end)}`, text);

export const document = defineFilesKind({
  kind: "document",
  summary: "A Markdown file has the headings that it must have, none of them empty, and is signed.",
  params,
  codes,

  claim: ({ path, headings = [], signed }) =>
    [
      path,
      headings.length > 0 && `has ${headings.map((heading) => `"${heading}"`).join(", ")}`,
      signed && `is signed${signed === true ? "" : ` by ${signed.join(", ")}`}`,
    ]
      .filter(Boolean)
      .join(" ")
      .replace(/\s+/g, " "),

  async observe({ tree }, { path }) {
    const text = tree.read(path);
    if (text === undefined) return { examined: 1, observed: null };
    const signatures = textLines(text).flatMap(({ text }) => signature(text) ?? []);
    const found = sections(text).map(({ heading, line, content }) => ({ heading, line, content }));
    return { examined: 1, observed: { sections: found, signatures } };
  },

  judge({ path, headings = [], signed }, observed: Observed): KindFinding<Code>[] {
    if (!observed)
      return [
        {
          code: "no-file",
          message: `${path} does not exist; the plan asks for ${signed === undefined ? "that document" : "a signed document"}.`,
          help: "Write it.",
        },
      ];
    const place = { file: path, line: 1 };
    const missing = headings.flatMap((heading): KindFinding<Code>[] => {
      const found = observed.sections.filter((section) => section.heading === heading);
      const [first] = found;
      if (!first) {
        const has = observed.sections.map((section) => section.heading);
        const near = has.length === 0 ? "it has no headings" : `the nearest is "${closest(heading, has)}"`;
        const message = `${path} has no heading "${heading}", ${near}; the plan asks for that heading.`;
        return [{ code: "no-heading", message, help: "Add the heading, and what belongs below it.", place }];
      }
      if (found.some(({ content }) => content)) return [];
      const message = `Nothing stands below "${heading}" in ${path}; the plan asks for text there.`;
      const help = "Write what belongs there; comments and headings alone say nothing.";
      return [{ code: "empty-section", message, help, place: { file: path, line: first.line } }];
    });
    const unsigned = wanted(signed).flatMap((name): KindFinding<Code>[] => {
      if (observed.signatures.some((one) => name === undefined || one.name === name)) return [];
      const by = observed.signatures.map((one) => one.name).join(", ") || "nobody";
      const message = `${path} is signed by ${by}; the plan asks for ${name ?? "a signature"}.`;
      const help = `Let ${name ?? "whoever reviewed it"} add \`Signed-off-by: ${name ?? "<name>"}, <YYYY-MM-DD>\` on a line of its own.`;
      return [{ code: "unsigned", message, help, place }];
    });
    return [...missing, ...unsigned];
  },

  mutants({ path, headings = [], signed }, observed: Observed, { tree }) {
    const text = tree.read(path);
    if (!observed || text === undefined) return [];
    const all = sections(text);
    const file = (content: string | undefined) => ({ files: { [path]: content } });
    const mutants: Mutant<Code, Observed>[] = [
      { name: "the file is gone", sabotage: file(undefined), provokes: "no-file" },
    ];
    for (const heading of headings) {
      const ranges = all.filter((section) => section.heading === heading).map(({ range }) => range);
      mutants.push(
        {
          name: `the heading "${heading}" is gone`,
          sabotage: file(
            cut(
              text,
              ranges.map(({ start, below }) => ({ start, end: below })),
            ),
          ),
          provokes: "no-heading",
        },
        {
          name: `nothing stands below "${heading}"`,
          sabotage: file(
            cut(
              text,
              ranges.map(({ below, end }) => ({ start: below, end })),
            ),
          ),
          provokes: "empty-section",
        },
      );
    }
    for (const name of wanted(signed)) {
      const signs = textLines(text).filter(({ text }) => {
        const found = signature(text);
        return found && (name === undefined || found.name === name);
      });
      const lines = text.split("\n");
      for (const { line } of signs) lines[line - 1] = "";
      mutants.push({
        name: `${name ?? "nobody"} ${name === undefined ? "has signed" : "has not signed"}`,
        sabotage: file(lines.join("\n")),
        provokes: "unsigned",
      });
    }
    return mutants;
  },

  strength: (base, head) =>
    ordered(base, head, {
      path: fixed,
      headings: superset,
      signed: (base, head) => {
        if (base === undefined || head === undefined)
          return base === head ? "same" : base === undefined ? "stronger" : "weaker";
        if (base === true) return head === true ? "same" : "stronger";
        return head === true ? "weaker" : superset(base, head);
      },
    }),

  examples: [
    {
      files: {
        "a.md":
          "---\ntitle: x\n---\n# Policy\n\n## What is *exact*\n\nText.\n\n## Rest\n### Inner\n\n- item\n\nEmpty\n-----\n<!-- text -->\n\n```\n## Code\n```\n",
      },
      params: { path: "a.md", headings: ["What is exact", "Rest", "Inner"] },
    },
    {
      files: {
        "a.md":
          "# A\n\nChecked.\n\n- **Signed-off-by:** Ada Lovelace, backend lead, 2026-02-03\n- Signed: Grace, 2026-02-04\n",
      },
      params: { path: "a.md", signed: ["Ada Lovelace", "Grace"] },
    },
    { files: { "a.md": "Signed off by: Ada (2026-02-03)" }, params: { path: "a.md", signed: true } },
  ],
});
