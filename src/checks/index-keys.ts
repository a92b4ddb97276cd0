import type { IndexElem } from "libpg-query";
import { quoted } from "../sql/identifier.ts";
import { strings } from "../sql/walk.ts";
import { parsedBefore } from "./parsed-before.ts";

/** How the keys of an index are compared and ordered, beyond what they are of. */

export type IndexKey = {
  /** SQL text of a collation that is not the one of what it is of. */
  readonly collation: string | null;
  /** SQL text of an operator class that is not the type's own, without its options. */
  readonly operators: string | null;
  /** `ASC NULLS LAST`, `DESC NULLS FIRST`, … */
  readonly order: string;
};

/** The keys in a definition by PostgreSQL, which writes only what is not the default. */
export async function keysOf(definition: string): Promise<readonly IndexKey[]> {
  return (await elements(definition)).map((element) => ({
    collation: nameIn(element.collation),
    operators: nameIn(element.opclass),
    order: orderOf(element),
  }));
}

/** Whether a key of the plan says in which order. */
export async function isOrdered(text: string): Promise<boolean> {
  const [element] = await elements(`CREATE INDEX ON t (${text})`, "or-none");
  if (!element) return false;
  const { ordering, nulls_ordering: nulls } = element;
  return ordering === "SORTBY_ASC" || ordering === "SORTBY_DESC" || isWritten(nulls);
}

const isWritten = (nulls: IndexElem["nulls_ordering"]): boolean =>
  nulls === "SORTBY_NULLS_FIRST" || nulls === "SORTBY_NULLS_LAST";

function orderOf({ ordering, nulls_ordering: nulls }: IndexElem): string {
  const isDescending = ordering === "SORTBY_DESC";
  const isNullsFirst = isWritten(nulls) ? nulls === "SORTBY_NULLS_FIRST" : isDescending;
  return `${isDescending ? "DESC" : "ASC"} NULLS ${isNullsFirst ? "FIRST" : "LAST"}`;
}

async function elements(sql: string, otherwise?: "or-none"): Promise<readonly IndexElem[]> {
  const parsed = await parsedBefore(sql);
  const node = parsed.status === "parsed" ? parsed.statements[0]?.node : undefined;
  if (!node || !("IndexStmt" in node)) {
    if (otherwise) return [];
    throw new Error(`\`${sql}\` cannot be read as the definition of an index`);
  }
  return (node.IndexStmt.indexParams ?? []).flatMap((param) => ("IndexElem" in param ? [param.IndexElem] : []));
}

const nameIn = (list: unknown): string | null => {
  const names = strings(list);
  return names.length === 0 ? null : names.map(quoted).join(".");
};

/** A key as it stands in CREATE INDEX. */
export const keyText = (of: string, key: { readonly [part in keyof IndexKey]: string | null }): string =>
  [of, key.collation && `COLLATE ${key.collation}`, key.operators, key.order].filter(Boolean).join(" ");
