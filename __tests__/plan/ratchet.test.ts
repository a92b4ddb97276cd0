import { expect, test } from "@jest/globals";
import { kinds } from "../../src/checks/table.ts";
import { differencesOf, edited, plan, readOf, told } from "./ratchet-plan.ts";

const lastPhase = (id: string, after: string) => `  - id: "${id}"
    title: More
    after: [${after}]
    owns: { objects: [more] }
    gates: [{ id: "${id}.1", title: There, checks: [{ column: { table: more, name: a } }] }]
`;

const phase4 = plan.slice(plan.indexOf('  - id: "4"'));
const gate23 = plan.slice(plan.indexOf('      - id: "2.3"'), plan.indexOf('  - id: "3"'));
const checklist =
  "          - checklist: { path: docs/list.md, at-least: 3 }\n            holds-before: the list is older\n";
const phase2 = plan.slice(plan.indexOf('  - id: "2"'), plan.indexOf('  - id: "3"'));

/** What is replaced with what, and all that the ratchet says of it. */
test.each<readonly [sentence: string, from: string, to: string, ...told: readonly string[]]>([
  // The plan and its settings.
  ["another name", "name: Orders", "name: Sales", "neutral: `name`: Orders → Sales"],
  ["another major version", "version: 18", "version: 17", "weaker: `postgres.version`: 18 → 17"],
  [
    "a role that is nothing but a name",
    "    - app_ro\n",
    "    - app_ro\n    - app_new\n",
    "neutral: role `app_new` is new",
  ],
  [
    "attack 17: a role that passes by row-level security",
    "    - app_ro\n",
    "    - app_ro\n    - { name: app_new, bypassrls: true }\n",
    "weaker: role `app_new` is new, and has the rights of bypassrls",
  ],
  [
    "a role that is in another one",
    "    - app_ro\n",
    "    - app_ro\n    - { name: app_new, member-of: [app_rw] }\n",
    "weaker: role `app_new` is new, and has the rights of app_rw",
  ],
  ["a role that is gone", "    - app_rw\n", "", "weaker: role `app_rw` is gone"],
  [
    "attack 17: bypassrls for a role that there was",
    "    - app_rw\n",
    "    - { name: app_rw, bypassrls: true }\n",
    "weaker: role `app_rw` `bypassrls`: false → true",
  ],
  [
    "a role without bypassrls",
    "refresher, bypassrls: true",
    "refresher",
    "weaker: role `refresher` `bypassrls`: true → false",
  ],
  [
    "a role that leaves another",
    ", member-of: [app_ro] }",
    " }",
    "weaker: role `refresher` `member-of`: app_ro is gone",
  ],
  [
    "a role that joins another",
    "member-of: [app_ro]",
    "member-of: [app_ro, app_rw]",
    "weaker: role `refresher` `member-of`: app_rw is new",
  ],
  [
    "a role that is in another one than before",
    "member-of: [app_ro]",
    "member-of: [app_rw]",
    "weaker: role `refresher` `member-of`: app_ro is gone, app_rw is new",
  ],
  ["roles in another order", "    - app_rw\n    - app_ro\n", "    - app_ro\n    - app_rw\n"],
  [
    "attack 17: a migrator that is superuser",
    "migrator: { bypassrls: true }",
    "migrator: { bypassrls: true, superuser: true }",
    "weaker: `postgres.migrator.superuser`: false → true",
  ],
  [
    "a migrator that may less",
    "  migrator: { bypassrls: true }\n",
    "",
    "stronger: `postgres.migrator.bypassrls`: true → false",
  ],
  [
    "attack 17: another migrations folder",
    "migrations: { dir: migrations }",
    "migrations: { dir: other }",
    "weaker: `migrations.dir`: migrations → other",
  ],
  [
    "documents in another place",
    "documents: docs/PHASE_{phase}.md",
    "documents: docs/{phase}.md",
    "weaker: `documents`: docs/PHASE_{phase}.md → docs/{phase}.md",
  ],
  [
    "attack 7: predecessors that need not be on base",
    "predecessors: base",
    "predecessors: head",
    "weaker: `policy.predecessors`: base → head",
  ],
  [
    "attack 7: unfinished phases",
    "incomplete: block",
    "incomplete: allow",
    "weaker: `policy.incomplete`: block → allow",
  ],
  [
    "attack 7: migrations of no phase",
    "ordinary-migrations: refuse",
    "ordinary-migrations: allow",
    "weaker: `policy.ordinary-migrations`: refuse → allow",
  ],
  ["a policy that is said and was so by default", "  incomplete: block\n", ""],
  [
    "attack 62: one more plan owner",
    'plan-owners: ["@ada", "@grace"]',
    'plan-owners: ["@ada", "@grace", "@eve"]',
    "weaker: `policy.plan-owners`: @eve is new",
  ],
  ["a plan owner less", '["@ada", "@grace"]', '["@ada"]', "stronger: `policy.plan-owners`: @grace is gone"],
  [
    "other plan owners",
    '["@ada", "@grace"]',
    '["@eve"]',
    "weaker: `policy.plan-owners`: @ada, @grace are gone, @eve is new",
  ],
  ["plan owners in another order", '["@ada", "@grace"]', '["@grace", "@ada"]'],

  // Phases.
  ["another title of a phase", "title: The ledger", "title: A ledger", "neutral: 2 `title`: The ledger → A ledger"],
  ["attack 3: a phase that is gone", phase4, "", "weaker: 4 is gone, with its gate"],
  [
    "attack 8: a phase that is called otherwise",
    phase4,
    phase4.replaceAll('"4', '"5'),
    "weaker: 4 is gone, with its gate",
    "weaker: 5 is new, and does not come after 2, 3",
  ],
  [
    "attack 3: a phase that comes after nothing",
    'title: The ledger\n    after: ["1"]\n',
    "title: The ledger\n",
    "weaker: 2 `after`: 1 is gone",
  ],
  [
    "a phase that comes after one more",
    'title: Reports\n    after: ["1"]',
    'title: Reports\n    after: ["1", "2"]',
    "weaker: 4 `after`: 2 is new",
  ],
  [
    "a new phase after all others",
    phase4,
    `${phase4}${lastPhase("5", '"3", "4"')}`,
    "neutral: 5 is new, after all that base has",
  ],
  [
    "attack 14: a new phase that comes after nothing",
    phase4,
    `${phase4}${lastPhase("5", "")}`,
    "weaker: 5 is new, and does not come after 1, 2, 3 and 1 more",
  ],
  [
    "a new phase beside a branch",
    phase4,
    `${phase4}${lastPhase("5", '"3"')}`,
    "weaker: 5 is new, and does not come after 4",
  ],
  [
    "attack 9: a migration that becomes an earlier phase's",
    '["*_ledger.sql", "*_sums.sql"]',
    '["*_ledger.sql", "*_sums.sql", "*_reports.sql"]',
    "weaker: 2 `owns.migrations`: *_reports.sql is new",
  ],
  [
    "a migration that a phase gives up",
    '["*_ledger.sql", "*_sums.sql"]',
    '["*_ledger.sql"]',
    "weaker: 2 `owns.migrations`: *_sums.sql is gone",
  ],
  ["through another migration", "through: 2_b", "through: 3_c", "weaker: 1 `owns.migrations.through`: 2_b → 3_c"],
  [
    "attack 10: an object that a phase gives up",
    "objects: [ledger, ledger.cents]",
    "objects: [ledger]",
    "weaker: 2 `owns.objects`: ledger.cents is gone",
  ],
  [
    "files that a phase gives up",
    "      files: [db/ledger.md]\n",
    "",
    'weaker: 2 `owns.files`: ["db/ledger.md"] → not given',
  ],
  ["what is owned in another order", "objects: [ledger, ledger.cents]", "objects: [ledger.cents, ledger]"],
  ["a file that is touched", "touches: [db/notes.md]", "touches: [db/notes.md, a]", "neutral: 2 `touches`: a is new"],
  ["a file that is not touched", "    touches: [db/notes.md]\n", "", "neutral: 2 `touches`: db/notes.md is gone"],
  [
    "a phase that moved in the file",
    `${plan.slice(plan.indexOf(phase2))}`,
    `${phase4}${phase2}${plan.slice(plan.indexOf('  - id: "3"'), plan.indexOf(phase4))}`,
  ],

  // Gates.
  ["another title of a gate", "title: The amount", "title: Amount", "neutral: 2.1 `title`: The amount → Amount"],
  ["another requirement", "exact to the cent", "exact", "neutral: 2.1 `requirement`: exact to the cent → exact"],
  ["attack 3: a gate that is gone", gate23, "", "weaker: 2.3 is gone"],
  [
    "a gate that is new",
    phase4,
    `${phase4}      - { id: "4.2", title: More, checks: [{ file: { path: b } }] }\n`,
    "stronger: 4.2 is new",
  ],
  [
    "attack 4: a gate that is not blocking any more",
    "        title: The amount\n",
    "        title: The amount\n        blocking: false\n",
    "weaker: 2.1 `blocking`: true → false",
  ],
  ["a gate that is blocking now", "        blocking: false\n", "", "stronger: 2.2 `blocking`: false → true"],
  [
    "attack 6: a gate that a later phase supersedes",
    "        title: The amount\n",
    '        title: The amount\n        until: "3"\n',
    "weaker: 2.1 `until`: not given → 3",
  ],
  ["a gate that another phase supersedes", 'until: "3"', 'until: "4"', "weaker: 2.2 `until`: 3 → 4"],
  ["a gate that nothing supersedes", '        until: "3"\n', "", "stronger: 2.2 `until`: 3 → not given"],

  // Checks.
  [
    "attack 3: a check that is gone",
    checklist,
    "",
    "weaker: 2.3 `checklist` is gone: every box of docs/list.md is ticked, at least 3",
  ],
  ["a check that is new", checklist, `${checklist}          - file: { path: b }\n`, "stronger: 2.3 `file` is new: b"],
  [
    "attack 5: a type without its digits",
    'type: "numeric(6,5)"',
    "type: numeric",
    "weaker: 2.1 column `type`: numeric(6,5) → numeric",
  ],
  ["attack 5: NULL is allowed", ", nullable: false", "", "weaker: 2.1 column `nullable`: false → not given"],
  [
    "only the parameter that became weaker is told as weaker",
    'type: "numeric(6,5)", nullable: false',
    "type: numeric, nullable: false, default: '0'",
    "weaker: 2.1 column `type`: numeric(6,5) → numeric",
    "stronger: 2.1 column `default`: not given → 0",
  ],
  [
    "attack 5: another condition of a constraint",
    'definition: "cents >= 0"',
    'definition: "true"',
    "weaker: 2.1 constraint `definition`: cents >= 0 → true",
  ],
  [
    "attack 30: a constraint that need not be validated",
    'definition: "cents >= 0"',
    'definition: "cents >= 0", validated: false',
    "weaker: 2.1 constraint `validated`: not given → false",
  ],
  ["what was so by default is said", 'definition: "cents >= 0"', 'definition: "cents >= 0", validated: true'],
  [
    "attack 50: any constraint may refuse",
    ", constraint: ck_cents",
    "",
    "weaker: 2.1 statement `fails-with.constraint`: ck_cents → not given",
  ],
  [
    "a refusal that is told apart more closely",
    "constraint: ck_cents",
    'constraint: ck_cents, message: "ck_cents"',
    "stronger: 2.1 statement `fails-with.message`: not given → ck_cents",
  ],
  [
    "another name of a statement",
    "name: less than nothing is refused",
    "name: nothing less",
    "neutral: 2.1 statement `name`: less than nothing is refused → nothing less",
  ],
  ["attack 5: fewer boxes", "at-least: 3", "at-least: 1", "weaker: 2.3 checklist `at-least`: 3 → 1"],
  ["more boxes", "at-least: 3", "at-least: 4", "stronger: 2.3 checklist `at-least`: 3 → 4"],
  ["a pattern less", "contains: [orders, tables]", "contains: [orders]", "weaker: 1.1 file `contains`: tables is gone"],
  ["patterns in another order", "contains: [orders, tables]", "contains: [tables, orders]"],
  ["privileges in another order", "[select, insert]", "[insert, select]"],
  [
    "a privilege more",
    "[select, insert]",
    "[select, insert, delete]",
    "weaker: 2.3 grants `privileges`: delete is new",
  ],
  [
    "another query",
    "cents < 0",
    "cents < -100",
    "weaker: 2.3 sql `query`: SELECT FROM ledger WHERE cents < 0 → SELECT FROM ledger WHERE cents < -100",
  ],
  [
    "a query with other white space",
    "SELECT FROM ledger",
    "SELECT  FROM ledger",
    "weaker: 2.3 sql `query`: SELECT FROM ledger WHERE cents < 0, with other white space",
  ],
  [
    "a command with its words in another order",
    "[node, scripts/check.mjs]",
    "[scripts/check.mjs, node]",
    'weaker: 2.3 command `run`: ["node","scripts/check.mjs"] → ["scripts/check.mjs","node"]',
  ],
  [
    "attack 44: a glob that leaves test files out",
    'suite: { files: ["db/tests/*.sql"] }',
    'suite: { files: ["db/tests/z*.sql"] }',
    "weaker: 2.2 suite `files`: db/tests/*.sql is gone, db/tests/z*.sql is new",
  ],
  [
    "a glob more",
    'suite: { files: ["db/tests/*.sql"] }',
    'suite: { files: ["db/tests/*.sql", "db/more/*.sql"] }',
    "stronger: 2.2 suite `files`: db/more/*.sql is new",
  ],
  [
    "attack 6: an excuse for a check that holds before",
    "nullable: false }\n",
    "nullable: false }\n            holds-before: it does\n",
    "weaker: 2.1 column `holds-before`: not given → it does",
  ],
  [
    "an excuse in other words",
    "holds-before: the list is older",
    "holds-before: older",
    "neutral: 2.3 checklist `holds-before`: the list is older → older",
  ],
  [
    "an excuse that is taken back",
    "            holds-before: the list is older\n",
    "",
    "stronger: 2.3 checklist `holds-before`: the list is older → not given",
  ],
  [
    "a check of another kind in its place",
    "          - column: { table: sums, name: total }\n",
    "          - comments: {}\n",
    "weaker: 3.1 `column` is gone: sums.total",
    "stronger: 3.1 `comments` is new: every object of the phase has a comment",
  ],
  [
    "a check that asks for more in the place of two",
    "          - column: { table: sums, name: total }\n          - column: { table: sums, name: at, type: date }\n",
    "          - column: { table: sums, name: at, type: date, nullable: false }\n",
    "weaker: 3.1 `column` is gone: sums.total",
    "stronger: 3.1 column `nullable`: not given → false",
  ],
  [
    "of several checks in its place the nearest says what is weaker",
    "          - column: { table: sums, name: at, type: date }\n",
    "          - column: { table: sums, name: x }\n          - column: { table: sums, name: at, type: timestamptz }\n",
    "weaker: 3.1 column `type`: date → timestamptz",
    "stronger: 3.1 `column` is new: sums.x",
  ],
  [
    "a check that is stricter beside the same one with an excuse",
    "          - column: { table: sums, name: total }\n",
    "          - column: { table: sums, name: total }\n            holds-before: it does\n          - column: { table: sums, name: total, type: int }\n",
    "stronger: 3.1 column `type`: not given → int",
    "stronger: 3.1 `column` is new: sums.total",
  ],
  [
    "checks in another order, one of them stricter",
    "          - column: { table: sums, name: total }\n          - column: { table: sums, name: at, type: date }\n",
    "          - column: { table: sums, name: at, type: date }\n          - column: { table: sums, name: total, type: int }\n",
    "stronger: 3.1 column `type`: not given → int",
  ],
])("%s", async (_, from, to, ...expected) => {
  expect(told(await differencesOf({ head: edited(plan, from, to), started: ["1", "2", "3", "4"] }))).toEqual(expected);
});

