import { z } from "zod";
import { type FoundObject, type Held, type Sort, sorts } from "./grants-catalog.ts";
import { name, relation } from "./params.ts";
import { signature } from "./routine-name.ts";

/** What `grants` is asked: its schema, and what follows from it alone. */

export const ofTables = [
  "select",
  "insert",
  "update",
  "delete",
  "truncate",
  "references",
  "trigger",
  "maintain",
] as const;
const privilegesOf: { readonly [sort in Sort]: readonly Privilege[] } = {
  table: ofTables,
  sequence: ["usage", "select", "update"],
  function: ["execute"],
  schema: ["usage", "create"],
};
const privileges = [...ofTables, "usage", "execute", "create"] as const;
type Privilege = (typeof privileges)[number];
const columns = z.array(name).min(1).optional();

export const params = z
  .strictObject({
    role: name.describe("The role; `public` is everybody."),
    table: relation.optional().describe("The table or view: `name` or `schema.name`."),
    function: signature.optional().describe("The function or procedure with its arguments: `name(uuid, text)`."),
    schema: name.optional().describe("The schema."),
    sequence: relation.optional().describe("The sequence: `name` or `schema.name`."),
    privileges: z
      .array(z.enum(privileges))
      .describe(
        "All that the role may do, however it comes by it: exactly these. `maintain` is asked from PostgreSQL 17 on.",
      ),
    columns: z
      .strictObject({ select: columns, insert: columns, update: columns, references: columns })
      .optional()
      .describe("What the role may do on some columns only: `update: [is_verified]`. Exactly these, too."),
  })
  .superRefine((given, context) => {
    const wrong = (path: (string | number)[], message: string) => context.addIssue({ code: "custom", path, message });
    const [sort, second] = sorts.filter((one) => given[one] !== undefined);
    if (sort === undefined) return wrong([], `names no object; give one of ${sorts.join(", ")}`);
    if (second !== undefined) return wrong([second], `is a second object beside \`${sort}\`; write one check for each`);
    if (given.columns && sort !== "table") wrong(["columns"], `means nothing for a ${sort}`);
    for (const [at, privilege] of given.privileges.entries()) {
      if (!privilegesOf[sort].includes(privilege))
        wrong(["privileges", at], `is no privilege of a ${sort}; there are ${privilegesOf[sort].join(", ")}`);
      if (given.privileges.indexOf(privilege) !== at) wrong(["privileges", at], "is named twice");
      if (given.columns && Object.hasOwn(given.columns, privilege))
        wrong(["columns", privilege], "is asked for on the whole table already");
    }
  });
export type GrantsParams = z.output<typeof params>;
/** The one object that the plan names. */
export function objectOf(params: GrantsParams): { readonly sort: Sort; readonly name: string } {
  for (const sort of sorts) {
    const name = params[sort];
    if (name !== undefined) return { sort, name };
  }
  throw new Error("no object is named");
}

/** What the plan asks for and this server knows. */
export function asked(
  { privileges, columns = {} }: GrantsParams,
  { known }: FoundObject,
): readonly Pick<Held, "privilege" | "column">[] {
  const whole = privileges.filter((privilege) => known.includes(privilege));
  const some = Object.entries(columns).flatMap(([privilege, names]) =>
    (names ?? []).map((column) => ({ privilege, column })),
  );
  return [...whole.map((privilege) => ({ privilege, column: null })), ...some];
}

/** As it stands in ALTER DEFAULT PRIVILEGES. */
export const pluralOf: { readonly [sort in Sort]: string } = {
  table: "TABLES",
  function: "FUNCTIONS",
  schema: "SCHEMAS",
  sequence: "SEQUENCES",
};
