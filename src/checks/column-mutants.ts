import { quoted, quotedName } from "../sql/identifier.ts";
import type { ColumnCode, ColumnObserved, ColumnParams } from "./column.ts";
import type { FoundColumn } from "./column-catalog.ts";
import type { Mutant } from "./kind.ts";
import { parts } from "./params.ts";

/** Sabotage of a column that is as the plan asks. */
export function columnMutants(
  { table, name, type, nullable, default: expression, identity, generated }: ColumnParams,
  { found, asked }: ColumnObserved,
): readonly Mutant<ColumnCode, ColumnObserved>[] {
  if (!found) return [];
  const here = quotedName(parts(table));
  const elsewhere = quotedName({ schema: parts(table).schema, name: "mutant" });
  const alter = `ALTER TABLE ${here}`;
  const changed = (change: Partial<FoundColumn>) => ({ evidence: { found: { ...found, ...change }, asked } });
  const it = quoted(name);
  const mutants: Mutant<ColumnCode, ColumnObserved>[] = [
    {
      name: "the column is gone",
      sabotage: { sql: [`${alter} DROP COLUMN ${it} CASCADE`] },
      otherwise: { evidence: { found: null, asked } },
      provokes: "no-column",
    },
    {
      name: "a view is in the table's place",
      sabotage: { sql: [`${alter} RENAME TO mutant`, `CREATE VIEW ${here} AS TABLE ${elsewhere}`] },
      otherwise: changed({ of: "view" }),
      provokes: "not-a-table",
    },
    identity === undefined
      ? {
          name: "it is an identity column",
          sabotage: { sql: [`${alter} ALTER COLUMN ${it} ADD GENERATED ALWAYS AS IDENTITY`] },
          otherwise: changed({ identity: "always" }),
          provokes: "other-identity",
        }
      : {
          name: "it is no identity column",
          sabotage: { sql: [`${alter} ALTER COLUMN ${it} DROP IDENTITY`] },
          otherwise: changed({ identity: null }),
          provokes: "other-identity",
        },
    generated === undefined
      ? {
          name: "it is generated, and null",
          sabotage: {
            sql: [
              `${alter} DROP COLUMN ${it} CASCADE`,
              `${alter} ADD COLUMN ${it} ${found.type} GENERATED ALWAYS AS (NULL) STORED`,
            ],
          },
          otherwise: changed({ generated: `NULL::${found.type}` }),
          provokes: "other-generated",
        }
      : {
          name: "it is not generated",
          sabotage: { sql: [`${alter} ALTER COLUMN ${it} DROP EXPRESSION`] },
          otherwise: changed({ generated: null }),
          provokes: "other-generated",
        },
  ];
  if (type !== undefined) {
    // Converting the data, or a constraint on it, could be refused for reasons that have nothing to do with the check.
    const other = found.type === "text" ? "bytea" : "text";
    const filled = found.nullable ? other : `${other} NOT NULL DEFAULT ''`;
    mutants.push({
      name: `its type is ${other}`,
      sabotage: { sql: [`${alter} DROP COLUMN ${it} CASCADE`, `${alter} ADD COLUMN ${it} ${filled}`] },
      otherwise: changed({ type: other }),
      provokes: "other-type",
    });
  }
  if (nullable === false) {
    mutants.push({
      name: "it may be null",
      sabotage: { sql: [`${alter} ALTER COLUMN ${it} DROP NOT NULL`] },
      otherwise: changed({ nullable: true }),
      provokes: "nullable",
    });
  }
  if (nullable === false) {
    mutants.push({
      name: "it may not be null, and older rows may",
      sabotage: {
        sql: [`${alter} ALTER COLUMN ${it} DROP NOT NULL`, `${alter} ADD CONSTRAINT mutant NOT NULL ${it} NOT VALID`],
      },
      otherwise: changed({ notNullIsValid: false }),
      provokes: "not-validated",
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
      otherwise: changed({ nullable: false }),
      provokes: "not-nullable",
    });
  }
  if (expression !== undefined) {
    mutants.push({
      name: "its default is gone",
      sabotage: { sql: [`${alter} ALTER COLUMN ${it} DROP DEFAULT`] },
      otherwise: changed({ default: null }),
      provokes: "other-default",
    });
  }
  return mutants;
}
