import { quoted, quotedName } from "../sql/identifier.ts";
import type { GrantsCode, GrantsObserved } from "./grants.ts";
import type { FoundObject, Held, Sort, Source } from "./grants-catalog.ts";
import { asked, type GrantsParams, objectOf, pluralOf } from "./grants-params.ts";
import type { Mutant } from "./kind.ts";
import { parts } from "./params.ts";
import { routineText } from "./routine-catalog.ts";
import { signatureParts } from "./routine-name.ts";

/** Sabotage of privileges that are as the plan asks. */

type GrantsMutant = Mutant<GrantsCode, GrantsObserved>;

const roleText = (role: string): string => (role === "public" ? "PUBLIC" : quoted(role));
const onColumns = ["select", "insert", "update", "references"] as const;

/** The object as SQL text. */
function nameText({ sort, name }: { readonly sort: Sort; readonly name: string }, it: FoundObject): string {
  if (sort === "schema") return quoted(name);
  return sort === "function" ? routineText(signatureParts(name).name, it.arguments) : quotedName(parts(name));
}

/**
 * Every privilege that the plan names, taken away; every one that it does not, given: directly, to everybody, on a
 * column, by default, through a role, by ownership.
 */
export function grantsMutants(
  params: GrantsParams,
  observed: GrantsObserved,
  it: FoundObject,
): readonly GrantsMutant[] {
  const { role } = params;
  const object = objectOf(params);
  const name = nameText(object, it);
  // Views are granted on as tables.
  const on = `ON ${object.sort === "table" ? "TABLE" : it.kind.toUpperCase()} ${name}`;
  const to = roleText(role);
  const changed = (change: Partial<FoundObject>) => ({ evidence: { ...observed, object: { ...it, ...change } } });
  /** Without the owner's rights PostgreSQL would only warn that nothing was granted. */
  const mutant = (
    name: string,
    sql: readonly string[] | undefined,
    change: Partial<FoundObject>,
    provokes: GrantsCode,
  ): GrantsMutant =>
    sql && it.mayGrant
      ? { name, sabotage: { sql }, otherwise: changed(change), provokes }
      : { name, sabotage: changed(change), provokes };
  const plus = (held: readonly Held[]): Partial<FoundObject> => ({ held: [...it.held, ...held] });

  const gone: readonly GrantsMutant[] = [
    {
      name: "the object is gone",
      sabotage: { sql: [`DROP ${it.kind.toUpperCase()} ${name} CASCADE`] },
      otherwise: { evidence: { ...observed, object: null } },
      provokes: "no-object",
    },
    // Roles are the cluster's, and the judge's role makes and drops none.
    { name: "the role is gone", sabotage: { evidence: { ...observed, role: false } }, provokes: "no-role" },
  ];

  const revoked = asked(params, it).map(({ privilege, column }): GrantsMutant => {
    const held = it.held.find((one) => one.privilege === privilege && one.column === column);
    const from = held?.from ?? [];
    const what = `${privilege.toUpperCase()}${column === null ? "" : ` (${quoted(column)})`}`;
    const takeable = from.length > 0 && from.every(({ revocable }) => revocable);
    return mutant(
      `${role} no longer has ${what}`,
      takeable ? from.map((source) => `REVOKE ${what} ${on} FROM ${roleText(source.role)} CASCADE`) : undefined,
      { held: it.held.filter((one) => one !== held) },
      "missing-privilege",
    );
  });

  const source = (by: Source["by"], role: string): Source => ({ by, role, grantable: false, revocable: true });
  const held = (privilege: string, from: Source, column: string | null = null): Held => ({
    privilege,
    column,
    effective: true,
    from: [from],
  });
  const more = it.known.filter((privilege) => !params.privileges.some((one) => one === privilege));
  const extra: GrantsMutant[] = more.map((privilege) =>
    mutant(
      `${role} has ${privilege.toUpperCase()} too`,
      [`GRANT ${privilege} ${on} TO ${to}`],
      plus([held(privilege, source("direct", role))]),
      "extra-privilege",
    ),
  );
  const [first] = more;
  if (first !== undefined) {
    extra.push(
      mutant(
        "its owner is the role",
        undefined,
        plus(more.map((privilege) => held(privilege, source("owner", role)))),
        "extra-privilege",
      ),
      mutant(
        `a new one gives ${role} ${first.toUpperCase()} by default`,
        [
          `ALTER DEFAULT PRIVILEGES ${object.sort === "schema" ? "" : `IN SCHEMA ${quoted(schemaOf(object))}`} GRANT ${first} ON ${pluralOf[object.sort]} TO ${to}`,
        ],
        { defaults: [...it.defaults, { privilege: first, maker: "mutant", grantee: role, everywhere: false }] },
        "extra-by-default",
      ),
    );
    if (it.kind === "table") extra.push(onChild(params, observed, held(first, source("direct", role))));
    if (role !== "public") {
      extra.push(
        mutant(
          `everybody has ${first.toUpperCase()}`,
          [`GRANT ${first} ${on} TO PUBLIC`],
          plus([held(first, source("public", "public"))]),
          "extra-privilege",
        ),
        mutant(
          `a role that ${role} belongs to has ${first.toUpperCase()}`,
          undefined,
          plus([held(first, source("role", "mutant"))]),
          "extra-privilege",
        ),
      );
    }
  }
  const open = onColumns.flatMap((privilege) =>
    it.columns
      .filter((column) => more.includes(privilege) && !params.columns?.[privilege]?.includes(column))
      .map((column) => ({ privilege, column })),
  );
  const [column] = open;
  if (column) {
    extra.push(
      mutant(
        `${role} has ${column.privilege.toUpperCase()} on the column ${column.column}`,
        [`GRANT ${column.privilege} (${quoted(column.column)}) ${on} TO ${to}`],
        plus([held(column.privilege, source("direct", role), column.column)]),
        "extra-privilege",
      ),
    );
  }
  return [...gone, ...revoked, ...extra, ...passedOn(params, it, on, mutant)];
}

