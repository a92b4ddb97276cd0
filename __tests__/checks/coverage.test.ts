import { expect, test } from "@jest/globals";
import { coverage } from "../../src/checks/coverage.ts";
import { helpFor } from "../../src/checks/coverage-help.ts";
import type { Observed } from "../../src/checks/coverage-observed.ts";
import { said, tryKind } from "../suites/kind.ts";
import { server } from "../suites/server.ts";

const it = server();
const [example] = coverage.examples;
const files = { "tests/a.sql": "", "tests/b.sql": "", ...example.files };
type Changes = {
  readonly files?: { readonly [path: string]: string };
  readonly params?: object;
  readonly setup?: string;
};
const tried = (changes: Changes = {}) =>
  tryKind(it, coverage, {
    setup: changes.setup ?? example.setup ?? "",
    files: { ...files, ...changes.files },
    params: { ...example.params, ...changes.params },
  });

const without = (file: "tests/a.sql" | "tests/b.sql", name: string) => {
  const cases = files[file].split(/^(?=-- test: )/m);
  const kept = cases.filter((one) => !one.startsWith(`-- test: ${name}\n`));
  if (kept.length !== cases.length - 1) throw new Error(`there is no case "${name}"`);
  return { files: { [file]: kept.join("") } };
};
const exceptions = example.params.exceptions ?? [];

test.each<[sentence: string, changes: Changes, findings: readonly string[]]>([
  ["every rule is noticed, or excepted with a reason", {}, []],
  [
    "the case is gone that alone notices a default",
    without("tests/a.sql", "it is 1 unless told"),
    [
      'survived: column public.a.n: default dropped: none of 14 cases notices it (ALTER TABLE public.a ALTER COLUMN "n" DROP DEFAULT); the plan asks that one does.',
    ],
  ],
  [
    "the case is gone that alone notices what a deletion does",
    without("tests/b.sql", "it goes with it"),
    [
      'survived: constraint fk_a on public.b: with another action on delete: none of 14 cases notices it (ALTER TABLE public.b DROP CONSTRAINT "fk_a"; ALTER TABLE public.b ADD CONSTRAINT "fk_a" FOREIGN KEY (a) REFERENCES public.a(id) ON UPDATE NO ACTION ON DELETE NO ACTION NOT VALID); the plan asks that one does.',
    ],
  ],
  [
    "a mutant is excepted no more",
    { params: { exceptions: exceptions.slice(0, 1) } },
    [
      'survived: table public.b: TRUNCATE granted to app_ro: none of 15 cases notices it (GRANT TRUNCATE ON public.b TO "app_ro"); the plan asks that one does.',
    ],
  ],
  [
    "an exception for a mutant that is noticed",
    {
      params: {
        exceptions: [...exceptions, { mutant: "constraint ck_n on public.a: dropped", reason: "not needed" }],
      },
    },
    [
      'stale-exception: constraint ck_n on public.a: dropped is noticed by case "nothing is too little" of tests/a.sql; the plan excepts it.',
    ],
  ],
  [
    "an exception for a mutant that need not be noticed",
    {
      params: {
        exceptions: [...exceptions, { mutant: "column public.a.id: not null dropped", reason: "not needed" }],
      },
    },
    [
      "stale-exception: column public.a.id: not null dropped is equivalent (the primary key forbids NULL there, and PostgreSQL keeps both or none); the plan excepts it.",
    ],
  ],
  [
    "an exception that names no mutant",
    { params: { exceptions: [...exceptions, { mutant: "constraint ck_m on public.a: dropped", reason: "a typo" }] } },
    ["stale-exception: constraint ck_m on public.a: dropped is no mutant of these tables; the plan excepts it."],
  ],
  [
    "a table that does not exist",
    { params: { tables: ["a", "b", "c"] } },
    ["no-table: There is no table or view c; the plan asks that its rules are tested."],
  ],
  [
    "a role that does not exist",
    { params: { roles: ["app_ro", "app_rx"] } },
    ["no-role: There is no role app_rx; the plan asks what happens when it is granted too much."],
  ],
  [
    "a glob that matches nothing, beside one that does",
    { params: { suites: ["tests/*.sql", "more/*.sql"] } },
    ["no-suites: more/*.sql matches no file; the plan asks for SQL tests there."],
  ],
  [
    "a glob that matches nothing, alone",
    { params: { suites: ["more/*.sql"] } },
    ["no-suites: more/*.sql matches no file; the plan asks for SQL tests there."],
  ],
  [
    "a file that cannot be read",
    { files: { "tests/c.sql": "SELECT 1;" } },
    ["baseline-red: tests/c.sql:1: the file has no case; without any mutant, every case has to hold."],
  ],
  [
    "a case that does not hold",
    { files: { "tests/c.sql": "-- test: it\nSELECT false;" } },
    [
      'baseline-red: tests/c.sql:2: case "it": the SELECT gives false; it must give one row that is true; without any mutant, every case has to hold.',
    ],
  ],
  [
    "a table without rules",
    { setup: `${example.setup}; CREATE TABLE c (id int)`, params: { tables: ["a", "b", "c"], roles: [] } },
    [
      ...["SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE"].map(
        (privilege) =>
          `survived: table public.c: ${privilege} granted to app_ro: none of 15 cases notices it (GRANT ${privilege} ON public.c TO "app_ro"); the plan asks that one does.`,
      ),
    ],
  ],
])("%s", async (_, changes, findings) => {
  expect(said(await tried(changes))).toEqual(findings);
});

