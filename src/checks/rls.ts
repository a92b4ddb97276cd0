import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import { defineDatabaseKind, type KindFinding } from "./kind.ts";
import { name, parts, relation } from "./params.ts";
import {
  askedConditions,
  type Conditions,
  commands,
  type FoundPolicy,
  type FoundTable,
  foundTable,
} from "./rls-catalog.ts";
import { rlsMutants, written } from "./rls-mutants.ts";
import { fixed, inAnyOrder, optional, ordered, turnedOn } from "./strength.ts";

const policy = z
  .strictObject({
    name: name.describe("Its name."),
    command: z.enum(commands).default("all").describe("The command that it is for."),
    permissive: z
      .boolean()
      .default(true)
      .describe("`true`: it lets rows through. `false`: it holds back rows that others let through."),
    roles: z.array(name).min(1).default(["public"]).describe("The roles that it is for; `public` is everybody."),
    using: z.string().min(1).optional().describe("The condition for rows that are there, compared by meaning."),
    "with-check": z
      .string()
      .min(1)
      .optional()
      .describe(
        "The condition for rows that are written, compared by meaning. Without it, of a policy for `all` or `update`, it is `using`.",
      ),
  })
  .superRefine(({ command, using, "with-check": check }, context) => {
    const wrong = (path: string) =>
      context.addIssue({ code: "custom", path: [path], message: `means nothing for a policy for ${command}` });
    if (command === "insert" && using !== undefined) wrong("using");
    if ((command === "select" || command === "delete") && check !== undefined) wrong("with-check");
  });
type AskedPolicy = z.output<typeof policy>;

const params = z
  .strictObject({
    table: relation.describe("The table: `name` or `schema.name`."),
    forced: z.boolean().default(true).describe("`false`: its owner may pass by it."),
    policies: z
      .array(policy)
      .optional()
      .describe("Its policies: exactly these, because one more shows more rows. Without it, any will do."),
  })
  .superRefine(({ policies = [] }, context) => {
    for (const [at, { name }] of policies.entries()) {
      if (policies.findIndex((one) => one.name === name) === at) continue;
      context.addIssue({ code: "custom", path: ["policies", at, "name"], message: "is the name of another one too" });
    }
  });
export type RlsParams = z.output<typeof params>;

export type RlsObserved = {
  readonly found: FoundTable | null;
  /** The plan's conditions as PostgreSQL writes them; `null` where they name columns that the table does not have. */
  readonly asked: readonly (Conditions | null)[];
};

const codes = [
  "no-table",
  "not-enabled",
  "not-forced",
  "no-policy",
  "extra-policy",
  "other-command",
  "other-permissive",
  "other-roles",
  "other-using",
  "other-with-check",
  "open-child",
] as const;
export type RlsCode = (typeof codes)[number];

/** The plan's policy in the catalog's words; in its own where PostgreSQL could not read it. */
const inWords = (asked: AskedPolicy, conditions: Conditions | null | undefined): FoundPolicy => ({
  name: asked.name,
  command: asked.command,
  permissive: asked.permissive,
  roles: asked.roles.includes("public") ? ["public"] : [...new Set(asked.roles)].sort(),
  using: conditions?.using ?? asked.using ?? null,
  withCheck: conditions?.withCheck ?? asked["with-check"] ?? null,
});

function differences(table: string, asked: FoundPolicy, found: FoundPolicy): KindFinding<RlsCode>[] {
  const findings: KindFinding<RlsCode>[] = [];
  const compare = (code: RlsCode, is: string, should: string, help: string) => {
    if (is === should) return;
    const message = `The policy ${found.name} on ${table} ${is}; the plan asks for one that ${should}.`;
    findings.push({ code, message, help });
  };
  const command = (one: FoundPolicy) => `is for ${one.command.toUpperCase()}`;
  const kind = (one: FoundPolicy) => (one.permissive ? "is PERMISSIVE" : "is RESTRICTIVE");
  const to = (one: FoundPolicy) => `is TO ${one.roles.join(", ")}`;
  const using = ({ using }: FoundPolicy) => (using === null ? "has no USING" : `is USING ${using}`);
  const check = (one: FoundPolicy) => {
    const condition = written(one);
    return condition === null ? "checks nothing that is written" : `checks what is written with ${condition}`;
  };
  compare("other-command", command(found), command(asked), `Create it FOR ${asked.command.toUpperCase()}.`);
  compare("other-permissive", kind(found), kind(asked), `Create it AS ${kind(asked).slice("is ".length)}.`);
  compare("other-roles", to(found), to(asked), `Create it TO ${asked.roles.join(", ")}.`);
  compare("other-using", using(found), using(asked), alter(table, asked, "USING", asked.using));
  compare("other-with-check", check(found), check(asked), alter(table, asked, "WITH CHECK", written(asked)));
  return findings;
}

