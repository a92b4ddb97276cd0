import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import { defineDatabaseKind, type KindFinding } from "./kind.ts";
import { name, parts, relation } from "./params.ts";
import { fixed, inAnyOrder, optional, ordered } from "./strength.ts";
import { askedTypes, type FoundView, foundView, type UniqueIndex, type ViewColumn } from "./view-catalog.ts";
import { options, viewMutants } from "./view-mutants.ts";

/** The form of a view that a parameter says something about. */
const meant = {
  "unique-index": true,
  populated: true,
  "security-barrier": false,
  "security-invoker": false,
} as const;

const params = z
  .strictObject({
    name: relation.describe("The view: `name` or `schema.name`."),
    materialized: z.boolean().default(false).describe("Whether it is a materialized view."),
    columns: z
      .array(
        z.strictObject({
          name: name.describe("Its name."),
          type: z.string().min(1).describe("Its type as in DDL; compared by meaning."),
        }),
      )
      .min(1)
      .optional()
      .describe("Its columns: exactly these, in this order, of these types."),
    "unique-index": z
      .array(name)
      .min(1)
      .optional()
      .describe(
        "Columns that a unique index is on, over all rows and valid: REFRESH … CONCURRENTLY needs one. In any order.",
      ),
    populated: z.boolean().optional().describe("`true`: it was filled, so that it can be read."),
    "security-barrier": z
      .boolean()
      .optional()
      .describe("`true`: conditions of a reader see no row that the view holds back."),
    "security-invoker": z
      .boolean()
      .optional()
      .describe("`true`: it reads with the rights of its reader. `false`: with those of its owner."),
  })
  .superRefine((given, context) => {
    for (const [parameter, materialized] of Object.entries(meant) as [keyof typeof meant, boolean][]) {
      if (given[parameter] === undefined || given.materialized === materialized) continue;
      const of = materialized ? "a view that is not materialized" : "a materialized view";
      context.addIssue({ code: "custom", path: [parameter], message: `means nothing for ${of}` });
    }
  });
export type ViewParams = z.output<typeof params>;

export type ViewObserved = {
  readonly found: FoundView | null;
  /** The plan's types as PostgreSQL writes them; `null` where it does not know one of them. */
  readonly asked: readonly string[] | null;
};

const codes = [
  "no-view",
  "other-kind",
  "other-columns",
  "no-unique-index",
  "not-populated",
  "populated",
  "other-security-barrier",
  "other-security-invoker",
] as const;
export type ViewCode = (typeof codes)[number];

const list = (items: readonly string[]): string => `(${items.join(", ")})`;
const typed = (columns: readonly ViewColumn[]): string => list(columns.map(({ name, type }) => `${name} ${type}`));
const sorted = (items: readonly string[]): string[] => [...items].sort();
const form = ({ materialized }: ViewParams): string => (materialized ? "materialized view" : "view");

/** The plan's columns, with types in PostgreSQL's words. */
const askedColumns = ({ columns = [] }: ViewParams, asked: ViewObserved["asked"]): readonly ViewColumn[] =>
  columns.map(({ name, type }, at) => ({ name, type: asked?.[at] ?? type }));

/** The unique indexes that let the view be refreshed while it is read. */
const serving = ({ "unique-index": asked }: ViewParams, { unique }: FoundView): readonly UniqueIndex[] =>
  asked
    ? unique.filter(
        (one) => one.valid && one.predicate === null && isDeepStrictEqual(sorted(one.columns), sorted(asked)),
      )
    : [];

function columnsDiffer(it: string, found: FoundView, asked: readonly ViewColumn[]): KindFinding<ViewCode>[] {
  if (isDeepStrictEqual(found.columns, asked)) return [];
  const at = Math.max(
    0,
    asked.findIndex((column, place) => !isDeepStrictEqual(column, found.columns[place])),
  );
  const same = asked.every((column, place) => isDeepStrictEqual(column, found.columns[place]));
  const next = asked[at];
  const help =
    same || !next
      ? `Take ${list(found.columns.slice(asked.length).map(({ name }) => name))} out of its query.`
      : `Let its query give ${next.name} as ${next.type} in place ${at + 1}.`;
  const message = `${it} has the columns ${typed(found.columns)}; the plan asks for ${typed(asked)}.`;
  return [{ code: "other-columns", message, help }];
}

