import { expect, test } from "@jest/globals";
import { mutantName } from "../../src/catalog/mutants.ts";
import { type Coverage, type CoverageRequest, coverage, type Fate } from "../../src/suites/coverage.ts";
import { readSuite } from "../../src/suites/read.ts";
import type { SuiteFile } from "../../src/suites/suite.ts";
import { copiesSoFar, server } from "./server.ts";
import { fixture, schema } from "./sql.ts";

const { laboratory } = server();

async function fileOf(text: string, file = "a.sql"): Promise<SuiteFile> {
  const read = await readSuite(text);
  if (read.status === "unreadable") throw new Error(JSON.stringify(read.mistakes));
  return { file, suite: read.suite };
}

const measured = async (
  setup: string,
  texts: readonly string[],
  tables: readonly string[],
  more: Partial<CoverageRequest> = {},
): Promise<Coverage> => {
  const suites = await Promise.all(texts.map((text, at) => fileOf(text, `${"abc"[at]}.sql`)));
  const request = { suites, tables: tables.map((table) => `public.${table}`), roles: ["app_ro"], ...more };
  return coverage(request, await laboratory(setup));
};

async function fatesOf(setup: string, text: string, tables: readonly string[], names: readonly string[]) {
  const found = await measured(setup, [text], tables, { only: (name) => names.includes(name) });
  if (found.status === "red") throw new Error(JSON.stringify(found.red));
  const fates = new Map(found.mutants.map(({ mutant, fate }) => [mutantName(mutant), fate]));
  return names.map((name): Fate | undefined => fates.get(name));
}

/** Holds, and notices nothing. */
const blind = "-- test: nothing\nSELECT true;\n";

const kills: readonly (readonly [sentence: string, mutant: string, body: string, how: string])[] = [
  [
    "an expected refusal does not come",
    "constraint ck_cents on public.events: dropped",
    "-- expect error: check_violation on ck_cents\nINSERT INTO events VALUES (3, 1, -1);",
    "assertion",
  ],
  [
    "a boolean turns",
    "table public.events: row level security not forced",
    "SELECT count(*) = 1 FROM events;",
    "assertion",
  ],
  [
    "a cascade that is none any more refuses the deletion",
    "constraint fk_event on public.parts: with another action on delete",
    "INSERT INTO parts (event, cents) VALUES (1, 100);\nDELETE FROM events WHERE id = 1;\nSELECT true;",
    "refusal",
  ],
  [
    "nobody's privilege is missing any more, and TRUNCATE meets the foreign key",
    "table public.events: TRUNCATE granted to app_ro",
    "-- as: app_ro\n-- expect error: insufficient_privilege\nTRUNCATE events;",
    "assertion",
  ],
  [
    "a concurrent refresh needs a unique index",
    "index public.idx_daily: over no rows",
    "REFRESH MATERIALIZED VIEW CONCURRENTLY daily;\nSELECT count(*) = 2 FROM daily;",
    "refusal",
  ],
  [
    "a default fills in",
    "column public.parts.channel: default dropped",
    "INSERT INTO parts (event, cents) VALUES (1, 100);\nSELECT count(*) = 1 FROM parts;",
    "refusal",
  ],
  [
    "a privilege that is needed is gone",
    "grant INSERT on table public.parts to app_rw: revoked",
    "-- as: app_rw\nINSERT INTO parts (event, cents) VALUES (1, 100);\nSELECT true;",
    "refusal",
  ],
];

test.each(kills)("a mutant is killed where %s", async (_, mutant, body, how) => {
  const tables = ["events", "parts", "daily"];
  expect(await fatesOf(schema, `${fixture}-- test: it\n${body}\n`, tables, [mutant])).toEqual([
    { status: "killed", by: [{ file: "a.sql", case: "it", how }] },
  ]);
  expect(await fatesOf(schema, `${fixture}${blind}`, tables, [mutant])).toEqual([{ status: "survived" }]);
});