/** More may be done with a table that inherits. Who makes it owns it, and so may grant. */
function onChild(params: GrantsParams, observed: GrantsObserved, held: Held): GrantsMutant {
  const object = objectOf(params);
  const child = quotedName({ schema: schemaOf(object), name: "mutant" });
  return {
    name: `${params.role} has ${held.privilege.toUpperCase()} on a table that inherits`,
    sabotage: {
      sql: [
        `CREATE TABLE ${child} () INHERITS (${quotedName(parts(object.name))})`,
        `GRANT ${held.privilege} ON ${child} TO ${roleText(params.role)}`,
      ],
    },
    otherwise: { evidence: { ...observed, children: [...observed.children, { name: child, held: [held] }] } },
    provokes: "extra-on-child",
  };
}

/** A privilege that the plan names, with the right to grant it to others. Everybody cannot have that, and an owner has it. */
function passedOn(
  { role, privileges }: GrantsParams,
  it: FoundObject,
  on: string,
  mutant: (name: string, sql: readonly string[], change: Partial<FoundObject>, provokes: GrantsCode) => GrantsMutant,
): readonly GrantsMutant[] {
  const held = it.held.find(({ privilege, column }) => column === null && privileges.some((one) => one === privilege));
  if (!held || role === "public" || held.from.some(({ by }) => by === "owner" || by === "superuser")) return [];
  const grantable: Source = { by: "direct", role, grantable: true, revocable: true };
  const change = { held: it.held.map((one) => (one === held ? { ...one, from: [...one.from, grantable] } : one)) };
  const sql = [`GRANT ${held.privilege} ${on} TO ${roleText(role)} WITH GRANT OPTION`];
  return [mutant(`${role} may grant ${held.privilege.toUpperCase()} to others`, sql, change, "grantable")];
}

const schemaOf = ({ sort, name }: { readonly sort: Sort; readonly name: string }): string =>
  sort === "function" ? signatureParts(name).name.schema : parts(name).schema;
