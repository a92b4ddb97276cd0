import { quoted, quotedName } from "../sql/identifier.ts";
import type { Mutant } from "./kind.ts";
import { parts } from "./params.ts";
import type { ViewCode, ViewObserved, ViewParams } from "./view.ts";
import type { FoundView, UniqueIndex } from "./view-catalog.ts";

/** Sabotage of a view that is as the plan asks. */

type ViewMutant = Mutant<ViewCode, ViewObserved>;

/** A view that gives no row, and has all that the check can see. */
function declared(params: ViewParams, it: FoundView, serving: readonly UniqueIndex[]): string[] {
  const name = quotedName(parts(params.name));
  const columns = it.columns.map((column) => `NULL::${column.type} AS ${quoted(column.name)}`).join(", ");
  const query = `AS SELECT ${columns} WHERE false`;
  if (it.kind !== "materialized view") {
    const { securityBarrier, securityInvoker } = it;
    return [
      `CREATE VIEW ${name} WITH (security_barrier = ${securityBarrier}, security_invoker = ${securityInvoker}) ${query}`,
    ];
  }
  return [
    `CREATE MATERIALIZED VIEW ${name} ${query}${it.populated ? "" : " WITH NO DATA"}`,
    ...serving.map((index) => indexed(params, index)),
  ];
}

const indexed = ({ name }: ViewParams, { columns, predicate }: Omit<UniqueIndex, "name" | "valid">): string => {
  const where = predicate === null ? "" : ` WHERE ${predicate}`;
  return `CREATE UNIQUE INDEX ON ${quotedName(parts(name))} (${columns.map(quoted).join(", ")})${where}`;
};

/** A mutant for every parameter that the plan gives. `serving` are the unique indexes that are as it asks. */
export function viewMutants(
  params: ViewParams,
  observed: ViewObserved,
  it: FoundView,
  serving: readonly UniqueIndex[],
): readonly ViewMutant[] {
  const name = quotedName(parts(params.name));
  const word = it.kind.toUpperCase();
  const drop = `DROP ${word} ${name} CASCADE`;
  const changed = (change: Partial<FoundView>) => ({ evidence: { ...observed, found: { ...it, ...change } } });
  const replaced = (name: string, change: Partial<FoundView>, provokes: ViewCode): ViewMutant => ({
    name,
    sabotage: { sql: [drop, ...declared(params, { ...it, ...change }, serving)] },
    otherwise: changed(change),
    provokes,
  });
  const altered = (
    name: string,
    sql: readonly string[],
    change: Partial<FoundView>,
    provokes: ViewCode,
  ): ViewMutant => ({
    name,
    sabotage: { sql },
    otherwise: changed(change),
    provokes,
  });
  const instead = (kind: string, sql: string) => altered(`it is a ${kind}`, [drop, sql], { kind }, "other-kind");

  return [
    {
      name: "the view is gone",
      sabotage: { sql: [drop] },
      otherwise: { evidence: { ...observed, found: null } },
      provokes: "no-view",
    },
    instead("table", `CREATE TABLE ${name} (mutant integer)`),
    params.materialized
      ? instead("view", `CREATE VIEW ${name} AS SELECT 1 AS mutant`)
      : instead("materialized view", `CREATE MATERIALIZED VIEW ${name} AS SELECT 1 AS mutant`),
    ...(params.columns
      ? renamed(it, (sql, columns) =>
          altered("a column has another name", [`ALTER ${word} ${name} ${sql}`], { columns }, "other-columns"),
        )
      : []),
    ...(params.columns ? otherColumns(it).map(([name, columns]) => replaced(name, { columns }, "other-columns")) : []),
    ...(params["unique-index"] ? withoutUnique(params, it, serving, changed) : []),
    ...(params.populated === true
      ? [
          altered(
            "it was never filled",
            [`REFRESH MATERIALIZED VIEW ${name} WITH NO DATA`],
            { populated: false },
            "not-populated",
          ),
        ]
      : []),
    ...(params.populated === false ? [replaced("it is filled", { populated: true }, "populated")] : []),
    ...options(params).map(({ option, key, provokes, asked }) =>
      altered(
        asked ? `it has no ${option}` : `it has ${option}`,
        [`ALTER VIEW ${name} SET (${option} = ${!asked})`],
        { [key]: !asked },
        provokes,
      ),
    ),
  ];
}

/** The options of a plain view that the plan speaks of. */
export function options(params: ViewParams) {
  const all = [
    {
      option: "security_barrier",
      key: "securityBarrier",
      asked: params["security-barrier"],
      provokes: "other-security-barrier",
    },
    {
      option: "security_invoker",
      key: "securityInvoker",
      asked: params["security-invoker"],
      provokes: "other-security-invoker",
    },
  ] as const;
  return all.flatMap(({ asked, ...option }) => (asked === undefined ? [] : [{ ...option, asked }]));
}

function renamed(
  { columns: [first, ...rest] }: FoundView,
  altered: (sql: string, columns: FoundView["columns"]) => ViewMutant,
): readonly ViewMutant[] {
  if (!first) return [];
  return [altered(`RENAME COLUMN ${quoted(first.name)} TO mutant`, [{ ...first, name: "mutant" }, ...rest])];
}

function otherColumns({ columns }: FoundView): readonly (readonly [name: string, columns: FoundView["columns"]])[] {
  const [first, second, ...more] = columns;
  if (!first) return [];
  const rest = columns.slice(1);
  const type = first.type === "text" ? "bytea" : "text";
  return [
    [`${first.name} is ${type}`, [{ ...first, type }, ...rest]],
    ["it has a column more", [...columns, { name: "mutant", type: "integer" }]],
    ...(second
      ? ([
          [`${first.name} and ${second.name} change places`, [second, first, ...more]],
          [`${columns.at(-1)?.name} is gone`, columns.slice(0, -1)],
        ] as const)
      : []),
  ];
}

function withoutUnique(
  params: ViewParams,
  it: FoundView,
  serving: readonly UniqueIndex[],
  changed: (change: Partial<FoundView>) => { readonly evidence: ViewObserved },
): readonly ViewMutant[] {
  const { schema } = parts(params.name);
  const drops = serving.map((index) => `DROP INDEX ${quotedName({ schema, name: index.name })}`);
  const others = it.unique.filter((index) => !serving.includes(index));
  const [first] = serving;
  if (!first) return [];
  const partial = { ...first, predicate: "false" };
  const provokes = "no-unique-index";
  return [
    {
      name: "its unique index is gone",
      sabotage: { sql: drops },
      otherwise: changed({ unique: others }),
      provokes,
    },
    {
      name: "its unique index is over no row",
      sabotage: { sql: [...drops, indexed(params, partial)] },
      otherwise: changed({ unique: [...others, partial] }),
      provokes,
    },
    // No DDL leaves an index invalid inside a transaction.
    {
      name: "its unique index is invalid",
      sabotage: changed({ unique: [...others, { ...first, valid: false }] }),
      provokes,
    },
  ];
}
