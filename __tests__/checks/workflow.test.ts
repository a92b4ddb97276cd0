import { readFileSync } from "node:fs";
import { expect, test } from "@jest/globals";
import { workflow } from "../../src/checks/workflow.ts";
import { readWorkflow } from "../../src/checks/workflow-file.ts";

const file = ".github/workflows/ci.yml";
const asked = { file, on: ["pull_request"], runs: "npm test" };

/** Codes with the lines that they are told for. */
async function found(text: string, more: object = {}): Promise<readonly string[]> {
  const params = workflow.params.parse({ ...asked, ...more });
  const observed = await readWorkflow(file, text);
  return workflow.judge(params, observed).map(({ code, place }) => `${code} ${place?.line ?? "-"}`);
}

const on = (events: string, steps = "[{ run: npm test }]", job = "") =>
  `on: ${events}\njobs:\n  test:\n    runs-on: ubuntu-latest\n${job}    steps: ${steps}\n`;
/** The script's first line is the seventh of the file. */
const script = (...lines: readonly string[]) =>
  on("pull_request", `\n      - run: |\n${lines.map((line) => `          ${line}\n`).join("")}`).replace(/\n\n$/, "\n");
const step = (more: string) => on("pull_request", `[{ run: npm test, ${more} }]`);
const job = (more: string, other = "") => `${on("pull_request", undefined, `    ${more}\n`)}${other}`;

const expression = (text: string) => `\${{ ${text} }}`;

type Row = readonly [name: string, text: string, codes: readonly string[], more?: object];

