import { expect, test } from "@jest/globals";
import type { PhaseResult } from "../../src/model/report.ts";
import { phasesPicture } from "../../src/report/phases-picture.ts";
import { gate, nullable, passed, phase } from "./sample-parts.ts";

const verified = (id: string, after: readonly string[] = []) =>
  phase(id, id, "verified", [gate(`${id}.1`, "", passed)], after);
const idle = (id: string, after: readonly string[] = []) => phase(id, id, "not-started", [], after);
const open = (id: string, after: readonly string[] = [], state: PhaseResult["state"] = "in-progress") =>
  phase(id, id, state, [gate(`${id}.1`, "", nullable)], after);

/** Boxes and arrows, by what stands in the boxes. */
function drawn(phases: readonly PhaseResult[]): readonly string[] {
  const lines = phasesPicture(phases)?.split("\n") ?? [];
  const names = new Map(
    lines.flatMap((line) => [...line.matchAll(/^ {2}(p\d+)\["\S+ (.*?)<br/g)].map(([, box, name]) => [box, name])),
  );
  return lines.flatMap((line) =>
    [...line.matchAll(/^ {2}(p\d+) --> (p\d+)$/g)].map(([, from, to]) => `${names.get(from)} → ${names.get(to)}`),
  );
}

test("arrows lead from predecessors, and none is drawn that follows from others", () => {
  expect(drawn([verified("a"), open("b", ["a"]), open("c", ["a", "b"]), open("d", ["a"])])).toEqual([
    "a → b",
    "b → c",
    "a → d",
  ]);
});

test("what nobody waits for is drawn as one: what was verified long ago, and what has not been started", () => {
  const ids = ["a", "b", "c", "d", "e", "f"];
  const chain = ids.map((id, index) => verified(id, index === 0 ? [] : [ids[index - 1] ?? ""]));
  const later = [idle("h", ["g"]), idle("i", ["h"]), idle("j", ["i"])];
  expect(drawn([...chain, open("g", ["f"]), ...later])).toEqual([
    "a#44; b#44; c#44; d#44; e → f",
    "f → g",
    "g → h#44; i#44; j",
  ]);
});

test("a phase that somebody should have waited for keeps its box", () => {
  const phases = [
    verified("a"),
    idle("b", ["a"]),
    idle("c", ["b"]),
    idle("d", ["c"]),
    idle("e", ["d"]),
    open("f", ["c"], "prohibited"),
  ];
  expect(drawn(phases)).toContain("c → f");
});

test("every box has a sign, a word and its gates; none of them is only coloured", () => {
  const picture = phasesPicture([
    verified("a"),
    open("b", ["a"]),
    open("c", ["b"], "prohibited"),
    open("d", [], "regressed"),
    idle("e"),
  ]);
  for (const text of [
    "✔ a<br/>verified<br/>1 of 1",
    "✘ b<br/>in progress<br/>0 of 1",
    "⛔ c<br/>prohibited<br/>0 of 1",
    "✘ d<br/>regressed<br/>0 of 1",
    "◌ e<br/>not started",
  ])
    expect(picture).toContain(`["${text}"]`);
});

test("one phase needs no picture, and too many or too long a row have none", () => {
  expect(phasesPicture([])).toBeUndefined();
  expect(phasesPicture([open("a")])).toBeUndefined();
  expect(phasesPicture(Array.from({ length: 16 }, (_, index) => open(`a${index}`)))).toBeDefined();
  expect(phasesPicture(Array.from({ length: 17 }, (_, index) => open(`a${index}`)))).toBeUndefined();
  const row = (length: number) =>
    Array.from({ length }, (_, index) => open(`a${index}`, index === 0 ? [] : [`a${index - 1}`]));
  expect(phasesPicture(row(7))).toBeDefined();
  expect(phasesPicture(row(8))).toBeUndefined();
});
