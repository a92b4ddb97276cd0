import { expect, test } from "@jest/globals";
import type { Report, Run } from "../../src/model/report.ts";
import { comment } from "../../src/report/comment.ts";
import { placeLink } from "../../src/report/shown.ts";
import { capital } from "../../src/report/words.ts";
import { runs, shown } from "./runs.ts";
import { gate, passed, phase, report } from "./sample-parts.ts";

const heading = (given: Report): string =>
  comment({ status: "judged", report: given }, "phasegate.yml", shown, 65_000).split("\n")[0] ?? "";
const held = (id: string, state: "verified" | "in-progress" | "not-started") =>
  phase(id, "", state, [gate(`${id}.1`, "", passed)]);
const calm = { violations: [], conclusion: "in-order" } as const;

test.each<readonly [string, Report, string]>([
  ["nothing was begun", report([held("a", "not-started")], calm), "## ✅ In order: no phase has been started"],
  [
    "one phase is verified",
    report([held("a", "verified")], calm),
    "## ✅ a is verified, the one phase that was started",
  ],
  [
    "all are",
    report([held("a", "verified"), held("b", "verified"), held("c", "not-started")], calm),
    "## ✅ All 2 started phases are verified",
  ],
  [
    "one of two is",
    report([held("a", "verified"), held("b", "in-progress")], calm),
    "## ✅ In order: 1 of 2 started phases are verified",
  ],
  [
    "there were no documents",
    report([held("a", "verified")], { ...calm, documents: "not-asked" }),
    "## 🧪 A trial: 1 of 1 started phase would be verified",
  ],
])("the heading where %s", (_, given, said) => {
  expect(heading(given)).toBe(said);
});

test("where all is well the comment is small, and nothing of it stands open but the verdict", () => {
  const text = comment(runs["recorded-approvals"] as Run, "phasegate.yml", shown, 65_000);
  let depth = 0;
  const open = text.split("\n").filter((line) => {
    depth += line.split("<details>").length - line.split("</details>").length;
    return depth === 0 && line !== "" && line !== "</details>";
  });
  expect(open.map((line) => line.slice(0, 12))).toEqual([
    "## ✅ All 2 s",
    "> An audit: ",
    "> Approvals ",
    "2 of 2 gates",
    "<sub>Phasega",
  ]);
});

test("only names begin without a capital", () => {
  expect(
    [
      "gate 4A.1 fails",
      "the plan asks",
      "verified work of b",
      "migrations/a.sql is out of order",
      "baseline was",
      "the_phase was",
    ].map(capital),
  ).toEqual([
    "Gate 4A.1 fails",
    "The plan asks",
    "Verified work of b",
    "migrations/a.sql is out of order",
    "baseline was",
    "the_phase was",
  ]);
});

const files = "https://github.com/o/r/blob/0";
test.each([
  ["a/b.sql", `[\`a/b.sql:3\`](${files}/a/b.sql#L3)`],
  ["docs/A b.md", `[\`docs/A b.md:3\`](${files}/docs/A%20b.md?plain=1#L3)`],
  ["a)?b#c(%2e'*.sql", `[\`a)?b#c(%2e'*.sql:3\`](${files}/a%29%3Fb%23c%28%252e%27%2A.sql#L3)`],
  ["../../o2/r2", "`../../o2/r2:3`"],
  ["a//b", "`a//b:3`"],
  ["./a", "`./a:3`"],
  ["", "`:3`"],
  ["a\ud83d", `[\`a\\u{d83d}:3\`](${files}/a%EF%BF%BD#L3)`],
  ["x".repeat(301), `\`${"x".repeat(299)}…:3\``],
])("the link to %j", (file, link) => {
  expect(placeLink({ file, line: 3 }, files)).toBe(link);
});

test("without a page for files there is no link", () => {
  expect(placeLink({ file: "a.sql", line: 3 }, undefined)).toBe("`a.sql:3`");
});
