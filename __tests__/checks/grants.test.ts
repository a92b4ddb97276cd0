import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { grants } from "../../src/checks/grants.ts";
import { connect } from "../../src/postgres/connect.ts";
import { cluster } from "../migrate/world.ts";
import { codesOf, findingsOf, trying } from "./example-world.ts";

/** Roles that belong to others: the cluster of the tests has none. */
const more = ["grants_member", "grants_noinherit", "grants_reader", "grants_super"];
// Hooks run in the order in which they are written, and the server ends in one of its own.
afterAll(() => asSuperuser(...more.map((role) => `DROP ROLE ${role}`)));
const server = cluster();
const attempt = trying(server);

const asSuperuser = async (...statements: string[]) => {
  const client = await connect(server.get().server.superuser);
  try {
    for (const sql of statements) await client.query(sql);
  } finally {
    await client.end();
  }
};
beforeAll(() =>
  asSuperuser(
    ...more.map((role) => `CREATE ROLE ${role} ${role === "grants_noinherit" ? "NOINHERIT" : ""}`),
    "ALTER ROLE grants_super SUPERUSER",
    "GRANT app_rw TO grants_member, grants_noinherit",
    "GRANT pg_read_all_data TO grants_reader",
  ),
);

const a = "CREATE TABLE a (x int, y int)";
const on = (role: string, privileges: readonly string[], rest: object = {}) => ({
  role,
  table: "a",
  privileges,
  ...rest,
});
const function1 = "CREATE FUNCTION f(uuid) RETURNS int LANGUAGE sql AS 'SELECT 1'";
const every = ["select", "insert", "update", "delete", "truncate", "references", "trigger", "maintain"];
const owned = `CREATE SCHEMA s; GRANT CREATE, USAGE ON SCHEMA s TO app_rw; CREATE TABLE s.a (x int); ALTER TABLE s.a OWNER TO app_rw`;

