import { expect, test } from "@jest/globals";
import { textTraps } from "../../src/migration/traps.ts";

const migration = (up: string, down = "SELECT 2;") => `-- Up Migration\n${up}\n-- Down Migration\n${down}`;

test.each([
  ["plain DDL is no trap", migration("CREATE TABLE a (id int);\nCREATE INDEX i ON a (id);"), []],
  [
    "an index cannot be built concurrently",
    migration("SELECT 1;\nCREATE INDEX CONCURRENTLY i ON a (id);"),
    ["concurrently 3"],
  ],
  ["nor dropped concurrently", migration("SELECT 1;", "DROP INDEX CONCURRENTLY i;"), ["concurrently 4"]],
  ["nor rebuilt concurrently", migration("REINDEX TABLE CONCURRENTLY a;"), ["concurrently 2"]],
  [
    "nor a partition detached concurrently",
    migration("ALTER TABLE a DETACH PARTITION b CONCURRENTLY;"),
    ["concurrently 2"],
  ],
  ["a materialized view may be refreshed concurrently", migration("REFRESH MATERIALIZED VIEW CONCURRENTLY v;"), []],
  [
    "COMMIT leaves half of it behind",
    migration("CREATE TABLE a ();\nCOMMIT;\nBEGIN;"),
    ["transaction-control 3", "transaction-control 4"],
  ],
  ["a savepoint stays inside", migration("SAVEPOINT s;\nROLLBACK TO SAVEPOINT s;\nRELEASE SAVEPOINT s;"), []],
  ["a role is created", migration("CREATE ROLE app_rw;"), ["role-change 2"]],
  ["a role is altered", migration("ALTER ROLE app_rw BYPASSRLS;"), ["role-change 2"]],
  ["a role is renamed", migration("ALTER ROLE app_rw RENAME TO x;"), ["role-change 2"]],
  ["a role is dropped", migration("SELECT 1;", "DROP USER app_rw;"), ["role-change 4"]],
  ["a membership is granted", migration("GRANT app_ro TO app_rw;"), ["role-change 2"]],
  ["a privilege on a table is the database's own", migration("GRANT SELECT ON a TO app_ro;"), []],
  [
    "a role is created in a DO block",
    migration(
      "DO $$ BEGIN\n  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'x') THEN\n    CREATE -- why\n      ROLE x;\n  END IF;\nEND $$;",
    ),
    ["role-change 2"],
  ],
  ["a user mapping is no role", migration("DO $$ BEGIN CREATE USER MAPPING FOR x SERVER s; END $$;"), []],
  ["a setting is stored for the database", migration("ALTER DATABASE d SET search_path = evil;"), ["stored-setting 2"]],
  ["a setting is stored for a role", migration("ALTER ROLE app_rw SET row_security = off;"), ["stored-setting 2"]],
  ["a setting is stored for the server", migration("ALTER SYSTEM SET jit = off;"), ["stored-setting 2"]],
  [
    "a setting is stored by a DO block",
    migration("DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET search_path = evil', current_database()); END $$;"),
    ["stored-setting 2"],
  ],
  ["a setting of the transaction is no trap", migration("SET LOCAL lock_timeout = '5s';"), []],
  ["pgmigrations is written", migration("DELETE FROM pgmigrations WHERE name = 'x';"), ["writes-pgmigrations 2"]],
  [
    "pgmigrations is written inside a function",
    migration("DO $$ BEGIN TRUNCATE public.PGMIGRATIONS; END $$;"),
    ["writes-pgmigrations 2"],
  ],
  ["a comment on pgmigrations is no trap", migration("COMMENT ON TABLE pgmigrations IS 'what ran';"), []],
  ["what PostgreSQL cannot read", migration("SELECT 1;\nCREATE TABEL a ();"), ["unreadable 3"]],
  ["psql's commands are no SQL", migration("SELECT 1;\n\\copy a from b"), ["unreadable 3"]],
  [
    "a down part that runs with the up part is told once",
    "COMMIT;\n-- Down Migration\nCOMMIT;",
    ["transaction-control 1", "down-without-up 2", "transaction-control 3"],
  ],
  [
    "lines are the file's also after characters of several bytes",
    migration("SELECT 'äöü😀';\nCOMMIT;"),
    ["transaction-control 3"],
  ],
])("%s", async (_, text, traps) => {
  const found = await textTraps("migrations/1_a.sql", text);
  expect(found.map(({ code, place }) => `${code} ${place?.line}`)).toEqual(traps);
  for (const { message, help } of found) expect(`${message} ${help}`).toMatch(/^.+\. .+\.$/s);
});
