import { inWords } from "../suites/result.ts";
import type { KindFinding } from "./kind.ts";
import type { Results } from "./suite-results.ts";
import type { Seen } from "./suite-seen.ts";

export type Code =
  | "no-files"
  | "unreadable"
  | "fixture-refused"
  | "shadowed"
  | "case-failed"
  | "results-missing"
  | "results-differ"
  | "results-not-derived";

export type Observed = {
  /** Globs that match no file. */
  readonly unmatched: readonly string[];
  readonly files: readonly {
    readonly file: string;
    readonly seen: Seen;
    /** `null` where the plan asks for none. */
    readonly results: Results | null;
  }[];
};

/** What speaks against the claim that every case holds, and that its results are written down. */
export function findingsOf({ unmatched, files }: Observed): KindFinding<Code>[] {
  const missing = unmatched.map((glob): KindFinding<Code> => {
    return {
      code: "no-files",
      message: `${glob} matches no file; the plan asks for SQL tests there.`,
      help: "Add the file, or correct the glob in the plan.",
    };
  });
  return [
    ...missing,
    ...files.flatMap(({ file, seen, results }) => [...ofFile(file, seen), ...ofResults(file, results)]),
  ];
}

function ofFile(file: string, seen: Seen): KindFinding<Code>[] {
  switch (seen.status) {
    case "unreadable":
      return seen.mistakes.map(({ line, message, help }) => {
        return { code: "unreadable", message: `${file}:${line}: ${message}.`, help, place: { file, line } };
      });
    case "fixture-refused": {
      const { line, found } = seen;
      const message = `${file}:${line}: the fixture is refused: ${found}.`;
      const help = "Correct the statements above the first case, or the schema.";
      return [{ code: "fixture-refused", message, help, place: { file, line } }];
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

const rewrite = "Run `phasegate run --write-results`, look at what changed, and commit it.";

function ofResults(file: string, results: Results | null): KindFinding<Code>[] {
  if (!results || results.status === "same") return [];
  const { path } = results;
  switch (results.status) {
    case "missing":
      return [
        {
          code: "results-missing",
          message: `${path} does not exist; the plan asks for the results of ${file} there.`,
          help: rewrite,
        },
      ];
    case "differs": {
      const { line, found, derived } = results;
      const text = (value: string | null) => (value === null ? "nothing more" : `"${value}"`);
      const message = `${path}:${line}: the file says ${text(found)}; the run derives ${text(derived)}.`;
      return [{ code: "results-differ", message, help: rewrite, place: { file: path, line } }];
    }
    case "underivable":
      return [
        {
          code: "results-not-derived",
          message: `${path} cannot be compared: the results of ${file} cannot be derived, because ${results.reason}.`,
          help: "Repair the cases, or the schema, first.",
        },
      ];
  }
}
