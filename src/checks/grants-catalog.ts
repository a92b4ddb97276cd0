import { queryCatalog } from "../catalog/query.ts";
import type { Database } from "../model/ports.ts";
import { quotedName } from "../sql/identifier.ts";
import { descendantsOf } from "./descendants.ts";
import { parts } from "./params.ts";
import { argumentsOf, askedArguments } from "./routine-catalog.ts";
import { signatureParts } from "./routine-name.ts";

/** What a role may do with an object, and where that comes from: what `grants` observes. */

/** One way in which a privilege reaches a role. */
export type Source = {
  /** `role`: through a role that it belongs to. */
  readonly by: "direct" | "role" | "public" | "owner" | "superuser";
  /** Who it was given to, or the owner. */
  readonly role: string;
  /** It may be passed on. */
  readonly grantable: boolean;
  /** It stands in the object's list of grants, and so can be taken back there. */
  readonly revocable: boolean;
};

export type Held = {
  /** In small letters, as the plan writes it. */
  readonly privilege: string;
  /** `null`: on the whole object. */
  readonly column: string | null;
  /** PostgreSQL lets the role use it; an owner who took it from himself can give it back, and has it all the same. */
  readonly effective: boolean;
  readonly from: readonly Source[];
};

/** What a new object of the sort would give the role. */
export type ByDefault = {
  readonly privilege: string;
  /** Whose new objects. */
  readonly maker: string;
  /** Who gets it: the role, one that it belongs to, or `public`. */
  readonly grantee: string;
  /** In every schema, or only in that of the object. */
  readonly everywhere: boolean;
};

export type FoundObject = {
  /** As it stands in DROP: `table`, `materialized view`, `routine`, … */
  readonly kind: string;
  /**
   * The judge grants and revokes as its owner: it has the owner's rights, and no other role may grant anything here.
   * PostgreSQL would choose as which of several, and a REVOKE as another than the one who granted does nothing.
   */
  readonly mayGrant: boolean;
  /** Types of a function's arguments. */
  readonly arguments: readonly string[];
  readonly columns: readonly string[];
  /** All privileges that there are for such an object on this server. */
  readonly known: readonly string[];
  readonly held: readonly Held[];
  readonly defaults: readonly ByDefault[];
};

export type FoundGrants = {
  readonly role: boolean;
  readonly object: FoundObject | null;
  /** Tables with rows of the table, by name: its partitions, and what inherits from it. */
  readonly children: readonly FoundChild[];
};

export type FoundChild = { readonly name: string } & Pick<FoundObject, "held">;

/** What privileges can be asked of. */
export const sorts = ["table", "function", "schema", "sequence"] as const;
export type Sort = (typeof sorts)[number];

const relation = (type: string, kinds: string): string =>
  `SELECT c.oid, '${type}'::"char" AS type, c.relacl AS acl, c.relowner AS owner, c.relnamespace AS schema, '{}'::text[] AS arguments,
          CASE c.relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' WHEN 'f' THEN 'foreign table' WHEN 'S' THEN 'sequence' ELSE 'table' END AS kind
     FROM pg_class c WHERE c.oid = to_regclass($2) AND c.relkind IN (${kinds})`;

/** `$2` names the object. */
const objects: { readonly [sort in Sort]: string } = {
  table: relation("r", "'r', 'p', 'v', 'm', 'f'"),
  sequence: relation("s", "'S'"),
  function: `SELECT p.oid, 'f'::"char" AS type, p.proacl AS acl, p.proowner AS owner, p.pronamespace AS schema, ${argumentsOf("p")} AS arguments,
          'routine' AS kind
     FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
    WHERE n.nspname = $2::json->>'schema' AND p.proname = $2::json->>'name'
      AND ${argumentsOf("p")} = ARRAY(SELECT json_array_elements_text($2::json->'arguments'))`,
  schema: `SELECT n.oid, 'n'::"char" AS type, n.nspacl AS acl, n.nspowner AS owner, 0::oid AS schema, '{}'::text[] AS arguments, 'schema' AS kind
     FROM pg_namespace n WHERE n.nspname = $2`,
};