test.each([
  [
    "ON CONFLICT does not find its index",
    "index public.idx_external: dropped",
    "INSERT INTO events VALUES (3, 1, 1, 'y') ON CONFLICT (tenant, external) WHERE external <> 'many' DO NOTHING;\nSELECT true;",
  ],
  [
    "a constraint is unknown by its name",
    "constraint ck_cents on public.events: dropped",
    "COMMENT ON CONSTRAINT ck_cents ON events IS 'x';\nSELECT true;",
  ],
])("that a name is unknown now kills nothing: %s", async (_, mutant, body) => {
  expect(await fatesOf(schema, `${fixture}-- test: it\n${body}\n`, ["events"], [mutant])).toEqual([
    { status: "survived" },
  ]);
});

test("rows of a fixture that the mutant does not accept kill it", async () => {
  const mutant = "index public.idx_external: over all rows";
  const rows = "INSERT INTO events VALUES (1, 1, 100, 'many'), (2, 1, 50, 'many');\n";
  expect(await fatesOf(schema, `${rows}${blind}`, ["events"], [mutant])).toEqual([
    { status: "killed", by: [{ file: "a.sql", how: "fixture" }] },
  ]);
});

const writes = { INSERT: "INSERT", UPDATE: "UPDATE", DELETE: "DELETE" };

