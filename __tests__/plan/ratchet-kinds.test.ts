/** How every check kind orders two versions of its own examples. */

import { expect, test } from "@jest/globals";
import type { CheckKind } from "../../src/checks/kind.ts";
import { kinds } from "../../src/checks/table.ts";

type Params = { readonly [key: string]: unknown };

const table: readonly (readonly [word: string, kind: CheckKind])[] = Object.entries<CheckKind>(kinds);

/** Parameters whose absence is another question, which asks neither for less nor for more. */
const another: { readonly [parameter: string]: string } = {
  "column.generated": "another column; absent, one that is not generated",
  "column.identity": "another column; absent, one without an identity",
  "command.exit": "another exit code",
  "constraint.match": "another reference; absent, MATCH SIMPLE",
  "constraint.nulls-distinct": "other rows; absent, nulls are distinct",
  "constraint.on-delete-columns": "other columns; absent, all of them",
  "contract.as": "other rights",
  "contract.load": "other rows",
  "contract.refs": "other files that the contract is in",
  "contract.set": "other settings",
  "data.at": "another place",
  "grants.columns": "other rights, exactly",
  "index.nulls-distinct": "other rows; absent, nulls are distinct",
  "index.predicate": "other rows; absent, all of them",
  "indexes.schema": "another schema",
  "indexes.set": "other settings",
  "function.arguments": "another function; absent, the only one of its name",
  "sql.as": "other rights",
  "sql.set": "other settings",
  "statement.as": "other rights",
  "statement.set": "other settings",
  "statement.given": "other rows",
  "statement.sabotage": "another proof",
  "stops.for": "another migration",
  "trigger.arguments": "another call; absent, none",
  "trigger.columns": "other updates; absent, all of them",
  "trigger.when": "other rows; absent, all of them",
  "workflow.working-directory": "another place",
};

/** Parameters that, as the examples give them, let something through: without them, more is asked. */
const exceptions: { readonly [parameter: string]: string } = {
  "comments.except": "objects without a comment",
  "contract.except": "schemas that no view gives",
  "coverage.exceptions": "mutants that no case notices",
  "constraint.validated": "constraints that are not validated; absent, none",
  "index.valid": "indexes that are not valid; absent, none",
  "indexes.foreign-keys": "foreign keys without an index; absent, none",
  "rls.forced": "owners; absent, nobody",
  "safe.disable": "hazards",
  "workflow.branches": "absent, all branches",
};

/** Parameters with values that are stricter than others; of all others, another value is never stronger. */
const ordered: readonly string[] = [
  ...Object.keys(exceptions),
  "approval.any-of",
  "approval.count",
  "checklist.at-least",
  "command.timeout",
  "contract.schemas",
  "contract.views",
  "coverage.suites",
  "coverage.tables",
  "coverage.roles",
  "data.has-keys",
  "document.headings",
  "document.signed",
  "file.contains",
  "file.lacks",
  "reversible.strict",
  "sql.gives",
  "statement.fails-with",
  "stops.on",
  "suite.files",
  "workflow.on",
];

/** Every parameter of every example that the plan may leave out, and that says something there. */
const optional = table.flatMap(([word, kind]) =>
  kind.examples.flatMap(({ params }, at) =>
    Object.keys(params as Params).flatMap((key) => {
      const whole = kind.params.parse(params) as Params;
      const { [key]: _, ...rest } = params as Params; // kinds take mappings
      const parsed = kind.params.safeParse(rest);
      if (!parsed.success) return [];
      const without = parsed.data as Params;
      return JSON.stringify(without) === JSON.stringify(whole)
        ? []
        : [{ example: `${word} ${at + 1}`, parameter: `${word}.${key}`, kind, whole, without }];
    }),
  ),
);

test.each(optional.filter(({ parameter }) => !another[parameter] && exceptions[parameter] === undefined))(
  "$example without $parameter is weaker, and with it again no weaker",
  ({ kind, whole, without }) => {
    expect(kind.strength(whole, without)).toBe("weaker");
    expect(kind.strength(without, whole)).toMatch(/^(same|stronger)$/);
  },
);

test.each(optional.filter(({ parameter }) => another[parameter]))(
  "$example without $parameter is another check, and so weaker both ways",
  ({ kind, whole, without }) => {
    expect([kind.strength(whole, without), kind.strength(without, whole)]).toEqual(["weaker", "weaker"]);
  },
);

test.each(optional.filter(({ parameter }) => exceptions[parameter] !== undefined))(
  "$example without the exceptions of $parameter is stronger, and with them again weaker",
  ({ kind, whole, without }) => {
    expect([kind.strength(whole, without), kind.strength(without, whole)]).toEqual(["stronger", "weaker"]);
  },
);

/** Every parameter of every example with the values that it has in the other ones. */
const swapped = table.flatMap(([word, kind]) =>
  kind.examples.flatMap(({ params }, at) =>
    kind.examples.flatMap(({ params: other }) =>
      Object.keys(params as Params).flatMap((key) => {
        const value = (other as Params)[key]; // kinds take mappings
        const parsed = kind.params.safeParse({ ...(params as Params), [key]: value });
        if (value === undefined || !parsed.success) return [];
        const whole = kind.params.parse(params);
        return JSON.stringify(parsed.data) === JSON.stringify(whole)
          ? []
          : [{ example: `${word} ${at + 1}`, parameter: `${word}.${key}`, value, kind, whole, changed: parsed.data }];
      }),
    ),
  ),
);

/** Parameters that are words for people. */
const inWords: readonly string[] = ["approval.title", "comments.reason", "sql.name", "statement.name"];

test.each(swapped.filter(({ parameter }) => !ordered.includes(parameter) && !inWords.includes(parameter)))(
  "$example with another $parameter ($value) is weaker",
  ({ kind, whole, changed }) => {
    expect(kind.strength(whole, changed)).toBe("weaker");
  },
);

test.each(swapped.filter(({ parameter }) => ordered.includes(parameter)))(
  "$example with another $parameter ($value) is not stronger both ways",
  ({ kind, whole, changed }) => {
    const both = [kind.strength(whole, changed), kind.strength(changed, whole)];
    expect(both).toContain("weaker");
  },
);

test("every parameter that is named here is one", () => {
  const known = table.flatMap(([word, kind]) =>
    kind.examples.flatMap(({ params }) => Object.keys(params as Params).map((key) => `${word}.${key}`)),
  );
  const named = [...Object.keys(another), ...Object.keys(exceptions), ...ordered, ...inWords];
  expect(named.filter((parameter) => !known.includes(parameter))).toEqual([]);
});
