import { expect, test } from "@jest/globals";
import type { Run } from "../../src/model/report.ts";
import { annotations } from "../../src/report/annotations.ts";
import { payloads, withTexts } from "./hostile.ts";
import { runs } from "./runs.ts";

const of = (name: string) =>
  annotations(runs[name] as Run).map(({ path, start_line, annotation_level, title }) => [
    path,
    start_line,
    annotation_level,
    title,
  ]);

test("what blocks is shown at the place where it is to be changed, what does not count as a warning", () => {
  expect(of("one-failed")).toEqual([
    ["migrations/0006_enhance.sql", 31, "failure", "Gate 4A.3 fails · Model version column added"],
    [
      "migrations/0006_enhance.sql",
      31,
      "warning",
      "Gate baseline.2 does not hold, and does not count · CI runs the tests",
    ],
  ]);
});

test("a phase that was started too early is shown in the plan, and in each file that the change adds or alters of it", () => {
  expect(of("everything").filter(([, , , title]) => title === "new was started before old is verified")).toEqual([
    ["db/tests/a.sql", 3, "failure", "new was started before old is verified"],
    ["migrations/2_new.sql", 1, "failure", "new was started before old is verified"],
  ]);
});

test("what a phase was started before comes first", () => {
  expect(of("everything")[0]?.[3]).toBe("new was started before old is verified");
});

test("mistakes are shown at their places, and those without one nowhere", () => {
  expect(of("unusable")).toEqual([["phasegate.yml", 12, "failure", "The plan cannot be used"]]);
  expect(of("not-judged")).toEqual([]);
});

test("what is found at the same line in the same words is shown once", () => {
  const run = runs["one-failed"] as Run & { status: "judged" };
  const { violations } = run.report;
  const again = structuredClone(violations);
  expect(annotations({ ...run, report: { ...run.report, violations: [...violations, ...again] } })).toEqual(
    annotations(run),
  );
});

test("a check that does not hold shows what it executed", () => {
  expect(annotations(runs["one-failed"] as Run)[0]?.raw_details).toBe(
    'SELECT 1\n\n{\n  "type": "text",\n  "nullable": true\n}',
  );
});

test("where nothing was said there is a dash: GitHub refuses an empty text", () => {
  const mute = withTexts(runs.everything as Run, (text) => (/\.(?:sql|yml)$/.test(text) ? text : " "));
  const messages = annotations(mute).map(({ message }) => message);
  expect(messages).toContain("–");
  expect(messages).not.toContain("");
});

test("whatever a change says, an annotation is what GitHub takes", () => {
  for (const payload of [...Object.values(payloads), ""])
    for (const run of Object.values(runs))
      for (const { path, start_line, end_line, title, message, raw_details } of annotations(
        withTexts(run, () => payload),
      )) {
        expect(path.startsWith("/")).toBe(false);
        expect(path).not.toBe("");
        expect([start_line >= 1, end_line]).toEqual([true, start_line]);
        for (const text of [title, message, raw_details ?? "–"]) {
          expect(text.trim()).not.toBe("");
          expect(text.replaceAll("\n", "")).not.toMatch(/\p{C}/u);
        }
        expect(title).not.toContain("\n");
      }
});
