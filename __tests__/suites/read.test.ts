import { expect, test } from "@jest/globals";
import { readSuite } from "../../src/suites/read.ts";

const last = "\n-- test: last\nSELECT true;";

/** A text, and its mistakes as `line: message; help`. */
const mistaken: readonly (readonly [sentence: string, sql: string, ...mistakes: readonly string[]])[] = [
  [
    "a file without a case",
    "SELECT 1;",
    "1: the file has no case; Write `-- test: what is true, as a sentence` above the statements that show it.",
  ],
  [
    "a case that asserts nothing",
    `-- test: a\nINSERT INTO a VALUES (1);${last}`,
    '1: the case "a" asserts nothing; Write a SELECT that gives one boolean, or `-- expect error:` above a statement.',
  ],
  [
    "a case without a name",
    `-- test:\nSELECT true;${last}`,
    "1: the case has no name; Write `-- test: what is true, as a sentence`.",
  ],
  [
    "two cases of one name",
    `-- test: last\nSELECT true;${last}`,
    '3: there is another case "last"; Give each case a name of its own.',
  ],
  [
    "transaction control in a case",
    `-- test: a\nBEGIN;\nSELECT true;\nCOMMIT;${last}`,
    "2: a suite holds no transaction control: its cases are rolled back for it; Take it out. Two sessions that commit are written as `-- session A`, `-- session B` and `-- commit`.",
    "4: a suite holds no transaction control: its cases are rolled back for it; Take it out. Two sessions that commit are written as `-- session A`, `-- session B` and `-- commit`.",
  ],
  [
    "transaction control in the fixture",
    `SAVEPOINT a;${last}`,
    "1: a suite holds no transaction control: its cases are rolled back for it; Take it out. Two sessions that commit are written as `-- session A`, `-- session B` and `-- commit`.",
  ],
  [
    "a role that is chosen by a statement",
    `-- test: a\nSET ROLE app_rw;\nRESET ROLE;\nSET SESSION AUTHORIZATION x;\nRESET ALL;\nDISCARD ALL;\nSELECT true;${last}`,
    ...[2, 3, 4, 5, 6].map(
      (line) => `${line}: a statement of a suite does not choose its role; Write \`-- as: role\` below \`-- test:\`.`,
    ),
  ],
  [
    "psql's commands",
    `\\set x 1\n\\i other.sql\n-- test: a\nSELECT 1 \\gset\n${last}`,
    "1: `\\set x 1` is a command of psql, which is not at work here; Write the value where it is used, or `-- set: name = value`.",
    "2: `\\i other.sql` is a command of psql, which is not at work here; Write the statements of the other file here.",
    "4: `\\gset` is a command of psql, which is not at work here; Write the query where its value is used.",
    '7: PostgreSQL cannot read it: syntax error at or near "true"; Correct the SQL.',
  ],
  [
    "SQL that cannot be parsed, and mistakes elsewhere",
    `-- test: a\nSELEC 1;\n-- expects error: x\n${last}`,
    '2: PostgreSQL cannot read it: syntax error at or near "SELEC"; Correct the SQL.',
    "3: `expects error: x` is no directive; Write `-- expect error: condition [on constraint] [matching regular expression]`.",
  ],
  [
    "a string that does not end",
    `-- test: a\nSELECT 'abc;\n`,
    '2: PostgreSQL cannot read it: unterminated quoted string at or near "\'abc;\n"; Correct the SQL.',
  ],
  [
    "directives that are nearly right",
    `-- tests: a\n-- Set: a = b\n-- expect-error: x\n-- expect error check_violation\n-- session: A\n-- commit;\n-- sabotag: x${last}`,
    "1: `tests:` is no directive; Write `-- test: what is true, as a sentence`, or reword the comment.",
    "2: `Set:` is no directive; Write `-- set: name = value`, or reword the comment.",
    "3: `expect-error: x` is no directive; Write `-- expect error: condition [on constraint] [matching regular expression]`.",
    "4: `expect error check_violation` is no directive; Write `-- expect error: condition [on constraint] [matching regular expression]`.",
    "5: `session: A` is no directive; Write `-- session A`.",
    "6: `commit;` is no directive; Write `-- commit` or `-- rollback`, and nothing else on the line.",
    "7: `sabotag:` is no directive; Write `-- sabotage: SQL`, or reword the comment.",
  ],
  [
    "a condition that does not exist",
    `-- test: a\n-- expect error: unique_violaton\nSELECT 1;${last}`,
    "2: PostgreSQL has no condition `unique_violaton`; The nearest one is `unique_violation`.",
  ],
  [
    "a pattern that is none",
    `-- test: a\n-- expect error: check_violation matching (\nSELECT 1;${last}`,
    "2: `(` is no regular expression; Write one as in JavaScript, without delimiters.",
  ],
  [
    "an expectation without its statement",
    `-- test: a\nSELECT true;\n-- expect error: check_violation${last}`,
    "3: `-- expect error:` has no statement below it; Write it directly above the statement that must be refused.",
  ],
  [
    "an expectation at the end of the file",
    "-- test: a\nSELECT true;\n-- expect error: check_violation",
    "3: `-- expect error:` has no statement below it; Write it directly above the statement that must be refused.",
  ],
  [
    "an expectation in the fixture",
    `-- expect error: check_violation\nSELECT 1;${last}`,
    "1: `expect` stands before the first case; Write `-- test: …` above it.",
  ],
  [
    "a role below the statements that it would not hold for",
    `-- test: a\nSELECT true;\n-- as: app_rw${last}`,
    "3: `-- as:` stands below a statement that it would not hold for; Move it above the first statement.",
  ],
  [
    "a role that is none",
    `-- as: app rw${last}`,
    "1: `app rw` is no name of a role; Write `-- as: a role of the plan`.",
  ],
  ["a setting that is none", `-- set: x${last}`, "1: `x` sets nothing; Write `-- set: name = value`."],
  [
    "a role that is set",
    `-- set: role = postgres${last}`,
    "1: `role` is no setting of a case; Write `-- as: a role of the plan`.",
  ],
  [
    "a sabotage that cannot be parsed",
    `-- test: a\n-- sabotage: DROP\n--   TABEL a\nSELECT true;${last}`,
    '3: PostgreSQL cannot read the sabotage: syntax error at or near "TABEL"; Correct the SQL.',
  ],
  [
    "a sabotage that commits",
    `-- test: a\n-- sabotage: COMMIT\nSELECT true;${last}`,
    "2: a suite holds no transaction control: its cases are rolled back for it; Take it out. Two sessions that commit are written as `-- session A`, `-- session B` and `-- commit`.",
  ],
  [
    "a commit outside of a session",
    `-- test: a\nSELECT true;\n-- commit${last}`,
    "3: `-- commit` stands outside of a session; A case without sessions is rolled back for it: take the line out.",
  ],
  [
    "statements outside of sessions",
    `-- test: a\nSELECT true;\n-- session A\nSELECT true;${last}`,
    "3: the case has statements outside of its sessions; Write them into a session, or into the fixture.",
  ],
  [
    "a case in the middle of a statement",
    `-- test: a\nSELECT 1 +\n-- test: b\n2 = 3;${last}`,
    "3: `-- test: b` stands inside a statement; End the statement before it with `;`.",
  ],
];