test("a table that has no rule at all is named for nothing", async () => {
  const { verdict } = await tryKind(it, coverage, {
    setup: "CREATE TABLE a (id int)",
    files: { "tests/a.sql": "-- test: it\nSELECT count(*) = 0 FROM a;" },
    params: { suites: ["tests/*.sql"], tables: ["a"] },
  });
  expect(verdict).toMatchObject({
    status: "failed",
    findings: [
      {
        code: "no-mutants",
        message: "a has no rule that could be dropped or weakened; the plan asks that its rules are tested.",
      },
    ],
  });
});

test("names of tables are read as SQL, with their schema", async () => {
  const seen = await tried({ params: { tables: ["public.A", '"b"'] } });
  expect(said(seen)).toEqual([]);
});

test("the evidence counts mutants by operator, and tells which case noticed which", async () => {
  const seen = await tried();
  const observed = seen.evidence?.observed as Observed; // what this kind observes
  expect(observed.score).toEqual({ killed: 17, killable: 19, noticed: 17, accepted: 20 });
  expect(observed.operators.filter(({ operator }) => /check|column|grant/.test(operator))).toEqual([
    { operator: "check: dropped", mutants: 1, killed: 1, survived: 0, stillborn: 0, equivalent: 0, redundant: 0 },
    {
      operator: "check: made always true",
      mutants: 1,
      killed: 1,
      survived: 0,
      stillborn: 0,
      equivalent: 0,
      redundant: 0,
    },
    {
      operator: "check: with another comparison",
      mutants: 1,
      killed: 1,
      survived: 0,
      stillborn: 0,
      equivalent: 0,
      redundant: 0,
    },
    {
      operator: "column: default dropped",
      mutants: 1,
      killed: 1,
      survived: 0,
      stillborn: 0,
      equivalent: 0,
      redundant: 0,
    },
    {
      operator: "column: not null dropped",
      mutants: 3,
      killed: 1,
      survived: 1,
      stillborn: 0,
      equivalent: 1,
      redundant: 0,
    },
    { operator: "grant: added", mutants: 9, killed: 8, survived: 1, stillborn: 0, equivalent: 0, redundant: 0 },
    { operator: "grant: removed", mutants: 1, killed: 1, survived: 0, stillborn: 0, equivalent: 0, redundant: 0 },
  ]);
  expect(
    observed.mutants.find(({ name }) => name === "grant SELECT on table public.a to app_ro: revoked"),
  ).toMatchObject({
    on: "public.a",
    status: "killed",
    by: { file: "tests/a.sql", case: "app_ro reads", how: "refusal" },
  });
});

test("every mutant of the check's own is killed, one of them by a search in which the killers are gone", async () => {
  const { red } = await tried();
  expect(red?.placebo).toBe("unmoved");
  expect(red?.mutants.filter(({ outcome }) => outcome.status !== "killed")).toEqual([]);
  const searched = red?.mutants.filter(
    ({ provokes, sabotage }) => provokes === "survived" && sabotage !== "on evidence only",
  );
  expect(searched).toMatchObject([
    { name: expect.stringMatching(/^the cases of tests\/b\.sql that notice .* are taken away$/) },
  ]);
});

test("every operator has words for what a case would have to do", async () => {
  const { schema } = await import("../suites/sql.ts");
  const all = await tryKind(it, coverage, {
    setup: schema,
    files: { "a.sql": "-- test: it\nSELECT true;" },
    params: { suites: ["a.sql"], tables: ["events", "parts", "totals", "daily"] },
  });
  const observed = all.evidence?.observed as Observed; // what this kind observes
  expect(observed.mutants.length).toBeGreaterThan(60);
  expect(observed.mutants.filter((mutant) => helpFor(mutant).includes("looks at what it changes"))).toEqual([]);
  const help = all.verdict.status === "failed" ? all.verdict.findings.map((finding) => finding.help) : [];
  expect(help).toContain(
    "Write a case that writes NULL into events.cents, and expects not_null_violation on cents; or add it to `exceptions` with the reason why no case can.",
  );
});

test.each<[sentence: string, head: object, strength: string]>([
  ["nothing changes", {}, "same"],
  ["another reason", { exceptions: exceptions.map(({ mutant }) => ({ mutant, reason: "other words" })) }, "same"],
  ["an exception more", { exceptions: [...exceptions, { mutant: "x", reason: "y" }] }, "weaker"],
  ["an exception less", { exceptions: exceptions.slice(1) }, "stronger"],
  ["no exceptions", { exceptions: undefined }, "stronger"],
  ["a table less", { tables: ["a"] }, "weaker"],
  ["a table more", { tables: ["a", "b", "c"] }, "stronger"],
  ["a role less", { roles: undefined }, "weaker"],
  ["a suite less", { suites: ["tests/a.sql"] }, "weaker"],
])("the ratchet: %s", (_, head, strength) => {
  const base = coverage.params.parse(example.params);
  expect(coverage.strength(base, coverage.params.parse({ ...example.params, ...head }))).toBe(strength);
});

test("an exception needs a reason", () => {
  expect(coverage.params.safeParse({ ...example.params, exceptions: [{ mutant: "x", reason: " " }] }).success).toBe(
    false,
  );
});

test("what is claimed is one line", () => {
  const params = coverage.params.parse(example.params);
  expect(coverage.claim(params)).toBe(
    "the cases of tests/*.sql notice every rule of a, b that is dropped or weakened, with 2 exceptions",
  );
});
