import { closest, distance } from "fastest-levenshtein";
import type { z } from "zod";
import type { Mistake } from "../model/report.ts";
import type { Path, Yaml } from "./yaml.ts";

/** The one of `allowed` that somebody who wrote `given` most likely meant; `undefined` where none is near. */
export function nearest(given: string, allowed: readonly string[]): string | undefined {
  if (allowed.length === 0) return undefined;
  const best = closest(given.toLowerCase(), allowed as string[]); // it does not change its argument
  return distance(given.toLowerCase(), best.toLowerCase()) <= Math.max(2, Math.floor(given.length / 3))
    ? best
    : undefined;
}

/** "`a`, `b` or `c`" */
export const oneOf = (values: readonly unknown[]): string => {
  const quoted = values.map((value) => `\`${String(value)}\``);
  return quoted.length < 2 ? quoted.join("") : `${quoted.slice(0, -1).join(", ")} or ${quoted.at(-1)}`;
};

/** What zod found wrong, as mistakes with their places, values, allowed values and nearest names. */
export function mistakesOf(error: z.ZodError, yaml: Yaml, jsonSchema: object): Mistake[] {
  const path = (issue: z.core.$ZodIssue): Path =>
    issue.path.map((step) => (typeof step === "symbol" ? String(step) : step));
  const misspelt = error.issues
    .filter((issue) => issue.code === "unrecognized_keys")
    .map((issue) => JSON.stringify(issue.path));
  return error.issues
    .flatMap((issue) => flatten(issue))
    .flatMap((issue): Mistake[] => {
      const at = path(issue);
      // A misspelt kind is told once, as the misspelt key.
      if (issue.code === "custom" && issue.params?.allowed && misspelt.includes(JSON.stringify(issue.path))) return [];
      return mistake(issue, at, yaml, jsonSchema);
    });
}

/** The issues of the branch of a union that comes nearest: the one which fails deepest. */
function flatten(issue: z.core.$ZodIssue): z.core.$ZodIssue[] {
  if (issue.code !== "invalid_union") return [issue];
  const branches = issue.errors.map((branch) =>
    branch.map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] })),
  );
  const deep = (branch: readonly z.core.$ZodIssue[]) => Math.max(0, ...branch.map(({ path }) => path.length));
  const isType = (branch: readonly z.core.$ZodIssue[]) =>
    branch.some(({ code, path }) => code === "invalid_type" && path.length === issue.path.length);
  const best = branches.toSorted((a, b) => Number(isType(a)) - Number(isType(b)) || deep(b) - deep(a))[0];
  return best ? best.flatMap((inner) => flatten(inner)) : [issue];
}

function mistake(issue: z.core.$ZodIssue, at: Path, yaml: Yaml, jsonSchema: object): Mistake[] {
  const where = at.length === 0 ? "The plan" : `\`${dotted(at)}\``;
  const value = valueAt(yaml.value, at);
  switch (issue.code) {
    case "unrecognized_keys": {
      const allowed = allowedKeys(jsonSchema, at);
      return issue.keys.map((key) => {
        const near = nearest(key, allowed);
        return {
          place: yaml.key([...at, key]),
          message: `\`${key}\` is no key ${at.length === 0 ? "of the plan" : `of ${where}`}.`,
          help:
            near === undefined
              ? `Allowed here: ${allowed.map((name) => `\`${name}\``).join(", ")}.`
              : `Did you mean \`${near}\`? Allowed here: ${allowed.map((name) => `\`${name}\``).join(", ")}.`,
        };
      });
    }
    case "invalid_value": {
      if (value === undefined)
        return [missing(at, `one of ${issue.values.map((allowed) => shown(allowed)).join(", ")}`, yaml)];
      const near = typeof value === "string" ? nearest(value, issue.values.map(String)) : undefined;
      return [
        {
          place: yaml.at(at),
          message: `${where} is ${shown(value)}; allowed: ${issue.values.map((allowed) => shown(allowed)).join(", ")}.`,
          help: near === undefined ? "Write one of the allowed values." : `Did you mean \`${near}\`?`,
        },
      ];
    }
    case "invalid_type":
      return value === undefined
        ? [missing(at, article(issue.expected), yaml)]
        : [
            {
              place: yaml.at(at),
              message: `${where} is ${shown(value)}, which is not ${article(issue.expected)}.`,
              help: `Write ${article(issue.expected)}${typeof value === "string" ? "" : issue.expected === "string" ? " (in quotes)" : ""}.`,
            },
          ];
    case "too_small":
      return [
        {
          place: yaml.key(at),
          message: `${where} is ${issue.origin === "array" ? "an empty list" : issue.origin === "string" ? "empty" : shown(value)}; ${issue.origin === "array" || issue.origin === "string" ? "at least one is asked" : `at least ${issue.minimum} is asked`}.`,
          help: "Fill it, or remove the key.",
        },
      ];
    case "too_big":
      return [
        {
          place: yaml.at(at),
          message: `${where} is ${shown(value)}; at most ${issue.maximum} is allowed.`,
          help: "Write a smaller value.",
        },
      ];
    default: {
      // Messages of our own schema are "what is wrong; what to write".
      const [wrong = "", ...write] = issue.message.split("; ");
      const help = write.length > 0 ? `${capital(write.join("; "))}.` : helpFor(issue);
      return [{ place: yaml.at(at), message: `${where} (${shown(value)}) ${wrong}.`, help }];
    }
  }
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

const missing = (at: Path, what: string, yaml: Yaml): Mistake => ({
  place: yaml.key(at.slice(0, -1)),
  message: `\`${dotted(at)}\` is missing.`,
  help: `Add \`${String(at.at(-1))}:\`, ${what}.`,
});

function helpFor(issue: z.core.$ZodIssue): string {
  const allowed = issue.code === "custom" ? issue.params?.allowed : undefined;
  return Array.isArray(allowed)
    ? `Check kinds: ${allowed.map((name) => `\`${name}\``).join(", ")}.`
    : "Correct the value.";
}

const articles: { readonly [type: string]: string } = {
  string: "a text",
  number: "a number",
  int: "a whole number",
  boolean: "`true` or `false`",
  array: "a list",
  object: "a mapping (`key: value`)",
  record: "a mapping (`key: value`)",
};
const article = (expected: string): string => articles[expected] ?? expected;

/** `phases[0].gates[2].id` */
export const dotted = (path: Path): string =>
  path.map((step, index) => (typeof step === "number" ? `[${step}]` : index === 0 ? step : `.${step}`)).join("");

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? "missing";
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}

function valueAt(value: unknown, path: Path): unknown {
  let at = value;
  for (const step of path) {
    if (typeof at !== "object" || at === null || !Object.hasOwn(at, step)) return undefined;
    at = (at as { readonly [key: string | number]: unknown })[step]; // just found to be its own property
  }
  return at;
}

/** The keys that the JSON Schema allows at a path, in its order. */
function allowedKeys(schema: unknown, path: Path): string[] {
  if (typeof schema !== "object" || schema === null) return [];
  const { properties, items, anyOf } = schema as {
    properties?: { [key: string]: unknown };
    items?: unknown;
    anyOf?: unknown[];
  }; // JSON Schema
  const [step, ...rest] = path;
  if (anyOf) return [...new Set(anyOf.flatMap((branch) => allowedKeys(branch, path)))];
  if (step === undefined) return Object.keys(properties ?? {});
  return typeof step === "number" ? allowedKeys(items, rest) : allowedKeys(properties?.[step], rest);
}