/** What no test could notice, and what other rules enforce; each with the suite that notices nothing. */
const unneeded: readonly (readonly [sentence: string, setup: string, mutant: string, fate: object])[] = [
  [
    "NOT NULL under a primary key",
    "CREATE TABLE a (id int PRIMARY KEY)",
    "column public.a.id: not null dropped",
    { status: "equivalent", rule: "the primary key forbids NULL there, and PostgreSQL keeps both or none" },
  ],
  [
    "NOT NULL of an identity column",
    "CREATE TABLE a (id int GENERATED ALWAYS AS IDENTITY)",
    "column public.a.id: not null dropped",
    { status: "stillborn", reason: 'column "id" of relation "a" is an identity column' },
  ],
  [
    "a policy where row level security is not enabled",
    "CREATE TABLE a (id int); CREATE POLICY p ON a USING (id > 0)",
    "policy p on public.a: using true",
    { status: "equivalent" },
  ],
  [
    "FORCE where row level security is not enabled",
    "CREATE TABLE a (id int); ALTER TABLE a FORCE ROW LEVEL SECURITY",
    "table public.a: row level security not forced",
    { status: "equivalent" },
  ],
  [
    "a policy whose condition is true already",
    "CREATE TABLE a (id int); ALTER TABLE a ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON a USING (true) WITH CHECK (id > 0)",
    "policy p on public.a: using true",
    { status: "equivalent" },
  ],
  [
    "the second of two unique indexes that are the same",
    "CREATE TABLE a (id int); CREATE UNIQUE INDEX i ON a (id); CREATE UNIQUE INDEX j ON a (id)",
    "index public.j: dropped",
    { status: "equivalent", rule: "i is unique over id" },
  ],
  [
    "a unique index over more columns than another",
    "CREATE TABLE a (x int, y int); CREATE UNIQUE INDEX i ON a (x); CREATE UNIQUE INDEX j ON a (y DESC, x)",
    "index public.j: no longer unique",
    { status: "redundant", rule: "i is unique over x" },
  ],
  [
    "a unique index for some of the rows of another",
    "CREATE TABLE a (x int, y int); CREATE UNIQUE INDEX i ON a (x); CREATE UNIQUE INDEX j ON a (x) WHERE y > 0",
    "index public.j: dropped",
    { status: "redundant", rule: "i is unique over x" },
  ],
  [
    "a unique constraint over more columns than the primary key",
    "CREATE TABLE a (x int PRIMARY KEY, y int, CONSTRAINT u UNIQUE (x, y))",
    "constraint u on public.a: dropped",
    { status: "redundant", rule: "a_pkey is unique over x" },
  ],
  [
    "a predicate that leaves out rows with NULL in the key",
    "CREATE TABLE a (x int, y int); CREATE UNIQUE INDEX i ON a (x, y) WHERE y IS NOT NULL",
    "index public.i: over all rows",
    { status: "equivalent" },
  ],
  [
    "a check that asks for less than another",
    "CREATE TABLE a (n int CONSTRAINT c CHECK (n > 0) CONSTRAINT d CHECK (n > 10))",
    "constraint c on public.a: dropped",
    { status: "redundant" },
  ],
  [
    "a part of a check that another check asks for",
    "CREATE TABLE a (n int, m int, CONSTRAINT c CHECK (n > 0 AND m > 0), CONSTRAINT d CHECK (n > 10))",
    "constraint c on public.a: with a condition less (without (n > 0))",
    { status: "redundant" },
  ],
  [
    "NOT NULL that a check implies",
    "CREATE TABLE a (n int NOT NULL CONSTRAINT c CHECK (n IS NOT NULL AND n > 0))",
    "column public.a.n: not null dropped",
    { status: "redundant" },
  ],
  [
    "a check for NULL beside NOT NULL",
    "CREATE TABLE a (n int NOT NULL CONSTRAINT c CHECK (n IS NOT NULL))",
    "constraint c on public.a: dropped",
    { status: "redundant" },
  ],
  [
    "a privilege that everybody has",
    "CREATE TABLE a (id int); GRANT SELECT ON a TO PUBLIC; GRANT SELECT ON a TO app_ro",
    "grant SELECT on table public.a to app_ro: revoked",
    { status: "equivalent" },
  ],
  [
    "a privilege on a column of a table that is granted whole",
    "CREATE TABLE a (id int); GRANT SELECT ON a TO app_ro; GRANT SELECT (id) ON a TO app_ro",
    "grant SELECT on column public.a.id to app_ro: revoked",
    { status: "equivalent" },
  ],
  ...Object.values(writes).map(
    (privilege) =>
      [
        `${privilege} on a view that takes none`,
        "CREATE VIEW a AS SELECT count(*) AS n FROM pg_class",
        `view public.a: ${privilege} granted to app_ro`,
        { status: "equivalent" },
      ] as const,
  ),
  [
    "a foreign key beside one over more columns",
    "CREATE TABLE b (x int, y int, PRIMARY KEY (x), UNIQUE (x, y)); CREATE TABLE a (x int NOT NULL, y int NOT NULL, CONSTRAINT f FOREIGN KEY (x) REFERENCES b, CONSTRAINT g FOREIGN KEY (x, y) REFERENCES b (x, y))",
    "constraint f on public.a: dropped",
    { status: "redundant", rule: "g refers to the same row" },
  ],
  [
    "a foreign key to what the row that is referred to refers to",
    "CREATE TABLE t (id int PRIMARY KEY); CREATE TABLE b (id int PRIMARY KEY, t int NOT NULL CONSTRAINT h REFERENCES t ON DELETE CASCADE, UNIQUE (t, id)); CREATE TABLE a (t int NOT NULL CONSTRAINT f REFERENCES t ON DELETE CASCADE, b int NOT NULL, CONSTRAINT g FOREIGN KEY (t, b) REFERENCES b (t, id) ON DELETE CASCADE)",
    "constraint f on public.a: dropped",
    { status: "redundant", rule: "g refers to a row of public.b, which refers to the same row by h" },
  ],
];

test.each(unneeded)("nobody has to notice %s", async (_, setup, mutant, fate) => {
  expect(await fatesOf(setup, blind, ["a"], [mutant])).toMatchObject([fate]);
});