test.each(mistaken)("%s", async (_, sql, ...mistakes) => {
  const read = await readSuite(sql);
  expect(
    read.status === "unreadable" && read.mistakes.map(({ line, message, help }) => `${line}: ${message}; ${help}`),
  ).toEqual(mistakes);
});

test.each([
  ["prose with a colon", "-- Fixture: everything before the first case.\n-- Note: so it is."],
  [
    "directives in strings and bodies",
    "INSERT INTO a VALUES ('\n-- test: none\n');\nDO $$\n-- expects error: x\nBEGIN END $$;",
  ],
  ["directives in a block comment", "/*\n-- test: none\n-- expects: x\n*/"],
  ["a comment behind a statement", "SELECT 1; -- tests: one"],
  ["letters of more than one byte", "INSERT INTO a VALUES ('äöü 🐘'); -- ß"],
])("%s is no mistake and no case", async (_, sql) => {
  const read = await readSuite(sql + last);
  expect(read.status === "read" && read.suite.cases.map(({ name, line }) => [name, line])).toEqual([
    ["last", sql.split("\n").length + 1],
  ]);
});

test("a suite is read with all that it says", async () => {
  const read = await readSuite(`-- set: app.tenant = 1
INSERT INTO a VALUES (1);
-- test: one
-- as: app_rw
-- set: app.tenant = '2'
-- expect error: check_violation on "Ck" matching ^new row
INSERT INTO public.a SELECT f(b) FROM c;
-- sabotage: DROP TABLE a;
--   DROP TABLE b
-- sabotage: DROP TABLE c
-- test: two
-- session A
-- as: app_ro
SELECT true;
-- session B
-- expect error: LA001
SELECT g();
-- commit
-- session A
-- rollback
`);
  if (read.status === "unreadable") throw new Error(JSON.stringify(read.mistakes));
  const [one, two] = read.suite.cases;
  expect(read.suite.set).toEqual({ "app.tenant": "1" });
  expect(read.suite.fixture).toMatchObject([{ sql: "INSERT INTO a VALUES (1)", line: 2 }]);
  expect(one).toEqual({
    kind: "single",
    name: "one",
    line: 3,
    acting: { as: "app_rw", set: { "app.tenant": "2" } },
    sabotage: [["DROP TABLE a", "DROP TABLE b"], ["DROP TABLE c"]],
    statements: [
      {
        sql: "INSERT INTO public.a SELECT f(b) FROM c",
        line: 7,
        isSelect: false,
        mentions: ["a", "c", "f"],
        asks: "rows",
        expects: { condition: "check_violation", on: "Ck", matching: "^new row", line: 6 },
      },
    ],
  });
  expect(two).toMatchObject({
    kind: "sessions",
    sessions: { A: { as: "app_ro", set: { "app.tenant": "1" } }, B: { set: { "app.tenant": "1" } } },
    steps: [
      { kind: "statement", session: "A", line: 14, isSelect: true },
      { kind: "statement", session: "B", line: 17, expects: { condition: "LA001" } },
      { kind: "commit", session: "B", line: 18 },
      { kind: "rollback", session: "A", line: 20 },
    ],
  });
});
