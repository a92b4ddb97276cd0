import {
  type ByDefault,
  type FoundChild,
  type FoundGrants,
  type FoundObject,
  foundGrants,
  type Held,
  type Source,
} from "./grants-catalog.ts";
import { grantsMutants } from "./grants-mutants.ts";
import { asked, type GrantsParams, objectOf, ofTables, params, pluralOf } from "./grants-params.ts";
import { defineDatabaseKind, type KindFinding } from "./kind.ts";
import { fixed, inAnyOrder, ordered } from "./strength.ts";

export type GrantsObserved = FoundGrants;

const codes = [
  "no-role",
  "no-object",
  "missing-privilege",
  "extra-privilege",
  "extra-by-default",
  "extra-on-child",
  "grantable",
] as const;
export type GrantsCode = (typeof codes)[number];

const upper = (privileges: readonly string[]): string => privileges.join(", ").toUpperCase();
const words = ({ privilege, column }: Pick<Held, "privilege" | "column">): string =>
  column === null ? privilege.toUpperCase() : `${privilege.toUpperCase()} (${column})`;
const same = (some: Pick<Held, "privilege" | "column">, other: Pick<Held, "privilege" | "column">): boolean =>
  some.privilege === other.privilege && some.column === other.column;

function wanted({ privileges, columns = {} }: GrantsParams): string {
  const some = Object.entries(columns).map(([privilege, names = []]) => `${upper([privilege])} (${names.join(", ")})`);
  return [...privileges.map((one) => one.toUpperCase()), ...some].join(", ") || "nothing";
}

/** `on the table a`, and the same as it stands in GRANT and REVOKE. */
function place(params: GrantsParams): { readonly on: string; readonly sql: string } {
  const { sort, name } = objectOf(params);
  return { on: `on the ${sort} ${name}`, sql: sort === "table" ? name : `${sort.toUpperCase()} ${name}` };
}

function missing(params: GrantsParams, it: FoundObject): KindFinding<GrantsCode>[] {
  const { on, sql } = place(params);
  const has = (one: Pick<Held, "privilege" | "column">) => it.held.some((held) => held.effective && same(held, one));
  return asked(params, it)
    .filter((one) => !has(one) && !(one.column !== null && has({ ...one, column: null })))
    .map((one) => {
      const only = it.held.filter(
        ({ privilege, column }) => one.column === null && column && privilege === one.privilege,
      );
      const unknown = one.column !== null && !it.columns.includes(one.column);
      const found = unknown
        ? `${place(params).on.replace(/^on /, "")} has no column ${one.column}`
        : `${params.role} has no ${words(one)} ${on}${only.length > 0 ? `, except ${only.map(words).join(", ")}` : ""}`;
      return {
        code: "missing-privilege",
        message: `${found}; the plan asks for ${wanted(params)}.`,
        help: `Add \`GRANT ${words(one)} ON ${sql} TO ${toText(params.role)}\` to the migration.`,
      };
    });
}

const toText = (role: string): string => (role === "public" ? "PUBLIC" : role);

/** Where a privilege comes from, and what to do about it. */
function origin(source: Source, role: string): { readonly words: string; readonly help: (revoke: string) => string } {
  switch (source.by) {
    case "direct":
      return { words: "granted directly", help: (revoke) => `\`${revoke} FROM ${toText(role)}\`` };
    case "public":
      return { words: "granted to PUBLIC", help: (revoke) => `\`${revoke} FROM PUBLIC\`` };
    case "role":
      return {
        words: `through the role ${source.role}`,
        help: (revoke) => `\`${revoke} FROM ${source.role}\`, or take ${role} out of ${source.role}`,
      };
    case "owner": {
      const words = source.role === role ? "as its owner" : `as a member of its owner ${source.role}`;
      return { words, help: () => "let a role own it that nobody acts as" };
    }
    case "superuser":
      return { words: "as a superuser", help: () => "let a role act that is not superuser" };
  }
}

function extra(params: GrantsParams, it: FoundObject, { on, sql } = place(params)): KindFinding<GrantsCode>[] {
  const { role } = params;
  const listed = asked(params, it);
  const whole = it.held.filter((held) => held.column === null && !listed.some((one) => same(held, one)));
  const some = it.held.filter(
    (held) =>
      held.column !== null &&
      held.effective &&
      // Where the whole table is asked for, some of its columns are too few and not too many.
      !listed.some((one) => same(held, one) || same({ ...held, column: null }, one)) &&
      !whole.some(({ privilege }) => privilege === held.privilege),
  );
  return [...whole, ...some].map((held) => {
    const origins = held.from.map((source) => origin(source, role));
    const from = origins.map(({ words }) => words).join(", and ") || "by a right of the server";
    const help = origins.map((one) => one.help(`REVOKE ${words(held)} ON ${sql}`)).join("; ");
    return {
      code: "extra-privilege",
      message: `${role} has ${words(held)} ${on}, ${from}; the plan asks for ${wanted(params)} and no more.`,
      help: help === "" ? "Take the right away." : `Do this in the migration: ${help}.`,
    };
  });
}

/** Whoever names a partition, or a table that inherits, needs no privilege on the table whose rows these are, too. */
function onChild(params: GrantsParams, it: FoundObject, { name, held }: FoundChild): KindFinding<GrantsCode>[] {
  return extra(
    params,
    { ...it, held },
    { on: `on ${name}, whose rows are those of ${objectOf(params).name} too`, sql: name },
  ).map(({ message, help }) => ({ code: "extra-on-child", message, help }));
}