test("attack 7: programs of the change, and back", async () => {
  const refused = edited(
    edited(plan, "programs: allow", "programs: refuse"),
    /.*- command:.*\n/.exec(plan)?.[0] ?? "",
    "",
  );
  const allowed = edited(refused, "programs: refuse", "programs: allow");
  expect(told(await differencesOf({ base: refused, head: allowed }))).toEqual([
    "weaker: `policy.programs`: refuse → allow",
  ]);
  expect(told(await differencesOf({ base: allowed, head: refused }))).toEqual([
    "stronger: `policy.programs`: allow → refuse",
  ]);
});

test("every check finds its own partner, where the first that fits would leave another without", async () => {
  const at = (...checks: readonly string[]) =>
    edited(
      plan,
      "          - column: { table: sums, name: total }\n          - column: { table: sums, name: at, type: date }\n",
      checks.map((check) => `          - column: { table: sums, name: total${check} }\n`).join(""),
    );
  const head = at(", type: int, nullable: false", ", nullable: false");
  expect(told(await differencesOf({ base: at("", ", type: int"), head }))).toEqual([
    "stronger: 3.1 column `nullable`: not given → false",
    "stronger: 3.1 column `nullable`: not given → false",
  ]);
});

test("where no parameter alone is weaker, all that changed are told", async () => {
  const { column } = kinds;
  const same = (base: unknown, head: unknown) => JSON.stringify(base) === JSON.stringify(head);
  const strict = { ...column, strength: (base: unknown, head: unknown) => (same(base, head) ? "same" : odd(head)) };
  const odd = (head: unknown) => (JSON.stringify(head).includes('"int","nullable":false') ? "weaker" : "same");
  const head = edited(plan, 'type: "numeric(6,5)", nullable: false', "type: int, nullable: false, default: '0'");
  const base = edited(plan, ", nullable: false", "");
  expect(told(await differencesOf({ base, head, kinds: { ...kinds, column: strict } }))).toEqual([
    "weaker: 2.1 column `type`: numeric(6,5) → int",
    "weaker: 2.1 column `nullable`: not given → false",
    "weaker: 2.1 column `default`: not given → 0",
  ]);
});

