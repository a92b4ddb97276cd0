import { load, YAMLException } from "js-yaml";
import type { Json } from "../model/json.ts";

/** A YAML or JSON file as a plain value, or what is wrong with it. */
export type DataFile = { readonly value: Json } | { readonly mistake: string };

const maxLength = 4 * 1024 * 1024;
const maxDepth = 64;
const maxValues = 200_000;

/**
 * Reads one document of plain values; JSON is YAML. Tags, duplicate keys, several documents, and texts that unfold to
 * far more than they say, are mistakes.
 */
export function readData(text: string): DataFile {
  if (text.length > maxLength) return { mistake: `it has ${text.length} characters, more than ${maxLength}` };
  if (text.trim() === "") return { mistake: "it is blank" };
  try {
    return { value: plain(load(text, { maxDepth })) };
  } catch (error) {
    if (error instanceof YAMLException) return { mistake: `line ${(error.mark?.line ?? 0) + 1}: ${error.reason}` };
    if (error instanceof TooMuch) return { mistake: error.message };
    throw error;
  }
}

class TooMuch extends Error {}

/** Aliases can repeat a value, or hold themselves; written out they are counted. */
function plain(root: unknown): Json {
  let left = maxValues;
  const copy = (value: unknown, depth = 0): Json => {
    left -= 1;
    if (left < 0 || depth > maxDepth)
      throw new TooMuch(`it unfolds to more than ${maxValues} values, or ${maxDepth} levels`);
    if (value === null || typeof value === "string" || typeof value === "boolean") return value;
    if (typeof value === "number") return Number.isFinite(value) ? value : String(value);
    if (Array.isArray(value)) return value.map((inner) => copy(inner, depth + 1));
    if (typeof value === "object")
      return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, copy(inner, depth + 1)]));
    throw new TooMuch(`it holds a ${typeof value}`);
  };
  return copy(root);
}
