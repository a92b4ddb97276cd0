import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { expect, test } from "@jest/globals";
import { Ajv2020 } from "ajv/dist/2020.js";
import type { Report, Run } from "../../src/model/report.ts";
import { checkOutput } from "../../src/report/check-output.ts";
import { comment } from "../../src/report/comment.ts";
import { json } from "../../src/report/json.ts";
import { markdown } from "../../src/report/markdown.ts";
import { reportJsonSchema } from "../../src/report/schema.ts";
import { terminal, wrap } from "../../src/report/terminal.ts";
import { runs, shown } from "./runs.ts";
import { samples } from "./samples.ts";

/** GitHub's limit less what marks a comment. */
const limit = 65_000;

const run = (name: string): Run => {
  const found = runs[name];
  if (!found) throw new Error(`no run ${name}`);
  return found;
};
const report = (name: string): Report => {
  const found = samples[name];
  if (!found) throw new Error(`no sample ${name}`);
  return found;
};

/** What is written in each format: for a terminal, as a comment, as a check-run. */
const formats: { readonly [ending: string]: { readonly names: readonly string[]; write(name: string): string } } = {
  txt: { names: Object.keys(samples), write: (name) => terminal(report(name), { colour: false, width: 96 }) },
  md: { names: Object.keys(runs), write: (name) => comment(run(name), "phasegate.yml", shown, limit) },
  "check.json.golden": {
    names: ["all-verified", "prohibited", "unusable"],
    write: (name) => `${JSON.stringify(checkOutput(run(name), "phasegate.yml", shown), null, 2)}\n`,
  },
};
const each = Object.entries(formats).flatMap(([ending, { names }]) => names.map((name) => [name, ending] as const));

/** `UPDATE_GOLDEN=1 npm run jest -- __tests__/report` writes the files anew; look at what changed. */
test.each(each)("%s as %s is what its golden file says", (name, ending) => {
  const file = new URL(`golden/${name}.${ending}`, import.meta.url);
  const written = formats[ending]?.write(name) ?? "";
  if (process.env.UPDATE_GOLDEN === "1") writeFileSync(file, written);
  expect(existsSync(file)).toBe(true);
  expect(written).toBe(readFileSync(file, "utf8"));
});

test("there is no golden file of something that is not there any more", () => {
  const written = each.map(([name, ending]) => `${name}.${ending}`);
  expect(readdirSync(new URL("golden/", import.meta.url)).sort()).toEqual(written.sort());
});

/** What is seen of a text, however it is wrapped, escaped or marked. */
const letters = (text: string) => text.replace(/[^\p{L}\p{N}]/gu, "");

// In `everything` violations say other things than their gates, and texts of `markup` are made harmless.
const plain = Object.keys(samples).filter((name) => !["everything", "markup"].includes(name));

test.each(plain)("of %s every format tells what each gate that does not hold has found", (name) => {
  const failing = report(name)
    .phases.filter(({ state }) => state !== "not-started")
    .flatMap(({ gates }) => gates)
    .flatMap(({ verdict }) => (verdict.status === "failed" ? [verdict.findings[0].message] : []));
  for (const written of [terminal(report(name), { colour: false, width: 96 }), markdown(report(name))]) {
    const seen = letters(written);
    for (const message of failing) expect(seen).toContain(letters(message.split("; the plan asks")[0] ?? ""));
  }
});

test("a gate that blocks nothing, or only follows from something else, is told by its name", () => {
  const lines = (name: string) => terminal(report(name), { colour: false, width: 96 }).split("\n");
  const after = (of: readonly string[], start: string) => of[of.findIndex((line) => line.startsWith(start)) + 1];
  expect(after(lines("broken-on-base"), "  ✘ 4B.1 View")).toMatch(/^ {4}found +attribution_allocations\.model_version/);
  expect(after(lines("prohibited"), "    so  ")).toMatch(/^ +4B\.2: attribution_allocations\.model_version/);
  expect(markdown(report("broken-on-base")).split("```mermaid")[0]).toMatch(/^- 4B\.1 · View .*is nullable/m);
});

test("on the command line it is the same page without links", () => {
  const page = markdown(report("prohibited"));
  expect(page).not.toContain("](");
  const linked = comment(run("prohibited"), "phasegate.yml", shown, limit);
  const unlinked = linked
    .replace(/ · \[full report\].*?\)/, "")
    .replace(/\[(`[^`]+`)\]\([^)]+\)/g, "$1")
    .replace(" · `a1b2c3d`", "");
  expect(page).toBe(unlinked);
});

test("the JSON of every sample meets the schema that is shipped, and one more key does not", () => {
  const validate = new Ajv2020({ strict: false }).compile(reportJsonSchema());
  for (const [name, sample] of Object.entries(samples))
    expect([name, validate(JSON.parse(json(sample))), validate.errors]).toEqual([name, true, null]);
  expect(validate({ ...report("errored"), more: 1 })).toBe(false);
});

test("a line fits the terminal, whatever the change says", () => {
  for (const name of ["one-failed", "very-long", "prohibited"]) {
    const lines = terminal(report(name), { colour: false, width: 80 })
      .split("\n")
      .filter((line) => line.includes(" ") && !/[a-z]{81}/.test(line) && !line.includes("tttttttt"));
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
  }
});

test("what was found may hold semicolons: what the plan asks stands apart, and nothing else does", () => {
  const one = report("one-failed");
  const text = (message: string) =>
    terminal(
      {
        ...one,
        violations: one.violations.map((violation) => ({
          ...violation,
          findings: [{ code: "x", message, help: "Do." }],
        })),
      },
      { colour: false, width: 96 },
    );
  expect(text("no case notices it (DROP a; DROP b); the plan asks that one does.")).toContain(
    "    found    no case notices it (DROP a; DROP b)\n    asked    that one does.\n    do       Do.\n",
  );
  expect(text("a is `x; the plan asks for y`; the plan asks for z.")).toContain(
    "    found    a is `x; the plan asks for y`\n    asked    z.\n",
  );
  expect(text("a is gone; b describes it.")).toContain("    found    a is gone; b describes it.\n    do       Do.\n");
});

test("colour is there only when it was asked for", () => {
  expect(terminal(report("one-failed"), { colour: false, width: 96 })).not.toContain("\u001b");
  expect(terminal(report("one-failed"), { colour: true, width: 96 })).toContain("\u001b[31m");
});

test("nothing of the change can move the cursor or reorder a line", () => {
  const text = `${terminal(report("markup"), { colour: false, width: 96 })}${markdown(report("markup"))}`;
  expect(text.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/u);
});

test("words are wrapped, and only words", () => {
  expect(wrap("a bb ccc", 4)).toEqual(["a bb", "ccc"]);
  expect(wrap("aaaaaa b", 4)).toEqual(["aaaaaa", "b"]);
});
