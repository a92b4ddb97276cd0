import { expect, test } from "@jest/globals";
import { suiteChanges } from "../../src/checks/suite-strength.ts";
import { server } from "../suites/server.ts";
import { fixture, schema } from "../suites/sql.ts";

/** A case of a verified phase is changed: DESIGN 4.4 asks whether whatever failed base's version fails the new one. */

const { laboratory } = server();

const refused =
  "-- test: t\n-- expect error: check_violation on ck_cents\nINSERT INTO events VALUES (3, 1, -1, 'a');\n";
const counted = "-- test: t\n-- as: app_ro\nSELECT count(*) = 1 FROM events;\n";
const noless = "the case “t” is changed (its statements)";

const told = async (base: string, head: string, before = fixture, now = before): Promise<readonly string[]> => {
  const changes = await suiteChanges("a.sql", before + base, now + head, await laboratory(schema));
  return changes.map(({ strength, why }) => `${strength}: ${why.replace(/the \d+ mutants/, "the mutants")}`);
};

test.each<readonly [sentence: string, base: string, head: string, ...told: readonly string[]]>([
  [
    "another row is refused by the same rule",
    refused,
    refused.replace("(3, 1, -1, 'a')", "(4, 1, -2, 'b')"),
    `same: ${noless}, and the mutants that failed it on base still do`,
  ],
  [
    "more is asserted",
    refused,
    `${refused}SELECT count(*) = 1 FROM events WHERE tenant = 1;\n`,
    "same: the case “t” is changed (its statements, what must be refused), and the mutants that failed it on base still do",
  ],
  [
    "a refusal is expected more exactly",
    refused.replace(" on ck_cents", ""),
    refused,
    "same: the case “t” is changed (what must be refused), and the mutants that failed it on base still do",
  ],
  [
    "its own sabotage goes where the new assertion needs none",
    "-- test: t\n-- sabotage: DELETE FROM events\nSELECT count(*) > 0 FROM events;\n",
    "-- test: t\nSELECT count(*) = 1 FROM events;\n",
    "same: the case “t” is changed (its statements, its sabotage), and the mutants that failed it on base still do",
  ],
  [
    "nothing is asserted",
    refused,
    "-- test: t\nSELECT true;\n",
    "weaker: the case “t” is changed (its statements, what must be refused)",
  ],
  [
    "errors are swallowed",
    "-- test: t\nINSERT INTO events VALUES (3, 1, 1, 'a');\nSELECT count(*) = 2 FROM events;\n",
    "-- test: t\nDO $$ BEGIN INSERT INTO events VALUES (3, 1, 1, 'a'); EXCEPTION WHEN OTHERS THEN NULL; END $$;\nSELECT count(*) >= 1 FROM events;\n",
    expect.stringMatching(
      /^weaker: the case “t” is changed \(its statements\): it holds now with “.+”, which failed it/,
    ) as unknown as string,
  ],
  [
    "any rule may refuse",
    refused,
    refused.replace(" on ck_cents", ""),
    "weaker: the case “t” is changed (what must be refused)",
  ],
  [
    "another role, which no policy stops",
    counted,
    counted.replace("-- as: app_ro\n", ""),
    expect.stringMatching(
      /^weaker: the case “t” is changed \(its role\): it holds now with “.*(app_ro|SELECT).*”/,
    ) as unknown as string,
  ],
  [
    "its own sabotage does not fail it any more",
    "-- test: t\n-- sabotage: DELETE FROM events WHERE id = 1\nSELECT count(*) = 1 FROM events;\n",
    "-- test: t\nSELECT count(*) < 2 FROM events;\n",
    "weaker: the case “t” is changed (its statements, its sabotage): it holds now with “base's sabotage (DELETE FROM events WHERE id = 1)”, which failed it on base",
  ],
  [
    "base's version asserts nothing that could fail",
    "-- test: t\nSELECT true;\n",
    "-- test: t\nSELECT 1 = 1;\n",
    `weaker: ${noless}, and cannot be compared: nothing is known that fails base's version`,
  ],
  [
    "base's version does not hold by now",
    "-- test: t\nSELECT count(*) = 7 FROM events;\n",
    counted.replace("-- as: app_ro\n", ""),
    `weaker: ${noless}, and cannot be compared: base's version does not hold by now`,
  ],
  [
    "the new version does not hold",
    "-- test: t\nSELECT count(*) = 1 FROM events;\n",
    "-- test: t\nSELECT count(*) = 7 FROM events;\n",
    `weaker: ${noless}, and cannot be compared: it does not hold`,
  ],
  [
    "it counts how often it is played, by a sequence",
    counted,
    "-- test: t\n-- as: app_ro\nSELECT nextval('parts_id_seq') = 1 FROM events;\n",
    expect.stringMatching(/^weaker: .*(cannot be compared|holds now)/) as unknown as string,
  ],
  [
    "it counts how often it is played, by a lock",
    counted,
    "-- test: t\n-- as: app_ro\nSELECT count(*) = 0 FROM pg_locks WHERE locktype = 'advisory';\nSELECT pg_advisory_lock(1);\n",
    "weaker: the case “t” is changed (its statements, what must be refused): it holds now with “policy tenant on public.events: dropped”, which failed it on base",
  ],
  [
    "one of its assertions is gone",
    "-- test: t\nSELECT count(*) = 1 FROM events;\nSELECT min(cents) = 100 FROM events;\n",
    "-- test: t\nSELECT count(*) = 1 FROM events;\n",
    "weaker: the case “t” is changed (its statements, what must be refused)",
  ],
  [
    "one of two refusals that were the same is gone",
    `${refused}-- expect error: check_violation on ck_cents\nINSERT INTO events VALUES (4, 1, -2, 'b');\n`,
    `${refused}SELECT true;\n`,
    "weaker: the case “t” is changed (its statements, what must be refused)",
  ],
  [
    "base's sabotage cannot be done any more",
    "-- test: t\n-- sabotage: ALTER TABLE events DROP CONSTRAINT ck_gone\nSELECT count(*) = 1 FROM events;\n",
    "-- test: t\nSELECT count(*) = 1 FROM events;\n",
    "weaker: the case “t” is changed (its sabotage), and cannot be compared: base's sabotage (ALTER TABLE events DROP CONSTRAINT ck_gone) does not fail base's version by now",
  ],
  [
    "two cases have their names exchanged",
    `${refused.replace("t", "a")}${counted.replace("test: t", "test: b")}`.replace("-- aest: t", "-- test: a"),
    `${refused.replace("-- test: t", "-- test: b")}${counted.replace("test: t", "test: a")}`,
    "same: the case “a” is called “b”",
    "same: the case “b” is called “a”",
  ],
  [
    "sessions are not compared",
    "-- test: t\n-- session a\nSELECT count(*) = 1 FROM events;\n-- session b\nSELECT true;\n",
    "-- test: t\n-- session a\nSELECT count(*) = 1 FROM events;\n-- session b\nSELECT 1 = 1;\n",
    `weaker: ${noless}`,
  ],
])("%s", async (_, base, head, ...expected) => {
  expect(await told(base, head)).toEqual(expected);
});

