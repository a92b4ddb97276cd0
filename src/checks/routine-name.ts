import { z } from "zod";
import { type QualifiedName, readName } from "../sql/identifier.ts";

/** Names of functions as the plan writes them. As patterns, so that the JSON Schema of the plan says the same. */

const part = '(?:"(?:[^"]|"")+"|[A-Za-z_\\u0080-\\uffff][A-Za-z0-9_$\\u0080-\\uffff]*)';
const qualified = `${part}(?:\\.${part})?`;

/** `name`, or `schema.name`; `public` is assumed. */
export const routine = z
  .string()
  .regex(new RegExp(`^${qualified}$`), { error: "is no name of a function; write `name` or `schema.name`" });

/** `name(uuid, text)`, or `schema.name()`. */
export const signature = z.string().regex(new RegExp(`^${qualified}\\(.*\\)$`), {
  error: "is no function with its arguments; write `name(uuid, text)` or `schema.name()`",
});

/** The parts of what `routine` accepted. */
export function routineParts(routine: string): QualifiedName {
  const read = readName(routine);
  if (!read) throw new Error(`not the name of a function: ${routine}`);
  return read;
}

/** The parts of what `signature` accepted: the name, and its arguments as they were written. */
export function signatureParts(signature: string): { readonly name: QualifiedName; readonly arguments: string } {
  const [, name = "", given = ""] = new RegExp(`^(${qualified})\\((.*)\\)$`).exec(signature) ?? [];
  return { name: routineParts(name), arguments: given };
}
