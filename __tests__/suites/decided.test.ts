import { expect, test } from "@jest/globals";
import { coverage } from "../../src/suites/coverage.ts";
import { type CaseProof, proveSuite } from "../../src/suites/prove.ts";
import { readSuite } from "../../src/suites/read.ts";
import { runSuite } from "../../src/suites/run.ts";
import type { Suite } from "../../src/suites/suite.ts";
import { server } from "./server.ts";
import { fixture, schema } from "./sql.ts";

const { laboratory } = server();

/** What a hostile suite would look at instead of writing a row. */
const prints = `SELECT string_agg(line, '' ORDER BY line) AS print FROM (
    SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE connamespace = 'public'::regnamespace
    UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'
    UNION ALL SELECT attname::text || attnotnull::text FROM pg_attribute WHERE attrelid::regclass::text IN ('events', 'parts')
    UNION ALL SELECT attrelid::regclass::text || pg_get_expr(adbin, adrelid) FROM pg_attrdef JOIN pg_attribute ON attrelid = adrelid AND attnum = adnum
    UNION ALL SELECT relname::text || relrowsecurity::text || relforcerowsecurity::text || coalesce(relacl::text, '') FROM pg_class WHERE relnamespace = 'public'::regnamespace
    UNION ALL SELECT pg_get_triggerdef(oid) || tgenabled::text FROM pg_trigger WHERE NOT tgisinternal
    UNION ALL SELECT polname::text || coalesce(pg_get_expr(polqual, polrelid), '') || coalesce(pg_get_expr(polwithcheck, polrelid), '') FROM pg_policy
    UNION ALL SELECT proname::text || prosrc || prosecdef::text FROM pg_proc WHERE pronamespace = 'public'::regnamespace
  ) AS all_of_it (line)`;

async function suiteOf(body: string, setup: string, before = fixture): Promise<Suite> {
  const read = async (text: string) => {
    const suite = await readSuite(text);
    if (suite.status === "unreadable") throw new Error(JSON.stringify(suite.mistakes));
    return suite.suite;
  };
  if (!body.includes("HASH")) return read(before + body);
  const clone = (await laboratory(setup)).clone;
  const hash = await clone(({ transaction }) =>
    transaction((database) => database.query<{ hash: string }>(`SELECT md5(print) AS hash FROM (${prints}) AS a`)),
  );
  return read((before + body).replaceAll("HASH", `'${hash[0]?.hash}'`));
}

const told = (proof: CaseProof | undefined) =>
  proof?.status === "survived" ? proof.tried.replace(/^\d+ mutants/, "all mutants") : proof?.status;

const blind = "all mutants of the schema, which it notices in the catalogs alone";

const attacks: readonly (readonly [sentence: string, body: string, setup?: string, before?: string])[] = [
  ["a fingerprint of the catalogs", `SELECT md5(print) = HASH FROM (${prints}) AS a;`],
  ["it, beside a table that decides nothing", `SELECT md5(print) = HASH FROM (${prints}) AS a, events LIMIT 1;`],
  [
    "it, written down in a table",
    `INSERT INTO parts (event, channel, cents) SELECT 1, 'email', CASE WHEN md5(print) = HASH THEN 100 ELSE 99 END FROM (${prints}) AS a;\nSELECT cents = 100 FROM parts;`,
  ],
  [
    "it, kept in a setting",
    `SELECT set_config('a.print', (SELECT md5(print) FROM (${prints}) AS a), true);\nSELECT current_setting('a.print') = HASH;`,
  ],
  [
    "it, in a block that raises",
    `DO $do$ BEGIN IF (SELECT md5(print) FROM (${prints}) AS a) <> HASH THEN RAISE 'another'; END IF; END $do$;\nSELECT true;`,
  ],
  [
    "it, in a function of the fixture",
    "SELECT 'ck_cents' = ANY (printed());",
    schema,
    `${fixture}CREATE FUNCTION printed() RETURNS text[] LANGUAGE sql AS 'SELECT array_agg(conname::text) FROM pg_constraint';\n`,
  ],
  [
    "it, in a view of the schema that another one reads",
    "SELECT md5(print) = md5(print) AND length(print) > 0 AND md5(print) = HASH FROM second;",
    `${schema};CREATE VIEW first AS ${prints};CREATE VIEW second AS SELECT * FROM first`,
  ],
];

test.each(attacks)("attack: %s proves no case", async (_, body, setup = schema, before = fixture) => {
  const suite = await suiteOf(`-- test: it\n${body}`, setup, before);
  expect(await runSuite(suite, await laboratory(setup))).toMatchObject({ cases: [{ result: { status: "passed" } }] });
  const [proof] = await proveSuite(suite, await laboratory(setup));
  expect(told(proof)).toBe(blind);
});

test("attack: nor does it with a sabotage of its own", async () => {
  const body = `-- test: it\n-- sabotage: ALTER TABLE events DROP CONSTRAINT ck_cents\nSELECT md5(print) = HASH FROM (${prints}) AS a;`;
  const [proof] = await proveSuite(await suiteOf(body, schema), await laboratory(schema));
  expect(told(proof)).toBe(
    "its own sabotage: ALTER TABLE events DROP CONSTRAINT ck_cents, which it notices in the catalogs alone",
  );
});

test("attack: nor does it notice a mutant of any table, whatever it is", async () => {
  const suite = await suiteOf(`-- test: it\nSELECT md5(print) = HASH FROM (${prints}) AS a;`, schema);
  const request = { suites: [{ file: "a.sql", suite }], tables: ["public.events", "public.parts"], roles: ["app_ro"] };
  const found = await coverage(request, await laboratory(schema));
  if (found.status === "red") throw new Error(JSON.stringify(found.red));
  const killed = found.mutants.filter(({ fate }) => fate.status === "killed");
  expect(killed.flatMap(({ fate }) => (fate.status === "killed" ? fate.by : []))).toEqual([]);
  expect(found.mutants.filter(({ fate }) => fate.status === "survived").length).toBeGreaterThan(20);
});

