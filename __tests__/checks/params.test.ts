import { expect, test } from "@jest/globals";
import type { CheckKind, Strength } from "../../src/checks/kind.ts";
import { kinds } from "../../src/checks/table.ts";

const kindOf = (word: keyof typeof kinds): CheckKind => kinds[word];
const query = { name: "n", query: "SELECT 1", sabotage: "SELECT 1" };

test.each<readonly [name: string, word: keyof typeof kinds, params: object, path: string, message: string]>([
  [
    "a constraint needs more than its type",
    "constraint",
    { table: "a", type: "check" },
    "",
    "says no more than the type",
  ],
  [
    "a key needs its columns",
    "constraint",
    { table: "a", name: "k", type: "unique" },
    "columns",
    "name the columns of the unique",
  ],
  [
    "an action is for foreign keys",
    "constraint",
    { table: "a", type: "check", columns: ["x"], "on-delete": "cascade" },
    "on-delete",
    "means nothing for a constraint of type check",
  ],
  [
    "NOT NULL is of one column",
    "constraint",
    { table: "a", type: "not null", columns: ["x", "y"] },
    "columns",
    "one check for each",
  ],
  [
    "NOT NULL has no name",
    "constraint",
    { table: "a", type: "not null", name: "n", columns: ["x"] },
    "name",
    "means nothing",
  ],
  [
    "attack 3: a query without sabotage is not accepted",
    "sql",
    { name: "n", query: "SELECT 1", gives: true },
    "sabotage",
    "Invalid input",
  ],
  ["false is nothing to ask a query for", "sql", { ...query, gives: false }, "gives", ""],
  ["no rows are asked for with empty", "sql", { ...query, gives: { rows: [] } }, "gives.rows", ""],
  [
    "a statement is refused or accepted",
    "statement",
    { name: "n", sql: "SELECT 1" },
    "fails-with",
    "one of them is needed",
  ],
  [
    "a statement is not refused and accepted",
    "statement",
    { name: "n", sql: "SELECT 1", accepted: true, sabotage: "x", "fails-with": { condition: "check_violation" } },
    "fails-with",
    "exclude each other",
  ],
  [
    "an accepted statement needs sabotage",
    "statement",
    { name: "n", sql: "SELECT 1", accepted: true },
    "sabotage",
    "is missing",
  ],
  [
    "attack 50: a refusal needs its condition",
    "statement",
    { name: "n", sql: "x", "fails-with": {} },
    "fails-with.condition",
    "expected",
  ],
  [
    "a condition is PostgreSQL's",
    "statement",
    { name: "n", sql: "x", "fails-with": { condition: "check_violatoin" } },
    "fails-with.condition",
    "is no condition that PostgreSQL knows; write `check_violation`, if that is meant",
  ],
  [
    "a condition that is near to none",
    "statement",
    { name: "n", sql: "x", "fails-with": { condition: "nonsense" } },
    "fails-with.condition",
    "write a name from PostgreSQL's list of error codes",
  ],
  [
    "a condition that has a name is not asked for by its SQLSTATE",
    "statement",
    { name: "n", sql: "x", "fails-with": { condition: "23514" } },
    "fails-with.condition",
    "write `check_violation`, which is its name",
  ],
  [
    "attack 5: a pattern that matches everything",
    "file",
    { path: "a", contains: [".*"] },
    "contains.0",
    "that can fail",
  ],
  ["a pattern with a mistake", "file", { path: "a", contains: ["("] }, "contains.0", "that can fail"],
  ["attack 55: a path that leaves the repository", "file", { path: "../a" }, "path", "leaves the repository"],
  ["a value is asked for one thing", "data", { path: "a", equals: 1, exists: true }, "", "`equals` and `exists`"],
  ["a value is asked for something", "data", { path: "a" }, "", "asks for none"],
  ["a document is asked for something", "document", { path: "a" }, "", "asks for nothing"],
  ["a list of at least no boxes", "checklist", { path: "a", "at-least": 0 }, "at-least", ">=1"],
  [
    "an exception needs a reason",
    "safe",
    { disable: { "ban-drop-table": " " } },
    "disable.ban-drop-table",
    "is no reason",
  ],
])("%s is a mistake of the plan", (_, word, params, path, message) => {
  const { error } = kindOf(word).params.safeParse(params);
  const found = (error?.issues ?? []).map((issue) => [issue.path.join("."), issue.message]);
  expect(found).toEqual([[path, expect.stringContaining(message)]]);
});

