import { z } from "zod";
import { defineFilesKind, type KindFinding, type Mutant } from "./kind.ts";
import { type Task, tasks } from "./markdown.ts";
import { path } from "./params.ts";
import { atLeast, fixed, ordered } from "./strength.ts";

type Observed = {
  readonly count: number;
  readonly unticked: readonly { readonly line: number; readonly text: string }[];
} | null;
const codes = ["no-file", "no-items", "unticked", "too-few"] as const;
type Code = (typeof codes)[number];

const params = z.strictObject({
  path: path.describe("The Markdown file."),
  "at-least": z.int().min(1).default(1).describe("How many boxes it has at least."),
});

/** The text with the boxes of these items changed. */
function edited(text: string, items: readonly Task[], box: string): string {
  const lines = text.split("\n");
  for (const { line } of items) lines[line - 1] = (lines[line - 1] ?? "").replace(/\[[ \txX]\]\s?/, box);
  return lines.join("\n");
}

const boxes = (count: number): string => (count === 1 ? "1 box" : `${count} boxes`);

export const checklist = defineFilesKind({
  kind: "checklist",
  summary: "Every box (`- [ ]`) of a Markdown file is ticked.",
  params,
  codes,

  claim: ({ path, "at-least": least }) => `every box of ${path} is ticked, at least ${least}`,

  async observe({ tree }, { path }) {
    const text = tree.read(path);
    if (text === undefined) return { examined: 1, observed: null };
    const items = tasks(text);
    const unticked = items.flatMap(({ ticked, line, text }) => (ticked ? [] : [{ line, text }]));
    return { examined: 1, observed: { count: items.length, unticked } };
  },

  judge({ path, "at-least": least }, observed: Observed): KindFinding<Code>[] {
    const place = { file: path, line: 1 };
    if (!observed)
      return [
        { code: "no-file", message: `${path} does not exist; the plan asks for a checklist.`, help: "Write it." },
      ];
    const { count, unticked } = observed;
    if (count === 0) {
      return [
        {
          code: "no-items",
          message: `${path} has no boxes; the plan asks for at least ${least}.`,
          help: "Write them as `- [ ]`.",
          place,
        },
      ];
    }
    const open = unticked.map(({ line, text }): KindFinding<Code> => {
      const help = "Do what it says, then tick it: `- [x]`.";
      return {
        code: "unticked",
        message: `"${text}" is not ticked; the plan asks that every box is.`,
        help,
        place: { file: path, line },
      };
    });
    if (count >= least) return open;
    const message = `${path} has ${boxes(count)}; the plan asks for at least ${least}.`;
    return [...open, { code: "too-few", message, help: "Add what is missing to the list.", place }];
  },

  mutants({ path, "at-least": least }, observed: Observed, { tree }) {
    const text = tree.read(path);
    const items = tasks(text ?? "");
    if (!observed || text === undefined) return [];
    const file = (content: string | undefined) => ({ files: { [path]: content } });
    const mutants: Mutant<Code, Observed>[] = [
      { name: "the file is gone", sabotage: file(undefined), provokes: "no-file" },
      { name: "it has no boxes", sabotage: file(edited(text, items, "")), provokes: "no-items" },
      ...items.map(
        (item): Mutant<Code, Observed> => ({
          name: `"${item.text}" is not ticked`,
          sabotage: file(edited(text, [item], "[ ] ")),
          provokes: "unticked",
        }),
      ),
    ];
    if (least > 1) {
      const rest = edited(text, items.slice(least - 1), "");
      mutants.push({ name: `it has only ${boxes(least - 1)}`, sabotage: file(rest), provokes: "too-few" });
    }
    return mutants;
  },

  strength: (base, head) => ordered(base, head, { path: fixed, "at-least": atLeast }),

  examples: [
    { files: { "a.md": "# A\n\n- [x] done\n" }, params: { path: "a.md" } },
    {
      files: {
        "a.md":
          "1. [X] **one**\n   - [x] two\n\n```\n- [ ] code\n```\n\n<!--\n- [ ] comment\n-->\n\n> * [x] three: [ ]\n- not a box\n",
      },
      params: { path: "a.md", "at-least": 3 },
    },
  ],
});
