import { expect, test } from "@jest/globals";
import type { Report, Run, Violation } from "../../src/model/report.ts";
import { checkOutput } from "../../src/report/check-output.ts";
import { comment } from "../../src/report/comment.ts";
import { clipped } from "../../src/report/escape.ts";
import { bytes, cutToBytes, firstThatFits } from "../../src/report/fit.ts";
import { jobSummary } from "../../src/report/markdown.ts";
import { payloads, withTexts } from "./hostile.ts";
import { isElement, rendered } from "./rendered.ts";
import { large, runs, shown } from "./runs.ts";

const judged = (name: string): Report => {
  const run = runs[name];
  if (run?.status !== "judged") throw new Error(`no report ${name}`);
  return run.report;
};
const with300Violations: Run = (() => {
  const one = judged("one-failed");
  const [first] = one.violations;
  const violations = Array.from(
    { length: 300 },
    (_, index): Violation => ({ ...(first as Violation), gate: `X.${index}` }),
  );
  return { status: "judged", report: { ...one, violations } };
})();

/** Every text is long, and made of what takes most bytes when it is escaped. */
const swollen = (run: Run, times: number): Run => withTexts(run, (text) => `${text} ${"$@👩".repeat(times)}`);

const limits = [2000, 2500, 4000, 8000, 16_000, 32_000, 65_000, 65_535, 1_000_000];
const limitsOf = (name: string): readonly number[] =>
  name === "large, swollen" ? [2000] : name.includes("swollen") ? [2000, 65_000] : limits;
const cases: { readonly [name: string]: Run } = {
  ...runs,
  large,
  "300 violations": with300Violations,
  ...Object.fromEntries(
    ["everything", "unusable", "not-judged"].map((name) => [`${name}, swollen`, swollen(runs[name] as Run, 350)]),
  ),
  "large, swollen": swollen(large, 50),
};

test.each(Object.keys(cases))("%s fits every limit, and holds its conclusion", (name) => {
  const run = cases[name] as Run;
  const [heading = ""] = comment(run, "phasegate.yml", shown, 1e7).split("\n");
  for (const limit of limitsOf(name)) {
    for (const text of [comment(run, "phasegate.yml", shown, limit), jobSummary(run, "phasegate.yml", shown, limit)]) {
      expect([limit, bytes(text) <= limit]).toEqual([limit, true]);
      const [own = ""] = text.split("\n");
      // Where a name is long, the end of the heading is cut.
      const kept = own.replace(/…$/, "");
      expect([limit, kept.length > 12 && heading.startsWith(kept)]).toEqual([limit, true]);
    }
  }
});

test.each(Object.keys(cases))("of %s everything that was opened is closed at every limit", (name) => {
  // A browser's parser takes seconds for what GitHub would not take.
  for (const limit of limitsOf(name).filter((limit) => limit <= 65_535)) {
    const page = rendered(comment(cases[name] as Run, "phasegate.yml", shown, limit));
    // What comes last would stand in whatever was left open before it.
    const last = [...page.childNodes].filter(isElement).at(-1);
    expect([limit, last?.nodeName, last?.textContent]).toEqual([
      limit,
      "P",
      expect.stringMatching(/^Phasegate|^Left out/),
    ]);
  }
});

test("of 300 violations the first ones are told, and the others counted, at every limit", () => {
  const told = limits.map((limit) => {
    const text = comment(with300Violations, "phasegate.yml", shown, limit);
    expect(text).toContain("**300 things block this change.**");
    const items = text.match(/^\d+\. \*\*Gate X\.\d+ fails\*\*/gm) ?? [];
    expect(items.length).toBeGreaterThan(0);
    const more = Number(/^… and (\d+) more\.$/m.exec(text)?.[1] ?? 0);
    expect(items.length + more).toBe(300);
    return items.length;
  });
  // The phases are told before more of what blocks.
  expect(comment(with300Violations, "phasegate.yml", shown, 8000)).toContain("| **4A** ");
  expect(told).toEqual(told.toSorted((a, b) => a - b));
  expect(told[0]).toBeLessThan(10);
  expect(told.at(-1)).toBe(300);
});

test("detail is lost step by step: all evidence, failures only, one line a phase, just the verdict", () => {
  const has = (limit: number) => {
    const text = comment(large, "phasegate.yml", shown, limit);
    return {
      holding: text.includes("✅ P0.1 "),
      executed: text.includes("as executed:"),
      failing: text.includes("❌ P20.1 "),
      phases: text.includes("| **P20** "),
      left: /^\*Left out, because GitHub takes no more: (.*)\.\*/m.exec(text)?.[1],
    };
  };
  const whole = bytes(comment(large, "phasegate.yml", shown, 1e7));
  expect(has(whole)).toEqual({ holding: true, executed: true, failing: true, phases: true, left: undefined });
  const steps = [...new Set(Array.from({ length: 60 }, (_, step) => JSON.stringify(has(whole - (whole / 60) * step))))];
  expect(steps.map((step) => JSON.parse(step).left)).toEqual([
    undefined,
    "the checks of gates that hold",
    "the gates that hold",
    "the gates that hold, and what was executed",
    "all evidence",
    "the phases and all evidence",
  ]);
});

test("what was left out is said to be where it is", () => {
  const text = comment(large, "phasegate.yml", shown, 20_000);
  expect(text).toContain(`[The summary of the run](${shown.run}) has more.`);
  const { run: _run, ...nowhere } = shown;
  expect(comment(large, "phasegate.yml", nowhere, 20_000)).toContain(
    "`phasegate run --report json=FILE` writes all of it.",
  );
  expect(jobSummary(large, "phasegate.yml", shown, 20_000)).not.toContain(`${shown.run}`);
});

test("a note that readers have to know is there at every limit", () => {
  for (const limit of limits)
    expect(comment(large, "phasegate.yml", { ...shown, notes: ["Base has moved."] }, limit)).toContain(
      "> Base has moved.",
    );
});

test("a check-run's texts fit, whatever was found", () => {
  for (const run of Object.values(cases)) {
    const { title, summary, text, annotations } = checkOutput(run, "phasegate.yml", shown);
    expect(bytes(title)).toBeLessThanOrEqual(255);
    expect(bytes(summary)).toBeLessThanOrEqual(65_535);
    expect(bytes(text)).toBeLessThanOrEqual(65_535);
    for (const each of annotations) {
      expect(bytes(each.title)).toBeLessThanOrEqual(255);
      expect(bytes(each.message)).toBeLessThanOrEqual(64_000);
      expect(bytes(each.raw_details ?? "")).toBeLessThanOrEqual(64_000);
    }
  }
});

test("the first that fits is taken, and where none does the last", () => {
  expect(firstThatFits(["ä".repeat(5), "äää", "ä"], 6)).toBe("äää");
  expect(firstThatFits(["aaaa", "aaa"], 1)).toBe("aaa");
});

test("a text is cut between characters, by bytes or by characters", () => {
  expect(cutToBytes("ääää", 8)).toBe("ääää");
  expect(cutToBytes("äääää", 8)).toBe("ää…");
  expect(cutToBytes("👩👩👩", 8)).toBe("👩…");
  expect(clipped("👩👩👩", 3)).toBe("👩👩👩");
  expect(clipped("👩".repeat(9), 3)).toBe("👩👩…");
  expect(clipped("abcd", 3)).toBe("ab…");
  for (const payload of Object.values(payloads))
    expect(bytes(cutToBytes(payload.toWellFormed(), 20))).toBeLessThanOrEqual(20);
});