test.each([
  [
    "who has a privilege is asked of the server",
    "SELECT NOT has_table_privilege('app_ro', 'events', 'INSERT');",
    "table public.events: INSERT granted to app_ro",
  ],
  [
    "who has a privilege is asked for every table of the catalogs",
    "SELECT count(*) = 2 FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND has_table_privilege('app_rw', oid, 'INSERT');",
    "grant INSERT on table public.events to app_rw: revoked",
  ],
  [
    "a look at the catalogs stands beside a look at rows",
    "SELECT count(*) > 0 FROM pg_class;\nSELECT count(*) = 1 FROM events;",
    "policy tenant on public.events: dropped",
  ],
  [
    "a function of the fixture is on the usual search_path",
    "SELECT helper() = 1;",
    "policy tenant on public.events: dropped",
    `${fixture}CREATE FUNCTION helper() RETURNS bigint LANGUAGE sql SET search_path = pg_catalog, public AS 'SELECT pg_catalog.count(*) FROM events';\n`,
  ],
  [
    "a row is found by its serial sequence, and locks are counted",
    "SELECT count(*) = 1 AND pg_get_serial_sequence('parts', 'id') IS NOT NULL FROM events;\nSELECT count(*) = 0 FROM pg_locks WHERE locktype = 'advisory';",
    "policy tenant on public.events: dropped",
  ],
])("a case is proven where %s", async (_, body, by, before = fixture) => {
  const [proof] = await proveSuite(await suiteOf(`-- test: it\n${body}`, schema, before), await laboratory(schema));
  expect(proof).toMatchObject({ status: "killed", by });
});

const untrue = "SELECT count(*) = 1 FROM events;";

test.each([
  [
    "a new table",
    "CREATE TABLE never_there (id integer)",
    "SELECT to_regclass('public.never_there') IS NULL;",
    "its own sabotage: CREATE TABLE never_there (id integer), which it notices in the catalogs alone",
  ],
  ["a setting", "SET LOCAL app.other = '2'", "SELECT current_setting('app.other', true) IS NULL;", "unrelated"],
  ["rows of a table", "DELETE FROM events", untrue, "killed"],
  [
    "rows of a table, by a CTE",
    "WITH gone AS (DELETE FROM events RETURNING 1) SELECT count(*) FROM gone",
    untrue,
    "killed",
  ],
  ["rows of a table, in a block", "DO $$ BEGIN DELETE FROM public.events; END $$", untrue, "killed"],
  [
    "a rule on a table",
    "CREATE RULE more AS ON INSERT TO parts DO ALSO DELETE FROM events",
    "INSERT INTO parts (event, cents) VALUES (1, 100);\nSELECT count(*) = 1 FROM parts WHERE EXISTS (SELECT FROM events);",
    "killed",
  ],
  [
    "an index on a table",
    "CREATE UNIQUE INDEX more ON parts (event)",
    "INSERT INTO parts (event, cents) VALUES (1, 50), (1, 50);\nSELECT count(*) = 2 FROM parts;",
    "killed",
  ],
  [
    "when a constraint is looked at",
    "SET CONSTRAINTS sum_of_parts IMMEDIATE",
    "INSERT INTO parts (event, cents) VALUES (1, 50);\nINSERT INTO parts (event, cents) VALUES (1, 50);\nSELECT count(*) = 2 FROM parts;",
    "killed",
  ],
  [
    "a privilege",
    "GRANT INSERT ON events TO app_ro",
    "-- as: app_ro\n-- expect error: insufficient_privilege\nINSERT INTO events VALUES (3, 1, 1);",
    "killed",
  ],
  [
    "the body of a function",
    "CREATE OR REPLACE FUNCTION check_sum() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
    "-- expect error: check_violation on sum_of_parts\nINSERT INTO parts (event, cents) VALUES (1, 99);",
    "killed",
  ],
  [
    "a view",
    "CREATE OR REPLACE VIEW totals AS SELECT event, 1::bigint AS cents FROM parts",
    "INSERT INTO parts (event, cents) VALUES (1, 100);\nSELECT cents = 100 FROM totals;",
    "killed",
  ],
  ["a policy that goes", "DROP POLICY tenant ON events", untrue, "killed"],
])("a sabotage changes %s", async (_, sabotage, body, says) => {
  const text = `-- test: it\n-- sabotage: ${sabotage}\n${body}`;
  const [proof] = await proveSuite(await suiteOf(text, schema), await laboratory(schema));
  expect(told(proof)).toBe(says);
});

test.each([
  ["undefined_table", "a misspelt table"],
  ["42P01", "its SQLSTATE"],
  ["syntax_error", "no SQL"],
  ["datatype_mismatch", "another type"],
])("attack: `expect error: %s` (%s) says nothing", async (condition) => {
  const read = await readSuite(`-- test: it\n-- expect error: ${condition}\nSELECT * FROM evnts;`);
  expect(read).toMatchObject({
    status: "unreadable",
    mistakes: [{ line: 2, message: expect.stringContaining("nothing about the schema's rules") }],
  });
});

test.each(["insufficient_privilege", "generated_always", "check_violation", "invalid_text_representation", "P0001"])(
  "`expect error: %s` is a rule's",
  async (condition) => {
    expect(await readSuite(`-- test: it\n-- expect error: ${condition}\nSELECT 1;`)).toMatchObject({ status: "read" });
  },
);
