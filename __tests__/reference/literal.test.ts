import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { Report } from "../../src/model/report.ts";
import { judged, referenceProject } from "../support/project.ts";
import { reducedPlan } from "../support/reduced-plan.ts";
import { allocationPoints } from "./allocation-points.ts";
import { ledgerPoints } from "./ledger-points.ts";
import { literal, type Point, type Put, type Red } from "./literal-ways.ts";

/**
 * The requirements' own SQL in place of ours turns gates red. Each of its 21 faults does, and each is shown where nothing else is wrong
 * too: a migration that is red for ten reasons says nothing about the eleventh. That with our own SQL every gate of the
 * plan holds is shown in `end-to-end/reference.test.ts`.
 */

const points: readonly Point[] = [...allocationPoints, ...ledgerPoints];

const gatesOf = (reds: readonly Red[]) => [...new Set(reds.flatMap((red) => Object.keys(red)))];
const literally = points.flatMap(({ literally: red }) => (red ? [red] : []));
const ways = points.flatMap(({ number, fault, alone }) =>
  alone.map((way) => ({ number, fault, ...way, gates: gatesOf([way.red]) })),
);

/** Judges gates of the reference project, each as it is written, with something put in place of ours. */
async function judgedWith(put: Put, gates: readonly string[]): Promise<Report> {
  const project = referenceProject();
  try {
    put(project);
    project.edit("phasegate.yml", (text) => reducedPlan(text, gates));
    const phases = gates.some((gate) => gate.startsWith("sign-off.")) ? ["--phase", "sign-off"] : [];
    return (await judged(project, ...phases)).report;
  } finally {
    project.dispose();
  }
}

/** All that this file judges, in the order of its tests. */
const runs = [{ put: literal, gates: gatesOf(literally) }, ...ways].map(
  ({ put, gates }) =>
    () =>
      judgedWith(put, gates),
);
const begun: Promise<Report>[] = [];

/** Also begins the run that the next test asks for: one alone leaves a core idle. */
function run(index: number): Promise<Report> {
  for (const next of [index, index + 1]) {
    begun[next] ??= runs[next]?.() ?? Promise.reject(new Error("there is no such run"));
    begun[next].catch(() => undefined);
  }
  return begun[index] ?? Promise.reject(new Error("there is no such run"));
}

afterAll(() => Promise.allSettled(begun), 60_000);

/** What a report says of every gate that does not hold: what was found, or why it was not judged. */
function redIn({ phases }: Report): ReadonlyMap<string, readonly string[]> {
  const gates = phases.flatMap((phase) => phase.gates.filter(({ verdict }) => verdict.status !== "passed"));
  return new Map(
    gates.map(({ id, checks, verdict }) => [
      id,
      [verdict, ...checks.map((check) => check.verdict)].flatMap((said) => {
        if (said.status === "failed") return said.findings.map(({ message }) => message);
        return said.status === "passed" ? [] : [said.reason];
      }),
    ]),
  );
}

function expectToSay(red: ReadonlyMap<string, readonly string[]>, asked: Red): void {
  for (const [gate, words] of Object.entries(asked)) {
    for (const word of words) {
      const says = expect.arrayContaining([expect.stringMatching(word)]);
      expect({ gate, says: red.get(gate) }).toEqual({ gate, says });
    }
  }
}

test("the table has the 21 points, each shown alone", () => {
  expect(points.map(({ number }) => number)).toEqual(Array.from({ length: 21 }, (_, index) => index + 1));
  expect(points.filter(({ alone }) => alone.length === 0)).toEqual([]);
});

describe("with all of the requirements' own SQL in place of ours", () => {
  let red: ReadonlyMap<string, readonly string[]>;
  beforeAll(async () => {
    red = redIn(await run(0));
  }, 120_000);

  test.each(
    points.flatMap(({ number, fault, literally: asked }) =>
      asked ? [{ number, fault, asked, gates: gatesOf([asked]).join(" and ") }] : [],
    ),
  )("point $number is told by $gates: $fault", ({ asked }) => expectToSay(red, asked));
});

describe("with one fault put into ours, the gates that tell it turn red, and no others", () => {
  test.each(ways.map((way, index) => ({ ...way, index, told: way.gates.join(" and ") })))(
    "point $number is told by $told with $name",
    async ({ index, red: asked, gates }) => {
      const red = redIn(await run(index + 1));
      expectToSay(red, asked);
      expect([...red.keys()].sort()).toEqual([...gates].sort());
    },
  );
});
