import { z } from "zod";
import { queryCatalog } from "../catalog/query.ts";
import { quoted, quotedName } from "../sql/identifier.ts";
import { askedDefault, askedType } from "./asked.ts";
import { defineDatabaseKind, type KindFinding, type Mutant } from "./kind.ts";
import { name, parts, relation } from "./params.ts";
import { fixed, optional, ordered } from "./strength.ts";

type Observed = {
  readonly found: { readonly type: string; readonly nullable: boolean; readonly default: string | null } | null;
  /** The plan's type and default, as PostgreSQL writes them. */
  readonly asked: { readonly type: string | null; readonly default: string | null };
};
type Code = "no-column" | "other-type" | "nullable" | "not-nullable" | "other-default";

export const column = defineDatabaseKind({
  kind: "column",
  summary: "A table has a column of this type, nullability and default.",
  params: z.strictObject({
    table: relation.describe("The table: `name` or `schema.name`."),
    name: name.describe("The column."),
    type: z.string().min(1).optional().describe("Its type as in DDL: `numeric(6,5)`, `timestamptz`."),
    nullable: z.boolean().optional().describe("`false`: NOT NULL."),
    default: z.string().min(1).optional().describe("Its default as in DDL."),
  }),
  codes: ["no-column", "other-type", "nullable", "not-nullable", "other-default"],
  points: ["after", "head"],

  claim: ({ table, name, type, nullable }) =>
    [`${table}.${name}`, type, nullable === false ? "NOT NULL" : nullable === true ? "nullable" : undefined]
      .filter(Boolean)
      .join(" "),

  async observe({ database }, params) {
    const [row] = await queryCatalog<{ type: string; nullable: boolean; default: string | null }>(
      database,
      `SELECT format_type(a.atttypid, a.atttypmod) AS type, NOT a.attnotnull AS nullable, pg_get_expr(d.adbin, d.adrelid) AS "default"
         FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
        WHERE a.attrelid = to_regclass($1) AND a.attname = $2 AND a.attnum > 0 AND NOT a.attisdropped`,
      [quotedName(parts(params.table)), params.name],
    );
    const type =
      params.type === undefined || params.type === row?.type ? params.type : await askedType(database, params.type);
    const found = row ? { type: row.type, nullable: row.nullable, default: row.default } : null;
    const same = params.default === undefined || params.default === found?.default;
    const expression = same
      ? params.default
      : await askedDefault(database, found?.type ?? type ?? "text", params.default ?? "");
    return { examined: 1, observed: { found, asked: { type: type ?? null, default: expression ?? null } } };
  },

  judge({ table, name, nullable }, { found, asked }: Observed): KindFinding<Code>[] {
    const it = `${table}.${name}`;
    if (!found)
      return [{ code: "no-column", message: `${it} does not exist.`, help: "Add it in a migration of the phase." }];
    const findings: KindFinding<Code>[] = [];
    if (asked.type !== null && found.type !== asked.type) {
      findings.push({
        code: "other-type",
        message: `${it} is ${found.type}; the plan asks for ${asked.type}.`,
        help: `Make it ${asked.type} in the migration: \`ALTER COLUMN ${name} TYPE ${asked.type}\`.`,
      });
    }
    if (nullable === false && found.nullable) {
      findings.push({
        code: "nullable",
        message: `${it} is nullable; the plan asks for NOT NULL.`,
        help: `Add \`ALTER COLUMN ${name} SET NOT NULL\` to the migration, after its backfill.`,
      });
    }
    if (nullable === true && !found.nullable) {
      findings.push({
        code: "not-nullable",
        message: `${it} is NOT NULL; the plan asks for nullable.`,
        help: `Take NOT NULL away: \`ALTER COLUMN ${name} DROP NOT NULL\`.`,
      });
    }
    if (asked.default !== null && found.default !== asked.default) {
      findings.push({
        code: "other-default",
        message: `${it} has ${found.default === null ? "no default" : `the default ${found.default}`}; the plan asks for ${asked.default}.`,
        help: `Add \`ALTER COLUMN ${name} SET DEFAULT ${asked.default}\` to the migration.`,
      });
    }
    return findings;
  },

  mutants({ table, name, type, nullable, default: expression }, { found, asked }: Observed) {
    if (!found) return [];
    const alter = `ALTER TABLE ${quotedName(parts(table))}`;
    const it = quoted(name);
    const mutants: Mutant<Code, Observed>[] = [
      {
        name: "the column is gone",
        sabotage: { sql: [`${alter} DROP COLUMN ${it} CASCADE`] },
        otherwise: { evidence: { found: null, asked } },
        provokes: "no-column",
      },
    ];
    if (type !== undefined) {
      // Converting the data, or a constraint on it, could be refused for reasons that have nothing to do with the check.
      const other = found.type === "text" ? "bytea" : "text";
      const filled = found.nullable ? other : `${other} NOT NULL DEFAULT ''`;
      mutants.push({
        name: `its type is ${other}`,
        sabotage: { sql: [`${alter} DROP COLUMN ${it} CASCADE`, `${alter} ADD COLUMN ${it} ${filled}`] },
        otherwise: { evidence: { found: { ...found, type: other }, asked } },
        provokes: "other-type",
      });
    }
    if (nullable === false) {
      mutants.push({
        name: "it may be null",
        sabotage: { sql: [`${alter} ALTER COLUMN ${it} DROP NOT NULL`] },
        otherwise: { evidence: { found: { ...found, nullable: true }, asked } },
        provokes: "nullable",
      });
    }
    if (nullable === true) {
      mutants.push({
        name: "it may not be null",
        sabotage: {
          sql: [
            `${alter} ADD CONSTRAINT mutant CHECK (${it} IS NOT NULL) NOT VALID`,
            `${alter} ALTER COLUMN ${it} SET NOT NULL`,
          ],
        },
        otherwise: { evidence: { found: { ...found, nullable: false }, asked } },
        provokes: "not-nullable",
      });
    }
    if (expression !== undefined) {
      mutants.push({
        name: "its default is gone",
        sabotage: { sql: [`${alter} ALTER COLUMN ${it} DROP DEFAULT`] },
        otherwise: { evidence: { found: { ...found, default: null }, asked } },
        provokes: "other-default",
      });
    }
    return mutants;
  },

  strength: (base, head) =>
    ordered(base, head, { table: fixed, name: fixed, type: optional, nullable: optional, default: optional }),

  examples: [
    {
      setup: "CREATE TABLE a (id int PRIMARY KEY, r numeric(6,5) NOT NULL DEFAULT 0)",
      params: { table: "a", name: "r", type: "numeric(6, 5)", nullable: false, default: "0" },
    },
    { setup: "CREATE TABLE a (r uuid)", params: { table: "public.a", name: "r", nullable: true } },
    { setup: 'CREATE SCHEMA s; CREATE TABLE s."A" (r text)', params: { table: 's."A"', name: "r", type: "text" } },
  ],
});