test.each<Row>([
  ["one event, as a word", on("pull_request"), []],
  ["several events", on("[push, pull_request]"), []],
  ["a push starts no pull request", on("[push, workflow_dispatch]"), ["no-trigger 1"]],
  [
    "every event that is asked for counts",
    on("pull_request"),
    ["no-trigger 1"],
    { on: ["pull_request", "merge_group"] },
  ],
  ["pull_request_target is another event", on("pull_request_target"), ["no-trigger 1"]],
  ["paths leave changes out", on("{ pull_request: { paths: ['src/**'] } }"), ["filtered 1"]],
  ["paths that are ignored leave changes out", on("{ pull_request: { paths-ignore: ['**.md'] } }"), ["filtered 1"]],
  ["a filter of another event does not matter", on("{ pull_request: null, push: { paths: [src] } }"), []],
  ["branches leave pull requests out", on("{ pull_request: { branches: [main] } }"), ["filtered 1"]],
  ["branches that count are let through", on("{ pull_request: { branches: [main] } }"), [], { branches: ["main"] }],
  [
    "a branch that counts is left out",
    on("{ pull_request: { branches: [main] } }"),
    ["filtered 1"],
    { branches: ["main", "release/1"] },
  ],
  [
    "`*` does not reach over a slash",
    on("{ pull_request: { branches: ['*'] } }"),
    ["filtered 1"],
    { branches: ["release/1"] },
  ],
  [
    "`**` does, and a pattern further down takes out again",
    on("{ pull_request: { branches: ['**', '!release/1', 'release/*'] } }"),
    [],
    { branches: ["release/1"] },
  ],
  [
    "a branch that is taken out at the end is out",
    on("{ pull_request: { branches: ['**', '!release/**'] } }"),
    ["filtered 1"],
    { branches: ["release/1"] },
  ],
  ["branches that are ignored", on("{ pull_request: { branches-ignore: ['docs/**'] } }"), [], { branches: ["main"] }],
  ["types without synchronize leave later pushes out", on("{ pull_request: { types: [opened] } }"), ["filtered 1"]],
  [
    "types with all that is usual, and more",
    on("{ pull_request: { types: [opened, synchronize, reopened, labeled] } }"),
    [],
  ],
  ["a push of tags is none of branches", on("{ push: { tags: ['v*'] } }"), ["filtered 1"], { on: ["push"] }],
  [
    "tags beside branches take nothing from them",
    on("{ push: { branches: [main], tags: ['v*'] } }"),
    [],
    { on: ["push"], branches: ["main"] },
  ],
  ["a schedule has no filter", on("{ schedule: [{ cron: '0 3 * * *' }] }"), [], { on: ["schedule"] }],

  ["a script of one line", on("pull_request", "[{ run: npm test -- --ci }]"), [], { runs: "npm test -- --ci" }],
  ["a command with the same beginning", on("pull_request", "[{ run: npm testing }]"), ["no-step 1"]],
  ["a line among others", script("npm ci", "npm test", "npm run build"), []],
  ["a comment runs nothing", script("# npm test", "true"), ["no-step 1"]],
  ["neither does an echo", script("echo npm test"), ["no-step 1"]],
  ["neither does text in quotes", script('echo "', "npm test", '"'), ["no-step 1"]],
  ["neither does a here-document", script("cat <<EOF", "npm test", "EOF"), ["no-step 1"]],
  ["neither does the rest of a longer command", script("echo \\", "npm test"), ["no-step 1"]],
  ["neither does a command in a word", script("echo $(", "npm test", ")"), ["no-step 1"]],
  ["variables may be set before it", script("CI=1 FORCE_COLOR='' npm test"), []],
  [
    "an expression is one word",
    script(`npm test ${expression("matrix.a && '--all' || ''")}`),
    [],
    { runs: `npm test ${expression("matrix.a && '--all' || ''")}` },
  ],
  [
    "an expression in a script that YAML quotes, with braces and quotes of its own",
    on("pull_request", `[{ run: "npm test '{a}' ${expression("matrix.a")} || true" }]`),
    ["arguments 5", "harmless 5"],
  ],
  ["quotes are no part of a word", script("'npm' \"test\""), []],
  ["a comment after it", script("npm test # || true"), []],
  ["output that goes elsewhere", script("npm test > log.txt 2>&1"), []],
  ["attack: a failure is passed over", script("npm test || true"), ["harmless 7"]],
  ["attack: it is passed over on the next line", script("npm test ||", "  echo failed"), ["harmless 7"]],
  ["a failure that is told and kept", script("npm test || exit 1"), []],
  ["a status of 0 is no failure", script("npm test || exit 0"), ["harmless 7"]],
  ["attack: `set +e`", script("set +e", "npm test", "echo done"), ["harmless 8"]],
  ["`set +e` before the last command", script("set +e", "npm test"), []],
  ["`;` ends a command, and -e the script", script("npm test; echo done"), []],
  ["attack: `&&` takes it from -e", script("npm test && echo well", "echo done"), ["harmless 7"]],
  ["`&&` at the end decides", script("npm test && echo well"), []],
  ["it depends on what stands before `&&`", script("test -e a && npm test"), ["conditional 7"]],
  ["it is what is done in case of failure", script("test -e a || npm test"), ["conditional 7"]],
  ["attack: `|` without pipefail", script("npm test | tee log.txt"), ["harmless 7"]],
  ["`|` with pipefail", script("set -eo pipefail", "npm test | tee log.txt"), []],
  ["`|` in bash that was asked for has it", step("shell: bash").replace("npm test", "npm test | tee log.txt"), []],
  ["attack: it is sent to the background", script("npm test &", "wait"), ["harmless 7"]],
  ["attack: the status is turned round", script("! npm test"), ["harmless 7"]],
  ["attack: a condition of the script", script("if false; then", "npm test", "fi"), ["conditional 8"]],
  ["attack: a loop over nothing", script("for a in; do", "  npm test", "done"), ["conditional 8"]],
  ["attack: a case", script("case a in", "  b) npm test ;;", "esac"), ["conditional 8"]],
  ["attack: a function that nobody calls", script("run() {", "  npm test", "}"), ["conditional 8"]],
  ["attack: a subshell", script("(npm test) || true"), ["conditional 7"]],
  ["attack: the script ends before", script("exit 0", "npm test"), ["conditional 8"]],
  ["attack: the script may end before", script("test -e a && exit", "npm test"), ["conditional 8"]],
  ["a failure may end it before", script("test -e a || exit 1", "npm test"), []],
  ["attack: a function of its name", script("npm() { true; }", "npm test"), ["conditional 8"]],
  ["attack: a trap", script("trap 'exit 0' EXIT", "npm test"), ["harmless 8"]],
  ...[
    "--help",
    "--version",
    "--ignore-scripts",
    "--prefix /tmp/other",
    "-- --listTests",
    "-- --passWithNoTests zzz",
  ].map((more): Row => [`attack: it is given ${more}`, script(`npm test ${more}`), ["arguments 7"]]),
  ["attack: it is given something behind what redirects", script("npm test >log.txt --help"), ["arguments 7"]],
  ["of two the one that is exact counts", script("npm test -- --listTests", "npm test"), []],
  ["attack: another folder of the machine", script("cd /tmp/other", "npm test"), ["elsewhere 6"]],
  ["attack: another folder of the repository", script("cd other", "npm test"), ["elsewhere 6"]],
  ["attack: a folder that nobody can tell", script('cd "$DIR"', "npm test"), ["elsewhere 6"]],
  ["attack: a folder, if there is one", script("if test -d a; then cd a; fi", "npm test"), ["elsewhere 6"]],
  ["attack: a folder that is put on the stack", script("pushd a", "npm test"), ["elsewhere 6"]],
  ["a folder, there and back", script("cd other", "npm ci", "cd ..", "npm test"), []],
  ["the root, by its name", script('cd "$GITHUB_WORKSPACE"', "npm test"), []],
  ["a folder in a subshell", script("(cd other && npm ci)", "npm test"), []],
  ["a folder that is asked for", script("cd app", "npm test"), [], { "working-directory": "app" }],
  ["a folder after it", script("npm test", "cd other"), []],
  ["attack: an alias", script("shopt -s expand_aliases", "alias npm=true", "npm test"), ["altered 9"]],
  ["an alias of something else", script("alias ll='ls -l'", "npm test"), []],
  ["attack: another PATH", script("PATH=/tmp/fake:$PATH", "npm test"), ["altered 8"]],
  ["attack: another PATH, exported", script('export PATH="/tmp/fake:$PATH"', "npm test"), ["altered 8"]],
  ["attack: another PATH, for it alone", script("PATH=/tmp/fake:$PATH npm test"), ["altered 7"]],
  ["attack: a script shell of npm", script("export npm_config_script_shell=/bin/true", "npm test"), ["altered 8"]],
  ["variables of one's own, and PATH in a subshell", script("export CI=1", "(PATH=/tmp:$PATH; a)", "npm test"), []],
  ["attack: what is sourced", script("source ./ci.sh", "npm test"), ["altered 8"]],
  ["attack: what is sourced by a dot", script(". ./ci.sh", "npm test"), ["altered 8"]],
  ["attack: what is evaluated", script("eval 'set +e'", "npm test", "true"), ["altered 8"]],
  ["attack: errexit is taken back otherwise", script("shopt -uo errexit", "npm test", "true"), ["harmless 8"]],
  ["attack: another program is hashed", script("hash -p /bin/true npm", "npm test"), ["altered 8"]],
  ["attack: the script of the package is another", script("npm pkg set scripts.test=true", "npm test"), ["altered 8"]],
  ["attack: npm is set up otherwise", script("npm config set script-shell /bin/true", "npm test"), ["altered 8"]],
  [
    "a registry and a version are no concern",
    script("npm config set registry x", "npm pkg set version=1", "npm test"),
    [],
  ],
  ["attack: package.json is edited", script("sed -i s/jest/true/ package.json", "npm test"), ["altered 8"]],
  ["attack: package.json is written", script("echo '{}' > package.json", "npm test"), ["altered 8"]],
  ["package.json is read", script("cat package.json", "jq .version ./package.json > version.txt", "npm test"), []],
  ["attack: other files are checked out", script("git checkout origin/main -- .", "npm test"), ["altered 8"]],
  ["the history is read", script("git fetch --unshallow", "git log -1", "npm test"), []],
  ["of two executions the better one counts", script("npm test || true", "npm test"), []],

  ["attack: the step is switched off", step("if: false"), ["conditional 5"]],
  ["attack: the step is switched off by an expression", step(`if: '${expression("false")}'`), ["conditional 5"]],
  ["a step that always runs", step("if: always()"), []],
  ["a step on the usual condition", step(`if: '${expression("success()")}'`), []],
  ["attack: a step that runs in case of failure", step("if: failure()"), ["conditional 5"]],
  ["attack: the step may fail", step("continue-on-error: true"), ["harmless 5"]],
  [
    "attack: the step may fail by an expression",
    step(`continue-on-error: '${expression("github.actor == 1")}'`),
    ["harmless 5"],
  ],
  ["a step that may not fail", step("continue-on-error: false"), []],
  ["attack: nobody waits for the step", step("id: a, background: true"), ["harmless 5"]],
  [
    "a group of steps is waited for",
    on("pull_request", "[{ parallel: [{ run: npm test }, { run: npm run lint }] }]"),
    [],
  ],
  ["attack: a shell that executes nothing", step("shell: 'true {0}'"), ["harmless 5"]],
  ["a shell that ends where a command fails", step("shell: 'bash --noprofile -eo pipefail {0}'"), []],
  ["attack: the shell of all jobs", `defaults: { run: { shell: 'bash {0}' } }\n${on("pull_request")}`, ["harmless 6"]],
  ["PowerShell, which Windows has", on("pull_request").replace("ubuntu", "windows"), ["harmless 5"]],
  ["attack: bash reads another file", step("shell: 'bash -e ./fake.sh {0}'"), ["harmless 5"]],
  ["attack: bash executes nothing", step("shell: 'bash -en {0}'"), ["harmless 5"]],
  ["attack: the step has another PATH", step("env: { PATH: /tmp/fake }"), ["altered 5"]],
  ["attack: the job has another script shell", job("env: { npm_config_script_shell: /bin/true }"), ["altered 6"]],
  ["attack: bash reads a file first", `env: { BASH_ENV: ./fake.sh }\n${on("pull_request")}`, ["altered 6"]],
  ["attack: node requires a file first", step("env: { NODE_OPTIONS: '--require ./fake.js' }"), ["altered 5"]],
  ["variables that choose nothing", step("env: { CI: 1, ENV: test, NODE_OPTIONS: --max-old-space-size=4096 }"), []],
  [
    "attack: an earlier step puts programs in front",
    on("pull_request", '[{ run: "echo /tmp/fake >> $GITHUB_PATH" }, { run: npm test }]'),
    ["altered 5"],
  ],
  [
    "attack: an earlier step sets a variable for all",
    on("pull_request", '[{ run: "echo BASH_ENV=x >> $GITHUB_ENV" }, { run: npm test }]'),
    ["altered 5"],
  ],
  [
    "attack: an earlier step changes the script of the package",
    on("pull_request", "[{ run: npm pkg set scripts.test=true }, { run: npm test }]"),
    ["altered 5"],
  ],
  [
    "what an earlier step does to its own shell is over",
    on("pull_request", '[{ run: "cd app; export PATH=$PATH:a; echo A=1 >> $GITHUB_ENV" }, { run: npm test }]'),
    [],
  ],
  [
    "attack: something else is checked out",
    on("pull_request", "[{ uses: actions/checkout@v5, with: { ref: main } }, { run: npm test }]"),
    ["elsewhere 5"],
  ],
  [
    "attack: the base is checked out",
    on(
      "pull_request",
      `[{ uses: actions/checkout@v5, with: { ref: '${expression("github.base_ref")}' } }, { run: npm test }]`,
    ),
    ["elsewhere 5"],
  ],
  [
    "attack: another repository is checked out",
    on("pull_request", "[{ uses: actions/checkout@v5, with: { repository: o/a } }, { run: npm test }]"),
    ["elsewhere 5"],
  ],
  [
    "attack: an action is given something else that was checked out",
    on("pull_request", "[{ uses: actions/checkout@v5, with: { ref: main } }, { uses: o/a@v1 }]"),
    ["elsewhere 5"],
    { runs: undefined, uses: "o/a" },
  ],
  [
    "what was pushed is checked out, and another repository beside it",
    on(
      "pull_request",
      `[{ uses: actions/checkout@v5, with: { ref: '${expression("github.event.pull_request.head.sha")}' } }, { uses: actions/checkout@v5, with: { repository: o/a, path: other } }, { run: npm test }]`,
    ),
    [],
  ],
  ["another folder", step("working-directory: app"), ["elsewhere 5"]],
  ["the folder that is asked for", step("working-directory: ./app/"), [], { "working-directory": "app" }],
  ["not the folder that is asked for", on("pull_request"), ["elsewhere 5"], { "working-directory": "app" }],

  ["attack: the job is switched off", job("if: false"), ["conditional 3"]],
  ["attack: the job runs for some only", job("if: github.actor != 'agent'"), ["conditional 3"]],
  ["attack: the job may fail", job("continue-on-error: true"), ["harmless 3"]],
  [
    "attack: a job that it needs is skipped, and so is it",
    job("needs: a", "  a:\n    if: false\n    runs-on: x\n    steps: [{ run: a }]\n"),
    ["conditional 7"],
  ],
  [
    "attack: so it is over two corners",
    job(
      "needs: [a]",
      "  a: { needs: b, runs-on: x, steps: [{ run: a }] }\n  b: { if: false, runs-on: x, steps: [{ run: b }] }\n",
    ),
    ["conditional 8"],
  ],
  [
    "a job that always runs does not care",
    job("needs: a\n    if: always()", "  a: { if: false, runs-on: x, steps: [{ run: a }] }\n"),
    [],
  ],
  ["a job that needs another", job("needs: a", "  a: { runs-on: x, steps: [{ run: a }] }\n"), []],
  [
    "a reusable workflow is not followed",
    "on: pull_request\njobs:\n  a:\n    uses: ./.github/workflows/a.yml\n",
    ["no-step 1"],
  ],

  ["an action, whatever its version", on("pull_request", "[{ uses: o/a@v1 }]"), [], { runs: undefined, uses: "o/a" }],
  [
    "an action in its version",
    on("pull_request", "[{ uses: o/a@v2 }]"),
    ["no-step 1"],
    { runs: undefined, uses: "o/a@v1" },
  ],
  ["another action", on("pull_request", "[{ uses: o/ab@v1 }]"), ["no-step 1"], { runs: undefined, uses: "o/a" }],
  [
    "an action in a comment",
    on("pull_request", "[{ run: uses o/a }]"),
    ["no-step 1"],
    { runs: undefined, uses: "o/a" },
  ],

  ["no YAML", "on: [\n", ["invalid-workflow 2"]],
  ["a blank file", "", ["invalid-workflow 1"]],
  ["no jobs", "on: pull_request\n", ["invalid-workflow 1"]],
  [
    "a key that GitHub does not know",
    on("pull_request", "[{ runs: npm test }]"),
    ["invalid-workflow 5", "invalid-workflow 5"],
  ],
  ["an event that GitHub does not know", on("[pull_request, pull_requests]"), ["invalid-workflow 1"]],
  ["a job that needs one that is not there", job("needs: a"), ["invalid-workflow 3"]],
  ["an expression that cannot be read", step("if: '${{ ('"), ["invalid-workflow 5"]],
])("%s", async (...[, text, codes, more]) => {
  expect(await found(text, more)).toEqual(codes);
});

