import { expect, test } from "@jest/globals";
import { proveSuite } from "../../src/suites/prove.ts";
import { readSuite } from "../../src/suites/read.ts";
import { inWords } from "../../src/suites/result.ts";
import { runSuite } from "../../src/suites/run.ts";
import { copiesSoFar, server } from "./server.ts";
import { fixture, schema } from "./sql.ts";

const { laboratory } = server();

async function suiteOf(body: string) {
  const read = await readSuite(`${fixture}-- test: two\n${body}`);
  if (read.status === "unreadable") throw new Error(JSON.stringify(read.mistakes));
  return read.suite;
}

const half = (session: string, cents: number) =>
  `-- session ${session}\nINSERT INTO parts (event, cents) VALUES (1, ${cents});\n`;

const lock = (session: string, key: number) => `-- session ${session}\nSELECT pg_advisory_xact_lock(${key});\n`;

test.each([
  [
    "what one session did not commit is not seen by another",
    "-- session A\nUPDATE events SET cents = 1 WHERE id = 1;\n-- session B\nSELECT cents = 100 FROM events;",
    "passed",
  ],
  [
    "what it committed is seen",
    "-- session A\nUPDATE events SET cents = 1 WHERE id = 1;\n-- commit\n-- session B\nSELECT cents = 1 FROM events;",
    "passed",
  ],
  [
    "what it rolled back is not",
    "-- session A\nUPDATE events SET cents = 1 WHERE id = 1;\n-- rollback\n-- session B\nSELECT cents = 100 FROM events;",
    "passed",
  ],
  [
    "a statement that waits goes on when the other commits",
    "-- session A\nUPDATE events SET cents = 1 WHERE id = 1;\n-- session B\nUPDATE events SET cents = cents + 1 WHERE id = 1;\n-- session A\n-- commit\n-- session B\n-- commit\n-- session C\nSELECT cents = 2 FROM events;",
    "passed",
  ],
  [
    "it goes on at the end of the case, too",
    "-- session A\nUPDATE events SET cents = 1 WHERE id = 1;\n-- session B\n-- expect error: check_violation\nUPDATE events SET cents = cents - 2 WHERE id = 1;",
    "passed",
  ],
  [
    "a snapshot that is out of date is refused",
    "-- set: transaction_isolation = repeatable read\n-- session B\nSELECT cents = 100 FROM events;\n-- session A\nUPDATE events SET cents = 1 WHERE id = 1;\n-- commit\n-- session B\n-- expect error: serialization_failure\nUPDATE events SET cents = 2 WHERE id = 1;",
    "passed",
  ],
  [
    "two halves in two sessions wait for each other at their commits, and neither is accepted",
    `${half("A", 50)}${half("B", 50)}-- session A\n-- expect error: check_violation on sum_of_parts\n-- commit\n-- session B\n-- expect error: deadlock_detected\n-- commit`,
    "passed",
  ],
  [
    "of sessions that wait for each other the one is refused that closed the circle, whatever it has waited for before",
    `${lock("A", 1)}${lock("B", 2)}${lock("C", 3)}${lock("B", 1)}${lock("C", 2)}-- session A\n-- expect error: deadlock_detected\nSELECT pg_advisory_xact_lock(3);\n-- rollback`,
    "passed",
  ],
  [
    "a refusal that the last statement expects may come at the end",
    `-- session A\n-- expect error: check_violation on sum_of_parts\nINSERT INTO parts (event, cents) VALUES (1, 50);`,
    "passed",
  ],
  [
    "a refusal at the end that nobody expects",
    `${half("A", 50)}SELECT true;`,
    "a statement is refused: check_violation on sum_of_parts: parts of event 1 make 50, not 100",
  ],
  [
    "an expected refusal that does not come",
    "-- session A\n-- expect error: check_violation\nUPDATE events SET cents = 1;",
    "the statement is accepted; check_violation is expected",
  ],
  [
    "a session that waits for one which does not go on",
    "-- session A\nUPDATE events SET cents = 1 WHERE id = 1;\n-- session B\nUPDATE events SET cents = 2 WHERE id = 1;\nSELECT true;",
    "session B waits for a lock that nobody releases",
  ],
  [
    "a session that waits for one which has got what it waited for, and does not go on",
    `${lock("C", 1)}${lock("A", 2)}${lock("A", 1)}${lock("B", 2)}-- session C\n-- commit\n-- session B\nSELECT true;`,
    "session B waits for a lock that nobody releases",
  ],
  [
    "sessions are different tenants",
    "-- session A\nSELECT min(id) = 1 FROM events;\n-- session B\n-- set: app.tenant = 2\nSELECT min(id) = 2 FROM events;",
    "passed",
  ],
])("%s", async (_, body, said) => {
  const result = await runSuite(await suiteOf(body), await laboratory(schema));
  if (result.status === "fixture-refused") throw new Error(result.found);
  const [one] = result.cases;
  expect(one && (one.result.status === "passed" ? "passed" : inWords(one.result.reason).message)).toBe(said);
});

test("a case of two sessions is failed by a mutant that is committed in its clone", async () => {
  const suite = await suiteOf(`${half("A", 50)}-- expect error: check_violation on sum_of_parts\n-- commit`);
  const proofs = await proveSuite(suite, await laboratory(schema));
  expect(proofs).toMatchObject([{ status: "killed", by: "trigger sum_of_parts on public.parts: disabled", tries: 1 }]);
});

test.each([2, 3, 4])(
  "attack 49: a case that goes by the name of its database, for %d plays, is failed by no mutant",
  async (plays) => {
    const place = await laboratory(schema);
    // Two copies are made before it is played.
    const last = (await copiesSoFar(place)) + 2 + plays;
    const suite = await suiteOf(`-- session A\nSELECT substr(current_database(), 7)::int <= ${last};`);
    expect(await proveSuite(suite, place)).toMatchObject([
      { status: "survived", tried: expect.stringMatching(/failed all the same/) },
    ]);
  },
);

test("a case of two sessions leaves nothing behind for the next", async () => {
  const suite = await suiteOf(
    "-- session A\nUPDATE events SET cents = 1 WHERE id = 1;\nSELECT cents = 1 FROM events;\n-- test: next\n-- session A\nSELECT cents = 100 FROM events;\n-- test: last\nSELECT cents = 100 FROM events;",
  );
  const result = await runSuite(suite, await laboratory(schema));
  expect(result.status === "played" && result.cases.map((one) => one.result.status)).toEqual([
    "passed",
    "passed",
    "passed",
  ]);
});