test("nothing changed is no difference, whatever the line ends and comments", async () => {
  expect(await differencesOf({ head: `# A plan\r\n${plan.replaceAll("\n", "\r\n")}` })).toEqual([]);
});

test("a new phase that is started in the same change is weaker, also after all others", async () => {
  const head = edited(plan, phase4, `${phase4}${lastPhase("5", '"3", "4"')}`);
  expect(told(await differencesOf({ head, started: ["1", "5"] }))).toEqual(["weaker: 5 is new, and started already"]);
});

test("a phase that takes what others above it leave owns something else when others are above it", async () => {
  const base = edited(
    plan,
    '    after: ["1"]\n    owns: { migrations: ["*_reports.sql"] }',
    "    owns: { migrations: { through: 9_z } }",
  );
  const moved = base.slice(base.indexOf('  - id: "4"'));
  const head = edited(edited(base, moved, ""), "phases:\n", `phases:\n${moved}`);
  expect(told(await differencesOf({ base, head }))).toEqual([
    "weaker: 4 owns all migrations `through` 9_z that no phase above it owns, and of those 1, 2 are gone",
    "weaker: 1 owns all migrations `through` 2_b that no phase above it owns, and of those 4 is new",
  ]);
});

test("attack 12: a further plan beside this one, in any folder", async () => {
  const headFiles = { "other.phasegate.yml": "", "db/phasegate.yaml": "", "docs/phasegate.yml.md": "" };
  expect(await differencesOf({ headFiles })).toEqual(
    ["db/phasegate.yaml", "other.phasegate.yml"].map((file) => ({
      direction: "weaker",
      message: `${file} is a further plan beside phasegate.yml`,
      place: { file, line: 1 },
    })),
  );
});

