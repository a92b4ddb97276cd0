import { expect, test } from "@jest/globals";
import { mutantName, type SchemaMutant } from "../../src/catalog/mutants.ts";
import { proveSuite } from "../../src/suites/prove.ts";
import { readSuite } from "../../src/suites/read.ts";
import { inWords } from "../../src/suites/result.ts";
import { runSuite } from "../../src/suites/run.ts";
import type { Suite } from "../../src/suites/suite.ts";
import { server } from "./server.ts";
import { fixture, schema } from "./sql.ts";

const { laboratory } = server();

async function suiteOf(body: string, before = fixture): Promise<Suite> {
  const read = await readSuite(before + body);
  if (read.status === "unreadable") throw new Error(JSON.stringify(read.mistakes));
  return read.suite;
}

/** One case, and what it says; "passed" where it holds. */
const cases: readonly (readonly [sentence: string, body: string, said: string])[] = [
  ["a boolean that is true holds", "SELECT count(*) = 1 FROM events;", "passed"],
  [
    "a boolean that is false does not",
    "SELECT count(*) = 2 FROM events;",
    "the SELECT gives false; it must give one row that is true",
  ],
  [
    "NULL is not true",
    "SELECT sum(cents) = 100 FROM parts;",
    "the SELECT gives null; it must give one row that is true",
  ],
  [
    "no row is not true",
    "SELECT cents = 100 FROM parts;",
    "the SELECT gives no row; it must give one row that is true",
  ],
  [
    "several rows are not one",
    "SELECT true FROM generate_series(1, 2);",
    "the SELECT gives 2 rows; it must give one row that is true",
  ],
  ["a SELECT of something else asserts nothing", "SELECT 1;", "the case asserts nothing"],
  ["DML asserts nothing", "INSERT INTO events VALUES (3, 1, 1) RETURNING true;\nSELECT 1;", "the case asserts nothing"],
  [
    "an expected error holds",
    "-- expect error: check_violation on ck_cents\nINSERT INTO events VALUES (3, 1, -1);",
    "passed",
  ],
  [
    "an error of a column is expected by its name",
    "-- expect error: not_null_violation on events.cents\nINSERT INTO events VALUES (3, 1, NULL);",
    "passed",
  ],
  [
    "an expected error that does not come",
    "-- expect error: check_violation\nINSERT INTO events VALUES (3, 1, 1);",
    "the statement is accepted; check_violation is expected",
  ],
  [
    "an error with another condition",
    "-- expect error: check_violation\nINSERT INTO events VALUES (1, 1, 1);",
    `the error is unique_violation on events_pkey: duplicate key value violates unique constraint "events_pkey"; check_violation is expected`,
  ],
  [
    "an error of another constraint",
    "-- expect error: unique_violation on idx_external\nINSERT INTO events VALUES (1, 1, 1);",
    `the error is unique_violation on events_pkey: duplicate key value violates unique constraint "events_pkey"; unique_violation on idx_external is expected`,
  ],
  [
    "an error whose message is another",
    "-- expect error: check_violation matching ^parts\nINSERT INTO events VALUES (3, 1, -1);",
    `the error is check_violation on ck_cents: new row for relation "events" violates check constraint "ck_cents"; check_violation matching ^parts is expected`,
  ],
  [
    "a typo is not the refusal that was expected",
    "-- expect error: insufficient_privilege\nINSERT INTO evnts VALUES (1);",
    `the error is undefined_table: relation "evnts" does not exist; insufficient_privilege is expected`,
  ],
  [
    "a statement that is refused fails its case",
    "INSERT INTO events VALUES (3, 1, -1);\nSELECT true;",
    `a statement is refused: check_violation on ck_cents: new row for relation "events" violates check constraint "ck_cents"`,
  ],
  [
    "a case goes on after an expected error, without what it did",
    "-- expect error: check_violation\nINSERT INTO events VALUES (3, 1, -1);\nINSERT INTO events VALUES (3, 1, 7);\nSELECT count(*) = 2 FROM events;",
    "passed",
  ],
  [
    "deferred constraints are forced at the end",
    "INSERT INTO parts (event, cents) VALUES (1, 99);\nSELECT count(*) = 1 FROM parts;",
    "a statement is refused: check_violation on sum_of_parts: parts of event 1 make 99, not 100",
  ],
  [
    "deferred constraints are no concern before the end",
    "INSERT INTO parts (event, cents) VALUES (1, 60);\nINSERT INTO parts (event, cents) VALUES (1, 40);\nSELECT cents = 100 FROM totals;",
    "passed",
  ],
  [
    "a deferred refusal is expected of the last statement",
    "-- expect error: check_violation on sum_of_parts\nINSERT INTO parts (event, cents) VALUES (1, 99);",
    "passed",
  ],
  [
    "row level security holds for the role of cases, which owns the tables",
    "SELECT count(*) = 1 AND min(id) = 1 FROM events;",
    "passed",
  ],
  ["a case is another tenant", "-- set: app.tenant = 2\nSELECT min(id) = 2 FROM events;", "passed"],
  ["a case has no tenant", "-- set: app.tenant =\nSELECT count(*) = 0 FROM events;", "passed"],
  [
    "a case is another role",
    "-- as: app_ro\n-- expect error: insufficient_privilege\nINSERT INTO events VALUES (3, 1, 1);",
    "passed",
  ],
  [
    "a case is a role that does not exist",
    "-- as: nobody_knows\nSELECT true;",
    'a statement is refused: invalid_role_specification: role "nobody_knows" does not exist',
  ],
  [
    "a case is no superuser, and does not bypass row level security",
    "SELECT NOT rolsuper AND NOT rolbypassrls FROM pg_roles WHERE rolname = current_user;",
    "passed",
  ],
  [
    "a NOTICE that says ok says nothing",
    "DO $$ BEGIN RAISE NOTICE 'ok 1'; END $$;\nSELECT false;",
    "the SELECT gives false; it must give one row that is true",
  ],
  [
    "a block that swallows its errors asserts nothing",
    "DO $$ BEGIN INSERT INTO events VALUES (3, 1, -1); EXCEPTION WHEN OTHERS THEN NULL; END $$;\nSELECT 1;",
    "the case asserts nothing",
  ],
  [
    "a procedure cannot commit",
    "DO $$ BEGIN COMMIT; END $$;\nSELECT true;",
    "a statement is refused: invalid_transaction_termination: invalid transaction termination",
  ],
];

