import { isDeepStrictEqual } from "node:util";
import type { Database, Tree } from "../model/ports.ts";
import { quoted } from "../sql/identifier.ts";
import { acting } from "./acting.ts";
import type { IndexesParams } from "./indexes.ts";
import { type FoundForeignKey, type FoundIndex, foundForeignKeys, foundIndexes } from "./indexes-catalog.ts";
import { type Copies, makeCopies } from "./indexes-copies.ts";
import { type IndexPlan, type PlannedIndex, readIndexPlan } from "./indexes-plan.ts";
import { type Use, useOf } from "./indexes-use.ts";

/** What `indexes` sees: the plan, the catalog, and what the planner does with each index and its queries. */

export type Described = PlannedIndex & {
  /** As PostgreSQL writes it, from USING on; `null`: there is no such table, or it refuses the description. */
  readonly uses: string | null;
  readonly refusal: string | null;
};

export type Served = {
  readonly index: string;
  readonly query: string;
  readonly refusal: string | null;
  readonly use: Use;
};

export type Observed = {
  readonly plan: (Omit<IndexPlan, "indexes"> & { readonly indexes: readonly Described[] }) | null;
  readonly found: readonly FoundIndex[];
  /** For each index of the plan that exists and each of its queries that is there. */
  readonly served: readonly Served[];
  /** `by`: the indexes that find the rows which point at a row that is deleted. */
  readonly foreignKeys: readonly (FoundForeignKey & { readonly by: readonly string[] })[];
};

export async function observeIndexes(database: Database, tree: Tree, params: IndexesParams): Promise<Observed> {
  const { schema } = params;
  const found = await foundIndexes(database, schema);
  const foreignKeys = params["foreign-keys"] ? await foundForeignKeys(database, schema) : [];
  const text = tree.read(params.plan);
  const plan = text === undefined ? null : await readIndexPlan(text, schema);
  const named = [
    ...(plan?.indexes.map(({ table }) => table) ?? []),
    ...(plan?.queries.flatMap(({ relations }) => relations) ?? []),
    ...foreignKeys.map(({ table }) => table),
  ];
  // To estimate, the planner calls functions such as current_setting, which a query may compare with.
  await database.act(acting({ set: params.set }));
  const copies = await makeCopies(database, schema, named, found);
  const described: Described[] = [];
  for (const index of plan?.indexes ?? []) {
    const seen = await copies.described(index);
    described.push({ ...index, uses: null, refusal: null, ...seen });
  }
  return {
    plan: plan && { ...plan, indexes: described },
    found,
    served: plan ? await servedBy(copies, plan, found) : [],
    foreignKeys: await lookedUp(copies, foreignKeys, found),
  };
}

async function servedBy(copies: Copies, plan: IndexPlan, found: readonly FoundIndex[]): Promise<Served[]> {
  const served: Served[] = [];
  for (const { name: index, queries, kind } of plan.indexes) {
    const it = found.find(({ name }) => name === index);
    if (!it || kind === "speculative") continue;
    for (const query of plan.queries.filter(({ name }) => queries.includes(name))) {
      const planned = await copies.planned(it, query);
      served.push(
        "refusal" in planned
          ? { index, query: query.name, refusal: planned.refusal, use: { by: "nothing" } }
          : {
              index,
              query: query.name,
              refusal: null,
              use: await useOf(planned.plan, keyOf(it), query.isOrderedAndLimited),
            },
      );
    }
  }
  return served;
}

/** The first key as SQL: a name of the catalog is not quoted, and an expression is text already. */
const keyOf = ({ keys: [first = ""], uses }: FoundIndex): string =>
  uses.includes(`(${first}`) ? first : quoted(first);

/**
 * Which indexes begin with a foreign key's columns, or with as many as tell the row, and can be used to look for all that
 * point at it.
 */
async function lookedUp(
  copies: Copies,
  foreignKeys: readonly FoundForeignKey[],
  found: readonly FoundIndex[],
): Promise<Observed["foreignKeys"]> {
  const result: (FoundForeignKey & { readonly by: readonly string[] })[] = [];
  for (const foreignKey of foreignKeys) {
    const { table, columns, enough } = foreignKey;
    const sets = [columns, ...enough].map((set) => set.toSorted());
    const by: string[] = [];
    for (const index of found.filter((one) => one.table === table && one.valid)) {
      if (!sets.some((set) => isDeepStrictEqual(index.keys.slice(0, set.length).toSorted(), set))) continue;
      if (!index.isPartial && index.method === "btree") {
        by.push(index.name);
        continue;
      }
      // A partial index has all the rows that matter only where its predicate follows from the key.
      const conditions = columns.map((column, at) => `${quoted(column)} = $${at + 1}`).join(" AND ");
      const query = { sql: `SELECT 1 FROM ${quoted(table)} WHERE ${conditions}`, parameters: columns.length };
      const planned = await copies.planned(index, query);
      if ("plan" in planned && (await useOf(planned.plan, keyOf(index), false)).by === "condition") by.push(index.name);
    }
    result.push({ ...foreignKey, by });
  }
  return result;
}