test.each([
  ["it stands now", 'type: "numeric(6,5)"', "type: numeric", { line: 41, column: 57 }],
  ["its check stands, of a parameter that is gone", ", nullable: false", "", { line: 41, column: 21 }],
  ["it stood, of what is gone", gate23, "", { line: 55, column: 9 }],
])("a difference is placed where %s", async (_, from, to, place) => {
  const [difference] = await differencesOf({ head: edited(plan, from, to) });
  expect(difference?.place).toEqual({ file: "phasegate.yml", ...place });
});

test("a difference names its phase and its gate", async () => {
  const [check] = await differencesOf({ head: edited(plan, "numeric(6,5)", "numeric") });
  const [owned] = await differencesOf({ head: edited(plan, "objects: [sums]", "objects: [sum]") });
  expect(check).toMatchObject({ phase: "2", gate: "2.1" });
  expect(owned).toMatchObject({ phase: "3" });
  expect(owned).not.toHaveProperty("gate");
});

test("of long texts the part that differs is told, on one line", async () => {
  const long = `SELECT ${"a, ".repeat(40)}b\n                FROM ledger`;
  const [base, head] = [">", ">="].map((operator) =>
    edited(plan, "sql: INSERT INTO ledger VALUES (-1)", `sql: |\n                ${long} WHERE cents ${operator} 0`),
  );
  expect(told(await differencesOf({ base: base ?? "", head: head ?? "" }))).toEqual([
    "weaker: 2.1 statement `sql`: …ledger WHERE cents > 0 → …ledger WHERE cents >= 0",
  ]);
});

test("the plan of these tests has no mistakes", () => {
  expect(readOf(plan).plan.phases.map(({ id }) => id)).toEqual(["1", "2", "3", "4"]);
});
