import { z } from "zod";
import { type QualifiedName, readName } from "../sql/identifier.ts";
import type { PreparingSql } from "./kind.ts";

/** Pieces that the schemas of check kinds share. As patterns, so that the JSON Schema of the plan says the same. */

/** A name of a column, constraint or index as it stands in the catalog: not folded, not quoted. */
export const name = z.string().min(1).max(63);

const part = '(?:"(?:[^"]|"")+"|[A-Za-z_\\u0080-\\uffff][A-Za-z0-9_$\\u0080-\\uffff]*)';

/** `table`, or `schema.table`; `public` is assumed. */
export const relation = z
  .string()
  .regex(new RegExp(`^${part}(?:\\.${part})?$`), { error: "is no name of a table; write `table` or `schema.table`" });

/** The parts of a name that `relation` accepted. */
export function parts(relation: string): QualifiedName {
  const read = readName(relation);
  if (!read) throw new Error(`not a relation name: ${relation}`);
  return read;
}

/** A path, or a glob, inside the repository. */
export const path = z.string().regex(/^(?![/~]|[A-Za-z]:)(?!(?:.*\/)?\.\.(?:\/|$))[^\\\0]+$/, {
  error: "leaves the repository; write a path relative to its root, with `/` and without `..`",
});

/** A regular expression of JavaScript, with the flags `m` and `u`. */
export const pattern = z
  .string()
  .min(1)
  .refine(
    (source) => {
      try {
        return !new RegExp(source, "mu").test("");
      } catch {
        return false;
      }
    },
    { error: "is no regular expression that can fail: it has a mistake, or it matches the empty text" },
  );

/** One statement, or a list of them, in order. */
export const statements = z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]);

/** The texts of a parameter that `statements` accepted, each of which has to be one statement. */
export const preparing = (parameter: string, given: string | readonly string[] | undefined): readonly PreparingSql[] =>
  typeof given === "object"
    ? given.map((sql, item) => ({ path: [parameter, item], sql }))
    : given === undefined
      ? []
      : [{ path: [parameter], sql: given }];

/** What `statements` accepted, as a list. */
export const asList = (given: string | readonly string[] | undefined): readonly string[] =>
  given === undefined ? [] : typeof given === "string" ? [given] : given;
