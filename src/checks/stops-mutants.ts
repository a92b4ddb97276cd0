import type { Tree } from "../model/ports.ts";
import type { Mutant } from "./kind.ts";
import type { Code } from "./stops.ts";
import { type Expected, type Observed, type Seen, written } from "./stops-observed.ts";

const none: Expected = { condition: "division_by_zero", on: null, matching: null, line: 1 };

/** Each file without its rows, and the first one with another head; what a migration leaves behind is on evidence only. */
export function stopsMutants(observed: Observed, tree: Tree): readonly Mutant<Code, Observed>[] {
  const { files } = observed;
  const [first, ...others] = files;
  if (!first) return [];
  const text = tree.read(first.file) ?? "";
  const edited = (name: string, to: string, provokes: Code): Mutant<Code, Observed> => ({
    name: `${first.file} ${name}`,
    sabotage: { files: { [first.file]: to } },
    provokes,
  });
  const heads = text.split("\n").filter((line) => line.startsWith("--"));
  const changed: Seen = {
    status: "stopped",
    condition: "",
    on: null,
    words: "",
    changed: ["table public.mutant is there"],
  };
  const { expected } = first;
  const otherwise = (name: string, to: Partial<Expected>): Mutant<Code, Observed> => ({
    name: `${first.file} expects ${name}`,
    sabotage: {
      files: {
        [first.file]: [written({ ...(expected ?? none), ...to }), text.replaceAll(/^--.*\n/gm, "")].join("\n"),
      },
    },
    provokes: "stopped-otherwise",
  });
  return [
    ...files.map(
      ({ file }): Mutant<Code, Observed> => ({
        name: `${file} has no rows`,
        sabotage: {
          files: {
            [file]: `${(tree.read(file) ?? "")
              .split("\n")
              .filter((line) => line.startsWith("--"))
              .join("\n")}\nSELECT 1;\n`,
          },
        },
        provokes: "not-stopped",
      }),
    ),
    otherwise("another condition", { condition: "division_by_zero", on: null, matching: null }),
    ...(expected?.on ? [otherwise("another constraint", { on: "mutant" })] : []),
    ...(expected?.matching ? [otherwise("other words", { matching: "mutant" })] : []),
    edited("says nothing of an error", text.replaceAll(/^--.*\n/gm, ""), "no-expectation"),
    edited("is refused itself", `${heads.join("\n")}\nSELECT 1 / 0;\n`, "not-loaded"),
    {
      name: "something is left behind",
      sabotage: {
        evidence: {
          ...observed,
          files: [
            {
              ...first,
              seen: {
                ...(first.seen.status === "stopped" ? first.seen : changed),
                changed: ["table public.mutant is there"],
              },
            },
            ...others,
          ],
        },
      },
      provokes: "changed",
    },
    {
      name: "there is no file",
      sabotage: { files: Object.fromEntries(files.map(({ file }) => [file, undefined])) },
      provokes: "no-files",
    },
    {
      name: "there is no migration",
      sabotage: { evidence: { ...observed, migration: null, files: [] } },
      provokes: "no-migration",
    },
  ];
}