const has: { readonly [sort in Sort]: string } = {
  table: "has_table_privilege",
  sequence: "has_sequence_privilege",
  function: "has_function_privilege",
  schema: "has_schema_privilege",
};

/** Roles that come with PostgreSQL and may do this everywhere, without being named at any object. */
const everywhere = `(VALUES ('pg_read_all_data', 'r', 'SELECT'), ('pg_read_all_data', 's', 'SELECT'), ('pg_read_all_data', 'n', 'USAGE'),
  ('pg_write_all_data', 'r', 'INSERT'), ('pg_write_all_data', 'r', 'UPDATE'), ('pg_write_all_data', 'r', 'DELETE'),
  ('pg_write_all_data', 's', 'UPDATE'), ('pg_write_all_data', 'n', 'USAGE'), ('pg_maintain', 'r', 'MAINTAIN')) AS v (role, type, privilege)`;

const roleOf = `SELECT CASE WHEN $1 = 'public' THEN 0::oid ELSE r.oid END AS oid, coalesce(r.rolsuper, false) AS superuser
    FROM (SELECT) one LEFT JOIN pg_roles r ON r.rolname = $1 WHERE $1 = 'public' OR r.oid IS NOT NULL`;

// That a role has a privilege is PostgreSQL's own word; the lists of grants only say where it comes from.
const question = (sort: Sort): string => `
WITH role AS (${roleOf}),
object AS (${objects[sort]}),
reached AS (
  SELECT r.oid, r.rolname::text AS name FROM pg_roles r, role WHERE role.oid <> 0 AND NOT role.superuser AND pg_has_role(role.oid, r.oid, 'USAGE')),
known AS (
  SELECT x.privilege_type AS privilege FROM object o, aclexplode(acldefault(o.type, o.owner)) x WHERE x.grantee = o.owner),
named AS (
  SELECT a.attname::text AS name, a.attnum AS number, a.attacl AS acl FROM object o JOIN pg_attribute a ON o.type = 'r' AND a.attrelid = o.oid
   WHERE NOT a.attisdropped),
given AS (
  SELECT x.privilege_type AS privilege, NULL AS "column", x.* FROM object o, aclexplode(coalesce(o.acl, acldefault(o.type, o.owner))) x
  UNION ALL
  SELECT x.privilege_type, named.name, x.* FROM named, aclexplode(named.acl) x),
place AS (
  SELECT privilege, NULL AS "column", NULL::int2 AS number FROM known
  UNION ALL
  SELECT p.privilege, named.name, named.number FROM named, unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'REFERENCES']) AS p(privilege)
   WHERE named.acl IS NOT NULL),
source AS (
  SELECT known.privilege, NULL AS "column", 'superuser' AS by, $1::text AS role, false AS grantable, false AS revocable FROM known, role WHERE role.superuser
  UNION ALL
  SELECT known.privilege, NULL, 'owner', owner.name, false, false FROM known, object o JOIN reached owner ON owner.oid = o.owner
  UNION ALL
  SELECT g.privilege, g."column", CASE WHEN g.grantee = role.oid THEN 'direct' WHEN g.grantee = 0 THEN 'public' ELSE 'role' END,
         coalesce(reached.name, 'public'), bool_or(g.is_grantable), true
    FROM role, object o, given g LEFT JOIN reached ON reached.oid = g.grantee
   WHERE g.grantee <> o.owner AND (g.grantee = 0 OR reached.oid IS NOT NULL)
   GROUP BY 1, 2, 3, 4
  UNION ALL
  SELECT v.privilege, NULL, 'role', reached.name, false, false FROM object o, reached JOIN ${everywhere} ON v.role = reached.name
   WHERE v.type::"char" = o.type),
held AS (
  SELECT lower(place.privilege) AS privilege, place."column", place.number,
         CASE WHEN place."column" IS NULL THEN ${has[sort]}(role.oid, o.oid, place.privilege)
              ELSE has_column_privilege(role.oid, o.oid, place.number, place.privilege)
         END AS effective,
         coalesce((SELECT json_agg(json_build_object('by', s.by, 'role', s.role, 'grantable', s.grantable, 'revocable', s.revocable)
                             ORDER BY s.by COLLATE "C", s.role COLLATE "C")
            FROM source s WHERE s.privilege = place.privilege AND s."column" IS NOT DISTINCT FROM place."column"), '[]') AS "from"
    FROM role, object o, place),
future AS (
  SELECT DISTINCT lower(x.privilege_type) AS privilege, maker.rolname::text AS maker, coalesce(reached.name, 'public') AS grantee,
         d.defaclnamespace = 0 AS everywhere
    FROM role, object o JOIN pg_default_acl d ON d.defaclobjtype = CASE o.type WHEN 's' THEN 'S' ELSE o.type END AND d.defaclnamespace IN (0, o.schema)
    JOIN pg_roles maker ON maker.oid = d.defaclrole, aclexplode(d.defaclacl) x LEFT JOIN reached ON reached.oid = x.grantee
   WHERE (x.grantee = 0 OR reached.oid IS NOT NULL) AND x.grantee <> d.defaclrole AND NOT role.superuser
     -- Those without a schema begin with what PostgreSQL gives by itself.
     AND NOT (d.defaclnamespace = 0 AND EXISTS (SELECT FROM aclexplode(acldefault(o.type, d.defaclrole)) y
                                                 WHERE y.grantee = x.grantee AND y.privilege_type = x.privilege_type)))
SELECT EXISTS (SELECT FROM role) AS role,
  (SELECT json_build_object('kind', o.kind, 'mayGrant', pg_has_role(o.owner, 'USAGE')
       AND NOT EXISTS (SELECT FROM given g WHERE g.is_grantable AND g.grantee <> o.owner), 'arguments', o.arguments,
     'columns', ARRAY(SELECT named.name FROM named WHERE named.number > 0 ORDER BY named.number),
     'known', ARRAY(SELECT lower(privilege) FROM known ORDER BY 1),
     'held', coalesce((SELECT json_agg(json_build_object('privilege', h.privilege, 'column', h."column", 'effective', h.effective, 'from', h."from")
                         ORDER BY h.privilege COLLATE "C", h.number NULLS FIRST)
        FROM held h WHERE json_array_length(h."from") > 0 OR (h."column" IS NULL AND h.effective)), '[]'),
     'defaults', coalesce((SELECT json_agg(f ORDER BY f.privilege COLLATE "C", f.maker COLLATE "C", f.grantee COLLATE "C", f.everywhere) FROM future f), '[]'))
     FROM object o) AS object`;