test.each(cases)("%s", async (_, body, said) => {
  const result = await runSuite(await suiteOf(`-- test: it\n${body}`), await laboratory(schema));
  if (result.status === "fixture-refused") throw new Error(result.found);
  const [one] = result.cases;
  expect(one && (one.result.status === "passed" ? "passed" : inWords(one.result.reason).message)).toBe(said);
});

test("cases do not see each other, nor each other's role and settings", async () => {
  const suite = await suiteOf(
    [
      "-- test: one",
      "-- as: app_rw",
      "SET app.tenant = '2';",
      "INSERT INTO events VALUES (3, 2, 1);",
      "SELECT count(*) = 2 FROM events;",
      "-- test: two",
      "SELECT count(*) = 1 AND current_user <> 'app_rw' FROM events;",
    ].join("\n"),
  );
  const result = await runSuite(suite, await laboratory(schema));
  expect(result).toMatchObject({
    status: "played",
    cases: [{ result: { status: "passed" } }, { result: { status: "passed" } }],
  });
});

test.each([
  [
    "a statement of the fixture is refused",
    "INSERT INTO events VALUES (1, 1, -1);\n",
    { line: 1, found: /^check_violation on ck_cents/ },
  ],
  [
    "the fixture leaves a violation behind that is deferred",
    `${fixture}INSERT INTO parts (event, cents) VALUES (1, 1);\n`,
    { line: 3, found: /^check_violation on sum_of_parts/ },
  ],
])("%s", async (_, before, { line, found }) => {
  const result = await runSuite(await suiteOf("-- test: it\nSELECT true;", before), await laboratory(schema));
  expect(result).toMatchObject({ status: "fixture-refused", line, found: expect.stringMatching(found) });
});