function uniqueMissing(params: ViewParams, found: FoundView): KindFinding<ViewCode>[] {
  const asked = params["unique-index"];
  if (!asked || serving(params, found).length > 0) return [];
  const others = found.unique.map(
    ({ name, columns, predicate, valid }) =>
      `${name} ${list(columns)}${predicate === null ? "" : ` WHERE ${predicate}`}${valid ? "" : ", invalid"}`,
  );
  const has = others.length === 0 ? "no unique index" : `the unique indexes ${others.join("; ")}`;
  const message = `${params.name} has ${has}; the plan asks for a valid one on ${list(asked)} over all rows.`;
  const help = `Add \`CREATE UNIQUE INDEX ON ${params.name} ${list(asked)}\` to the migration.`;
  return [{ code: "no-unique-index", message, help }];
}

export const view = defineDatabaseKind({
  kind: "view",
  summary:
    "There is a view, plain or materialized, with exactly these columns in order, its unique index, filled, and with these options.",
  params,
  codes,
  points: ["after", "head"],

  claim: (params) =>
    [form(params), params.name, params.columns && list(params.columns.map(({ name }) => name))]
      .filter(Boolean)
      .join(" "),

  async observe({ database }, params) {
    const found = await foundView(database, parts(params.name));
    const types = params.columns?.map(({ type }) => type);
    return { examined: 1, observed: { found, asked: found && types ? await askedTypes(database, types) : null } };
  },

  judge(params, { found, asked }: ViewObserved): KindFinding<ViewCode>[] {
    const it = params.name;
    const word = form(params);
    if (!found) {
      const message = `${it} does not exist; the plan asks for a ${word}.`;
      return [{ code: "no-view", message, help: "Create it in a migration of the phase." }];
    }
    if (found.kind !== word) {
      const message = `${it} is a ${found.kind}; the plan asks for a ${word}.`;
      return [{ code: "other-kind", message, help: `Drop it, and create it as ${word.toUpperCase()}.` }];
    }
    const findings = params.columns ? columnsDiffer(it, found, askedColumns(params, asked)) : [];
    findings.push(...uniqueMissing(params, found));
    if (params.populated === true && !found.populated) {
      findings.push({
        code: "not-populated",
        message: `${it} was never filled, so reading it is an error; the plan asks for a view that is filled.`,
        help: "Create it without WITH NO DATA, or add `REFRESH MATERIALIZED VIEW` to the migration.",
      });
    }
    if (params.populated === false && found.populated) {
      findings.push({
        code: "populated",
        message: `${it} is filled; the plan asks for a view that is not.`,
        help: "Create it WITH NO DATA.",
      });
    }
    for (const { option, key, provokes, asked } of options(params)) {
      if (found[key] === asked) continue;
      const state = (on: boolean) => `${option} = ${on}`;
      const message = `${it} has ${state(found[key])}; the plan asks for ${state(asked)}.`;
      findings.push({
        code: provokes,
        message,
        help: `Add \`ALTER VIEW ${it} SET (${state(asked)})\` to the migration.`,
      });
    }
    return findings;
  },

  mutants: (params, observed: ViewObserved) =>
    observed.found?.kind === form(params)
      ? viewMutants(params, observed, observed.found, serving(params, observed.found))
      : [],

  strength: (base, head) =>
    ordered(base, head, {
      name: fixed,
      materialized: fixed,
      columns: optional,
      "unique-index": inAnyOrder(optional),
      populated: optional,
      "security-barrier": optional,
      "security-invoker": optional,
    }),

  examples: [
    {
      setup: `CREATE TABLE a (t uuid, e uuid, n numeric(6,5));
        CREATE MATERIALIZED VIEW m AS SELECT t, e, sum(n) AS total, count(*)::int AS n FROM a GROUP BY t, e;
        CREATE UNIQUE INDEX m_key ON m (e, t); CREATE UNIQUE INDEX m_part ON m (t, e) WHERE n > 0; CREATE VIEW w AS SELECT * FROM m`,
      params: {
        name: "m",
        materialized: true,
        columns: [
          { name: "t", type: "uuid" },
          { name: "e", type: "uuid" },
          { name: "total", type: "decimal" },
          { name: "n", type: "int4" },
        ],
        "unique-index": ["t", "e"],
        populated: true,
      },
    },
    {
      setup:
        'CREATE SCHEMA s; CREATE VIEW s."V" WITH (security_barrier, security_invoker = off) AS SELECT now() AS "at"',
      params: {
        name: 's."V"',
        columns: [{ name: "at", type: "timestamptz" }],
        "security-barrier": true,
        "security-invoker": false,
      },
    },
    {
      setup: "CREATE VIEW v WITH (security_invoker = 1) AS SELECT 'x'::varchar(3) AS x",
      params: { name: "v", "security-barrier": false, "security-invoker": true },
    },
    {
      setup: "CREATE MATERIALIZED VIEW m AS SELECT 1 AS one WITH NO DATA",
      params: { name: "public.m", materialized: true, populated: false },
    },
  ],
});
