import { queryCatalog } from "../catalog/query.ts";
import type { Database } from "../model/ports.ts";
import { type QualifiedName, quoted, quotedName } from "../sql/identifier.ts";
import { descendantsOf } from "./descendants.ts";

/** What the catalog says of row-level security, and the plan's conditions in its words: what `rls` observes. */

export const commands = ["all", "select", "insert", "update", "delete"] as const;
export type PolicyCommand = (typeof commands)[number];

export type FoundPolicy = {
  readonly name: string;
  readonly command: PolicyCommand;
  readonly permissive: boolean;
  /** Sorted; `public` is everybody. */
  readonly roles: readonly string[];
  readonly using: string | null;
  readonly withCheck: string | null;
};

/** A table with rows of the table, by whose own name somebody may get at them: then its row-level security counts. */
export type OpenChild = {
  readonly name: string;
  /** Who may do something with it, besides the table's owner. */
  readonly roles: readonly string[];
  readonly enabled: boolean;
  readonly forced: boolean;
  readonly policies: readonly FoundPolicy[];
};

export type FoundTable = {
  readonly kind: "table" | "other";
  readonly enabled: boolean;
  readonly forced: boolean;
  /** By name. */
  readonly policies: readonly FoundPolicy[];
  /** By name. */
  readonly open: readonly OpenChild[];
};

const table = `SELECT CASE WHEN c.relkind IN ('r', 'p') THEN 'table' ELSE 'other' END AS kind, c.relrowsecurity AS enabled, c.relforcerowsecurity AS forced
  FROM pg_class c WHERE c.oid = to_regclass($1)`;

const policies = `SELECT p.polname AS name,
       CASE p.polcmd WHEN 'r' THEN 'select' WHEN 'a' THEN 'insert' WHEN 'w' THEN 'update' WHEN 'd' THEN 'delete' ELSE 'all' END AS command,
       p.polpermissive AS permissive,
       ARRAY(SELECT CASE r.oid WHEN 0 THEN 'public' ELSE pg_get_userbyid(r.oid)::text END COLLATE "C" FROM unnest(p.polroles) AS r(oid) ORDER BY 1) AS roles,
       pg_get_expr(p.polqual, p.polrelid) AS "using", pg_get_expr(p.polwithcheck, p.polrelid) AS "withCheck"
  FROM pg_policy p WHERE p.polrelid = to_regclass($1) ORDER BY p.polname COLLATE "C"`;

const open = `SELECT * FROM (
    SELECT d.name, d.relrowsecurity AS enabled, d.relforcerowsecurity AS forced,
           ARRAY(SELECT DISTINCT CASE g.role WHEN 0 THEN 'public' ELSE pg_get_userbyid(g.role)::text END COLLATE "C"
                   FROM (SELECT x.grantee FROM aclexplode(d.relacl) x
                         UNION ALL
                         SELECT x.grantee FROM pg_attribute a, aclexplode(a.attacl) x WHERE a.attrelid = d.oid AND NOT a.attisdropped
                         UNION ALL
                         SELECT d.relowner) AS g (role)
                  WHERE g.role <> c.relowner ORDER BY 1) AS roles
      FROM pg_class c, LATERAL ${descendantsOf("c.oid")} d WHERE c.oid = to_regclass($1)) child
 WHERE roles <> '{}' ORDER BY name COLLATE "C"`;

/** The row-level security of a table; `null` where there is nothing of this name. */
export async function foundTable(database: Database, name: QualifiedName): Promise<FoundTable | null> {
  const it = quotedName(name);
  const [row] = await queryCatalog<Omit<FoundTable, "policies" | "open">>(database, table, [it]);
  if (!row) return null;
  const children: OpenChild[] = [];
  for (const child of await queryCatalog<Omit<OpenChild, "policies">>(database, open, [it]))
    children.push({ ...child, policies: await queryCatalog<FoundPolicy>(database, policies, [child.name]) });
  return { ...row, policies: await queryCatalog<FoundPolicy>(database, policies, [it]), open: children };
}

export type Conditions = Pick<FoundPolicy, "using" | "withCheck">;

/**
 * Conditions of policies on this table as PostgreSQL writes them; `null` in place of those that name a column which the
 * table does not have. The temporary table has the table's name, because a subquery may say it and is printed with it.
 * Throws what PostgreSQL refuses otherwise.
 */
export async function askedConditions(
  database: Database,
  name: QualifiedName,
  asked: readonly ({ readonly command: PolicyCommand } & Conditions)[],
): Promise<readonly (Conditions | null)[]> {
  const like = quotedName({ schema: "pg_temp", name: name.name });
  await database.query(`CREATE TEMPORARY TABLE ${quoted(name.name)} (LIKE ${quotedName(name)} INCLUDING GENERATED)`);
  const known: boolean[] = [];
  for (const [at, { command, using, withCheck }] of asked.entries()) {
    const clauses = [using !== null && `USING (${using})`, withCheck !== null && `WITH CHECK (${withCheck})`];
    const made = await database.attempt(
      [`CREATE POLICY ${quoted(String(at))} ON ${like} FOR ${command}`, ...clauses].filter(Boolean).join(" "),
    );
    if (!made.accepted && made.error.condition !== "undefined_column") throw new Error(made.error.message);
    known.push(made.accepted);
  }
  // With its schema: a table of the change may have this name too, and its temporary likeness would come first.
  const rows = await queryCatalog<Conditions & { name: string }>(
    database,
    `SELECT p.polname AS name, pg_get_expr(p.polqual, p.polrelid) AS "using", pg_get_expr(p.polwithcheck, p.polrelid) AS "withCheck"
       FROM pg_catalog.pg_policy p WHERE p.polrelid = $1::regclass`,
    [like],
  );
  return known.map((isKnown, at) => {
    const row = rows.find((one) => one.name === String(at));
    return isKnown && row ? { using: row.using, withCheck: row.withCheck } : null;
  });
}