/** One case that holds, and what fails it. */
const proofs: readonly (readonly [sentence: string, body: string, by: string])[] = [
  [
    "a check is dropped",
    "-- expect error: check_violation on ck_cents\nINSERT INTO events VALUES (3, 1, -1);",
    "constraint ck_cents on public.events: dropped",
  ],
  [
    "a border moves",
    "INSERT INTO events VALUES (3, 1, 0);\nSELECT count(*) = 2 FROM events;",
    "constraint ck_cents on public.events: with another comparison (cents > 0)",
  ],
  [
    "a value of a list is gone",
    "INSERT INTO parts (event, channel, cents) VALUES (1, 'email', 100);\nSELECT count(*) = 1 FROM parts WHERE channel = 'email';",
    "constraint ck_channel on public.parts: with a value less (without 'email')",
  ],
  [
    "a unique index is dropped",
    "-- expect error: unique_violation on idx_external\nINSERT INTO events VALUES (3, 1, 1, 'x');",
    "index public.idx_external: dropped",
  ],
  [
    "a partial index is over all rows",
    "INSERT INTO events VALUES (3, 1, 0, 'many'), (4, 1, 0, 'many');\nSELECT count(*) = 3 FROM events;",
    "index public.idx_external: over all rows",
  ],
  [
    "a default is dropped",
    "INSERT INTO parts (event, cents) VALUES (1, 100);\nSELECT channel = 'direct' FROM parts;",
    "column public.parts.channel: default dropped",
  ],
  [
    "NOT NULL is dropped",
    "-- expect error: not_null_violation on cents\nINSERT INTO events VALUES (3, 1, NULL);",
    "column public.events.cents: not null dropped",
  ],
  [
    "a cascade is none any more",
    "INSERT INTO parts (event, cents) VALUES (1, 100);\nDELETE FROM events;\nSELECT count(*) = 0 FROM parts;",
    "constraint fk_event on public.parts: dropped",
  ],
  [
    "a trigger is disabled",
    "-- expect error: check_violation on sum_of_parts\nINSERT INTO parts (event, cents) VALUES (1, 99);",
    "trigger sum_of_parts on public.parts: disabled",
  ],
  [
    "a trigger is no longer deferred",
    "INSERT INTO parts (event, cents) VALUES (1, 60);\nINSERT INTO parts (event, cents) VALUES (1, 40);\nSELECT count(*) = 2 FROM parts;",
    "trigger sum_of_parts on public.parts: no longer deferred",
  ],
  [
    "row level security is not forced",
    "SELECT count(*) = 1 FROM events;",
    "table public.events: row level security not forced",
  ],
  [
    "a policy accepts every row",
    "-- as: app_rw\n-- expect error: insufficient_privilege\nINSERT INTO events VALUES (3, 2, 1);",
    "policy tenant on public.events: with check true",
  ],
  [
    "a privilege is granted",
    "-- as: app_ro\n-- expect error: insufficient_privilege matching denied\nINSERT INTO events VALUES (3, 1, 1);",
    "table public.events: INSERT granted to app_ro",
  ],
  [
    "a privilege is revoked",
    "-- as: app_rw\nINSERT INTO events VALUES (3, 1, 1);\nSELECT count(*) = 2 FROM events;",
    "grant INSERT on table public.events to app_rw: revoked",
  ],
  [
    "a view has no rows",
    "INSERT INTO parts (event, cents) VALUES (1, 100);\nSELECT cents = 100 FROM totals;",
    "view public.totals: without rows",
  ],
  [
    "a materialized view has no rows",
    "REFRESH MATERIALIZED VIEW CONCURRENTLY daily;\nSELECT count(*) = 2 FROM daily;",
    "materialized view public.daily: without rows",
  ],
  [
    "a check is always true",
    "-- expect error: check_violation on ck_cents\nINSERT INTO events VALUES (3, 1, -1);",
    "constraint ck_cents on public.events: made always true",
  ],
  [
    "a unique index is none",
    "-- expect error: unique_violation on idx_external\nINSERT INTO events VALUES (3, 1, 1, 'x');",
    "index public.idx_external: no longer unique",
  ],
  [
    "a unique index is over no rows",
    "-- expect error: unique_violation on idx_external\nINSERT INTO events VALUES (3, 1, 1, 'x');",
    "index public.idx_external: over no rows",
  ],
  [
    "a delete cascades no more",
    "INSERT INTO parts (event, cents) VALUES (1, 100);\nDELETE FROM events;\nSELECT count(*) = 0 FROM parts;",
    "constraint fk_event on public.parts: with another action on delete",
  ],
  [
    "a function does nothing",
    "-- expect error: check_violation on sum_of_parts\nINSERT INTO parts (event, cents) VALUES (1, 99);",
    "function public.check_sum(): with an empty body",
  ],
  [
    "a trigger is not fired by INSERT",
    "-- expect error: check_violation on sum_of_parts\nINSERT INTO parts (event, cents) VALUES (1, 99);",
    "trigger sum_of_parts on public.parts: with an event less (without INSERT)",
  ],
  [
    "a function runs with its caller's rights",
    "-- as: app_rw\n-- expect error: check_violation on sum_of_parts\nINSERT INTO parts (event, cents) VALUES (1, 99);",
    "function public.check_sum(): no longer security definer",
  ],
  ["a policy is gone", "SELECT count(*) = 1 FROM events;", "policy tenant on public.events: dropped"],
  ["a policy shows every row", "SELECT count(*) = 1 FROM events;", "policy tenant on public.events: using true"],
  ["row level security is off", "SELECT count(*) = 1 FROM events;", "table public.events: row level security disabled"],
  [
    "its own sabotage",
    "-- sabotage: DELETE FROM events\n--   WHERE id = 1\nSELECT EXISTS (SELECT FROM events);",
    "its own sabotage",
  ],
];