test("each version is played on its own fixture", async () => {
  const changed =
    "-- test: t\n-- expect error: check_violation on ck_cents\nUPDATE events SET cents = -1 WHERE id = 3;\n";
  const two = `${fixture}INSERT INTO events VALUES (3, 1, 100, 'y');\n`;
  expect(await told(refused, changed, fixture, two)).toEqual([
    "same: the case “t” is changed (its statements, the fixture that it is played on), and the mutants that failed it on base still do",
  ]);
  const refusedFixture = `${fixture}INSERT INTO nowhere VALUES (1);\n`;
  expect(await told(refused, changed, refusedFixture, two)).toEqual([
    expect.stringMatching(/^weaker: .*cannot be compared: base's fixture is refused: .*nowhere/),
  ]);
  expect(await told(refused, changed, fixture, refusedFixture)).toEqual([
    expect.stringMatching(/^weaker: .*cannot be compared: its fixture is refused: .*nowhere/),
  ]);
});

test("a fixture without the row that a case is about is a change of the case, although nobody has touched it", async () => {
  const gutted = fixture.replace(", (2, 2, 50, NULL)", "");
  expect(gutted).not.toBe(fixture);
  expect(await told(counted, counted, fixture, gutted)).toEqual([
    expect.stringMatching(
      /^weaker: the case “t” is changed \(the fixture that it is played on\): it holds now with “policy/,
    ),
  ]);
  const richer = `${fixture}INSERT INTO events VALUES (5, 2, 10, NULL);\n`;
  expect(await told(counted, counted, fixture, richer)).toEqual([
    "same: the case “t” is changed (the fixture that it is played on), and the mutants that failed it on base still do",
  ]);
});

test("a mutant that the new fixture makes impossible is not said to hold", async () => {
  const many = `${fixture}INSERT INTO events VALUES (6, 1, 1, 'many'), (7, 1, 1, 'many');\n`;
  const twice =
    "-- test: t\nINSERT INTO events VALUES (3, 1, 1, 'many'), (4, 1, 1, 'many');\nSELECT count(*) >= 2 FROM events;\n";
  expect(await told(twice, twice, fixture, many)).toEqual([
    expect.stringMatching(/cannot be compared: “index .*”, which failed it on base, cannot be done on its fixture/),
  ]);
});
