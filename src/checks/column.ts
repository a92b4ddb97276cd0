import { z } from "zod";
import { askedDefault } from "./asked.ts";
import { askedGenerated, askedType, type FoundColumn, foundColumn, identities } from "./column-catalog.ts";
import { columnMutants } from "./column-mutants.ts";
import { defineDatabaseKind, type KindFinding } from "./kind.ts";
import { missingTable, type OfMissingTable, ofMissingTable } from "./missing-table.ts";
import { name, parts, relation } from "./params.ts";
import { fixed, optional, ordered } from "./strength.ts";

const params = z
  .strictObject({
    table: relation.describe("The table: `name` or `schema.name`."),
    name: name.describe("The column."),
    type: z
      .string()
      .min(1)
      .optional()
      .describe("Its type as in DDL: `numeric(6,5)`, `timestamptz`; with COLLATE, where it is not the type's own."),
    nullable: z.boolean().optional().describe("`false`: NOT NULL, also for older rows."),
    default: z.string().min(1).optional().describe("Its default as in DDL."),
    identity: z
      .enum(identities)
      .optional()
      .describe("Its value is GENERATED … AS IDENTITY. Without it, it must be no identity column."),
    generated: z
      .string()
      .min(1)
      .optional()
      .describe("Its value is GENERATED ALWAYS AS this expression. Without it, it must not be generated."),
  })
  .superRefine((given, context) => {
    const [, second] = (["default", "identity", "generated"] as const).filter((one) => given[one] !== undefined);
    if (second) context.addIssue({ code: "custom", path: [second], message: "excludes the other source of its value" });
  });
export type ColumnParams = z.output<typeof params>;

export type ColumnObserved = {
  readonly found: FoundColumn | null;
  /** The plan's type, default and generation, as PostgreSQL writes them; `null` where it names a column that is missing. */
  readonly asked: { readonly type: string | null; readonly default: string | null; readonly generated: string | null };
} & OfMissingTable;

const codes = [
  "no-column",
  "not-a-table",
  "other-type",
  "nullable",
  "not-validated",
  "not-nullable",
  "other-default",
  "other-identity",
  "other-generated",
] as const;
export type ColumnCode = (typeof codes)[number];

export const column = defineDatabaseKind({
  kind: "column",
  summary: "A table has a column of this type, nullability and default.",
  params,
  codes,
  points: ["after", "head"],

  claim: ({ table, name, type, nullable }) =>
    [`${table}.${name}`, type, nullable === false ? "NOT NULL" : nullable === true ? "nullable" : undefined]
      .filter(Boolean)
      .join(" "),

  async observe({ database }, params) {
    const table = parts(params.table);
    const found = await foundColumn(database, table, params.name);
    const type =
      params.type === undefined || params.type === found?.type ? params.type : await askedType(database, params.type);
    const as = found?.type ?? type ?? "text";
    const expression =
      params.default === undefined || params.default === found?.default
        ? params.default
        : await askedDefault(database, as, params.default);
    // Where there is no column, there may be no table on which the expression could be normalised.
    const generated =
      params.generated === undefined || !found ? null : await askedGenerated(database, table, as, params.generated);
    const asked = { type: type ?? null, default: expression ?? null, generated };
    const missing = found ? {} : await ofMissingTable(database, table);
    return { examined: 1, observed: { found, asked, ...missing } };
  },

  judge(params, { found, asked, table: of }: ColumnObserved): KindFinding<ColumnCode>[] {
    const { table, name, nullable } = params;
    const it = `${table}.${name}`;
    if (of === "missing") return [{ code: "no-column", ...missingTable(table, `its column ${name}`) }];
    if (!found)
      return [{ code: "no-column", message: `${it} does not exist.`, help: "Add it in a migration of the phase." }];
    if (found.of !== "table") {
      const message = `${table} is a ${found.of}; the plan asks for a table with the column ${name}.`;
      return [{ code: "not-a-table", message, help: "Make it a table, or describe it by a `view` check." }];
    }
    const findings: KindFinding<ColumnCode>[] = [];
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
    if (nullable === false && !found.nullable && !found.notNullIsValid) {
      findings.push({
        code: "not-validated",
        message: `${it} is NOT NULL but NOT VALID, so older rows may be null; the plan asks for NOT NULL.`,
        help: "Add `VALIDATE CONSTRAINT` to a migration of the phase, after its backfill.",
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
    const { identity = null } = params;
    if (found.identity !== identity) {
      const text = (one: string | null) => (one ? `GENERATED ${one.toUpperCase()} AS IDENTITY` : "no identity column");
      findings.push({
        code: "other-identity",
        message: `${it} is ${text(found.identity)}; the plan asks for ${identity ? text(identity) : "an ordinary column"}.`,
        help: identity ? `Declare it ${text(identity)}.` : "Make it an ordinary column, or ask for it by `identity`.",
      });
    }
    const generated = params.generated === undefined ? null : (asked.generated ?? params.generated);
    if (found.generated !== generated) {
      const text = (one: string | null) => (one === null ? "not generated" : `GENERATED ALWAYS AS (${one})`);
      const help = generated
        ? `Declare it ${text(generated)}.`
        : "Make it an ordinary column, or ask for it by `generated`.";
      findings.push({
        code: "other-generated",
        message: `${it} is ${text(found.generated)}; the plan asks for ${generated ? text(generated) : "an ordinary column"}.`,
        help,
      });
    }
    return findings;
  },

  mutants: (params, observed: ColumnObserved) => columnMutants(params, observed),

  strength: (base, head) =>
    ordered(base, head, {
      table: fixed,
      name: fixed,
      type: optional,
      nullable: optional,
      default: optional,
      identity: fixed,
      generated: fixed,
    }),

  examples: [
    {
      setup: "CREATE TABLE a (id int PRIMARY KEY, r numeric(6,5) NOT NULL DEFAULT 0)",
      params: { table: "a", name: "r", type: "numeric(6, 5)", nullable: false, default: "0" },
    },
    {
      setup: `CREATE TABLE a (id int GENERATED BY DEFAULT AS IDENTITY, x int, n text COLLATE "C")`,
      params: { table: "a", name: "id", nullable: false, identity: "by default" },
    },
    {
      setup: "CREATE TABLE a (x int, y numeric GENERATED ALWAYS AS (x + 1) STORED)",
      params: { table: "a", name: "y", type: "numeric", generated: "( x+1 )" },
    },
    {
      setup: `CREATE TABLE a (n text COLLATE "C")`,
      params: { table: "a", name: "n", type: 'text collate pg_catalog."C"' },
    },
    { setup: "CREATE TABLE a (r uuid)", params: { table: "public.a", name: "r", nullable: true } },
    { setup: 'CREATE SCHEMA s; CREATE TABLE s."A" (r text)', params: { table: 's."A"', name: "r", type: "text" } },
  ],
});