test.each<readonly [name: string, params: object, setup: string, codes: readonly string[]]>([
  [
    "exactly what is asked for",
    on("app_rw", ["insert", "select"]),
    `${a}; GRANT SELECT, INSERT ON a TO app_rw`,
    ["passed"],
  ],
  ["nothing", on("app_ro", []), a, ["passed"]],
  ["there is no role", on("nobody_here", []), a, ["no-role"]],
  ["there is no table", on("app_ro", []), "SELECT 1", ["no-object"]],
  ["a sequence is no table", on("app_ro", []), "CREATE SEQUENCE a", ["no-object"]],
  [
    "a view is as good as a table",
    on("app_ro", ["select"]),
    "CREATE VIEW a AS SELECT 1 AS x; GRANT SELECT ON a TO app_ro",
    ["passed"],
  ],
  [
    "one is too many on a table that inherits",
    on("app_rw", ["select"]),
    `${a}; GRANT SELECT ON a TO app_rw; CREATE SCHEMA s; CREATE TABLE s.b () INHERITS (a); GRANT SELECT, UPDATE ON s.b TO app_rw`,
    ["extra-on-child"],
  ],
  [
    "one is too many on some columns of what inherits from what inherits",
    on("app_rw", ["select"], { columns: { update: ["x"] } }),
    `${a}; GRANT SELECT, UPDATE (x) ON a TO app_rw; CREATE TABLE b () INHERITS (a); CREATE TABLE c () INHERITS (b); GRANT UPDATE (x, y) ON c TO app_rw`,
    ["extra-on-child"],
  ],
  [
    "a partition is open",
    on("app_ro", []),
    "CREATE TABLE a (x int) PARTITION BY LIST (x); CREATE TABLE b PARTITION OF a DEFAULT; GRANT SELECT ON b TO PUBLIC",
    ["extra-on-child"],
  ],
  [
    "what inherits has no more, and less",
    on("app_rw", ["select", "insert"]),
    `${a}; GRANT SELECT, INSERT ON a TO app_rw; CREATE TABLE b () INHERITS (a); GRANT INSERT ON b TO app_rw; CREATE TABLE c () INHERITS (a)`,
    ["passed"],
  ],
  ["one is missing", on("app_rw", ["select", "insert"]), `${a}; GRANT SELECT ON a TO app_rw`, ["missing-privilege"]],
  ["one is too many", on("app_rw", ["select"]), `${a}; GRANT SELECT, DELETE ON a TO app_rw`, ["extra-privilege"]],
  [
    "point 15: not by column",
    on("app_rw", ["select"]),
    `${a}; GRANT SELECT, UPDATE (y) ON a TO app_rw`,
    ["extra-privilege"],
  ],
  [
    "point 15: not through PUBLIC",
    on("app_rw", ["select"]),
    `${a}; GRANT SELECT ON a TO app_rw; GRANT DELETE ON a TO PUBLIC`,
    ["extra-privilege"],
  ],
  [
    "point 15: not by a column through PUBLIC",
    on("app_rw", []),
    `${a}; GRANT UPDATE (y) ON a TO PUBLIC`,
    ["extra-privilege"],
  ],
  [
    "point 15: not through a role it belongs to",
    on("grants_member", ["select"]),
    `${a}; GRANT SELECT, DELETE ON a TO app_rw`,
    ["extra-privilege"],
  ],
  [
    "point 15: not by a column through a role",
    on("grants_member", []),
    `${a}; GRANT UPDATE (y) ON a TO app_rw`,
    ["extra-privilege"],
  ],
  [
    "point 15: not by default privileges",
    on("app_rw", []),
    `${a}; ALTER DEFAULT PRIVILEGES GRANT UPDATE ON TABLES TO app_rw`,
    ["extra-by-default"],
  ],
  [
    "not by default privileges of its schema",
    on("app_rw", []),
    `${a}; ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT UPDATE ON TABLES TO app_rw`,
    ["extra-by-default"],
  ],
  [
    "not by default privileges of everybody",
    on("app_rw", []),
    `${a}; ALTER DEFAULT PRIVILEGES GRANT UPDATE ON TABLES TO PUBLIC`,
    ["extra-by-default"],
  ],
  [
    "not by default privileges of a role it belongs to",
    on("grants_member", []),
    `${a}; ALTER DEFAULT PRIVILEGES GRANT UPDATE ON TABLES TO app_rw`,
    ["extra-by-default"],
  ],
  [
    "not by default privileges of another maker",
    on("app_rw", []),
    `${a}; SET ROLE app_ro; ALTER DEFAULT PRIVILEGES GRANT UPDATE ON TABLES TO app_rw; RESET ROLE`,
    ["extra-by-default"],
  ],
  [
    "default privileges of another schema, of sequences, for another role, or as asked are none of it",
    on("app_rw", ["select"]),
    `${a}; GRANT SELECT ON a TO app_rw; CREATE SCHEMA s; ALTER DEFAULT PRIVILEGES IN SCHEMA s GRANT UPDATE ON TABLES TO app_rw;
     ALTER DEFAULT PRIVILEGES GRANT UPDATE ON SEQUENCES TO app_rw; ALTER DEFAULT PRIVILEGES GRANT UPDATE ON TABLES TO app_ro;
     ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO app_rw`,
    ["passed"],
  ],
  [
    "a role that it may only become gives it nothing",
    on("grants_noinherit", []),
    `${a}; GRANT SELECT, DELETE ON a TO app_rw`,
    ["passed"],
  ],
  [
    "a privilege that comes through a role is there",
    on("grants_member", ["select"]),
    `${a}; GRANT SELECT ON a TO app_rw`,
    ["passed"],
  ],
  ["its owner", { ...on("app_rw", ["select"]), table: "s.a" }, owned, every.slice(1).map(() => "extra-privilege")],
  ["a member of its owner", { ...on("grants_member", []), table: "s.a" }, owned, every.map(() => "extra-privilege")],
  [
    "an owner that took a privilege from himself can give it back",
    { ...on("app_rw", every.slice(1)), table: "s.a" },
    `${owned}; SET ROLE app_rw; REVOKE SELECT ON s.a FROM app_rw; RESET ROLE`,
    ["extra-privilege"],
  ],
  [
    "and does not have it meanwhile",
    { ...on("app_rw", every), table: "s.a" },
    `${owned}; SET ROLE app_rw; REVOKE SELECT ON s.a FROM app_rw; RESET ROLE`,
    ["missing-privilege"],
  ],
  ["a superuser", on("grants_super", every.slice(1)), a, ["extra-privilege"]],
  ["a role that reads everything", on("grants_reader", []), a, ["extra-privilege"]],
  [
    "columns as asked",
    on("app_rw", ["select"], { columns: { update: ["y"] } }),
    `${a}; GRANT SELECT, UPDATE (y) ON a TO app_rw`,
    ["passed"],
  ],
  [
    "a column less",
    on("app_rw", [], { columns: { update: ["x", "y"] } }),
    `${a}; GRANT UPDATE (y) ON a TO app_rw`,
    ["missing-privilege"],
  ],
  [
    "a column more",
    on("app_rw", [], { columns: { update: ["y"] } }),
    `${a}; GRANT UPDATE (x, y) ON a TO app_rw`,
    ["extra-privilege"],
  ],
  ["a column that is not there", on("app_rw", [], { columns: { update: ["z"] } }), a, ["missing-privilege"]],
  [
    "the whole table where columns are asked for",
    on("app_rw", [], { columns: { update: ["y"] } }),
    `${a}; GRANT UPDATE ON a TO app_rw`,
    ["extra-privilege"],
  ],
  [
    "all columns are not the whole table",
    on("app_rw", ["update"]),
    `${a}; GRANT UPDATE (x, y) ON a TO app_rw`,
    ["missing-privilege"],
  ],
  [
    "a column beside the whole table adds nothing",
    on("app_rw", ["update"]),
    `${a}; GRANT UPDATE, UPDATE (y) ON a TO app_rw`,
    ["passed"],
  ],
  [
    "it may be granted to others",
    on("app_rw", ["select"]),
    `${a}; GRANT SELECT ON a TO app_rw WITH GRANT OPTION`,
    ["grantable"],
  ],
  [
    "a column of what is asked for may be granted to others",
    on("app_rw", ["update"]),
    `${a}; GRANT UPDATE ON a TO app_rw; GRANT UPDATE (y) ON a TO app_rw WITH GRANT OPTION`,
    ["grantable"],
  ],
  [
    "a function, which everybody may execute until it is revoked",
    { role: "app_ro", function: "f(uuid)", privileges: [] },
    function1,
    ["extra-privilege"],
  ],
  ["another function of the name", { role: "app_ro", function: "f(text)", privileges: [] }, function1, ["no-object"]],
  [
    "a function of a type that is not there yet",
    { role: "app_ro", function: "f(mood)", privileges: [] },
    function1,
    ["no-object"],
  ],
  [
    "default privileges that hold what PostgreSQL gives by itself",
    { role: "app_ro", function: "f(uuid)", privileges: [] },
    `${function1}; REVOKE EXECUTE ON FUNCTION f FROM PUBLIC; ALTER DEFAULT PRIVILEGES GRANT EXECUTE ON FUNCTIONS TO app_rw`,
    ["passed"],
  ],
  [
    "a schema that everybody may use",
    { role: "app_ro", schema: "public", privileges: [] },
    "SELECT 1",
    ["extra-privilege"],
  ],
  [
    "a sequence",
    { role: "app_rw", sequence: "q", privileges: ["usage"] },
    "CREATE SEQUENCE q; GRANT ALL ON SEQUENCE q TO app_rw",
    ["extra-privilege", "extra-privilege"],
  ],
  ["everybody", on("public", []), `${a}; GRANT SELECT ON a TO PUBLIC`, ["extra-privilege"]],
  ["what one role has is not everybody's", on("public", []), `${a}; GRANT SELECT ON a TO app_rw`, ["passed"]],
])("%s", async (_, params, setup, codes) => {
  const { seen } = await attempt(grants, params, { setup });
  expect(codesOf(seen)).toEqual(codes);
});

