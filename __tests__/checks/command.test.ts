import { afterAll, expect, test } from "@jest/globals";
import { command } from "../../src/checks/command.ts";
import { programs } from "../../src/programs/programs.ts";
import { look, type Sight } from "../../src/run/look.ts";
import { prove } from "../../src/run/prove.ts";
import { treeOf } from "../migrate/world.ts";
import { codesOf, findingsOf } from "./example-world.ts";

const running = programs(process.cwd());
afterAll(() => running.stop());

const refuse = (): never => {
  throw new Error("a command asks for nothing else");
};
const sightOf = (files: { readonly [path: string]: string }): Sight => ({
  database: { query: refuse, attempt: refuse, act: refuse },
  tree: treeOf(files),
  laboratory: {
    roundTrip: refuse,
    clone: refuse,
    get rehearsing() {
      return this;
    },
  },
  linter: { lint: refuse, rules: refuse },
  programs: running,
  approvals: { ask: refuse },
  subject: { phase: "1", migrations: [], created: [], major: 18 },
});
const sabotage = { files: { "a.sh": "exit 9" } };
const claimOf = (params: object) => ({ kind: command, params: command.params.parse({ sabotage, ...params }) });
const shell = (text: string) => ({ "a.sh": text });
const run = ["sh", "a.sh"];

test.each<readonly [name: string, script: string, params: object, codes: readonly string[]]>([
  ["a program that ends well", "exit 0", { run }, ["passed"]],
  ["a program that ends otherwise", "exit 1", { run }, ["other-exit"]],
  ["a program that must end otherwise", "exit 3", { run, exit: 3 }, ["passed"]],
  ["a program that should have failed", "exit 0", { run, exit: 3 }, ["other-exit"]],
  ["a program that a signal ends has no exit code", "kill -TERM $$", { run }, ["other-exit"]],
  ["output that matches, on any line", "echo a; echo ok", { run, output: "^ok$" }, ["passed"]],
  ["output that does not match", "echo not ok", { run, output: "^ok$" }, ["other-output"]],
  ["standard error is no output", "echo ok >&2", { run, output: "^ok$" }, ["other-output"]],
  ["both are told", "exit 1", { run, output: "^ok$" }, ["other-exit", "other-output"]],
  ["a program that does not end", "sleep 20", { run, timeout: "1s" }, ["timed-out"]],
  [
    "the output after the first 64 KiB is not kept",
    "yes | head -c 70000; echo ok",
    { run, output: "ok" },
    ["other-output"],
  ],
  [
    "a program that is not there is an error",
    "",
    { run: ["no-such-program"] },
    ["errored: no-such-program cannot be started: spawn no-such-program ENOENT"],
  ],
  ["arguments are read by no shell", "", { run: ["sh", "-c", 'test "$1" = "; exit 1"', "-", "; exit 1"] }, ["passed"]],
])("%s", async (_, script, params, codes) => {
  expect(codesOf(await look(claimOf(params), sightOf(shell(script))))).toEqual(codes);
});

test("findings say what was found, what was asked, and what to do", async () => {
  const seen = await look(
    claimOf({ run, output: "^ok$" }),
    sightOf(shell("echo well; echo 'a is\n  missing' >&2; exit 2")),
  );
  expect(findingsOf(seen).map(({ message, help }) => `${message} — ${help}`)).toEqual([
    "`sh a.sh` ended with exit code 2 and said `a is missing`; the plan asks for exit code 0. — Correct what it complains of, or the program.",
    "`sh a.sh` printed nothing that matches /^ok$/, and said `a is missing`; the plan asks for /^ok$/ on standard output. — Let it print what the plan asks for.",
  ]);
});

test("the evidence names the command, and no place that is another one in the next run", async () => {
  const claim = claimOf({ run });
  const sight = sightOf(shell('pwd; echo "$TMPDIR" >&2; echo "$PWD/a.sh"'));
  const [first, second] = [await look(claim, sight), await look(claim, sight)];
  expect(first).toEqual(second);
  expect(first.evidence).toMatchObject({
    looked: ["sh a.sh"],
    observed: { stdout: { text: ".\na.sh\n", moreBytes: 0 }, stderr: { text: "/tmp\n" } },
  });
});

test.each<readonly [name: string, sabotage: object, outcome: object]>([
  ["sabotage that it notices", { files: { "b.txt": "2" } }, { status: "killed" }],
  ["sabotage that it does not notice", { files: { "c.txt": "2" } }, { status: "survived" }],
  ["a file that is gone", { files: { "b.txt": null } }, { status: "killed" }],
  [
    "sabotage that changes something else than it says",
    { files: { "b.txt": "2" }, changes: "output" },
    { status: "killed-for-another-reason", codes: ["other-exit"] },
  ],
])("%s", async (_, sabotage, outcome) => {
  const claim = claimOf({ run, sabotage });
  const sight = sightOf({ "a.sh": 'test "$(cat b.txt)" = 1', "b.txt": "1" });
  const seen = await look(claim, sight);
  const red = await prove(claim, seen.evidence?.observed ?? null, { status: "none", reason: "files" }, (work) =>
    work(sight),
  );
  expect(red.mutants[0]?.outcome).toEqual(outcome);
});

test.each<readonly [name: string, params: object, path: string, message: string]>([
  ["no sabotage", { run, sabotage: undefined }, "sabotage", "expected object"],
  ["sabotage of nothing", { run, sabotage: { files: {} } }, "sabotage.files", "changes no file"],
  [
    "sabotage outside of the repository",
    { run, sabotage: { files: { "../a": "" } } },
    "sabotage.files.../a",
    "Invalid key",
  ],
  ["a command line", { run: "npm test" }, "run", "expected array"],
  ["no program", { run: [""] }, "run", "names no program"],
  ["a time without unit", { run, timeout: "60" }, "timeout", "is no time"],
  ["more time than a run should take", { run, timeout: "11m" }, "timeout", "at most 10m"],
  ["output that anything matches", { run, output: ".*" }, "output", "that can fail"],
])("%s is a mistake of the plan", (_, params, path, message) => {
  const { error } = command.params.safeParse({ sabotage, ...params });
  expect((error?.issues ?? []).map((issue) => [issue.path.join("."), issue.message])).toEqual([
    [path, expect.stringContaining(message)],
  ]);
});

test.each([
  ["less time", { timeout: "2m" }, { timeout: "90s" }, "stronger"],
  ["more time", {}, { timeout: "2m" }, "weaker"],
  ["the same time in other words", {}, { timeout: "1m" }, "same"],
  ["output that is asked for", {}, { output: "ok" }, "stronger"],
  ["another program", {}, { run: ["true"] }, "weaker"],
  ["other sabotage", {}, { sabotage: { files: { b: "" } } }, "weaker"],
] as const)("%s makes it %s", (_, base, head, strength) => {
  const [was, is] = [base, head].map((more) => command.params.parse({ run, sabotage, ...more }));
  expect(was && is && command.strength(was, is)).toBe(strength);
});

test("what it runs is an oracle file, its options are none", () => {
  const params = command.params.parse({ run: ["node", "--import=./a.mjs", "scripts/check.mjs", "/etc/x"], sabotage });
  expect(command.oracles?.(params)).toEqual(["scripts/check.mjs"]);
});
