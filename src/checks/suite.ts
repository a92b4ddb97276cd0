import picomatch from "picomatch";
import { z } from "zod";
import { type Laboratory, overlay, type Tree } from "../model/ports.ts";
import type { MutantOutcome, MutantResult } from "../model/report.ts";
import { once } from "../suites/once.ts";
import { type CaseProof, proveSuite } from "../suites/prove.ts";
import { readSuite } from "../suites/read.ts";
import { inWords, type Reason } from "../suites/result.ts";
import { runSuite } from "../suites/run.ts";
import { defineLaboratoryKind, type KindFinding, type LaboratoryWorld } from "./kind.ts";
import { path } from "./params.ts";
import { ordered, superset } from "./strength.ts";

type Seen =
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

type Observed = {
  /** Globs that match no file. */
  readonly unmatched: readonly string[];
  readonly files: readonly { readonly file: string; readonly seen: Seen }[];
};
type Code = "no-files" | "unreadable" | "fixture-refused" | "shadowed" | "case-failed";
interface Params {
  readonly files: string[];
}

const matched = ({ files }: Params, tree: Tree) => {
  const all = tree.list();
  const byGlob = files.map((glob) => ({ glob, paths: all.filter((file) => picomatch(glob, { dot: true })(file)) }));
  return {
    paths: [...new Set(byGlob.flatMap(({ paths }) => paths))].sort(),
    unmatched: byGlob.filter(({ paths }) => paths.length === 0).map(({ glob }) => glob),
  };
};

/** A file is run once in a laboratory, however many gates ask for it. */
function look(file: string, { tree, laboratory }: LaboratoryWorld): Promise<Seen> {
  const text = tree.read(file) ?? "";
  return once(laboratory, `run ${text}`, () => run(text, laboratory));
}

async function run(text: string, laboratory: Laboratory): Promise<Seen> {
  const read = await readSuite(text);
  if (read.status === "unreadable") return read;
  const result = await runSuite(read.suite, laboratory);
  if (result.status === "fixture-refused") return result;
  const cases = result.cases.map(({ name, line, result: { status, ...rest } }) => {
    return { name, line, reason: "reason" in rest ? rest.reason : null };
  });
  return { status: "played", shadows: result.shadows, cases };
}

export const suite = defineLaboratoryKind({
  kind: "suite",
  summary: "Every case of these SQL test files holds, and can fail.",
  params: z.strictObject({
    files: z.array(path).min(1).describe("Globs of SQL test files; each must match."),
  }),
  codes: ["no-files", "unreadable", "fixture-refused", "shadowed", "case-failed"],
  clones: "head",

  claim: ({ files }) => `every case of ${files.join(", ")} holds`,

  async observe(world, params) {
    const { paths, unmatched } = matched(params, world.tree);
    const files: Observed["files"][number][] = [];
    for (const file of paths) files.push({ file, seen: await look(file, world) });
    const examined = files.reduce(
      (sum, { seen }) => sum + (seen.status === "played" ? seen.cases.length : 1),
      unmatched.length,
    );
    return { examined, observed: { unmatched, files } };
  },

  judge(_, { unmatched, files }: Observed): KindFinding<Code>[] {
    const missing = unmatched.map((glob): KindFinding<Code> => {
      return {
        code: "no-files",
        message: `${glob} matches no file; the plan asks for SQL tests there.`,
        help: "Add the file, or correct the glob in the plan.",
      };
    });
    return [...missing, ...files.flatMap(({ file, seen }) => findingsOf(file, seen))];
  },

  mutants: () => [],

  async prove(world, params, observed) {
    const results: MutantResult[] = [];
    for (const { file } of observed.files) results.push(...(await proveFile(file, world)));
    return [...(await proveParams(world, params, observed)), ...results];
  },

  strength: (base, head) => ordered(base, head, { files: superset }),
  oracles: ({ files }) => files,

  examples: [
    {
      setup: "CREATE TABLE a (id int PRIMARY KEY, n int NOT NULL CONSTRAINT ck_n CHECK (n >= 0))",
      files: {
        "tests/a.sql": [
          "INSERT INTO a VALUES (1, 1);",
          "-- test: less than nothing is refused",
          "-- expect error: check_violation on ck_n",
          "INSERT INTO a VALUES (2, -1);",
          "-- test: nothing at all is accepted",
          "INSERT INTO a VALUES (2, 0);",
          "SELECT count(*) = 2 FROM a;",
        ].join("\n"),
      },
      params: { files: ["tests/*.sql"] },
    },
  ],
});