test.each(proofs)("a case fails when %s", async (_, body, by) => {
  const suite = await suiteOf(`-- test: it\n${body}`);
  expect(await runSuite(suite, await laboratory(schema))).toMatchObject({ cases: [{ result: { status: "passed" } }] });
  const mutants = (mutant: SchemaMutant) => mutantName(mutant) === by;
  expect(await proveSuite(suite, await laboratory(schema), { mutants })).toMatchObject([{ status: "killed", by }]);
  expect(await proveSuite(suite, await laboratory(schema))).toMatchObject([{ status: "killed" }]);
});

test.each([
  ["SELECT true", "SELECT true;"],
  ["a count that is never negative", "SELECT count(*) >= 0 FROM events;"],
  [
    "a fingerprint of the catalogs",
    "SELECT md5(string_agg(pg_get_constraintdef(oid), '' ORDER BY conname)) IS NOT NULL AND count(*) = 6 FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND contype <> 'n';",
  ],
  [
    "a block that swallows its errors",
    "DO $$ BEGIN INSERT INTO events VALUES (3, 1, -1); EXCEPTION WHEN OTHERS THEN NULL; END $$;\nSELECT true;",
  ],
  ["a count of its own plays, in a sequence", "SELECT nextval('parts_id_seq') = 1;"],
  ["every other play, by a sequence", "SELECT nextval('parts_id_seq') % 2 = 1;"],
  [
    "the lock that every change of a table takes",
    "SELECT NOT EXISTS (SELECT FROM pg_locks WHERE pid = pg_backend_pid() AND mode = 'AccessExclusiveLock');",
  ],
  [
    "the transaction that every change of a table takes",
    "-- session A\nSELECT pg_current_xact_id()::text::bigint - max(xmin::text::bigint) <= 1 FROM events;",
  ],
  [
    "a lock that its first play leaves",
    "SELECT count(*) = 0 FROM pg_locks WHERE locktype = 'advisory';\nSELECT pg_advisory_lock(1);",
  ],
])("nothing fails a case that asserts nothing: %s", async (_, body) => {
  const [proof] = await proveSuite(await suiteOf(`-- test: it\n${body}`), await laboratory(schema));
  expect(proof?.status).toBe("survived");
});

test.each([
  ["does not fail the case", "SELECT 1", { status: "survived", tried: "its own sabotage: SELECT 1" }],
  ["is refused", "DROP TABLE nothing", { status: "refused", reason: 'table "nothing" does not exist' }],
])("a sabotage that %s proves nothing, although a mutant would", async (_, sabotage, proof) => {
  const suite = await suiteOf(
    `-- test: it\n-- sabotage: ${sabotage}\n-- expect error: check_violation\nINSERT INTO events VALUES (3, 1, -1);`,
  );
  expect(await proveSuite(suite, await laboratory(schema))).toMatchObject([proof]);
});