test("a workflow that unfolds without end is refused before it is read", async () => {
  const bomb = Array.from(
    { length: 30 },
    (_, at) => `b${at}: &b${at} [${at === 0 ? "x, x" : `*b${at - 1}, *b${at - 1}`}]`,
  );
  expect(await found(`${bomb.join("\n")}\n${on("pull_request")}`)).toEqual(["invalid-workflow 1"]);
});

test("findings say what was found, what was asked, and what to do", async () => {
  const params = workflow.params.parse(asked);
  const observed = await readWorkflow(
    file,
    script("npm test || true").replace("pull_request", "{ pull_request: { paths: [a] } }"),
  );
  expect(workflow.judge(params, observed).map(({ message, help }) => `${message} — ${help}`)).toEqual([
    `${file} is started by pull_request only for \`paths: [a]\`; the plan asks for every one. — Take the filter out of \`on.pull_request\`.`,
    "`npm test` is followed by `|| true`, so its failure is passed over; the plan asks that just this always run, and that its failure fail CI. — Take that out.",
  ]);
});

test.each<readonly [name: string, params: object, path: string, message: string]>([
  ["a file that GitHub does not run", { ...asked, file: "ci.yml" }, "file", "is no workflow"],
  ["nothing that is executed", { ...asked, runs: undefined }, "", "neither `runs` nor `uses`"],
  ["two things that are executed", { ...asked, uses: "o/a" }, "", "both `runs` and `uses`"],
  ["more than a command", { ...asked, runs: "npm ci && npm test" }, "runs", "is no single command"],
  ["a comment for a command", { ...asked, runs: "# npm test" }, "runs", "is no single command"],
  [
    "a folder for an action",
    { ...asked, runs: undefined, uses: "o/a", "working-directory": "a" },
    "working-directory",
    "belongs to `runs`",
  ],
])("%s is a mistake of the plan", (_, params, path, message) => {
  const { error } = workflow.params.safeParse(params);
  expect((error?.issues ?? []).map((issue) => [issue.path.join("."), issue.message])).toEqual([
    [path, expect.stringContaining(message)],
  ]);
});

test.each([
  ["another event", { on: ["pull_request"] }, { on: ["pull_request", "push"] }, "stronger"],
  ["an event less", { on: ["pull_request", "push"] }, { on: ["push"] }, "weaker"],
  ["only some branches", {}, { branches: ["main"] }, "weaker"],
  ["all branches", { branches: ["main"] }, {}, "stronger"],
  ["another branch", { branches: ["main"] }, { branches: ["main", "next"] }, "stronger"],
  ["another command", {}, { runs: "npm" }, "weaker"],
] as const)("%s makes it %s", (_, base, head, strength) => {
  const [was, is] = [base, head].map((more) => workflow.params.parse({ ...asked, ...more }));
  expect(was && is && workflow.strength(was, is)).toBe(strength);
});

test("this repository's own CI runs its tests on every pull request", async () => {
  const text = readFileSync(new URL(`../../${file}`, import.meta.url), "utf8");
  expect(await found(text, { on: ["pull_request", "merge_group"] })).toEqual([]);
  expect(await found(text, { on: ["push"], branches: ["main"] })).toEqual([]);
});
