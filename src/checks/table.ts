import { column } from "./column.ts";
import { constraint } from "./constraint.ts";
import { index } from "./index.ts";
import type { CheckKind } from "./kind.ts";
import { sql } from "./sql.ts";
import { statement } from "./statement.ts";

/** All check kinds, by the word that the plan uses. A new one is its file and its word here. */
export const kinds = {
  column,
  constraint,
  index,
  sql,
  statement,
} as const satisfies Record<string, CheckKind>;
