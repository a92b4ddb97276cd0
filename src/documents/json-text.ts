import type { Json } from "../model/json.ts";

const width = 120;
/** Deeper than anything that a check sees; a page that goes deeper is none of ours. */
const deepest = 200;

/** JSON as people and `git diff` read it: what fits on a line stands on one, and everything that is not seen is escaped. */
export function jsonText(value: Json): string {
  return broken(value, "", 0, flatten(value, new Map()));
}

/** Of lists and objects: how they stand on one line, where they fit on one at all. */
type Flat = ReadonlyMap<Json, string | undefined>;

function flatten(value: Json, flat: Map<Json, string | undefined>): Map<Json, string | undefined> {
  if (!isList(value) && !isObject(value)) return flat;
  for (const [, inner] of entries(value)) flatten(inner, flat);
  const parts = entries(value).map(([key, inner]) => {
    const text = flat.has(inner) ? flat.get(inner) : scalar(inner);
    return text === undefined ? undefined : `${key}${text}`;
  });
  const whole = parts.some((part) => part === undefined) ? undefined : enclosed(value, parts.join(", "));
  flat.set(value, whole !== undefined && whole.length <= width ? whole : undefined);
  return flat;
}

/** @param taken how many characters stand on the line besides: what is before the value, and a comma after it */
function broken(value: Json, indent: string, taken: number, flat: Flat): string {
  if (!isList(value) && !isObject(value)) return scalar(value);
  const line = flat.get(value);
  if (line !== undefined && taken + line.length <= width) return line;
  const inner = `${indent}  `;
  const parts = entries(value).map(
    ([key, each]) => `${key}${broken(each, inner, inner.length + key.length + 1, flat)}`,
  );
  const isOfWords = isList(value) && !value.some((each) => flat.has(each));
  const lines = isOfWords ? filled(parts, width - inner.length) : parts;
  const [open, close] = isList(value) ? "[]" : "{}";
  return `${open}\n${lines.map((each) => `${inner}${each}`).join(",\n")}\n${indent}${close}`;
}

/** Many numbers or words, as many on a line as there is room for. */
function filled(parts: readonly string[], room: number): readonly string[] {
  const lines: string[] = [];
  for (const part of parts) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + part.length + 3 <= room) lines[lines.length - 1] = `${last}, ${part}`;
    else lines.push(part);
  }
  return lines;
}

const isList = (value: Json): value is readonly Json[] => Array.isArray(value);
const isObject = (value: Json): value is { readonly [key: string]: Json } =>
  typeof value === "object" && value !== null && !isList(value);

function entries(value: readonly Json[] | { readonly [key: string]: Json }): readonly (readonly [string, Json])[] {
  if (isList(value)) return value.map((inner) => ["", inner]);
  return Object.entries(value).flatMap(([key, inner]) => (inner === undefined ? [] : [[`${scalar(key)}: `, inner]]));
}

function enclosed(value: Json, text: string): string {
  if (isList(value)) return `[${text}]`;
  return text === "" ? "{}" : `{ ${text} }`;
}

const scalar = (value: Json): string =>
  // What is observed may hold `undefined` in a list, which JSON writes as null.
  (JSON.stringify(value) ?? "null").replace(/[\u007f-\u009f]|[\p{Cf}\p{Co}\p{Zl}\p{Zp}]/gu, (character) =>
    character.split("").map(unit).join(""),
  );

const unit = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;

/** What `jsonText` wrote; `undefined` of what is no JSON, or nested deeper than anything it writes. */
export function readJson(text: string): Json | undefined {
  if (isTooDeep(text)) return undefined;
  try {
    return JSON.parse(text) as Json; // JSON.parse gives nothing else
  } catch {
    return undefined;
  }
}

/** Before it is parsed, because what is parsed is walked recursively. */
function isTooDeep(text: string): boolean {
  let depth = 0;
  let inString = false;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (inString) {
      if (character === "\\") at += 1;
      else if (character === '"') inString = false;
    } else if (character === '"') inString = true;
    else if (character === "[" || character === "{") depth += 1;
    else if (character === "]" || character === "}") depth -= 1;
    if (depth > deepest) return true;
  }
  return false;
}
