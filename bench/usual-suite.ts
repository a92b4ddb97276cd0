import { literal, quoted } from "../src/sql/identifier.ts";
import { readSuite } from "../src/suites/read.ts";
import type { SingleCase, SuiteStatement } from "../src/suites/suite.ts";

/** A suite for psql, and what psql prints when every case holds: as PostgreSQL's own regression tests do it. */
export interface Transcript {
  readonly sql: string;
  readonly expected: string;
}

/**
 * The fixture runs once, every case in a savepoint of the one transaction. Cases with several sessions are left out,
 * because one psql has one session.
 */
export async function transcriptOf(text: string): Promise<Transcript> {
  const read = await readSuite(text);
  if (read.status === "unreadable") throw new Error(read.mistakes[0].message);
  const { set, fixture, cases } = read.suite;
  const single = cases.filter((one) => one.kind === "single");
  const sql = [
    "BEGIN;",
    ...settings(set),
    ...fixture.map(({ sql }) => terminated(sql)),
    ...single.flatMap(caseSql),
    "ROLLBACK;",
  ];
  const expected = single.flatMap(({ name, statements }) => [name, ...statements.flatMap(printed)]);
  return { sql: lines(sql), expected: lines(expected) };
}

function caseSql({ name, statements, acting }: SingleCase): string[] {
  return [
    `\\echo '${name.replaceAll("'", "''")}'`,
    "SAVEPOINT one_case;",
    ...settings(acting.set ?? {}),
    `SET LOCAL ROLE ${quoted(acting.as ?? "tester")};`,
    ...statements.flatMap(({ sql, expects }) => [terminated(sql), ...(expects ? ["\\echo :SQLSTATE"] : [])]),
    "ROLLBACK TO SAVEPOINT one_case;",
  ];
}

/** psql is quiet about what gives no rows. */
const printed = ({ expects, isSelect }: SuiteStatement): string[] =>
  expects ? [sqlstateOf(expects.condition)] : isSelect ? ["t"] : [];

/** psql knows the number of an error only. */
const sqlstates: { readonly [condition: string]: string } = {
  restrict_violation: "23001",
  not_null_violation: "23502",
  foreign_key_violation: "23503",
  unique_violation: "23505",
  check_violation: "23514",
  exclusion_violation: "23P01",
  invalid_text_representation: "22P02",
  insufficient_privilege: "42501",
};

function sqlstateOf(condition: string): string {
  const found = sqlstates[condition] ?? (/^[0-9A-Z]{5}$/.test(condition) ? condition : undefined);
  if (found === undefined) throw new Error(`the script does not know the SQLSTATE of ${condition}`);
  return found;
}

const settings = (set: { readonly [name: string]: string }): string[] =>
  Object.entries(set).map(([name, value]) => `SET LOCAL ${name} = ${literal(value)};`);

const terminated = (sql: string): string => `${sql.trimEnd().replace(/;$/, "")};`;
const lines = (all: readonly string[]): string => all.map((line) => `${line}\n`).join("");
