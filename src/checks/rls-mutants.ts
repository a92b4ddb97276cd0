import { quoted, quotedName } from "../sql/identifier.ts";
import type { Mutant } from "./kind.ts";
import { parts } from "./params.ts";
import type { RlsCode, RlsObserved, RlsParams } from "./rls.ts";
import type { FoundPolicy, FoundTable } from "./rls-catalog.ts";

/** Sabotage of row-level security that is as the plan asks. */

type RlsMutant = Mutant<RlsCode, RlsObserved>;

const roleText = (role: string): string => (role === "public" ? "PUBLIC" : quoted(role));

/** What holds for rows that are written: without a condition of its own, the one for rows that are read. */
export const written = ({ command, using, withCheck }: Pick<FoundPolicy, "command" | "using" | "withCheck">) =>
  withCheck ?? (command === "all" || command === "update" ? using : null);

const declared = (table: string, it: FoundPolicy): string =>
  [
    `CREATE POLICY ${quoted(it.name)} ON ${table} AS ${it.permissive ? "PERMISSIVE" : "RESTRICTIVE"} FOR ${it.command.toUpperCase()}`,
    `TO ${it.roles.map(roleText).join(", ")}`,
    it.using === null ? "" : `USING (${it.using})`,
    it.withCheck === null ? "" : `WITH CHECK (${it.withCheck})`,
  ]
    .filter(Boolean)
    .join(" ");

/** The row-level security turned off and unforced; each policy the plan names broken in every way; one policy more. */
export function rlsMutants(params: RlsParams, observed: RlsObserved, it: FoundTable): readonly RlsMutant[] {
  const table = quotedName(parts(params.table));
  const changed = (change: Partial<FoundTable>) => ({ evidence: { ...observed, found: { ...it, ...change } } });
  const altered = (name: string, clause: string, change: Partial<FoundTable>, provokes: RlsCode): RlsMutant => ({
    name,
    sabotage: { sql: [`ALTER TABLE ${table} ${clause}`] },
    otherwise: changed(change),
    provokes,
  });
  const mutants: RlsMutant[] = [
    {
      name: "the table is gone",
      sabotage: { sql: [`DROP TABLE ${table} CASCADE`] },
      otherwise: { evidence: { ...observed, found: null } },
      provokes: "no-table",
    },
    altered("it is disabled", "DISABLE ROW LEVEL SECURITY", { enabled: false }, "not-enabled"),
  ];
  const child = { schema: parts(params.table).schema, name: "mutant" };
  const open = { name: quotedName(child), roles: ["public"], enabled: false, forced: false, policies: [] };
  mutants.push({
    name: "a table that inherits shows its rows to everybody",
    sabotage: {
      sql: [
        `CREATE TABLE ${quotedName(child)} () INHERITS (${table})`,
        `GRANT SELECT ON ${quotedName(child)} TO PUBLIC`,
      ],
    },
    otherwise: changed({ open: [...it.open, open] }),
    provokes: "open-child",
  });
  if (params.forced) {
    mutants.push(altered("its owner passes by it", "NO FORCE ROW LEVEL SECURITY", { forced: false }, "not-forced"));
  }
  if (!params.policies) return mutants;

  const more: FoundPolicy = {
    name: "mutant",
    command: "all",
    permissive: true,
    roles: ["public"],
    using: "true",
    withCheck: null,
  };
  const ofPolicies = params.policies.flatMap(({ name }) => {
    const policy = it.policies.find((one) => one.name === name);
    return policy ? broken(table, policy) : [];
  });
  return [
    ...mutants,
    ...ofPolicies.map(
      ({ name, sql, policy, change, provokes }): RlsMutant => ({
        name,
        sabotage: { sql },
        otherwise: changed({
          policies: it.policies.flatMap((one) => (one !== policy ? [one] : change ? [{ ...one, ...change }] : [])),
        }),
        provokes,
      }),
    ),
    {
      name: "there is a policy more, which lets everything through",
      sabotage: { sql: [declared(table, more)] },
      otherwise: changed({ policies: [...it.policies, more] }),
      provokes: "extra-policy",
    },
  ];
}

interface Break {
  readonly name: string;
  readonly sql: readonly string[];
  readonly policy: FoundPolicy;
  /** Absent: it is gone. */
  readonly change?: Partial<FoundPolicy>;
  readonly provokes: RlsCode;
}

function broken(table: string, policy: FoundPolicy): readonly Break[] {
  const { name, command, permissive, using } = policy;
  const here = `${quoted(name)} ON ${table}`;
  const drop = `DROP POLICY ${here}`;
  const again = (what: string, change: Partial<FoundPolicy>, provokes: RlsCode): Break => ({
    name: `${name} ${what}`,
    sql: [drop, declared(table, { ...policy, ...change })],
    policy,
    change,
    provokes,
  });
  const altered = (what: string, clause: string, change: Partial<FoundPolicy>, provokes: RlsCode): Break => ({
    name: `${name} ${what}`,
    sql: [`ALTER POLICY ${here} ${clause}`],
    policy,
    change,
    provokes,
  });
  const through = (condition: string | null) => (condition === "true" ? "false" : "true");
  const breaks: Break[] = [{ name: `${name} is gone`, sql: [drop], policy, provokes: "no-policy" }];

  const toOthers = policy.roles.includes("public") ? "CURRENT_USER" : "PUBLIC";
  const roles = toOthers === "PUBLIC" ? ["public"] : ["mutant"];
  const whom = toOthers === "PUBLIC" ? "everybody" : "one role alone";
  breaks.push(altered(`is for ${whom}`, `TO ${toOthers}`, { roles }, "other-roles"));

  const other = command === "select" ? "all" : "select";
  // A policy for SELECT has no condition for what is written.
  const forOther = { command: other, using: using ?? "true", withCheck: null } as const;
  breaks.push(again(`is for ${other.toUpperCase()}`, forOther, "other-command"));
  breaks.push(again(permissive ? "is restrictive" : "is permissive", { permissive: !permissive }, "other-permissive"));
  if (command !== "insert") {
    const change = through(using);
    breaks.push(altered(`shows ${shows(change)}`, `USING (${change})`, { using: change }, "other-using"));
  }
  if (command !== "select" && command !== "delete") {
    const change = through(written(policy));
    breaks.push(
      altered(`lets ${shows(change)} be written`, `WITH CHECK (${change})`, { withCheck: change }, "other-with-check"),
    );
  }
  return breaks;
}

const shows = (condition: "true" | "false"): string => (condition === "true" ? "every row" : "no row");
