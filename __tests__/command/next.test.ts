import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { adopted, plan, type Workshop } from "../support/workshop.ts";

/** The baseline is verified and all that the plan of base has; a branch adds the phase `notes` to the plan. */

const notes = `
  - id: notes
    title: Notes
    after: [baseline]
    owns:
      files: [docs/NOTES.md]
    gates:
      - id: notes.1
        title: There are notes
        checks:
          - file: { path: docs/NOTES.md }
`;

let workshop: Workshop;
beforeAll(async () => {
  workshop = await adopted(plan.slice(0, plan.indexOf("\n  - id: 4A\n")));
  workshop.write("docs/OLD.md", "Old\n");
  workshop.land("Something that no phase owns");
  workshop.branch("work");
}, 240_000);
afterAll(() => workshop.dispose());

test("where all is claimed, there is nothing left to do, for programs too", async () => {
  const { stdout } = await workshop.phasegate("next");
  expect(stdout).toBe("Every phase of the plan is claimed verified: nothing is left to do.\n");
  const { stdout: json } = await workshop.phasegate("next", "--json");
  expect(JSON.parse(json)).toEqual({ action: stdout.trim(), allowed: [], prohibited: [] });
});

test("a phase that only this branch's plan has is begun once the plan is merged", async () => {
  workshop.edit("phasegate.yml", (text) => `${text.trimEnd()}\n${notes}`);
  const why = "notes is new in the plan, which has to be merged before it is begun";
  const { stdout } = await workshop.phasegate("next", "--json");
  expect(JSON.parse(stdout)).toMatchObject({
    action: "Merge phasegate.yml first: notes is new in it, and may begin once base has it.",
    allowed: [],
    prohibited: [{ phase: "notes", why: [why] }],
  });
  const { code, stderr } = await workshop.phasegate("guard", "docs/NOTES.md");
  expect({ code, stderr }).toMatchObject({ code: 1, stderr: expect.stringContaining(why) });
});

test("begun with it, it is what `run` refuses, and `next` says what to leave out", async () => {
  workshop.write("docs/NOTES.md", "Notes\n");
  const { report } = await workshop.judge();
  expect(report?.violations.map(({ code, findings }) => [code, findings[0].message])).toEqual([
    ["plan-weakened", expect.stringContaining("notes is new, and started already")],
    expect.anything(),
  ]);
  const { stdout } = await workshop.phasegate("next");
  expect(stdout).toMatch(/^Merge phasegate\.yml first, without docs\/NOTES\.md: notes is new in it/);
}, 60_000);

test("where it owns what base has already, a plan owner is asked, and nothing is to be left out", async () => {
  workshop.edit("phasegate.yml", (text) => text.replace("[docs/NOTES.md]", "[docs/NOTES.md, docs/OLD.md]"));
  const { stdout } = await workshop.phasegate("next");
  const sentence =
    /^Merge phasegate\.yml first, without docs\/NOTES\.md: .* A plan owner has to approve it: base has docs\/OLD\.md already\.$/m;
  expect(stdout).toMatch(sentence);
  workshop.write("docs/OLD.md", "Newer\n");
  const { stdout: edited } = await workshop.phasegate("next");
  expect(edited).toMatch(/, without docs\/NOTES\.md, docs\/OLD\.md: .* base has docs\/OLD\.md already\.$/m);
  workshop.write("docs/OLD.md", "Old\n");
  workshop.edit("phasegate.yml", (text) => text.replace(", docs/OLD.md]", "]"));
});

test("once the plan is merged, it may be begun", async () => {
  workshop.remove("docs/NOTES.md");
  workshop.land("Plan the notes");
  const { stdout } = await workshop.phasegate("next");
  expect(stdout).toMatch(/^Begin notes \(Notes\): write docs\/NOTES\.md;/);
  expect(await workshop.phasegate("guard", "docs/NOTES.md")).toMatchObject({ code: 0 });
});
