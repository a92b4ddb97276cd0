import { z } from "zod";
import type { Database } from "../model/ports.ts";
import type { QualifiedName } from "../sql/identifier.ts";
import { askedCheck } from "./asked.ts";
import { askedExclusion, type FoundConstraint, foundConstraints } from "./constraint-catalog.ts";
import { differences, identified, list } from "./constraint-findings.ts";
import { breaks, dropping } from "./constraint-mutants.ts";
import { defineDatabaseKind, type KindFinding, type Mutant } from "./kind.ts";
import { missingTable, type OfMissingTable, ofMissingTable } from "./missing-table.ts";
import { name, parts, relation } from "./params.ts";
import { fixed, inAnyOrder, optional, ordered, turnedOn } from "./strength.ts";
import { namesUnknownColumn } from "./unknown-column.ts";

const types = ["primary key", "unique", "foreign key", "check", "exclude", "not null"] as const;
const actions = ["no action", "restrict", "cascade", "set null", "set default"] as const;
const deferrables = [z.literal(false), z.literal("immediate"), z.literal("deferred")] as const;

/** The types that a parameter says something about. */
const meant = {
  name: ["primary key", "unique", "foreign key", "check", "exclude"],
  definition: ["check", "exclude"],
  references: ["foreign key"],
  match: ["foreign key"],
  "nulls-distinct": ["unique"],
  "on-delete": ["foreign key"],
  "on-delete-columns": ["foreign key"],
  "on-update": ["foreign key"],
  deferrable: ["primary key", "unique", "foreign key", "exclude"],
} as const;

const params = z
  .strictObject({
    table: relation.describe("The table: `name` or `schema.name`."),
    name: name.optional().describe("Its name. Without it, any constraint that is as described will do."),
    type: z.enum(types).describe("What it is."),
    columns: z
      .array(name)
      .min(1)
      .optional()
      .describe("Of a key in this order; of a check, those that its condition names."),
    definition: z
      .string()
      .min(1)
      .optional()
      .describe("A check's condition, or an exclusion from EXCLUDE on, as in DDL; compared by meaning."),
    references: z
      .strictObject({ table: relation, columns: z.array(name).min(1).optional() })
      .optional()
      .describe("What a foreign key points at."),
    match: z
      .enum(["simple", "full"])
      .optional()
      .describe("Of a foreign key; `full`: all of its columns are null or none is. Without it, `simple`."),
    "nulls-distinct": z
      .boolean()
      .optional()
      .describe(
        "Of a unique constraint; `false`: NULLS NOT DISTINCT, so that two nulls are the same. Without it, `true`.",
      ),
    "on-delete": z.enum(actions).optional().describe("What happens when the row pointed at is deleted."),
    "on-delete-columns": z
      .array(name)
      .min(1)
      .optional()
      .describe("The columns that ON DELETE SET NULL or SET DEFAULT names. Without it, it must set all of the key."),
    "on-update": z.enum(actions).optional().describe("What happens when the key pointed at is changed."),
    validated: z.boolean().default(true).describe("`false`: it may be NOT VALID."),
    deferrable: z.union(deferrables).optional().describe("`false`, or how it starts a transaction."),
  })
  .superRefine((given, context) => {
    const wrong = (path: string[], message: string) => context.addIssue({ code: "custom", path, message });
    for (const [parameter, of] of Object.entries(meant) as [keyof typeof meant, readonly string[]][]) {
      if (given[parameter] === undefined || of.includes(given.type)) continue;
      wrong([parameter], `means nothing for a constraint of type ${given.type}; it is for ${of.join(", ")}`);
    }
    const { type, columns } = given;
    if (type !== "check" && type !== "exclude" && !columns)
      wrong(["columns"], `is missing; name the columns of the ${type}`);
    if (type === "not null" && columns && columns.length > 1)
      wrong(["columns"], "names several; write one check for each");
    if (given["on-delete-columns"] && !given["on-delete"]?.startsWith("set "))
      wrong(["on-delete-columns"], "means nothing unless `on-delete` is `set null` or `set default`");
    if ((given.name ?? columns ?? given.definition) === undefined) {
      wrong([], "says no more than the type; give `name`, `columns` or `definition`");
    }
  });