/** Where a rule could go wrong: each of these has to be noticed, and nothing does. */
const needed: readonly (readonly [sentence: string, setup: string, mutant: string])[] = [
  [
    "the first of two unique indexes that are the same",
    "CREATE TABLE a (id int); CREATE UNIQUE INDEX i ON a (id); CREATE UNIQUE INDEX j ON a (id)",
    "index public.i: dropped",
  ],
  [
    "a unique index over more columns than one for some rows",
    "CREATE TABLE a (x int, y int); CREATE UNIQUE INDEX i ON a (x) WHERE y > 0; CREATE UNIQUE INDEX j ON a (x, y)",
    "index public.j: dropped",
  ],
  [
    "a unique index for which NULL is a value, beside one for which it is none",
    "CREATE TABLE a (x int, y int); CREATE UNIQUE INDEX i ON a (x); CREATE UNIQUE INDEX j ON a (x, y) NULLS NOT DISTINCT",
    "index public.j: dropped",
  ],
  [
    "a unique index with another operator class than the other",
    'CREATE TABLE a (x text, y int); CREATE UNIQUE INDEX i ON a (x COLLATE "C"); CREATE UNIQUE INDEX j ON a (x, y)',
    "index public.j: dropped",
  ],
  [
    "a predicate on a column that is not in the key",
    "CREATE TABLE a (x int, y int); CREATE UNIQUE INDEX i ON a (x) WHERE y IS NOT NULL",
    "index public.i: over all rows",
  ],
  [
    "a predicate for which NULL is a value",
    "CREATE TABLE a (x int); CREATE UNIQUE INDEX i ON a (x) NULLS NOT DISTINCT WHERE x IS NOT NULL",
    "index public.i: over all rows",
  ],
  [
    "a check that asks for more than another",
    "CREATE TABLE a (n int CONSTRAINT c CHECK (n > 0) CONSTRAINT d CHECK (n > 10))",
    "constraint d on public.a: dropped",
  ],
  [
    "the second of two checks that are the same",
    "CREATE TABLE a (n int CONSTRAINT c CHECK (n > 0) CONSTRAINT d CHECK (n > 0))",
    "constraint d on public.a: dropped",
  ],
  [
    "a check beside one that was not validated",
    "CREATE TABLE a (n int CONSTRAINT c CHECK (n > 0)); ALTER TABLE a ADD CONSTRAINT d CHECK (n > 10) NOT VALID",
    "constraint c on public.a: dropped",
  ],
  [
    "NOT NULL beside a check for NULL, of which it is the one that refuses",
    "CREATE TABLE a (n int NOT NULL CONSTRAINT c CHECK (n IS NOT NULL))",
    "column public.a.n: not null dropped",
  ],
  [
    "NOT NULL beside a check that NULL passes",
    "CREATE TABLE a (n int NOT NULL CONSTRAINT c CHECK (n > 0))",
    "column public.a.n: not null dropped",
  ],
  [
    "a foreign key beside one with a column that may be NULL",
    "CREATE TABLE b (x int, y int, PRIMARY KEY (x), UNIQUE (x, y)); CREATE TABLE a (x int NOT NULL, y int, CONSTRAINT f FOREIGN KEY (x) REFERENCES b, CONSTRAINT g FOREIGN KEY (x, y) REFERENCES b (x, y))",
    "constraint f on public.a: dropped",
  ],
  [
    "a foreign key with another action than the other",
    "CREATE TABLE b (x int, y int, PRIMARY KEY (x), UNIQUE (x, y)); CREATE TABLE a (x int NOT NULL, y int NOT NULL, CONSTRAINT f FOREIGN KEY (x) REFERENCES b, CONSTRAINT g FOREIGN KEY (x, y) REFERENCES b (x, y) ON DELETE CASCADE)",
    "constraint f on public.a: dropped",
  ],
  [
    "the first of two foreign keys that are the same",
    "CREATE TABLE b (x int PRIMARY KEY); CREATE TABLE a (x int NOT NULL CONSTRAINT f REFERENCES b CONSTRAINT g REFERENCES b)",
    "constraint f on public.a: dropped",
  ],
  [
    "a privilege that only one role has",
    "CREATE TABLE a (id int); GRANT SELECT ON a TO app_ro",
    "grant SELECT on table public.a to app_ro: revoked",
  ],
  [
    "INSERT on a view that passes it on",
    "CREATE TABLE b (id int); CREATE VIEW a AS SELECT id FROM b",
    "view public.a: INSERT granted to app_ro",
  ],
];

