/**
 * Tables whose rows are a table's too: its partitions, and what inherits from it, at any depth. A partition has the keys and
 * triggers of its table; what merely inherits has none of them. Neither has its row-level security or its privileges.
 *
 * @param table SQL text of the table's oid, under no alias `heir` or `below`
 * @returns a subquery with `oid`, `name` as SQL text, `relispartition`, `relowner`, `relacl`, `relrowsecurity`, `relforcerowsecurity`
 */
export const descendantsOf = (table: string): string =>
  `(WITH RECURSIVE below AS (SELECT heir.inhrelid FROM pg_inherits heir WHERE heir.inhparent = ${table}
                             UNION SELECT heir.inhrelid FROM pg_inherits heir JOIN below ON heir.inhparent = below.inhrelid)
    SELECT c.oid, c.oid::regclass::text AS name, c.relispartition, c.relowner, c.relacl, c.relrowsecurity, c.relforcerowsecurity
      FROM below JOIN pg_class c ON c.oid = below.inhrelid)`;
