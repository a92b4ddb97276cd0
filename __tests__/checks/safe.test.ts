import { expect, test } from "@jest/globals";
import { safe } from "../../src/checks/safe.ts";
import { linter } from "../../src/squawk/linter.ts";
import { treeOf } from "../migrate/world.ts";

const refuse = (): never => {
  throw new Error("migrations are read, and nothing else");
};
const world = { linter: linter(), programs: { run: refuse }, approvals: { ask: refuse } };
const timeouts = "SET LOCAL lock_timeout = '1s'; SET LOCAL statement_timeout = '1min';\n";

/** Codes, or rules of squawk, with the lines they are told for. */
async function hazards(text: string, disable?: { readonly [rule: string]: string }): Promise<string[]> {
  const path = "migrations/1_a.sql";
  const subject = { phase: "1", migrations: [path], created: [], major: 18 };
  const params = safe.params.parse(disable ? { disable } : {});
  const { observed } = await safe.observe({ tree: treeOf({ [path]: text }), subject, ...world }, params);
  return safe
    .judge(params, observed)
    .map(({ code, message, place }) => `${code === "hazard" ? message.split(":")[0] : code} ${place?.line ?? "-"}`);
}

test.each<readonly [name: string, text: string, expected: readonly string[]]>([
  [
    "a table of its own needs no limits",
    "CREATE TABLE IF NOT EXISTS a (x text);\nALTER TABLE a ADD COLUMN IF NOT EXISTS y text;\nCREATE INDEX IF NOT EXISTS i ON a (x);",
    [],
  ],
  [
    "a table that was there needs limits, told once and at the first statement",
    "-- Up Migration\n\nALTER TABLE a ADD COLUMN IF NOT EXISTS x text;\nALTER TABLE a ADD COLUMN IF NOT EXISTS y text;",
    ["no-lock-timeout 3", "no-statement-timeout 3"],
  ],
  ["limits set before it are enough", `${timeouts}ALTER TABLE a ADD COLUMN IF NOT EXISTS x text;`, []],
  [
    "a limit of 0 is none",
    "SET lock_timeout = 0; SET statement_timeout = '0s';\nALTER TABLE a ADD COLUMN IF NOT EXISTS x text;",
    ["no-lock-timeout 2", "no-statement-timeout 2"],
  ],
  [
    "a limit that is taken back is none",
    `${timeouts}RESET lock_timeout;\nALTER TABLE a ADD COLUMN IF NOT EXISTS x text;`,
    ["no-lock-timeout 3"],
  ],
  [
    "a table of another schema was there",
    "CREATE TABLE IF NOT EXISTS a (x text); ALTER TABLE s.a ADD COLUMN IF NOT EXISTS x text;",
    ["no-lock-timeout 1", "no-statement-timeout 1"],
  ],
  [
    "a trigger locks its table",
    "CREATE TRIGGER t AFTER INSERT ON a EXECUTE FUNCTION f();",
    ["no-lock-timeout 1", "no-statement-timeout 1"],
  ],
  [
    "a foreign key locks what it points at",
    "CREATE TABLE IF NOT EXISTS a (x text REFERENCES b);",
    ["no-lock-timeout 1", "no-statement-timeout 1"],
  ],
  [
    "a policy that is dropped locks its table",
    "DROP POLICY IF EXISTS p ON s.a;",
    ["no-lock-timeout 1", "no-statement-timeout 1"],
  ],
  ["a function locks no table", "CREATE OR REPLACE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';", []],
  [
    "squawk's hazards come with the line of the file",
    `-- Up Migration\n${timeouts}\nDROP TABLE IF EXISTS a;\n`,
    ["ban-drop-table 4"],
  ],
  [
    "a comment does not silence squawk",
    `${timeouts}-- squawk-ignore ban-drop-table\nDROP TABLE IF EXISTS a;\n`,
    ["ban-drop-table 3"],
  ],
  ["the down part may drop", `-- Up Migration\nSELECT 1;\n-- Down Migration\nDROP TABLE a;`, []],
  ["attack 40: the transaction is ended", "SELECT 1;\nCOMMIT;", ["transaction-control 2"]],
  ["a savepoint ends nothing", "SAVEPOINT a; ROLLBACK TO SAVEPOINT a; RELEASE SAVEPOINT a;", []],
  [
    "attack 41: a role is made in the down part",
    "-- Up Migration\nSELECT 1;\n-- Down Migration\nCREATE ROLE a;",
    ["role-change 4"],
  ],
  ["attack 36: a setting is stored for a role", "ALTER ROLE a SET search_path = b;", ["role-change 1"]],
  ["attack 36: a setting is stored for the database", "ALTER DATABASE a SET row_security = off;", ["role-change 1"]],
  ["a role joins another", "GRANT a TO b;", ["role-change 1"]],
  ["privileges on a table are no change of a role", "GRANT SELECT ON a TO b;", []],
  [
    "a DO block makes a role",
    "DO $$ BEGIN EXECUTE 'CREATE  ROLE a'; END $$;",
    ["role-change 1", "statement-in-block 1"],
  ],
  ["attack 52: a program of the server is run", "COPY a TO PROGRAM 'curl x';", ["server-file 1"]],
  ["a file of the server is read", "COPY a FROM '/etc/passwd';", ["server-file 1"]],
  [
    "a file is read by a function, deep inside",
    "INSERT INTO a SELECT x FROM (SELECT pg_catalog.pg_read_file('/etc/passwd') AS x) b;",
    ["server-file 1"],
  ],
  [
    "another server is reached in a function's body",
    "CREATE OR REPLACE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$ BEGIN PERFORM dblink('x', 'y'); END $$;",
    ["server-file 1"],
  ],
  [
    "attack: a limit is taken back by a function",
    `${timeouts}SELECT set_config('statement_timeout', '5s', true), set_config('lock_timeout', '0', true);\nALTER TABLE a ADD COLUMN IF NOT EXISTS x text;`,
    ["no-lock-timeout 3"],
  ],
  [
    "attack: a limit is taken back in a block",
    `${timeouts}DO $$ BEGIN PERFORM set_config('lock_timeout', '0', true); END $$;\nALTER TABLE a ADD COLUMN IF NOT EXISTS x text;`,
    ["no-lock-timeout 3"],
  ],
  [
    "attack: a limit is taken back in a block by SET",
    `${timeouts}DO $$ BEGIN SET LOCAL statement_timeout = 0; END $$;\nALTER TABLE a ADD COLUMN IF NOT EXISTS x text;`,
    ["no-statement-timeout 3"],
  ],
  [
    "attack: a limit is given by a call that is not come to",
    "SELECT set_config('lock_timeout', '5s', true) WHERE false; SELECT set_config('statement_timeout', substr('10', 2), true);\nALTER TABLE a ADD COLUMN IF NOT EXISTS x text;",
    ["no-lock-timeout 2", "no-statement-timeout 2"],
  ],
  [
    "attack: limits go with RESET ALL, or with what a savepoint takes back",
    `${timeouts}RESET ALL;\nALTER TABLE a ADD COLUMN IF NOT EXISTS x text;`,
    ["no-lock-timeout 3", "no-statement-timeout 3"],
  ],
  [
    "limits that are given by a function are enough",
    "SELECT set_config('lock_timeout', '5s', true), set_config('statement_timeout', '1min', true);\nALTER TABLE a ADD COLUMN IF NOT EXISTS x text;",
    [],
  ],
  [
    "a block that sets something else takes no limit",
    `${timeouts}DO $$ BEGIN PERFORM set_config('app.tenant', '1', true); -- set_config('lock_timeout', '0', true)\nEND $$;\nALTER TABLE a ADD COLUMN IF NOT EXISTS x text;`,
    [],
  ],
  [
    "attack: a block executes DDL as text",
    "DO $$ BEGIN\n  EXECUTE 'ALTER' || ' TABLE a ADD x text';\nEND $$;",
    ["statement-in-block 1"],
  ],
  [
    "attack: a block executes DDL",
    `${timeouts}DO $$ BEGIN IF true THEN ALTER TABLE a ADD x text; END IF; END $$;`,
    ["statement-in-block 2"],
  ],
  [
    "attack: a function that the migration makes and calls executes it",
    "CREATE OR REPLACE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$ BEGIN EXECUTE 'DROP TABLE a'; END $$;\nSELECT 1;\nSELECT public.f();",
    ["statement-in-block 3"],
  ],
  [
    "attack: so does a block that calls it, in the down part",
    "-- Up Migration\nSELECT 1;\n-- Down Migration\nCREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS 'BEGIN DROP TABLE a; END';\nDO 'BEGIN PERFORM f(); END';",
    ["statement-in-block 5"],
  ],
  [
    "a function that nobody calls there may execute what it likes",
    "CREATE OR REPLACE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN EXECUTE 'SELECT 1'; RETURN NEW; END $$;\nGRANT EXECUTE ON FUNCTION f() TO a;\nCREATE TABLE IF NOT EXISTS b (x text);\nCREATE TRIGGER t AFTER INSERT ON b EXECUTE FUNCTION f();",
    [],
  ],
  [
    "a block that looks at rows, and raises, is none",
    `${timeouts}DO $$ DECLARE bad bigint; BEGIN SELECT count(*) INTO bad FROM a; IF bad > 0 THEN RAISE EXCEPTION USING MESSAGE = 'drop table; create one'; ELSE UPDATE a SET x = 'execute'; END IF; END $$;`,
    [],
  ],
  [
    "attack: a trigger's function asks for a setting of the server",
    "CREATE OR REPLACE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$\nBEGIN\n  IF current_setting('fsync') = 'on' THEN RETURN NULL; END IF;\n  RETURN NEW;\nEND $$;",
    ["knows-where-it-runs 3"],
  ],
  [
    "attack: it asks in other words",
    "CREATE OR REPLACE FUNCTION f() RETURNS text LANGUAGE sql AS $$ SELECT pg_catalog.\"current_setting\"('fsync.x'::varchar(5), true) $$;",
    ["knows-where-it-runs 1"],
  ],
  [
    "attack: it executes the question",
    "CREATE OR REPLACE FUNCTION f() RETURNS text LANGUAGE plpgsql AS $$ DECLARE x text; BEGIN EXECUTE 'SHOW fsync' INTO x; RETURN x; END $$;",
    ["knows-where-it-runs 1"],
  ],
  [
    "attack: a policy asks for the database",
    `${timeouts}CREATE POLICY p ON a USING (current_database() <> 'judge');`,
    ["knows-where-it-runs 2"],
  ],
  [
    "attack: a view asks for all settings, and for the version",
    "CREATE VIEW v AS SELECT 1 AS x FROM pg_settings WHERE name = 'fsync' AND version() LIKE '%debug%';",
    ["knows-where-it-runs 1", "knows-where-it-runs 1"],
  ],
  [
    "attack: a default asks for the time of the start, and a function of SQL's own for the address",
    "CREATE TABLE IF NOT EXISTS b (x timestamptz DEFAULT pg_postmaster_start_time());\nCREATE FUNCTION f() RETURNS boolean LANGUAGE sql RETURN inet_server_addr() IS NULL;",
    ["knows-where-it-runs 1", "knows-where-it-runs 2"],
  ],
  [
    "attack: the name of the setting is made up where it runs",
    "DO $$ BEGIN PERFORM current_setting(concat('fs', 'ync')); END $$;",
    ["knows-where-it-runs 1"],
  ],
  [
    "settings of one's own, who acts, comments and texts tell nothing of it",
    `${timeouts}CREATE POLICY p ON a USING (x = NULLIF(current_setting('app.tenant'::text, true), ''));
CREATE OR REPLACE FUNCTION f() RETURNS text LANGUAGE plpgsql AS $$ BEGIN
  -- current_setting('fsync')
  /* version() */
  RAISE NOTICE 'current_setting(''fsync''), version(), pg_settings';
  RETURN session_user || current_user || current_setting('app.x', true);
END $$;
CREATE TABLE IF NOT EXISTS b (version text, PRIMARY KEY (version));
COMMENT ON TABLE b IS 'version() of current_database()';`,
    [],
  ],
  ["a password", "-- x\nCREATE USER MAPPING FOR a SERVER s OPTIONS (password 'hunter2');", ["credentials 2"]],
  ["a connection string, in a comment", "-- postgres://u:hunter2@db/x\nSELECT 1;", ["credentials 1"]],
  ["a connection string without a password", "-- postgres://u@db/x\nSELECT 1;", []],
  ["a key of a cloud", "SELECT 'AKIAIOSFODNN7EXAMPLE';", ["credentials 1"]],
  ["random text that is long", "SELECT 'q8Zr3vXk1LpW7mYtB5nCd0HsJf4GuEaR';", ["credentials 1"]],
  [
    "a hash, a uuid and a long name are no keys",
    "SELECT 'd41d8cd98f00b204e9800998ecf8427e', '00000000-0000-0000-0000-000000000001', 'idx_attribution_allocations_tenant_event_model_channel', 'attributionAllocationsTenantEventModel2';",
    [],
  ],
  [
    "a column called password holds none",
    "CREATE TABLE IF NOT EXISTS a (password text); COMMENT ON COLUMN a.password IS 'a PASSWORD ''hash''';",
    [],
  ],
])("%s", async (_, text, expected) => {
  expect(await hazards(text)).toEqual(expected);
});

