import { checklist } from "./checklist.ts";
import { column } from "./column.ts";
import { comments } from "./comments.ts";
import { constraint } from "./constraint.ts";
import { data } from "./data.ts";
import { document } from "./document.ts";
import { file } from "./file.ts";
import { index } from "./index.ts";
import type { CheckKind } from "./kind.ts";
import { migration } from "./migration.ts";
import { reversible } from "./reversible.ts";
import { safe } from "./safe.ts";
import { spec } from "./spec.ts";
import { sql } from "./sql.ts";
import { statement } from "./statement.ts";
import { suite } from "./suite.ts";

/** All check kinds, by the word that the plan uses. A new one is its file and its word here. */
export const kinds = {
  checklist,
  column,
  comments,
  constraint,
  data,
  document,
  file,
  index,
  migration,
  reversible,
  safe,
  spec,
  sql,
  statement,
  suite,
} as const satisfies Record<string, CheckKind>;