const check = { table: "a", type: "check", name: "ck" };
const refused = { name: "n", sql: "x", "fails-with": { condition: "check_violation" } };

test.each<readonly [name: string, word: keyof typeof kinds, base: object, head: object, strength: Strength]>([
  ["a definition that is added", "constraint", check, { ...check, definition: "x > 0" }, "stronger"],
  [
    "a definition that is another",
    "constraint",
    { ...check, definition: "x > 0" },
    { ...check, definition: "true" },
    "weaker",
  ],
  ["a constraint that may be NOT VALID", "constraint", check, { ...check, validated: false }, "weaker"],
  ["a constraint that may not be NOT VALID any more", "constraint", { ...check, validated: false }, check, "stronger"],
  [
    "a predicate that is added lets rows out",
    "index",
    { table: "a", columns: ["x"] },
    { table: "a", columns: ["x"], predicate: "x > 0" },
    "weaker",
  ],
  [
    "more rows at least",
    "sql",
    { ...query, gives: { count: { "at-least": 3 } } },
    { ...query, gives: { count: { "at-least": 4 } } },
    "stronger",
  ],
  [
    "attack 5: fewer rows at least",
    "sql",
    { ...query, gives: { count: { "at-least": 3 } } },
    { ...query, gives: { count: { "at-least": 0 } } },
    "weaker",
  ],
  [
    "a number of rows that is exact now",
    "sql",
    { ...query, gives: { count: { "at-least": 3 } } },
    { ...query, gives: { count: 3 } },
    "stronger",
  ],
  [
    "a number of rows that is open now",
    "sql",
    { ...query, gives: { count: 3 } },
    { ...query, gives: { count: { "at-least": 3 } } },
    "weaker",
  ],
  ['true and "true" ask for the same', "sql", { ...query, gives: true }, { ...query, gives: "true" }, "same"],
  ["another name", "sql", { ...query, gives: true }, { ...query, gives: true, name: "m" }, "same"],
  ["another query", "sql", { ...query, gives: true }, { ...query, gives: true, query: "SELECT 2" }, "weaker"],
  [
    "a constraint that is named",
    "statement",
    refused,
    { ...refused, "fails-with": { condition: "check_violation", constraint: "c" } },
    "stronger",
  ],
  ["another condition", "statement", refused, { ...refused, "fails-with": { condition: "syntax_error" } }, "weaker"],
  [
    "accepted instead of refused",
    "statement",
    refused,
    { name: "n", sql: "x", accepted: true, sabotage: "y" },
    "weaker",
  ],
  ["a pattern more", "file", { path: "a", contains: ["b"] }, { path: "a", contains: ["c", "b"] }, "stronger"],
  ["a pattern less", "file", { path: "a", lacks: ["b"] }, { path: "a" }, "weaker"],
  [
    "the same place written as a list",
    "data",
    { path: "a", at: "b.c", exists: true },
    { path: "a", at: ["b", "c"], exists: true },
    "same",
  ],
  ["keys more", "data", { path: "a", "has-keys": ["b"] }, { path: "a", "has-keys": ["b", "c"] }, "stronger"],
  ["boxes more", "checklist", { path: "a" }, { path: "a", "at-least": 2 }, "stronger"],
  ["a heading less", "document", { path: "a", headings: ["b", "c"] }, { path: "a", headings: ["b"] }, "weaker"],
  ["somebody instead of anybody", "document", { path: "a", signed: true }, { path: "a", signed: ["b"] }, "stronger"],
  ["anybody instead of somebody", "document", { path: "a", signed: ["b"] }, { path: "a", signed: true }, "weaker"],
  ["an exception more", "safe", {}, { disable: { a: "b" } }, "weaker"],
  ["an exception less", "safe", { disable: { a: "b" } }, {}, "stronger"],
  ["an exception with another reason", "safe", { disable: { a: "b" } }, { disable: { a: "c" } }, "same"],
])("%s (%s)", (_, word, base, head, strength) => {
  const { params, strength: order } = kindOf(word);
  expect(order(params.parse(base), params.parse(head))).toBe(strength);
});