test("an exception counts for its rule only", async () => {
  const text = `${timeouts}DROP TABLE IF EXISTS a;\nCREATE ROLE b;\n`;
  expect(await hazards(text, { "ban-drop-table": "unused" })).toEqual(["role-change 3"]);
});

test("an exception that nothing needs, or that names no rule, is told", async () => {
  const found = await hazards("SELECT 1;", {
    "ban-drop-table": "b",
    "ban-drop-tabel": "b",
    "require-lock-timeout": "b",
  });
  expect(found).toEqual(["unused-exception -", "unknown-rule -", "unknown-rule -"]);
});

test.each([
  [
    "SQL that cannot be read is an error, with the line of the file",
    "-- Up Migration\nSELECT 1;\nSELEC 2;",
    "migrations/1_a.sql, line 3",
  ],
  [
    "so is it in the down part",
    "-- Up Migration\nSELECT 1;\n-- Down Migration\n\nSELEC 2;",
    "migrations/1_a.sql, line 5",
  ],
])("%s", async (_, text, message) => {
  await expect(hazards(text)).rejects.toThrow(message);
});

test("a migration that is a program cannot be read for hazards, and that is an error", async () => {
  const subject = { phase: "1", migrations: ["migrations/1_a.js"], created: [], major: 18 };
  const tree = treeOf({ "migrations/1_a.js": "" });
  await expect(safe.observe({ tree, subject, ...world }, {})).rejects.toThrow("is a program");
});

test.each([
  [[], "the migrations hold no hazard"],
  [["a"], "the migrations hold no hazard but a"],
  [["a", "b"], "the migrations hold no hazard but a and b"],
  [["a", "b", "c"], "the migrations hold no hazard but a, b and c"],
])("what it claims without the rules %j", (rules, claimed) => {
  const disable = Object.fromEntries(rules.map((rule) => [rule, "why"]));
  expect(safe.claim({ disable })).toBe(claimed);
});