/** The effective privileges of a role (`public`: everybody) on an object. */
export async function foundGrants(database: Database, role: string, sort: Sort, name: string): Promise<FoundGrants> {
  const object = await objectText(database, sort, name);
  if (object === null) {
    const [found] = await queryCatalog<{ role: boolean }>(database, `SELECT EXISTS (${roleOf}) AS role`, [role]);
    return { role: found?.role === true, object: null, children: [] };
  }
  const found = await grantsOn(database, role, sort, object);
  const children: FoundChild[] = [];
  for (const child of sort === "table" && found.role ? await childrenOf(database, object) : []) {
    const { object: it } = await grantsOn(database, role, sort, child);
    if (it) children.push({ name: child, held: it.held });
  }
  return { ...found, children };
}

async function grantsOn(database: Database, role: string, sort: Sort, object: string) {
  const [found] = await queryCatalog<Omit<FoundGrants, "children">>(database, question(sort), [role, object]);
  if (!found) throw new Error("PostgreSQL gave no row for a SELECT without FROM");
  return found;
}

/** As SQL text. */
async function childrenOf(database: Database, table: string): Promise<readonly string[]> {
  const children = await queryCatalog<{ name: string }>(
    database,
    `SELECT d.name FROM ${descendantsOf("to_regclass($1)")} d ORDER BY d.name COLLATE "C"`,
    [table],
  );
  return children.map(({ name }) => name);
}

/** What `question` takes for the object; `null` where it cannot exist. */
async function objectText(database: Database, sort: Sort, name: string): Promise<string | null> {
  if (sort === "schema") return name;
  if (sort !== "function") return quotedName(parts(name));
  const signature = signatureParts(name);
  const given = await askedArguments(database, signature.arguments);
  return given && JSON.stringify({ ...signature.name, arguments: given });
}
