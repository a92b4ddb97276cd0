import type { z } from "zod";
import { asList } from "../src/checks/params.ts";
import { filesFor } from "../src/checks/reversible-load.ts";
import type { kinds } from "../src/checks/table.ts";
import { literal, quoted } from "../src/sql/identifier.ts";

type Kinds = typeof kinds;
type Params<Kind extends keyof Kinds> = z.output<Kinds[Kind]["params"]>;

/** What a check may ask of the project while its lines are written. */
export interface Scripted {
  /** Paths of the migrations of the check's phase, in running order. */
  readonly migrations: readonly string[];
  /** Files of the project that a glob matches. */
  files(glob: string): readonly string[];
  /** SQL files of one migration, and the copy of the database before it. */
  part(migration: string, part: "up" | "down"): string;
  trip(migration: string): string;
  /** A suite as psql plays it, and what it prints then. */
  transcript(file: string): { readonly sql: string; readonly expected: string };
}

/** Text as a word of the shell. */
export const word = (text: string): string => (/^[\w./@*-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);
const call = (name: string, ...args: readonly string[]): string => [name, ...args.map(word)].join(" ");
const ask = (name: string, expected: string, sql: string): string[] => [call("ask", name, expected, "-c", sql)];

const contype = {
  "primary key": "p",
  unique: "u",
  "foreign key": "f",
  check: "c",
  exclude: "x",
  "not null": "n",
} as const;
const action = { "no action": "a", restrict: "r", cascade: "c", "set null": "n", "set default": "d" } as const;
const regclass = (relation: string): string => `${literal(relation)}::regclass`;
const textList = (items: readonly string[]): string => `ARRAY[${items.map(literal).join(", ")}]::text[]`;
const all = (conditions: readonly (string | undefined)[]): string =>
  conditions.filter((one) => one !== undefined).join(" AND ");

/** Types that people write in another way than PostgreSQL. */
const types: { readonly [written: string]: string } = { timestamptz: "timestamp with time zone" };

function acting(
  sql: readonly string[],
  params: { readonly as?: string | undefined; readonly set?: object | undefined },
) {
  const set = Object.entries(params.set ?? {}).map(([name, value]) => `SET LOCAL ${name} = ${literal(String(value))}`);
  return [...set, ...(params.as === undefined ? [] : [`SET LOCAL ROLE ${quoted(params.as)}`]), ...sql];
}
const transaction = (...statements: readonly string[]): string =>
  ["BEGIN", ...statements.map((sql) => sql.trim().replace(/;$/, "")), "ROLLBACK"].join(";\n");

const printed = (value: unknown): string =>
  value === null ? "" : value === true ? "t" : value === false ? "f" : String(value);

/** The calls of usual.sh that look at what a check looks at, with what a team would ask: names and flags, rarely more. */
const writers: { readonly [Kind in keyof Kinds]?: (params: Params<Kind>, script: Scripted) => string[] } = {
  column: ({ table, name, type, nullable, default: preset }) => {
    const written = type === undefined ? undefined : (types[type] ?? type);
    const conditions = all([
      `a.attrelid = ${regclass(table)}`,
      `a.attname = ${literal(name)}`,
      "NOT a.attisdropped",
      written && `format_type(a.atttypid, a.atttypmod) = ${literal(written)}`,
      nullable === undefined ? undefined : nullable ? "NOT a.attnotnull" : "a.attnotnull",
      preset && `pg_get_expr(d.adbin, d.adrelid) LIKE ${literal(`${preset}%`)}`,
    ]);
    const from = "pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum";
    return ask(`column ${table}.${name}`, "1", `SELECT count(*) FROM ${from} WHERE ${conditions}`);
  },

  constraint: ({ table, name, type, columns, references, "on-delete": onDelete }) => {
    const names =
      "ARRAY(SELECT a.attname::text FROM unnest(c.conkey) WITH ORDINALITY AS k (num, at) JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.num ORDER BY k.at)";
    const conditions = all([
      `c.conrelid = ${regclass(table)}`,
      `c.contype = '${contype[type]}'`,
      "c.convalidated",
      name && `c.conname = ${literal(name)}`,
      columns && `${names} = ${textList(columns)}`,
      references && `c.confrelid = ${regclass(references.table)}`,
      onDelete && `c.confdeltype = '${action[onDelete]}'`,
    ]);
    return ask(`constraint of ${table}`, "1", `SELECT count(*) FROM pg_constraint c WHERE ${conditions}`);
  },

  index: ({ table, name, columns, unique, predicate }) => {
    const keys =
      "ARRAY(SELECT pg_get_indexdef(i.indexrelid, n, false) FROM generate_series(1, i.indnkeyatts) AS n ORDER BY n)";
    const conditions = all([
      `i.indrelid = ${regclass(table)}`,
      "i.indisvalid",
      name && `c.relname = ${literal(name)}`,
      `${keys} = ${textList(columns)}`,
      unique === undefined ? undefined : unique ? "i.indisunique" : "NOT i.indisunique",
      `i.indpred IS ${predicate === undefined ? "" : "NOT "}NULL`,
    ]);
    return ask(
      `index of ${table}`,
      "1",
      `SELECT count(*) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE ${conditions}`,
    );
  },

  sql: ({ name, query, gives, ...rest }) => {
    const counted = `SELECT count(*) FROM (${query.trim().replace(/;$/, "")}) AS found`;
    const asked = (sql: string) => transaction(...acting([sql], rest));
    if (gives === "empty") return ask(name, "", asked(query));
    if (gives === "true") return ask(name, "t", asked(query));
    if ("rows" in gives) {
      return ask(name, gives.rows.map((row) => row.map(printed).join("|")).join("\n"), asked(query));
    }
    return typeof gives.count === "number"
      ? ask(name, String(gives.count), asked(counted))
      : ask(name, "t", asked(counted.replace("count(*)", `count(*) >= ${gives.count["at-least"]}`)));
  },

  statement: ({ name, given, sql, "fails-with": failure, ...rest }) => {
    const fromFile = typeof given === "object" && "file" in given;
    const tried = transaction(...(fromFile ? [] : asList(given)), ...acting([sql], rest));
    const args = fromFile ? ["-c", "BEGIN", "-f", given.file, "-c", tried.replace(/^BEGIN;\n/, "")] : ["-c", tried];
    if (!failure) return [call("ask", name, "", ...args)];
    const pattern = failure.constraint ?? failure.message ?? failure.column ?? "^ERROR";
    return [call("refused", name, pattern, ...args)];
  },

  suite: ({ files }, script) =>
    files.flatMap(script.files).map((file) => {
      const { sql, expected } = script.transcript(file);
      return `transcript ${word(file)} "$calls"/${word(sql)} "$calls"/${word(expected)}`;
    }),

  comments: () =>
    ask(
      "every table and column has a comment",
      "0",
      `SELECT count(*) FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND (a.attnum > 0 OR a.attnum = -1) AND NOT a.attisdropped
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'v', 'm')
          AND CASE WHEN a.attnum > 0 THEN col_description(c.oid, a.attnum) ELSE obj_description(c.oid, 'pg_class') END IS NULL`,
    ),

  migration: ({ name }, { migrations, files }) =>
    files(name.includes("/") ? name : `**/${name}`)
      .filter((file) => migrations.includes(file))
      .flatMap((file) => [
        call("exists", file, file),
        call("has", file, file, "^-- Up Migration"),
        call("has", file, file, "^-- Down Migration"),
      ]),

  reversible: ({ data, "data-after": dataAfter }, { migrations, part, trip }) =>
    migrations.flatMap((migration) => {
      const section = (name: "up" | "down") => `"$calls"/${word(part(migration, name))}`;
      const loads = (files: readonly string[]) => files.map((file) => `${word(file)} `).join("");
      const database = trip(migration);
      return [
        `before=$(run ${database} -c "$schema")`,
        `migrate ${database} ${loads(filesFor(data, migration))}${section("up")}`,
        `migrate ${database} ${loads(filesFor(dataAfter, migration))}${section("down")}`,
        `same ${word(`${migration} reverted`)} ${database} "$schema" "$before"`,
        `migrate ${database} ${section("up")}`,
      ];
    }),

  safe: ({ disable }, { migrations, part }) =>
    migrations.map((migration) => {
      const rules = [...notForTransactions, ...Object.keys(disable ?? {})].join(",");
      return `lint ${word(migration)} "$calls"/${word(part(migration, "up"))} ${word(rules)}`;
    }),

  spec: ({ file, table }) => {
    const facts = (schema: string) => `
      SELECT a.attname || ' ' || format_type(a.atttypid, a.atttypmod) || ' ' || a.attnotnull || ' ' || coalesce(pg_get_expr(d.adbin, d.adrelid), '')
        FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
       WHERE a.attrelid = '${schema}.${table}'::regclass AND a.attnum > 0 AND NOT a.attisdropped
      UNION ALL SELECT conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = '${schema}.${table}'::regclass
      UNION ALL SELECT replace(indexdef, '${schema}.', '') FROM pg_indexes WHERE schemaname = '${schema}' AND tablename = '${table}'`;
    const differences = (one: string, other: string) => `((${facts(one)}) EXCEPT (${facts(other)}))`;
    const begin = "BEGIN; CREATE SCHEMA spec; SET LOCAL search_path = spec, public";
    const compare = `${differences("spec", "public")} UNION ALL ${differences("public", "spec")}`;
    return [call("ask", `spec ${file}`, "", "-c", begin, "-f", file, "-c", compare, "-c", "ROLLBACK")];
  },

  document: ({ path, headings = [] }) => headings.map((heading) => call("has", path, path, `^#+ ${heading}`)),

  checklist: ({ path, "at-least": least }) => [
    call("lacks", path, path, "- \\[ \\]"),
    call("at_least", path, path, "- \\[[xX]\\]", String(least)),
  ],

  data: (params) => {
    const route = typeof params.at === "string" ? params.at.split(".") : params.at.map(String);
    const keys = params["has-keys"] ?? [route.at(-1) ?? ""];
    return keys.map((key) => call("has", params.path, params.path, `\\b${key}\\b`));
  },

  file: ({ path }) => [call("exists", path, path)],
};

/** What a team would switch off, because its migrations run in one transaction. */
const notForTransactions = [
  "require-lock-timeout",
  "require-statement-timeout",
  "require-timeout-settings",
  "transaction-nesting",
  "ban-uncommitted-transaction",
];

/** The lines for one check of the plan, whose parameters the plan's reader has read. */
export function linesOf(kind: string, params: unknown, script: Scripted): readonly string[] {
  const write = (writers as { readonly [kind: string]: ((params: never, script: Scripted) => string[]) | undefined })[
    kind
  ];
  if (!write) throw new Error(`the script has no words for checks of kind ${kind}`);
  return write(params as never, script); // the plan's reader gave the parameters of this kind
}