const alter = (table: string, { name }: FoundPolicy, clause: string, condition: string | null): string =>
  condition === null
    ? `Create it without ${clause}.`
    : `Add \`ALTER POLICY ${name} ON ${table} ${clause} (${condition})\` to the migration.`;

function ofPolicies(params: RlsParams, found: FoundTable, asked: RlsObserved["asked"]): KindFinding<RlsCode>[] {
  const { table, policies } = params;
  if (!policies) return [];
  const has = found.policies.map((one) => one.name).join(", ") || "no policy";
  const named = policies.flatMap((policy, at): KindFinding<RlsCode>[] => {
    const it = found.policies.find((one) => one.name === policy.name);
    if (it) return differences(table, inWords(policy, asked[at]), it);
    const message = `${table} has ${has}; the plan asks for the policy ${policy.name}.`;
    return [{ code: "no-policy", message, help: "Create it in a migration of the phase." }];
  });
  const extra = found.policies.filter((one) => !policies.some(({ name }) => name === one.name));
  const asks = policies.map(({ name }) => name).join(", ") || "none";
  return [
    ...named,
    ...extra.map(
      (one): KindFinding<RlsCode> => ({
        code: "extra-policy",
        message: `${table} has the policy ${one.name} for ${one.command.toUpperCase()} TO ${one.roles.join(", ")}; the plan asks for ${asks} and no more.`,
        help: `Drop it, or name it among the \`policies\` of the check.`,
      }),
    ),
  ];
}

/** Whoever names a partition, or a table that inherits, is held back by its own row-level security alone. */
function ofChildren({ table, forced }: RlsParams, found: FoundTable): KindFinding<RlsCode>[] {
  const has = (list: readonly FoundPolicy[], one: FoundPolicy) => list.some((other) => isDeepStrictEqual(one, other));
  return found.open.flatMap((child): KindFinding<RlsCode>[] => {
    const more = child.policies.filter((one) => !has(found.policies, one));
    // Without any policy nothing is shown; with some, those that hold back must be among them.
    const fewer = found.policies.filter((one) => !one.permissive && !has(child.policies, one));
    const is = !child.enabled
      ? "has row-level security disabled"
      : forced && !child.forced
        ? "shows every row to its owner"
        : more.length > 0
          ? `has the policy ${more.map(({ name }) => name).join(", ")}, which ${table} has not`
          : fewer.length > 0 && child.policies.length > 0
            ? `is without the policy ${fewer.map(({ name }) => name).join(", ")}`
            : null;
    if (is === null) return [];
    return [
      {
        code: "open-child",
        message: `${child.name}, whose rows are ${table}'s too, ${is}, and is open to ${child.roles.join(", ")}; the plan asks that row-level security holds for all rows.`,
        help: `Revoke all on ${child.name}, so that it is reached through ${table} alone, or give it the same row-level security.`,
      },
    ];
  });
}

