import { afterAll, beforeAll, beforeEach, expect, test } from "@jest/globals";
import { commands, conclusionOf, type Runner, runner } from "../support/runner.ts";
import { adopted, migrationOf, type Workshop } from "../support/workshop.ts";
import { type Service, service } from "./service.ts";

/** The story of the tutorial, as pull requests: each push gives its status, check-run and comment. */

let action: Runner;
let workshop: Workshop;
let at: Service;

beforeAll(async () => {
  action = runner();
  workshop = await adopted();
  at = await service(action);
  at.land(workshop);
}, 120_000);
beforeEach(() => {
  at.github.state.rate.remaining = 5000;
});
afterAll(async () => {
  action.dispose();
  workshop.dispose();
  await at.dispose();
});

const headline = (body: string | undefined): string | undefined => /^## (.*)$/m.exec(body ?? "")?.[1];

test("4A is begun: its gates are red, and the check-run says at which line", async () => {
  workshop.branch("4A");
  workshop.add("4A");
  workshop.edit(migrationOf["4A"], (text) =>
    text.replace("numeric(6, 5)", "numeric(7, 5)").replace("numeric(6,5)", "numeric(7,5)"),
  );
  workshop.commit("4A, at first");
  const { head } = at.propose(workshop, 1);
  const ran = await at.pullRequest(1);
  expect({ code: ran.code, conclusion: conclusionOf(ran) }).toEqual({ code: 1, conclusion: "must-not-be-merged" });
  const [check, ...others] = at.checks(head.sha);
  expect(others).toEqual([]);
  expect(check).toMatchObject({
    name: "phasegate report (phasegate.yml, main)",
    status: "completed",
    conclusion: "failure",
    externalId: expect.stringMatching(/^phasegate:phasegate\.yml:main \d+$/),
  });
  expect(check?.annotations.map(({ path }) => path)).toContain("phasegate.yml");
  const [comment, ...more] = at.comments(1);
  expect(more).toEqual([]);
  expect(headline(comment)).toMatch(/^⛔ .*4A/);
  expect(comment).toContain("4A.2");
});

test("4A is verified: the second push writes the same comment anew, and is in order", async () => {
  workshop.add("4A");
  const { code, stderr } = await workshop.phasegate("verify", "4A");
  expect({ code, stderr: code === 0 ? "" : stderr }).toEqual({ code: 0, stderr: "" });
  workshop.commit("4A, verified");
  const before = at.github.state.comments.map(({ id }) => id);
  const { head } = at.propose(workshop, 1);
  const ran = await at.pullRequest(1);
  expect({ code: ran.code, commands: commands(ran.log) }).toEqual({ code: 0, commands: [] });
  expect(at.github.state.comments.map(({ id }) => id)).toEqual(before);
  expect(headline(at.comments(1)[0])).toMatch(/^✅ /);
  expect(at.checks(head.sha)).toMatchObject([{ conclusion: "success", annotations: [] }]);
}, 120_000);

test("the same run again changes nothing but who wrote last: the same comment, the same check-run", async () => {
  const [pull] = at.github.state.pulls;
  const ran = await at.pullRequest(1);
  expect(ran.code).toBe(0);
  expect(at.comments(1)).toHaveLength(1);
  expect(at.checks(pull?.head.sha ?? "")).toHaveLength(1);
});

test("4B is begun on the branch of 4A, which is not merged yet: it was started before 4A is verified", async () => {
  workshop.git("checkout", "-q", "-b", "4B");
  workshop.add("4B");
  workshop.commit("4B, too early");
  at.propose(workshop, 2);
  const ran = await at.pullRequest(2);
  expect(ran.code).toBe(1);
  expect(headline(at.comments(2)[0])).toBe("⛔ 4B was started before 4A is verified");
});

test("4A is merged, 4B rebased and verified: in order, judged against main as it is now", async () => {
  workshop.git("checkout", "-q", "4A");
  workshop.land("4A");
  at.land(workshop);
  workshop.git("checkout", "-q", "4B");
  workshop.git("rebase", "-q", "--onto", "main", "HEAD~1");
  const { code, stdout, stderr } = await workshop.phasegate("verify", "4B");
  expect({ code, said: code === 0 ? "" : stdout + stderr }).toEqual({ code: 0, said: "" });
  workshop.commit("4B, verified");
  at.propose(workshop, 2);
  const ran = await at.pullRequest(2);
  expect(ran.code).toBe(0);
  expect(at.comments(2)).toHaveLength(1);
  expect(headline(at.comments(2)[0])).toMatch(/^✅ /);
}, 120_000);

test("a verified migration is edited: verified work was changed", async () => {
  workshop.git("checkout", "-q", "-b", "edit", "main");
  workshop.edit(migrationOf["4A"], (text) => `${text}\n-- more\n`);
  workshop.commit("A small edit");
  at.propose(workshop, 3);
  const ran = await at.pullRequest(3);
  expect(ran.code).toBe(1);
  expect(headline(at.comments(3)[0])).toMatch(/verified work of 4A was changed/i);
});

test("the plan is weakened, which an owner approves: red, then in order, and the job that failed runs again", async () => {
  workshop.git("checkout", "-q", "-b", "looser", "main");
  workshop.edit("phasegate.yml", (text) => text.replace("policy:\n", "policy:\n  incomplete: allow\n"));
  workshop.commit("Looser");
  const { head } = at.propose(workshop, 4);
  const red = await at.pullRequest(4);
  expect(red.code).toBe(1);
  expect(headline(at.comments(4)[0])).toMatch(/the plan asks for less than on base/i);

  const { state } = at.github;
  state.workflows.push({ id: 7, name: "Phasegate", path: ".github/workflows/phasegate.yml", state: "active" });
  state.runs.push({
    id: 900,
    workflow: 7,
    title: "Looser",
    event: "pull_request",
    headSha: head.sha,
    headBranch: "work-4",
    status: "completed",
    conclusion: "failure",
    attempt: 1,
    actor: "eve",
    createdAt: "2026-01-05T10:00:00Z",
  });
  at.approve(4, "ada");
  const green = await at.pullRequest(4, { event: "pull_request_review" });
  expect({ code: green.code, commands: commands(green.log) }).toEqual({ code: 0, commands: [] });
  expect(at.comments(4)[0]).toContain("runs again");
  expect(state.runs.find(({ id }) => id === 900)).not.toMatchObject({ status: "completed" });

  workshop.commit("One more");
  at.propose(workshop, 4);
  const stale = await at.pullRequest(4);
  expect(stale.code).toBe(1);
});