test.each<readonly [name: string, params: object, setup: string, message: string, help: string]>([
  [
    "a direct grant",
    on("app_rw", ["select"]),
    `${a}; GRANT SELECT, DELETE ON a TO app_rw`,
    "app_rw has DELETE on the table a, granted directly; the plan asks for SELECT and no more.",
    "Do this in the migration: `REVOKE DELETE ON a FROM app_rw`.",
  ],
  [
    "every way that a privilege comes",
    on("grants_member", []),
    `${a}; GRANT DELETE ON a TO app_rw, PUBLIC`,
    "grants_member has DELETE on the table a, granted to PUBLIC, and through the role app_rw; the plan asks for nothing and no more.",
    "Do this in the migration: `REVOKE DELETE ON a FROM PUBLIC`; `REVOKE DELETE ON a FROM app_rw`, or take grants_member out of app_rw.",
  ],
  [
    "the column",
    on("app_rw", []),
    `${a}; GRANT UPDATE (y) ON a TO app_rw`,
    "app_rw has UPDATE (y) on the table a, granted directly; the plan asks for nothing and no more.",
    "Do this in the migration: `REVOKE UPDATE (y) ON a FROM app_rw`.",
  ],
  [
    "a superuser, and no other way",
    on("grants_super", every.slice(1)),
    `${a}; GRANT SELECT ON a TO app_rw`,
    "grants_super has SELECT on the table a, as a superuser; the plan asks for INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER, MAINTAIN and no more.",
    "Do this in the migration: let a role act that is not superuser.",
  ],
  [
    "the role that reads everything",
    on("grants_reader", []),
    a,
    "grants_reader has SELECT on the table a, through the role pg_read_all_data; the plan asks for nothing and no more.",
    "Do this in the migration: `REVOKE SELECT ON a FROM pg_read_all_data`, or take grants_reader out of pg_read_all_data.",
  ],
  [
    "whose default privileges they are",
    on("grants_member", []),
    `${a}; SET ROLE app_ro; ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT UPDATE ON TABLES TO app_rw; RESET ROLE`,
    "A new table of app_ro in its schema gives grants_member, through app_rw, UPDATE, by the default privileges of app_ro; the plan asks for nothing and no more.",
    "Take it back: `ALTER DEFAULT PRIVILEGES IN SCHEMA … REVOKE UPDATE ON TABLES FROM app_rw`.",
  ],
  [
    "the columns that there are instead",
    on("app_rw", ["update"], { columns: { select: ["x"] } }),
    `${a}; GRANT UPDATE (x), SELECT (x) ON a TO app_rw; GRANT UPDATE (y) ON a TO app_rw`,
    "app_rw has no UPDATE on the table a, except UPDATE (x), UPDATE (y); the plan asks for UPDATE, SELECT (x).",
    "Add `GRANT UPDATE ON a TO app_rw` to the migration.",
  ],
  [
    "the column that is not there",
    on("app_rw", [], { columns: { update: ["z"] } }),
    a,
    "the table a has no column z; the plan asks for UPDATE (z).",
    "Add `GRANT UPDATE (z) ON a TO app_rw` to the migration.",
  ],
])("a finding names %s", async (_, params, setup, message, help) => {
  const { seen } = await attempt(grants, params, { setup });
  expect(findingsOf(seen).map(({ message, help }) => [message, help])).toEqual([[message, help]]);
});

