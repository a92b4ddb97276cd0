import { compareCatalogs } from "../catalog/compare.ts";
import type { Laboratory, RoundTrip, Tree } from "../model/ports.ts";
import { readComment } from "../suites/directives.ts";
import { refusals, refusalWords } from "./refusal.ts";
import { rowDifferences } from "./row-differences.ts";

export type Expected = {
  readonly condition: string;
  readonly on: string | null;
  readonly matching: string | null;
  readonly line: number;
};

export type Seen =
  | { readonly status: "not-loaded"; readonly found: string; readonly line: number }
  | { readonly status: "went-through" }
  | {
      readonly status: "stopped";
      readonly condition: string;
      /** Constraint, or column, that the error names. */
      readonly on: string | null;
      readonly words: string;
      /** What is not as it was before, in words; `null` in a rehearsal, which cannot tell. */
      readonly changed: readonly string[] | null;
    };

export type Observed = {
  /** Path of the migration; `null` where it is not clear which. */
  readonly migration: string | null;
  /** Globs that match no file. */
  readonly unmatched: readonly string[];
  readonly files: readonly {
    readonly file: string;
    /** `null`: the file does not say with what the migration is to stop. */
    readonly expected: Expected | null;
    readonly seen: Seen;
    /** It goes through on the same rows under other UUIDs: it knows these, and not what is wrong with them. */
    readonly onlyThese: boolean;
  }[];
};

export const heading = "-- expect error:";

export const written = ({ condition, on, matching }: Omit<Expected, "line">): string =>
  [heading, condition, on && `on ${on}`, matching && `matching ${matching}`].filter(Boolean).join(" ");

/**
 * What the head of a file says that the migration stops with.
 * @throws where it says so more than once, or in words that are no directive
 */
function expectation(file: string, text: string): Expected | null {
  const found: Expected[] = [];
  for (const [index, line] of text.split("\n").entries()) {
    const comment = line.startsWith("--") ? readComment(line) : undefined;
    if (comment?.kind === "mistake") throw new Error(`${file}:${index + 1}: ${comment.message}. ${comment.help}`);
    if (comment?.kind !== "expect") continue;
    const { condition, on = null, matching = null } = comment.expects;
    found.push({ condition, on, matching, line: index + 1 });
  }
  const [first = null, second] = found;
  if (second)
    throw new Error(`${file}:${second.line}: a migration stops once. Write a file of its own for the other rows.`);
  return first;
}

export async function tried(
  file: string,
  migration: string,
  tree: Tree,
  laboratory: Laboratory,
): Promise<Observed["files"][number]> {
  const data = tree.read(file) ?? "";
  const trip = await laboratory.roundTrip({ migration, tree, data, once: true });
  const seen = seenOf(trip);
  // A rehearsal cannot tell what would be left; the look that the verdict rests on is none.
  if (seen.status === "stopped" && seen.changed === null && laboratory !== laboratory.rehearsing)
    throw new Error(`it was not looked at what ${migration} left behind when it stopped`);
  return { file, expected: expectation(file, data), seen, onlyThese: seen.status === "stopped" && (await otherwise()) };

  async function otherwise(): Promise<boolean> {
    const renamed = withOtherIds(data);
    // Mutants are shown in a rehearsal; what they are about does not change with the ids.
    if (renamed === data || laboratory === laboratory.rehearsing) return false;
    const again = await laboratory.rehearsing.roundTrip({ migration, tree, data: renamed, once: true });
    return seenOf(again).status === "went-through";
  }
}

/** The same text with every UUID another one, and the same one the same; of version 4, as random ones are. */
const withOtherIds = (sql: string): string =>
  sql.replace(/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi, (id) => {
    const digits = [...id.replaceAll("-", "")].map((digit, at) => (Number.parseInt(digit, 16) + 7 * at + 3) % 16);
    digits[12] = 4;
    digits[16] = 8 + ((digits[16] ?? 0) % 4);
    const hex = digits.map((digit) => digit.toString(16)).join("");
    return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
  });

function seenOf({ executions, catalogs, rows, afterRefusal }: RoundTrip): Seen {
  const [refusal] = refusals(executions);
  const failed = executions.find(({ error }) => error);
  if (!refusal || !failed?.error || failed.part === "down") return { status: "went-through" };
  if (failed.part === "data") return { status: "not-loaded", found: refusalWords(refusal), line: refusal.line ?? 1 };
  const { condition, constraint, column, message, detail } = failed.error;
  const changed = afterRefusal && [
    ...compareCatalogs(catalogs.before, afterRefusal.catalog).map(({ identity, property }) =>
      property === undefined ? `${identity} is not as it was` : `${property} of ${identity} is not as it was`,
    ),
    ...rowDifferences(rows.before, afterRefusal.rows, catalogs.before).map(
      ({ table, change }) => `a row of ${table} is ${change}`,
    ),
  ];
  return {
    status: "stopped",
    condition,
    on: constraint ?? column ?? null,
    words: detail === undefined ? message : `${message} (${detail})`,
    changed: changed?.slice(0, 20) ?? null,
  };
}