test.each(needed)("somebody has to notice %s", async (_, setup, mutant) => {
  expect(await fatesOf(setup, blind, ["a"], [mutant])).toEqual([{ status: "survived" }]);
});

const twoWriters = `${fixture}
-- test: two writers of one key
-- session A
INSERT INTO events VALUES (7, 1, 1, 'z');
-- session B
-- expect error: unique_violation on idx_external
INSERT INTO events VALUES (8, 1, 1, 'z');
-- session A
-- commit
-- test: one writer
SELECT count(*) = 1 FROM events;
`;

test("a case of several sessions notices what no other does", async () => {
  const mutants = ["index public.idx_external: dropped", "constraint ck_cents on public.events: dropped"];
  expect(await fatesOf(schema, twoWriters, ["events"], mutants)).toEqual([
    { status: "killed", by: [{ file: "a.sql", case: "two writers of one key", how: "assertion" }] },
    { status: "survived" },
  ]);
});

const expects = (name: string, id: number) =>
  `-- test: ${name}\n-- expect error: check_violation on ck_cents\nINSERT INTO events VALUES (${id}, 1, -1);\n`;

test("the first case that notices ends it; as many as are asked for are told, in the order of their nearness", async () => {
  const only = (name: string) => name === "constraint ck_cents on public.events: dropped";
  const texts = [`${fixture}${blind}${expects("one", 11)}${expects("two", 12)}`, `${fixture}${expects("three", 13)}`];
  const killers = async (wanted?: number) => {
    const found = await measured(schema, texts, ["events"], {
      only,
      ...(wanted === undefined ? {} : { killers: wanted }),
    });
    const [first] = found.status === "measured" ? found.mutants : [];
    return first?.fate.status === "killed" ? first.fate.by.map((by) => ("case" in by ? by.case : by.how)) : [];
  };
  expect(await killers()).toEqual(["one"]);
  expect(await killers(2)).toEqual(["one", "two"]);
  expect(await killers(Number.POSITIVE_INFINITY)).toEqual(["one", "two", "three"]);
});

test("two runs give the same, to the byte, although two workers share the work", async () => {
  const run = async () =>
    JSON.stringify(await measured(schema, [twoWriters, `${fixture}${blind}`], ["events", "parts"]));
  const one = await run();
  expect(one).toContain('"killed"');
  expect(await run()).toBe(one);
});

test.each([
  [
    "a case does not hold",
    schema,
    "-- test: it\nSELECT false;\n",
    { case: "it", time: "first", reason: { kind: "not-true" } },
  ],
  ["the fixture is refused", schema, `SELECT 1 / 0;\n${blind}`, { line: 1, time: "fixture" }],
  [
    "a case holds once, and not when it is run again",
    `${schema}; CREATE SEQUENCE s`,
    "-- test: it\nSELECT nextval('s') = 1;\n",
    { case: "it", time: "again", reason: { kind: "not-true" } },
  ],
])("nothing is said of mutants where %s", async (_, setup, text, red) => {
  expect(await measured(setup, [text], ["events"])).toMatchObject({ status: "red", red: [{ file: "a.sql", ...red }] });
});

test("nothing is said of mutants where a case of two sessions holds before they are shown to it, and not afterwards", async () => {
  const place = await laboratory(schema);
  const last = (await copiesSoFar(place)) + 7;
  const suites = [
    await fileOf(`-- test: it\n-- session A\nSELECT substr(current_database(), 7)::int <= ${last};\n`, "a.sql"),
  ];
  const only = (name: string) => name.includes("ck_cents");
  const found = await coverage({ suites, tables: ["public.events"], roles: ["app_ro"], only }, place);
  expect(found).toMatchObject({ status: "red", red: [{ file: "a.sql", case: "it", time: "again" }] });
});

test("a mutant that the judge may not make is an error, and none that PostgreSQL refuses", async () => {
  await expect(measured("CREATE TABLE a (id int NOT NULL)", [blind], ["a"], { roles: ["nobody"] })).rejects.toThrow(
    /cannot be tried: undefined_object/,
  );
});