test.each<readonly [name: string, params: object, setup: string]>([
  [
    "a privilege that comes through a role and PUBLIC",
    on("grants_member", ["select"]),
    `${a}; GRANT SELECT ON a TO app_rw, PUBLIC`,
  ],
  ["a member of the owner", { ...on("grants_member", every), table: "s.a" }, owned],
  [
    "a privilege that the owner gave, where another role may grant it too",
    on("app_ro", ["select"]),
    `${a}; GRANT SELECT ON a TO app_rw WITH GRANT OPTION; GRANT SELECT ON a TO app_ro`,
  ],
  [
    "a privilege that another than the owner gave",
    on("app_ro", ["select"]),
    `${a}; GRANT SELECT ON a TO app_rw WITH GRANT OPTION; SET ROLE app_rw; GRANT SELECT ON a TO app_ro; RESET ROLE`,
  ],
  ["a superuser", on("grants_super", every), a],
  [
    "a table that PostgreSQL's superuser owns",
    { role: "app_ro", table: "pg_catalog.pg_class", privileges: ["select"] },
    "SELECT 1",
  ],
])("no mutant survives for a reason that lies elsewhere: %s", async (_, params, setup) => {
  const tried = await attempt(grants, params, { setup });
  expect(codesOf(tried.seen)).toEqual(["passed"]);
  const { mutants } = await tried.prove();
  expect(mutants.filter(({ outcome }) => outcome.status !== "killed")).toEqual([]);
});

test.each([
  ["no object", { role: "r", privileges: [] }, ""],
  ["two objects", { role: "r", table: "a", schema: "s", privileges: [] }, "schema"],
  ["a privilege of another sort", { role: "r", schema: "s", privileges: ["select"] }, "privileges.0"],
  ["columns of a schema", { role: "r", schema: "s", privileges: [], columns: { select: ["x"] } }, "columns"],
  ["a privilege twice", { role: "r", table: "a", privileges: ["select", "select"] }, "privileges.1"],
  [
    "columns of what the whole table has",
    { role: "r", table: "a", privileges: ["select"], columns: { select: ["x"] } },
    "columns.select",
  ],
  ["a function without its arguments", { role: "r", function: "f", privileges: [] }, "function"],
])("%s is a mistake of the plan", (_, params, path) => {
  expect(grants.params.safeParse(params).error?.issues.map((issue) => issue.path.join("."))).toEqual([path]);
});

test.each([
  ["a privilege more", on("r", ["select"]), on("r", ["select", "delete"]), "weaker"],
  ["a privilege less", on("r", ["select", "delete"]), on("r", ["select"]), "weaker"],
  ["another role", on("r", []), on("q", []), "weaker"],
])("%s (%s → %s: %s)", (_, base, head, strength) => {
  expect(grants.strength(grants.params.parse(base), grants.params.parse(head))).toBe(strength);
});
