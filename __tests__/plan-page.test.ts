import { readFileSync } from "node:fs";
import { expect, test } from "@jest/globals";
import { kinds } from "../src/checks/table.ts";
import { readPlan } from "../src/plan/read.ts";
import { planJsonSchema } from "../src/plan/schema.ts";

const page = readFileSync(new URL("../docs/plan.md", import.meta.url), "utf8");

/** What is walked through of a JSON Schema. */
interface Schema {
  readonly properties?: { readonly [key: string]: Schema };
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly default?: unknown;
}

interface Key {
  readonly name: string;
  /** The key that it is written under, without lists. */
  readonly under: string;
  readonly schema: Schema;
}

/** Every key that a plan may have, except the check kinds, which docs/checks.md describes. */
function keysOf({ properties = {}, items, anyOf = [] }: Schema, under = ""): Key[] {
  return [
    ...Object.entries(properties)
      .filter(([name]) => !(under === "checks" && name in kinds))
      .flatMap(([name, schema]) => [{ name, under, schema }, ...keysOf(schema, name)]),
    ...(items ? keysOf(items, under) : []),
    ...anyOf.flatMap((branch) => keysOf(branch, under)),
  ];
}

const keys = keysOf(planJsonSchema(kinds) as Schema); // JSON Schema, of which only these members are read

/** Headings whose table names the keys below them; deeper ones are written with what they are under. */
const sections: { readonly [heading: string]: string } = Object.fromEntries(
  page.split(/^## /m).map((section) => [/^`?(.*?)`?$/m.exec(section)?.[1] ?? "", section]),
);

/** The row of a key: in the table of its section, or under its parent's name. */
function rowOf({ name, under }: Key): string | undefined {
  const written = [`\`${name}\``, `\`${under}.${name}\``, `\`${under}[].${name}\``];
  const section = sections[under === "" ? "At the top" : under] ?? page;
  return section.split("\n").find((line) => written.some((cell) => line.startsWith(`| ${cell} |`)));
}

test("the plan has the keys that are looked for here", () => {
  expect(keys.map(({ name }) => name)).toEqual(
    expect.arrayContaining(["version", "member-of", "createrole", "plan-owners", "through", "until", "holds-before"]),
  );
});

// These two are described in the row of the key that they are written under.
const within = ["dir", "through"];

test.each(keys.filter(({ name }) => !within.includes(name)).map((key) => [`${key.under}.${key.name}`, key] as const))(
  "docs/plan.md describes `%s`",
  (_, key) => {
    expect(rowOf(key)).toBeDefined();
  },
);

test.each(within)("docs/plan.md describes `%s` beside what it is under", (name) => {
  expect(page).toMatch(new RegExp(`^\\| \`[\\w.]+\` \\|.*\`\\{ ${name}: `, "m"));
});

test.each(
  keys.flatMap((key) =>
    typeof key.schema.default === "string" || typeof key.schema.default === "boolean"
      ? [[`${key.under}.${key.name}`, String(key.schema.default), key] as const]
      : [],
  ),
)("docs/plan.md gives the default of `%s`, which is %s", (_, fallback, key) => {
  expect(rowOf(key) ?? page).toMatch(
    new RegExp(`\`(\\w+: )?${fallback.replace(/[{}./]/g, "\\$&")}\` \\|$|dir: ${fallback}`, "m"),
  );
});

test("the examples of docs/plan.md are parts of one plan", () => {
  const [, postgres = "", phases = "", gates = ""] = [...page.matchAll(/^```yaml\n([\s\S]*?)^```$/gm)].map(
    ([, text = ""]) => text,
  );
  const baseline =
    "  - { id: baseline, title: b, owns: { files: [b] }, gates: [{ id: b.1, title: b, checks: [file: { path: b }] }] }";
  const whole = phases.replace("phases:\n", `phases:\n${baseline}\n`).replace("gates: [ … ]\n", `gates:\n${gates}`);
  expect(whole).not.toContain("…");
  const plan = `version: 1\nname: n\n${postgres}${whole}`;
  expect(readPlan(plan, "phasegate.yml", kinds)).not.toHaveProperty("mistakes");
});

test("every key that docs/plan.md describes is one of the plan's", () => {
  const described = [...page.matchAll(/^\| `(?:[\w[\]-]+\.)?([\w-]+)` \|/gm)].map(([, name]) => name);
  expect(described.length).toBeGreaterThan(20);
  const known: readonly (string | undefined)[] = keys.map(({ name }) => name);
  expect(described.filter((name) => !known.includes(name))).toEqual([]);
});