function findingsOf(file: string, seen: Seen): KindFinding<Code>[] {
  switch (seen.status) {
    case "unreadable":
      return seen.mistakes.map(({ line, message, help }) => {
        return { code: "unreadable", message: `${file}:${line}: ${message}.`, help, place: { file, line } };
      });
    case "fixture-refused": {
      const { line, found } = seen;
      const message = `${file}:${line}: the fixture is refused: ${found}.`;
      return [
        {
          code: "fixture-refused",
          message,
          help: "Correct the statements above the first case, or the schema.",
          place: { file, line },
        },
      ];
    }
    case "played":
      return [
        ...seen.shadows.map((shadow) => shadowed(file, shadow)),
        ...seen.cases.flatMap(({ name, reason }) => {
          if (!reason) return [];
          const { message, help } = inWords(reason);
          return [
            {
              code: "case-failed" as const,
              message: `${file}:${reason.line}: case "${name}": ${message}.`,
              help,
              place: { file, line: reason.line },
            },
          ];
        }),
      ];
  }
}

const shadowed = (file: string, shadow: string): KindFinding<Code> => ({
  code: "shadowed",
  message: `${file}: ${shadow} in the schema public has the name of one of PostgreSQL's own; cases would not tell which one they call.`,
  help: "Rename it, or create it in a schema that is not on the search_path.",
});

/** What is asked of the files themselves: that there are some, that they can be read, that their fixture is accepted. */
async function proveParams(
  world: LaboratoryWorld,
  params: Params,
  observed: Observed,
): Promise<readonly MutantResult[]> {
  const [first] = observed.files;
  if (!first) return [];
  const result = (
    name: string,
    sabotage: string,
    provokes: Code,
    found: readonly KindFinding<Code>[],
  ): MutantResult => {
    const codes = [...new Set(found.map(({ code }) => code))];
    const killed: MutantOutcome = codes.includes(provokes)
      ? { status: "killed" }
      : codes.length === 0
        ? { status: "survived" }
        : { status: "killed-for-another-reason", codes };
    return { name, sabotage, provokes, outcome: killed };
  };
  const results: MutantResult[] = [];
  for (const glob of params.files) {
    const gone = world.tree.list().filter((file) => picomatch(glob, { dot: true })(file));
    const { unmatched } = matched(
      params,
      overlay(world.tree, Object.fromEntries(gone.map((file) => [file, undefined]))),
    );
    results.push(
      result(`no file matches ${glob}`, gone.join(", "), "no-files", suite.judge(params, { ...observed, unmatched })),
    );
  }
  const { file } = first;
  const text = world.tree.read(file) ?? "";
  const broken = await readSuite(`${text}\n\\echo ok 1\n`);
  const unread: Seen = broken.status === "unreadable" ? broken : first.seen;
  results.push(result(`${file} cannot be read`, file, "unreadable", findingsOf(file, unread)));
  const dividing = "SELECT 1 / 0;";
  const refusing = await look(file, { ...world, tree: overlay(world.tree, { [file]: `${dividing}\n${text}` }) });
  results.push(result(`the fixture of ${file} is refused`, dividing, "fixture-refused", findingsOf(file, refusing)));
  if (first.seen.status === "played") {
    const forged: Seen = { ...first.seen, shadows: ["public.count(bigint)"] };
    const name = "public has a function `count` of its own";
    results.push(result(name, "on evidence only", "shadowed", findingsOf(file, forged)));
  }
  return results;
}

async function proveFile(file: string, { tree, laboratory }: LaboratoryWorld): Promise<readonly MutantResult[]> {
  const text = tree.read(file) ?? "";
  const read = await readSuite(text);
  if (read.status === "unreadable") throw new Error(`${file} cannot be read any more`);
  const proofs = await once(laboratory, `prove ${text}`, () => proveSuite(read.suite, laboratory));
  return proofs.map((proof) => ({
    name: nameOf(proof, `case "${proof.name}" of ${file}`),
    provokes: "case-failed",
    ...outcomeOf(proof),
  }));
}

/** Completes "the check notices when …", or "it still holds when …". */
const nameOf = (proof: CaseProof, it: string): string =>
  proof.status === "survived" ? `${it} is shown ${proof.tried}` : `what ${it} looks at is broken`;

function outcomeOf(proof: CaseProof): Pick<MutantResult, "sabotage" | "outcome"> {
  switch (proof.status) {
    case "killed":
      return { sabotage: `${proof.by}: ${proof.sql.join("; ")}`, outcome: { status: "killed" } };
    case "survived":
      return { sabotage: proof.tried, outcome: { status: "survived" } };
    case "refused": {
      const reason = `PostgreSQL refuses the sabotage: ${proof.reason}`;
      return { sabotage: proof.sql.join("; "), outcome: { status: "refused", reason } };
    }
  }
}
