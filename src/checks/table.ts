import { approval } from "./approval.ts";
import { checklist } from "./checklist.ts";
import { column } from "./column.ts";
import { command } from "./command.ts";
import { comments } from "./comments.ts";
import { constraint } from "./constraint.ts";
import { contract } from "./contract.ts";
import { coverage } from "./coverage.ts";
import { data } from "./data.ts";
import { document } from "./document.ts";
import { file } from "./file.ts";
import { function as functionKind } from "./function.ts";
import { grants } from "./grants.ts";
import { index } from "./index.ts";
import { indexes } from "./indexes.ts";
import type { CheckKind } from "./kind.ts";
import { migration } from "./migration.ts";
import { reversible } from "./reversible.ts";
import { rls } from "./rls.ts";
import { safe } from "./safe.ts";
import { spec } from "./spec.ts";
import { sql } from "./sql.ts";
import { statement } from "./statement.ts";
import { stops } from "./stops.ts";
import { suite } from "./suite.ts";
import { trigger } from "./trigger.ts";
import { view } from "./view.ts";
import { workflow } from "./workflow.ts";

/** All check kinds, by the word that the plan uses. A new one is its file and its word here. */
export const kinds = {
  approval,
  checklist,
  column,
  command,
  comments,
  constraint,
  contract,
  coverage,
  data,
  document,
  file,
  function: functionKind,
  grants,
  index,
  indexes,
  migration,
  reversible,
  rls,
  safe,
  spec,
  sql,
  statement,
  stops,
  suite,
  trigger,
  view,
  workflow,
} as const satisfies Record<string, CheckKind>;
