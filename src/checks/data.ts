import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import type { Json } from "../model/json.ts";
import { readData } from "./data-file.ts";
import { defineFilesKind, type KindFinding, type Mutant } from "./kind.ts";
import { path, pattern } from "./params.ts";
import { fixed, ordered, superset } from "./strength.ts";

const json: z.ZodType<Json> = z.json();
const asserted = ["equals", "contains", "matches", "has-keys", "exists"] as const;

const params = z
  .strictObject({
    path: path.describe("The YAML or JSON file."),
    at: z
      .union([z.string().min(1), z.array(z.union([z.string(), z.int().min(0)]))])
      .default([])
      .describe("Where the value is: `paths.0.name`, or the steps as a list. Without it, the whole document."),
    equals: json.optional().describe("The value is this."),
    contains: json.optional().describe("A list with this among its items, or a text with this in it."),
    matches: pattern.optional().describe("A text or number that matches this regular expression (flags `m` and `u`)."),
    "has-keys": z.array(z.string()).min(1).optional().describe("A mapping with at least these keys."),
    exists: z.literal(true).optional().describe("There is a value, and it is not null."),
  })
  .superRefine((given, context) => {
    const said = asserted.filter((key) => given[key] !== undefined);
    if (said.length === 1) return;
    const found = said.length === 0 ? "none" : said.map((key) => `\`${key}\``).join(" and ");
    context.addIssue({
      code: "custom",
      path: [],
      message: `asks for ${found}; one of ${asserted.map((key) => `\`${key}\``).join(", ")} is needed`,
    });
  });
type Params = z.output<typeof params>;

type Observed =
  | { readonly status: "no-file" }
  | { readonly status: "unreadable"; readonly mistake: string }
  /** `reached`: how far the steps lead. */
  | { readonly status: "no-value"; readonly reached: string }
  | { readonly status: "value"; readonly value: Json };

const codes = [
  "no-file",
  "unreadable",
  "no-value",
  "other-value",
  "not-contained",
  "no-match",
  "missing-keys",
] as const;
type Code = (typeof codes)[number];

const isList = (value: Json): value is readonly Json[] => Array.isArray(value);
const isMapping = (value: Json): value is { readonly [key: string]: Json } =>
  typeof value === "object" && value !== null && !isList(value);

const stepsOf = ({ at }: Params): readonly string[] => (typeof at === "string" ? at.split(".") : at.map(String));
const where = (params: Params): string =>
  stepsOf(params).length === 0 ? params.path : `${stepsOf(params).join(".")} in ${params.path}`;

function child(value: Json, step: string): Json | undefined {
  if (isList(value)) return /^(0|[1-9]\d*)$/.test(step) ? value[Number(step)] : undefined;
  return isMapping(value) && Object.hasOwn(value, step) ? value[step] : undefined;
}

/** The value with another one at the end of the steps; `undefined` takes it away, in a list with what comes after it. */
function put(value: Json, [step, ...more]: readonly string[], inner: Json | undefined): Json | undefined {
  if (step === undefined) return inner;
  const next = put(child(value, step) ?? null, more, inner);
  if (isList(value)) return next === undefined ? value.slice(0, Number(step)) : value.with(Number(step), next);
  if (!isMapping(value)) return value;
  const others = Object.entries(value).filter(([key]) => next !== undefined || key !== step);
  return Object.fromEntries(others.map(([key, old]) => [key, key === step && next !== undefined ? next : old]));
}

/** The same sort of value, and another. */
function changed(value: Json): Json {
  if (typeof value === "string") return `${value} mutant`;
  if (typeof value === "number") return value + 1;
  if (typeof value === "boolean") return !value;
  if (value === null) return "mutant";
  return isList(value) ? [...value, "mutant"] : { ...value, mutant: true };
}

const shown = (value: Json): string => {
  const text = JSON.stringify(value);
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
};

const contains = (value: Json, item: Json): boolean =>
  isList(value)
    ? value.some((one) => isDeepStrictEqual(one, item))
    : typeof value === "string" && typeof item === "string" && value.includes(item);

export const data = defineFilesKind({
  kind: "data",
  summary: "A value inside a YAML or JSON file is as it must be.",
  params,
  codes,

  claim: (params) =>
    `${where(params)} ${asserted
      .filter((key) => params[key] !== undefined)
      .map((key) => (key === "exists" ? "exists" : `${key} ${shown(params[key] ?? null)}`))
      .join(" ")}`,

  async observe({ tree }, params) {
    const text = tree.read(params.path);
    const seen = (observed: Observed) => ({ examined: 1, observed });
    if (text === undefined) return seen({ status: "no-file" });
    const file = readData(text);
    if ("mistake" in file) return seen({ status: "unreadable", mistake: file.mistake });
    let value = file.value;
    const reached: string[] = [];
    for (const step of stepsOf(params)) {
      const next = child(value, step);
      if (next === undefined) return seen({ status: "no-value", reached: reached.join(".") });
      reached.push(step);
      value = next;
    }
    return seen({ status: "value", value });
  },

  judge(params, observed: Observed): KindFinding<Code>[] {
    const it = where(params);
    const place = { file: params.path, line: 1 };
    const one = (code: Code, message: string, help: string): KindFinding<Code>[] => [{ code, message, help, place }];
    if (observed.status === "no-file") {
      return [
        {
          code: "no-file",
          message: `${params.path} does not exist; the plan asks for a value in it.`,
          help: "Write the file.",
        },
      ];
    }
    if (observed.status === "unreadable") {
      const message = `${params.path} cannot be read: ${observed.mistake}; the plan asks for YAML or JSON.`;
      return one("unreadable", message, "Correct the file.");
    }
    if (observed.status === "no-value") {
      const message = `There is no ${it}; the file leads as far as ${observed.reached === "" ? "its root" : observed.reached}.`;
      return one("no-value", message, "Add it to the file.");
    }
    const { value } = observed;
    const { equals, contains: item, matches, "has-keys": keys } = params;
    if (equals !== undefined && !isDeepStrictEqual(value, equals)) {
      return one(
        "other-value",
        `${it} is ${shown(value)}; the plan asks for ${shown(equals)}.`,
        `Make it ${shown(equals)}.`,
      );
    }
    if (item !== undefined && !contains(value, item)) {
      const message = `${it} is ${shown(value)}; the plan asks that it contain ${shown(item)}.`;
      return one("not-contained", message, `Add ${shown(item)} to it.`);
    }
    if (matches !== undefined) {
      const text = typeof value === "string" || typeof value === "number" ? String(value) : undefined;
      if (text === undefined || !new RegExp(matches, "mu").test(text)) {
        const message = `${it} is ${shown(value)}; the plan asks that it match /${matches}/.`;
        return one("no-match", message, "Write a value that matches.");
      }
    }
    const missing = (keys ?? []).filter((key) => !isMapping(value) || !Object.hasOwn(value, key));
    if (missing.length > 0) {
      const has = isMapping(value) ? Object.keys(value).join(", ") || "no keys" : shown(value);
      return one(
        "missing-keys",
        `${it} has ${has}; the plan asks for ${missing.join(", ")} too.`,
        `Add ${missing.join(", ")}.`,
      );
    }
    return params.exists && value === null
      ? one("no-value", `${it} is null; the plan asks for a value.`, "Fill it in.")
      : [];
  },

  mutants(params, observed: Observed, { tree }) {
    const file = readData(tree.read(params.path) ?? "");
    if (observed.status !== "value" || "mistake" in file) return [];
    const { value } = observed;
    const steps = stepsOf(params);
    const mutants: Mutant<Code, Observed>[] = [
      { name: "the file is gone", sabotage: { files: { [params.path]: undefined } }, provokes: "no-file" },
      { name: "the file cannot be read", sabotage: { files: { [params.path]: "{" } }, provokes: "unreadable" },
    ];
    // The whole file is written anew, as JSON, which is YAML.
    const rewrite = (name: string, inner: Json | undefined, provokes: Code) => {
      const document = put(file.value, steps, inner);
      if (document === undefined) return;
      mutants.push({ name, sabotage: { files: { [params.path]: JSON.stringify(document) } }, provokes });
    };
    rewrite("the value is gone", undefined, "no-value");
    if (params.exists) rewrite("the value is null", null, "no-value");
    if (params.equals !== undefined) rewrite("the value is another", changed(value), "other-value");
    if (params.contains !== undefined) {
      const item = params.contains;
      const rest = isList(value)
        ? value.filter((one) => !isDeepStrictEqual(one, item))
        : String(value).replaceAll(String(item), "");
      rewrite("what it contains is taken out", rest, "not-contained");
    }
    if (params.matches !== undefined) rewrite("the value is empty", "", "no-match");
    for (const key of params["has-keys"] ?? []) {
      if (isMapping(value)) rewrite(`the key ${key} is gone`, put(value, [key], undefined), "missing-keys");
    }
    return mutants;
  },

  strength: (base, head) =>
    ordered(base, head, {
      path: fixed,
      at: (base, head) =>
        fixed(typeof base === "string" ? base.split(".") : base, typeof head === "string" ? head.split(".") : head),
      equals: fixed,
      contains: fixed,
      matches: fixed,
      "has-keys": superset,
      exists: fixed,
    }),

  examples: [
    { files: { "a.yaml": "a:\n  b: [1, {c: d}]\n" }, params: { path: "a.yaml", at: "a.b.1", equals: { c: "d" } } },
    { files: { "a.json": '{"a.b": [true, null]}' }, params: { path: "a.json", at: ["a.b", 1], equals: null } },
    { files: { "a.yaml": "n: 3\nt: true" }, params: { path: "a.yaml", at: "n", equals: 3 } },
    { files: { "a.yaml": "[a, {b: 1}, c]" }, params: { path: "a.yaml", contains: { b: 1 } } },
    { files: { "a.yaml": "a: one two" }, params: { path: "a.yaml", at: "a", contains: "two" } },
    { files: { "a.yaml": "version: 1.2.3" }, params: { path: "a.yaml", at: "version", matches: "^\\d+\\.\\d+" } },
    { files: { "a.yaml": "x: &x {a: 1, b: 2}\ny: *x" }, params: { path: "a.yaml", at: "y", "has-keys": ["a", "b"] } },
    { files: { "a.yaml": "a: [x]" }, params: { path: "a.yaml", at: "a.0", exists: true } },
  ],
});
