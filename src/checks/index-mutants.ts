import { quotedName } from "../sql/identifier.ts";
import type { IndexCode, IndexParams } from "./index.ts";
import type { FoundIndex } from "./index-catalog.ts";
import { parts } from "./params.ts";

/** One way to break one thing of an index that the plan asks for. */
export interface Break {
  /** Completes "the check notices when …". */
  readonly name: string;
  readonly sql: readonly string[];
  /** The same on evidence, for where PostgreSQL refuses the statements. */
  readonly change: Partial<FoundIndex>;
  readonly provokes: IndexCode;
}

/** A break for every parameter that the plan gives, and for what is always asked of an index. The definition is PostgreSQL's own; where it cannot be edited so, it is refused. */
export function breaks(params: IndexParams, it: FoundIndex): readonly Break[] {
  const named = params.name !== undefined;
  const { definition } = it;
  const everywhere = it.predicate === null ? definition : definition.replace(` WHERE ${it.predicate}`, "");
  const method = it.method === "brin" ? "btree" : "brin";
  const breaks: Break[] = [
    {
      name: "it has another column before its own",
      sql: [
        `ALTER TABLE ${quotedName(parts(params.table))} ADD COLUMN mutant integer`,
        definition.replace(/ USING (\w+) \(/, " USING $1 (mutant, "),
      ],
      change: { columns: ["mutant", ...it.columns] },
      provokes: named ? "other-columns" : "no-index",
    },
    {
      name: "it is over no row",
      sql: [`${everywhere} WHERE false`],
      change: { predicate: "false" },
      provokes: "other-predicate",
    },
    otherCollation(it),
  ];
  if (it.unique) breaks.push(otherNulls(it, everywhere));
  if (params.unique) {
    const { schema, name } = parts(params.table);
    breaks.push({
      name: "a table that inherits has rows that it does not know",
      sql: [
        definition,
        `CREATE TABLE ${quotedName({ schema, name: "mutant" })} () INHERITS (${quotedName({ schema, name })})`,
      ],
      change: { missingOn: ["mutant"] },
      provokes: "not-on-child",
    });
  }
  if (params.predicate !== undefined) {
    const change = { predicate: null };
    breaks.push({ name: "it is over all rows", sql: [everywhere], change, provokes: "other-predicate" });
  }
  if (params.unique !== undefined) {
    const sql = [definition.replace(/^CREATE (UNIQUE )?/, params.unique ? "CREATE " : "CREATE UNIQUE ")];
    const [name, provokes] = params.unique
      ? (["it is not unique", "not-unique"] as const)
      : (["it is unique", "unique"] as const);
    breaks.push({ name, sql, change: { unique: !params.unique }, provokes });
  }
  if (params.method !== undefined) {
    const sql = [definition.replace(/ USING \w+ \(/, ` USING ${method} (`)];
    breaks.push({ name: `it is ${method}`, sql, change: { method }, provokes: "other-method" });
  }
  if (params.include) {
    const sql = [definition.replace(/ INCLUDE \([^)]*\)/, "")];
    breaks.push({ name: "it includes no columns", sql, change: { include: [] }, provokes: "other-include" });
  }
  return breaks;
}

/** PostgreSQL refuses it for a type without collations, and where another one is written. */
function otherCollation(it: FoundIndex): Break {
  const [first, ...rest] = it.keys;
  const collation = first?.collation === '"POSIX"' ? '"C"' : '"POSIX"';
  return {
    name: "its first key has another collation",
    sql: [it.definition.replace(/ USING \w+ \((?:"(?:[^"]|"")+"|\w+)/, `$& COLLATE ${collation}`)],
    change: { keys: first ? [{ ...first, collation }, ...rest] : [] },
    provokes: "other-key",
  };
}

function otherNulls({ predicate, nullsDistinct }: FoundIndex, everywhere: string): Break {
  const same = " NULLS NOT DISTINCT";
  const where = predicate === null ? "" : ` WHERE ${predicate}`;
  return {
    name: nullsDistinct ? "two nulls are the same to it" : "two nulls are different to it",
    sql: [nullsDistinct ? `${everywhere}${same}${where}` : `${everywhere.replace(same, "")}${where}`],
    change: { nullsDistinct: !nullsDistinct },
    provokes: "other-nulls",
  };
}
