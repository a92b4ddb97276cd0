import { describe, expect, test } from "@jest/globals";
import { diagnose, type WayCode, ways } from "../../src/doctor/ways.ts";
import { closed } from "./closed.ts";
import { openPlans } from "./open-plans.ts";
import { openSettings } from "./open-settings.ts";
import { openWorkflows } from "./open-workflows.ts";
import { closedFiles, diagnosed, factsOf } from "./repository.ts";

/** Each way around the gate, opened in a repository in which none is open. */

const rows = { ...openWorkflows, ...openSettings, ...openPlans };

test("nothing is found where every way is closed", async () => {
  expect(await diagnosed({})).toEqual({ findings: [], unknown: [] });
});

test.each(Object.entries(rows))(
  "%s",
  async (_sentence, { files = {}, settings, says, and = /^/, pastes, at, ...codes }) => {
    const { findings, unknown } = await diagnosed(files, settings);
    const { open = [], advice = [], unknown: unseen = [] } = codes;
    const found = (severity: "open" | "advice") =>
      findings.filter((finding) => finding.severity === severity).map(({ code }) => code);
    expect({ open: found("open"), advice: found("advice"), unknown: unknown.map(({ code }) => code) }).toEqual({
      open,
      advice,
      unknown: unseen,
    });
    const [first] = findings;
    expect(first?.message ?? unknown[0]?.because).toMatch(says);
    expect(findings.map(({ message }) => message).join("\n")).toMatch(and);
    if (pastes !== undefined) expect(first?.yaml ?? "nothing").toMatch(pastes ?? /^nothing$/);
    if (at !== undefined) expect(`${first?.place?.file}:${first?.place?.line}`).toBe(at);
  },
);

test("every way is opened by a row", () => {
  const opened = new Set(Object.values(rows).flatMap(({ open = [], advice = [] }) => [...open, ...advice]));
  expect(Object.keys(ways).filter((code) => !opened.has(code as WayCode))).toEqual([]);
});

describe("closed all the same", () => {
  test.each(Object.entries(closed))("%s", async (_sentence, { files = {}, settings }) => {
    expect(await diagnosed(files, settings)).toEqual({ findings: [], unknown: [] });
  });
});

test("where another plan is to be judged, what is to be pasted names it", async () => {
  const facts = await factsOf(closedFiles);
  const { findings } = diagnose({ ...facts, plan: { status: "none", file: "lax.phasegate.yml" } });
  expect(findings.find(({ code }) => code === "no-gate")?.yaml).toMatch(/\n {4}with: \{ plan: lax\.phasegate\.yml \}$/);
});
