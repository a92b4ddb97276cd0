/** The first plan of a repository: what is there is the baseline, and the next phase is to be filled in. */

import type { KnownObjects, KnownTable } from "./known-objects.ts";

export interface FirstPlan {
  readonly name: string;
  /** Major version of PostgreSQL. */
  readonly version: number;
  /** The migrations folder. */
  readonly dir: string;
  /** The newest migration, without its extension. */
  readonly through: string;
  /** Some migrations are JavaScript or TypeScript. */
  readonly programs: boolean;
  readonly known: KnownObjects;
}

/** Phases, gates and checks that hold of these migrations, as YAML with comments. */
export function firstPlan({ name, version, dir, through, programs, known }: FirstPlan): string {
  const roles = known.roles.filter((role) => /^[a-z_][a-z0-9_]{0,62}$/.test(role));
  const gates = gatesOf(known).map(({ title, checks }, index) =>
    [
      `      - id: baseline.${index + 1}`,
      `        title: ${title}`,
      "        checks:",
      ...checks.map((check) => `          - ${check}`),
    ].join("\n"),
  );
  const table = known.tables[0] === undefined ? "orders" : nameOf(known.tables[0]);
  return `# yaml-language-server: $schema=./node_modules/phasegate/dist/plan.schema.json
# What must be true of the database, and in which order: https://github.com/phasegate/phasegate/blob/main/docs/plan.md
version: 1
name: ${scalar(name)}

postgres:
  version: ${version} # the major version of production
  # Every role that migrations grant something to, or that checks act as.
  roles: [${roles.map(scalar).join(", ")}]

migrations:
  dir: ${scalar(dir)}

policy:
  # Who may approve that this plan asks for less: ["@ada", "@organization/team"]. Name them before it is merged:
  # from then on, naming somebody is itself a weakening, which nobody could approve.
  plan-owners: []
${programs ? "  # The migrations that are programs need it. Give the job that judges a token that can only read.\n  programs: allow\n" : ""}
phases:
  # What was there before this plan: every migration up to the newest one. Add what must never be lost.
  - id: baseline
    title: What was there
    owns:
      migrations: { through: ${scalar(through)} }
    gates:
${gates.join("\n\n")}

  # The next phase. Take the # away, and say what it owns and what proves it;
  # https://github.com/phasegate/phasegate/blob/main/docs/checks.md lists what can be asked.
  # - id: next
  #   title: What comes next
  #   after: [baseline]
  #   owns:
  #     migrations: ["*_what-comes-next.sql"]
  #   gates:
  #     - id: next.1
  #       title: The column is there, and has a value
  #       checks:
  #         - column: { table: ${table}, name: currency, type: text, nullable: false }
  #     - id: next.2
  #       title: The migration can be undone, on rows
  #       checks:
  #         - reversible: { data: db/fixtures/next.sql }
`;
}

interface FirstGate {
  readonly title: string;
  readonly checks: readonly string[];
}

function gatesOf({ tables, views }: KnownObjects): readonly FirstGate[] {
  const keyed = tables.flatMap((table) =>
    table.key === undefined
      ? []
      : [`constraint: { table: ${nameOf(table)}, type: primary key, columns: [${table.key.map(scalar).join(", ")}] }`],
  );
  const others = tables.flatMap((table) => {
    const [column] = table.columns;
    return table.key === undefined && column !== undefined
      ? [`column: { table: ${nameOf(table)}, name: ${scalar(column)} }`]
      : [];
  });
  const seen = views.map((view) => `view: { name: ${nameOf(view)}, materialized: ${view.materialized} }`);
  const gates = [
    { title: "Tables have their primary keys", checks: keyed },
    { title: "Tables without a primary key are there", checks: others },
    { title: "Views are there", checks: seen },
  ].filter(({ checks }) => checks.length > 0);
  return gates.length > 0 ? gates : [somethingIsThere];
}

/** Where the text shows nothing for certain, because programs make it, or statements that are put together. */
const somethingIsThere: FirstGate = {
  title: "The migrations make something",
  checks: [
    `sql:
              name: there are tables, views or functions that the migrations made
              query: |
                SELECT EXISTS (SELECT FROM pg_class AS c WHERE c.relnamespace = n.oid AND c.relname NOT LIKE 'pgmigrations%')
                  OR EXISTS (SELECT FROM pg_proc AS p WHERE p.pronamespace = n.oid)
                FROM pg_namespace AS n WHERE n.nspname = 'public'
              gives: true
              sabotage: |
                DO $$ BEGIN EXECUTE format('DROP OWNED BY %s CASCADE', (SELECT datdba::regrole FROM pg_database WHERE datname = current_database())); END $$`,
  ],
};

const nameOf = ({ schema, name }: Pick<KnownTable, "schema" | "name">): string => {
  const parts = schema === "public" ? [name] : [schema, name];
  return scalar(
    parts.map((part) => (/^[a-z_][a-z0-9_]*$/.test(part) ? part : `"${part.replaceAll('"', '""')}"`)).join("."),
  );
};

/** Text as a scalar of YAML that is read as this text. */
export const scalar = (text: string): string =>
  /^[A-Za-z_][\w./-]*$/.test(text) && !/^(?:true|false|null|yes|no|on|off|y|n)$/i.test(text)
    ? text
    : JSON.stringify(text);