export const rls = defineDatabaseKind({
  kind: "rls",
  summary: "A table has row-level security, enabled and forced, with exactly these policies.",
  params,
  codes,
  points: ["after", "head"],

  claim: ({ table, forced, policies }) =>
    [
      `${table}: row-level security enabled`,
      forced && "and forced",
      policies && `with ${policies.map(({ name }) => name).join(", ") || "no policy"}`,
    ]
      .filter(Boolean)
      .join(" "),

  async observe({ database }, params) {
    const table = parts(params.table);
    const found = await foundTable(database, table);
    const { policies = [] } = params;
    if (found?.kind !== "table" || policies.length === 0) return { examined: 1, observed: { found, asked: [] } };
    const conditions = policies.map(({ command, using = null, "with-check": withCheck = null }) => ({
      command,
      using,
      withCheck,
    }));
    return { examined: 1, observed: { found, asked: await askedConditions(database, table, conditions) } };
  },

  judge(params, { found, asked }: RlsObserved): KindFinding<RlsCode>[] {
    const { table } = params;
    if (found?.kind !== "table") {
      const message = `${table} ${found ? "is no table" : "does not exist"}; the plan asks for a table with row-level security.`;
      return [{ code: "no-table", message, help: "Create the table in a migration of the phase." }];
    }
    const findings: KindFinding<RlsCode>[] = [];
    if (!found.enabled) {
      findings.push({
        code: "not-enabled",
        message: `${table} has row-level security disabled, so every row is shown; the plan asks for it enabled.`,
        help: `Add \`ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY\` to the migration.`,
      });
    }
    if (params.forced && !found.forced) {
      findings.push({
        code: "not-forced",
        message: `${table} shows every row to its owner; the plan asks for row-level security that is forced.`,
        help: `Add \`ALTER TABLE ${table} FORCE ROW LEVEL SECURITY\` to the migration.`,
      });
    }
    return [...findings, ...ofPolicies(params, found, asked), ...ofChildren(params, found)];
  },

  mutants: (params, observed: RlsObserved) =>
    observed.found?.kind === "table" ? rlsMutants(params, observed, observed.found) : [],

  strength: (base, head) =>
    ordered(base, head, {
      table: fixed,
      forced: turnedOn,
      policies: inAnyOrder(optional),
    }),

  examples: [
    {
      setup: `CREATE TABLE tenants (id uuid PRIMARY KEY); ALTER TABLE tenants ENABLE ROW LEVEL SECURITY; ALTER TABLE tenants FORCE ROW LEVEL SECURITY;
        CREATE POLICY isolation ON tenants USING (id = nullif(current_setting('app.tenant', true), '')::uuid)`,
      params: {
        table: "tenants",
        policies: [
          {
            name: "isolation",
            using: "id = NULLIF(current_setting('app.tenant'::text, TRUE), '')::uuid",
            "with-check": "(id = nullif(current_setting('app.tenant', true), '')::uuid)",
          },
        ],
      },
    },
    {
      setup: `CREATE SCHEMA s; CREATE TABLE s."A" (id int, t int); CREATE TABLE s.t (id int, n int); ALTER TABLE s."A" ENABLE ROW LEVEL SECURITY;
        CREATE POLICY r ON s."A" FOR SELECT TO app_ro, app_rw USING (EXISTS (SELECT FROM s.t WHERE t.id = "A".id AND n = t));
        CREATE POLICY w ON s."A" FOR INSERT TO app_rw WITH CHECK (t > 0);
        CREATE POLICY u ON s."A" FOR UPDATE TO app_rw USING (true) WITH CHECK (t > 0);
        CREATE POLICY d ON s."A" AS RESTRICTIVE FOR DELETE USING (false)`,
      params: {
        table: 's."A"',
        forced: false,
        policies: [
          { name: "d", command: "delete", permissive: false, using: "false" },
          {
            name: "r",
            command: "select",
            roles: ["app_rw", "app_ro"],
            using: 'EXISTS (select from s.t where ((t.id)) = "A".id and n = "A".t)',
          },
          { name: "u", command: "update", roles: ["app_rw"], using: "true", "with-check": "t > 0" },
          { name: "w", command: "insert", roles: ["app_rw"], "with-check": "t > 0" },
        ],
      },
    },
    {
      setup: "CREATE TABLE a (x int); ALTER TABLE a ENABLE ROW LEVEL SECURITY; ALTER TABLE a FORCE ROW LEVEL SECURITY",
      params: { table: "a", policies: [] },
    },
  ],
});