export type ConstraintParams = z.output<typeof params>;

export type ConstraintObserved = {
  /** All constraints of the type on the table. */
  readonly found: readonly FoundConstraint[];
  /** The plan's definition as PostgreSQL writes it; `null` where it names columns that the table does not have. */
  readonly asked: string | null;
} & OfMissingTable;

const codes = [
  "no-constraint",
  "other-columns",
  "other-definition",
  "other-reference",
  "other-match",
  "other-nulls",
  "other-on-delete",
  "other-on-update",
  "other-deferrable",
  "not-enforced",
  "not-validated",
  "not-on-child",
] as const;
export type ConstraintCode = (typeof codes)[number];

async function asked(database: Database, table: QualifiedName, params: ConstraintParams): Promise<string | null> {
  const { type, definition } = params;
  if (definition === undefined) return null;
  if (type === "exclude") return askedExclusion(database, table, definition);
  if (await namesUnknownColumn(database, table, [definition])) return null;
  return askedCheck(database, table, definition);
}

export const constraint = defineDatabaseKind({
  kind: "constraint",
  summary:
    "A table has a primary key, unique, foreign key, check, exclusion or NOT NULL constraint as described, in force.",
  params,
  codes,
  points: ["after", "head"],

  claim: ({ table, name, type, columns, definition, references }) =>
    [
      `${table}:`,
      type,
      name,
      columns && list(columns),
      definition?.replace(/\s+/g, " "),
      references && `references ${references.table}`,
    ]
      .filter(Boolean)
      .join(" "),

  async observe({ database }, params) {
    const table = parts(params.table);
    const found = await foundConstraints(database, table, params.type);
    // Where there is none, the table may be missing too, and the definition could not be normalised on it.
    return {
      examined: 1,
      observed:
        found.length > 0
          ? { found, asked: await asked(database, table, params) }
          : { found, asked: null, ...(await ofMissingTable(database, table)) },
    };
  },

  judge(params, observed: ConstraintObserved): KindFinding<ConstraintCode>[] {
    const [first, ...more] = identified(params, observed).map((one) => differences(params, observed.asked, one));
    if (first) return more.reduce((nearest, next) => (next.length < nearest.length ? next : nearest), first);
    const { table, name, type, columns, definition } = params;
    const which = name ?? (columns ? `on ${list(columns)}` : `that says ${definition}`);
    if (observed.table === "missing") return [{ code: "no-constraint", ...missingTable(table, `a ${type} ${which}`) }];
    const others = observed.found.map((one) => [one.name, list(one.columns)].filter(Boolean).join(" "));
    const has = others.length === 0 ? "none of this type" : others.join(", ");
    const message = `${table} has ${has}; the plan asks for a ${type} ${which}.`;
    return [{ code: "no-constraint", message, help: `Add the ${type} in a migration of the phase.` }];
  },

  mutants(params, observed: ConstraintObserved) {
    const candidates = identified(params, observed);
    const it = candidates.find((one) => differences(params, observed.asked, one).length === 0);
    if (!it) return [];
    const gone: Mutant<ConstraintCode, ConstraintObserved> = {
      name: "the constraint is gone",
      sabotage: { sql: candidates.map((one) => dropping(params, one)) },
      otherwise: { evidence: { ...observed, found: [] } },
      provokes: "no-constraint",
    };
    // Another one that is as asked too would stand in for the broken one.
    const others = candidates.filter((one) => one !== it).map((one) => dropping(params, one));
    const broken = breaks(params, it).map(
      ({ name, sql, change, provokes }): Mutant<ConstraintCode, ConstraintObserved> => ({
        name,
        sabotage: { sql: [...others, ...sql] },
        otherwise: { evidence: { ...observed, found: [{ ...it, ...change }] } },
        provokes,
      }),
    );
    return [gone, ...broken];
  },

  strength: (base, head) =>
    ordered(base, head, {
      table: fixed,
      name: optional,
      type: fixed,
      columns: optional,
      definition: optional,
      references: optional,
      match: fixed,
      "nulls-distinct": fixed,
      "on-delete": optional,
      // Without it, all columns are asked for.
      "on-delete-columns": inAnyOrder(fixed),
      "on-update": optional,
      validated: turnedOn,
      deferrable: optional,
    }),

  examples: [
    {
      setup: "CREATE TABLE a (x int, y int, CONSTRAINT k PRIMARY KEY (y, x))",
      params: { table: "a", name: "k", type: "primary key", columns: ["y", "x"], deferrable: false },
    },
    {
      setup: "CREATE TABLE a (x int, y int, UNIQUE (x, y) DEFERRABLE, UNIQUE (y, x), UNIQUE (x))",
      params: { table: "a", type: "unique", columns: ["x", "y"], deferrable: "immediate" },
    },
    {
      setup: "CREATE TABLE a (x int, y int, UNIQUE NULLS NOT DISTINCT (x, y))",
      params: { table: "a", type: "unique", columns: ["x", "y"], "nulls-distinct": false },
    },
    {
      setup: `CREATE TABLE t (a int, b int, PRIMARY KEY (a, b)); INSERT INTO t VALUES (1, 2);
        CREATE TABLE a ("A" int, b int, CONSTRAINT f FOREIGN KEY ("A", b) REFERENCES t MATCH FULL ON DELETE SET NULL (b));
        INSERT INTO a VALUES (1, 2)`,
      params: {
        table: "a",
        type: "foreign key",
        columns: ["A", "b"],
        match: "full",
        "on-delete": "set null",
        "on-delete-columns": ["b"],
      },
    },
    {
      setup: `CREATE TABLE t (id int PRIMARY KEY, n int UNIQUE); INSERT INTO t VALUES (1, 2);
        CREATE SCHEMA s;
        CREATE TABLE s.a (t int, u int REFERENCES t (n),
          CONSTRAINT f FOREIGN KEY (t) REFERENCES t ON DELETE CASCADE ON UPDATE SET NULL DEFERRABLE INITIALLY DEFERRED);
        INSERT INTO s.a VALUES (1, 2)`,
      params: {
        table: "s.a",
        name: "f",
        type: "foreign key",
        columns: ["t"],
        references: { table: "t", columns: ["id"] },
        "on-delete": "cascade",
        "on-update": "set null",
        deferrable: "deferred",
      },
    },
    {
      setup: `CREATE TABLE t (a int, b int, PRIMARY KEY (a, b));
        CREATE TABLE a (a int, b int, FOREIGN KEY (a, b) REFERENCES t, FOREIGN KEY (a, b) REFERENCES t ON DELETE CASCADE)`,
      params: {
        table: "a",
        type: "foreign key",
        columns: ["a", "b"],
        references: { table: "public.t" },
        "on-delete": "no action",
      },
    },
    {
      setup: `CREATE TABLE a (r numeric(6,5) NOT NULL, s int,
        CONSTRAINT ck CHECK (r >= 0 AND r <= 1), CONSTRAINT other CHECK (r <> s))`,
      params: { table: "a", name: "ck", type: "check", columns: ["r"], definition: "r BETWEEN 0 AND 1" },
    },
    {
      setup: "CREATE TABLE a (x int CHECK (x > 0), y int CHECK (y > 0))",
      params: { table: "a", type: "check", definition: "y > 0" },
    },
    {
      setup: "CREATE TABLE a (x int); ALTER TABLE a ADD CONSTRAINT ck CHECK (x > 0) NOT VALID",
      params: { table: "a", name: "ck", type: "check", validated: false },
    },
    {
      setup: "CREATE TABLE a (p point, EXCLUDE USING gist (box(p, p) WITH &&) WHERE (p IS NOT NULL))",
      params: {
        table: "a",
        type: "exclude",
        definition: "EXCLUDE USING gist (box(p,p) WITH &&) WHERE (p IS NOT NULL)",
      },
    },
    { setup: "CREATE TABLE a (x int NOT NULL, y int)", params: { table: "a", type: "not null", columns: ["x"] } },
  ],
});
