import type { SeenMutant } from "./coverage-observed.ts";

/** What a case would have to do to notice a mutant, by what the mutant does. Completes "Write a case that …". */
const shows: { readonly [operator: string]: (named: Named) => string } = {
  "check: dropped": ({ name, on }) =>
    `writes a row into ${on} that the condition refuses, and expects check_violation on ${name}`,
  "check: made always true": ({ name, on }) =>
    `writes a row into ${on} that the condition refuses, and expects check_violation on ${name}`,
  "check: with a condition less": ({ name }) =>
    `breaks only the part that is gone, and expects check_violation on ${name}`,
  "check: with another comparison": () => "writes the value at the border, and says whether it is accepted",
  "check: with a value less": () => "writes the value that is gone, and looks at what was written",
  "unique: dropped": ({ name }) => `writes the same key twice, and expects unique_violation on ${name}`,
  "primary key: dropped": ({ name }) => `writes the same key twice, and expects unique_violation on ${name}`,
  "exclude: dropped": ({ name }) =>
    `writes two rows that exclude each other, and expects exclusion_violation on ${name}`,
  "exclude: over no rows": ({ name }) =>
    `writes two rows that exclude each other, and expects exclusion_violation on ${name}`,
  "foreign key: dropped": ({ name, on }) =>
    `writes a row into ${on} that refers to nothing, and expects foreign_key_violation on ${name}`,
  "foreign key: on a column less": ({ name }) =>
    `refers to a row whose other columns are different, and expects foreign_key_violation on ${name}`,
  "foreign key: with another action on delete": () =>
    "deletes a row that is referred to, and looks at what became of the rows that refer to it",
  "foreign key: with another action on update": () =>
    "changes a key that is referred to, and looks at what became of the rows that refer to it",
  "foreign key: no longer deferred": () => "writes the row that refers before the row that is referred to",
  "column: not null dropped": ({ name, on }) =>
    `writes NULL into ${on}.${name}, and expects not_null_violation on ${name}`,
  "column: default dropped": ({ name, on }) => `leaves ${on}.${name} out, and looks at what it became`,
  "unique index: dropped": ({ name }) => uniquely(name),
  "unique index: no longer unique": ({ name }) => uniquely(name),
  "unique index: over no rows": ({ name }) => uniquely(name),
  "unique index: over all rows": () => "writes the same key twice in rows that the index leaves out, and counts them",
  "unique index: with another comparison": () => "writes the same key twice in rows at the border of the predicate",
  "trigger: disabled": () => "does what the trigger refuses or makes, and looks at it",
  "trigger: with an event less": () => "does what the trigger is for by this event alone, and looks at it",
  "trigger: no longer deferred": () => "breaks the rule in one statement and mends it in the next",
  "function: with an empty body": () => "does what the function refuses or makes, and looks at it",
  "function: no longer security definer": () => "does it as a role that has no privilege on what the function reads",
  "policy: dropped": () => "reads a row that the policy allows, as a role that it is for",
  "policy: using true": () => "looks for rows that the policy hides, and finds none",
  "policy: using a condition less": () => "looks for rows that only the part that is gone hides",
  "policy: with check true": () => "writes a row that the policy forbids, and expects insufficient_privilege",
  "policy: checking a condition less": () =>
    "writes a row that only the part that is gone forbids, and expects insufficient_privilege",
  "table: row level security disabled": () => "looks for rows that a policy hides, and finds none",
  "table: row level security not forced": () => "looks, without `-- as:`, for rows that a policy hides from the owner",
  "grant: added": ({ on }) =>
    `uses the privilege on ${on} as the role that it is not granted to, and expects insufficient_privilege`,
  "grant: removed": ({ on }) => `uses the privilege on ${on} as the role that it is granted to`,
  "view: without rows": ({ on }) => `reads ${on}, and counts what it finds`,
  "view: no longer security invoker": ({ on }) => `reads ${on} as a role that may not read all that it is made from`,
  "materialized view: without rows": ({ on }) => `refreshes ${on}, reads it, and counts what it finds`,
};

const uniquely = (name: string) => `writes the same key twice, and expects unique_violation on ${name}`;

interface Named {
  /** Of the object, bare. */
  readonly name: string;
  readonly on: string;
}

/** What to do about a mutant that survived. */
export function helpFor({ name, operator, on }: Pick<SeenMutant, "name" | "operator" | "on">): string {
  const object = /^(?:constraint|trigger|policy|index|column) (.*?)(?: on .*)?: /.exec(name)?.[1] ?? "";
  const named = { name: bare(object), on: bare(on ?? "") };
  const what = shows[operator]?.(named) ?? "looks at what it changes";
  return `Write a case that ${what}; or add it to \`exceptions\` with the reason why no case can.`;
}

/** The last part of a qualified name. */
const bare = (qualified: string) => /("(?:[^"]|"")*"|[^".]+)$/.exec(qualified)?.[1] ?? qualified;