function byDefault(params: GrantsParams, { defaults }: FoundObject): KindFinding<GrantsCode>[] {
  const { role } = params;
  const { sort } = objectOf(params);
  const listed: readonly string[] = params.privileges;
  return defaults
    .filter(({ privilege }) => !listed.includes(privilege))
    .map(({ privilege, maker, grantee, everywhere }: ByDefault): KindFinding<GrantsCode> => {
      const where = everywhere || sort === "schema" ? "" : " in its schema";
      const to = grantee === role ? role : `${role}, through ${toText(grantee)},`;
      const words = privilege.toUpperCase();
      return {
        code: "extra-by-default",
        message: `A new ${sort} of ${maker}${where} gives ${to} ${words}, by the default privileges of ${maker}; the plan asks for ${wanted(params)} and no more.`,
        help: `Take it back: \`ALTER DEFAULT PRIVILEGES${where && " IN SCHEMA …"} REVOKE ${words} ON ${pluralOf[sort]} FROM ${toText(grantee)}\`.`,
      };
    });
}

function passedOn(params: GrantsParams, it: FoundObject): KindFinding<GrantsCode>[] {
  const { on, sql } = place(params);
  const listed = asked(params, it);
  const allowed = it.held.filter((held) =>
    listed.some((one) => same(held, one) || same({ ...held, column: null }, one)),
  );
  return allowed.flatMap((held) =>
    held.from
      .filter(({ grantable }) => grantable)
      .map((source): KindFinding<GrantsCode> => {
        const whose = source.by === "role" ? `, through the role ${source.role}` : "";
        return {
          code: "grantable",
          message: `${params.role} may grant ${words(held)} ${on} to others${whose}; the plan asks for the privilege alone.`,
          help: `Add \`REVOKE GRANT OPTION FOR ${words(held)} ON ${sql} FROM ${source.role}\` to the migration.`,
        };
      }),
  );
}

export const grants = defineDatabaseKind({
  kind: "grants",
  summary:
    "A role has exactly these privileges on an object: granted, inherited, through PUBLIC, on columns, by ownership or by default.",
  params,
  codes,
  points: ["after", "head"],

  claim: (params) => `${params.role} ${place(params).on}: ${wanted(params)}`,

  async observe({ database }, params) {
    const { sort, name } = objectOf(params);
    return { examined: 1, observed: await foundGrants(database, params.role, sort, name) };
  },

  judge(params, { role, object, children }: GrantsObserved): KindFinding<GrantsCode>[] {
    const { sort, name } = objectOf(params);
    if (!role) {
      const message = `There is no role ${params.role}; the plan asks what it has ${place(params).on}.`;
      return [{ code: "no-role", message, help: "Name it among `postgres.roles` of the plan." }];
    }
    if (!object) {
      const message = `There is no ${sort} ${name}; the plan asks what ${params.role} has on it.`;
      return [{ code: "no-object", message, help: "Create it in a migration of the phase." }];
    }
    return [
      ...missing(params, object),
      ...extra(params, object),
      ...byDefault(params, object),
      ...children.flatMap((child) => onChild(params, object, child)),
      ...passedOn(params, object),
    ];
  },

  mutants: (params, observed: GrantsObserved) =>
    observed.role && observed.object ? grantsMutants(params, observed, observed.object) : [],

  strength: (base, head) =>
    ordered(base, head, {
      role: fixed,
      table: fixed,
      function: fixed,
      schema: fixed,
      sequence: fixed,
      // Exactly these are asked for: with one more or one fewer, something passes that did not.
      privileges: inAnyOrder(fixed),
      columns: fixed,
    }),

  examples: [
    {
      setup: `CREATE TABLE a (x int, y int); GRANT SELECT, INSERT ON a TO app_rw; GRANT SELECT ON a TO PUBLIC; GRANT UPDATE (y) ON a TO app_rw`,
      params: { role: "app_rw", table: "a", privileges: ["insert", "select"], columns: { update: ["y"] } },
    },
    {
      setup: `CREATE FUNCTION f(uuid) RETURNS int LANGUAGE sql AS 'SELECT 1'; REVOKE EXECUTE ON FUNCTION f FROM PUBLIC;
        CREATE FUNCTION f(text) RETURNS int LANGUAGE sql AS 'SELECT 1'`,
      params: { role: "app_ro", function: "f(uuid)", privileges: [] },
    },
    {
      setup: `CREATE PROCEDURE f(int, VARIADIC text[]) LANGUAGE sql AS ''`,
      params: { role: "app_ro", function: "public.f(int4, text[])", privileges: ["execute"] },
    },
    {
      setup: "CREATE SCHEMA s; GRANT USAGE ON SCHEMA s TO app_ro",
      params: { role: "app_ro", schema: "s", privileges: ["usage"] },
    },
    {
      setup: 'CREATE SCHEMA s; CREATE SEQUENCE s."Q"; GRANT USAGE ON SEQUENCE s."Q" TO PUBLIC',
      params: { role: "public", sequence: 's."Q"', privileges: ["usage"] },
    },
    {
      setup:
        "CREATE MATERIALIZED VIEW m AS SELECT 1 AS one; ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO app_ro; GRANT SELECT ON m TO app_ro",
      params: { role: "app_ro", table: "m", privileges: ["select"] },
    },
    {
      setup:
        "CREATE SCHEMA s; GRANT USAGE, CREATE ON SCHEMA s TO app_rw; CREATE TABLE s.a (x int); ALTER TABLE s.a OWNER TO app_rw",
      params: { role: "app_rw", table: "s.a", privileges: [...ofTables] },
    },
  ],
});
